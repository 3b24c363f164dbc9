"""Versions of orders: each time what was agreed on changes, all of it is written down once more (C.3)."""

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Final, TypeAlias
from uuid import UUID

from sqlalchemy import Table, bindparam, or_, select

from commerce_api.domain.actor import Attribution
from commerce_api.domain.ids import OrderId
from commerce_api.domain.notify import Addressee, EmailChoice
from commerce_api.domain.payment import COUNTING
from commerce_api.domain.value import value
from commerce_api.persistence.events import actor_document
from commerce_api.persistence.rows import insert_into
from commerce_api.persistence.sql import Connection, Statement
from commerce_api.persistence.stores.order_keys import rewrite_order_keys
from commerce_api.persistence.tables import buying as t
from commerce_api.persistence.tables.adjustments import order_adjustments
from commerce_api.persistence.unit_of_work import UnitOfWork

Snapshot: TypeAlias = Mapping[str, Any]
"""The row of the `order`, and those of its parts by their names in `PARTS`."""

PARTS: Final[Mapping[str, Table]] = {
    "groups": t.order_ship_groups,
    "charges": t.order_charges,
    "adjustments": order_adjustments,
    "lines": t.order_lines,
    "shares": t.order_ship_group_lines,
    "payments": t.payments,
}
_ID = bindparam("id", type_=t.orders.c.id.type)
_HEAD = Statement(select(t.orders).where(t.orders.c.id == _ID))
_SHARES = (
    select(t.order_ship_group_lines)
    .join(t.order_ship_groups, t.order_ship_groups.c.id == t.order_ship_group_lines.c.ship_group_id)
    .where(t.order_ship_groups.c.order_id == _ID)
    .order_by(t.order_ship_groups.c.position, t.order_ship_group_lines.c.order_line_id)
)
_AGREED: Final = {"payments": (or_(*(t.payments.c.use == use for use in COUNTING)),)}
"""What only waits for a change, or is not wanted any more, is no part of what was agreed on."""
_PARTS: Final = {
    name: Statement(
        _SHARES
        if table is t.order_ship_group_lines
        else select(table).where(table.c.order_id == _ID, *_AGREED.get(name, ())).order_by(table.c.position, table.c.id)
    )
    for name, table in PARTS.items()
}
_WRITE = insert_into(t.order_versions)


@value
class VersionNote:
    """What is told of a version beside its content. The first one has no total before it. `addressee` is where the mail about
    it goes, if not where the order's mail goes anyway.
    """

    total_before: int | None = None
    reason: str = ""
    comment: str = ""
    edit_id: UUID | None = None
    notify: EmailChoice = EmailChoice.DEFAULT
    addressee: Addressee | None = field(default=None, repr=False)


async def commit(uow: UnitOfWork, order_id: OrderId, note: VersionNote) -> Snapshot:
    """Write the version that the rows of an order make now, with the number that its row has, and what the order is found
    by from now on. The order must be locked.
    """
    snapshot = await current(uow.connection, order_id)
    await rewrite_order_keys(uow.connection, snapshot["order"], snapshot["groups"], snapshot["lines"])
    await uow.connection.execute(_WRITE, version_row(uow.by, snapshot, note))
    return snapshot


async def current(connection: Connection, order_id: OrderId) -> Snapshot:
    """All rows of an order."""
    head = await connection.fetch_one(_HEAD, id=order_id)
    if head is None:
        raise LookupError(f"there is no order {order_id}")
    parts = {name: await connection.fetch(statement, id=order_id) for name, statement in _PARTS.items()}
    return {"order": dict(head), **{name: [dict(row) for row in rows] for name, rows in parts.items()}}


def version_row(by: Attribution, snapshot: Snapshot, note: VersionNote) -> dict[str, Any]:
    order = snapshot["order"]
    return {
        "order_id": order["id"],
        "version": order["version"],
        "snapshot": snapshot,
        "total_before": note.total_before,
        "total": order["total"],
        "reason": note.reason,
        "comment": note.comment,
        "edit_id": note.edit_id,
        "notify": note.notify,
        "actor": actor_document(by),
        "channel_id": by.channel_id,
        "request_id": by.request_id,
        "committed_at": by.at,
    }
