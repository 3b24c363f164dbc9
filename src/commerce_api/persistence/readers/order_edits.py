"""Edits of orders, for staff who may see the orders, and for customers what they have begun."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import Uuid, and_, bindparam, func, or_, select

from commerce_api.domain.ids import CartId, OrderEditId, OrderId
from commerce_api.domain.order import EditCharge, EditState, OrderEdit
from commerce_api.domain.value import value
from commerce_api.persistence.documents import read
from commerce_api.persistence.readers.order_visibility import orders_of_staff, visibility, visible_orders
from commerce_api.persistence.rows import among
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Row, Statement
from commerce_api.persistence.tables.buying import carts, orders
from commerce_api.persistence.tables.desk import order_edits
from commerce_api.persistence.tables.identity import api_keys, customers, staff

_customer = func.nullif(func.trim(customers.c.first_name + " " + customers.c.last_name), "")
OWNED = select(
    order_edits,
    func.coalesce(staff.c.name, api_keys.c.name, _customer, "").label("owner_name"),
    (order_edits.c.owner_id == customers.c.id).is_(True).label("by_customer"),
    carts.c.revision.label("draft_revision"),
    carts.c.agreement,
    carts.c.currency,
).select_from(
    order_edits.join(carts, carts.c.id == order_edits.c.draft_id)
    .outerjoin(staff, staff.c.id == order_edits.c.owner_id)
    .outerjoin(api_keys, api_keys.c.id == order_edits.c.owner_id)
    .outerjoin(customers, customers.c.id == order_edits.c.owner_id)
)
_SEEN = select(orders.c.id).where(orders.c.id == order_edits.c.order_id, visible_orders()).exists()
_own = bindparam("own_customer_id", type_=Uuid()).in_((order_edits.c.owner_id, order_edits.c.begun_by))
_READ = select(orders.c.id).where(orders.c.id == order_edits.c.order_id, or_(orders_of_staff(), _own)).exists()
_BY_ID = Statement(OWNED.where(among(order_edits.c.id), _READ))
_OPEN = Statement(
    OWNED.where(
        among(order_edits.c.order_id),
        or_(
            order_edits.c.state == EditState.SETTLING,
            and_(order_edits.c.state == EditState.OPEN, order_edits.c.expires_at > bindparam("at")),
        ),
        _SEEN,
    )
)


@value
class ReadEdit:
    """An edit with what is told of it beside; `row` is its own."""

    edit: OrderEdit
    row: Row


async def edits_by_id(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, ReadEdit]:
    async with scope.database.connection() as connection:
        rows = await connection.fetch(_BY_ID, ids=list(ids), **visibility(scope.actor))
    return {row["id"]: ReadEdit(edit=edit_of(row), row=row) for row in rows}


async def open_edits_of(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, ReadEdit]:
    """Who is working on orders right now, also for those who may not read what they do."""
    async with scope.database.connection() as connection:
        rows = await connection.fetch(_OPEN, ids=list(ids), at=scope.at, **visibility(scope.actor))
    return {row["order_id"]: ReadEdit(edit=edit_of(row), row=row) for row in rows}


def edit_of(row: Row) -> OrderEdit:
    return OrderEdit(
        id=OrderEditId(row["id"]),
        order_id=OrderId(row["order_id"]),
        draft_id=CartId(row["draft_id"]),
        begun_by=row["begun_by"],
        owner=row["owner_id"],
        state=EditState(row["state"]),
        base_version=row["base_version"],
        since=row["since"],
        expires_at=row["expires_at"],
        charge=read(EditCharge, row["charge"]) if row["charge"] else None,
    )
