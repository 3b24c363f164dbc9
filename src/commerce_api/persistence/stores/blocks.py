"""The blocks of an order or a quote, under its lock."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Text, Uuid, and_, bindparam, cast, func, literal_column, or_, select, update
from sqlalchemy.dialects.postgresql import JSONB, insert

from commerce_api.domain import blocks as b
from commerce_api.domain.actor import ActorKind
from commerce_api.domain.blocks import Owner, OwnerKind
from commerce_api.domain.ids import OrderId, StaffId
from commerce_api.domain.order import Order
from commerce_api.domain.order.keys import OrderKey, block_keys
from commerce_api.persistence.events import actor_document
from commerce_api.persistence.readers.blocks import block_of, owner_of, reason_of
from commerce_api.persistence.rows import among, insert_into
from commerce_api.persistence.sql import Statement
from commerce_api.persistence.stores.order_keys import put_order_keys
from commerce_api.persistence.tables import desk as t
from commerce_api.persistence.tables.buying import order_lines, orders
from commerce_api.persistence.tables.identity import staff
from commerce_api.persistence.unit_of_work import UnitOfWork

_COLUMN: Final = {OwnerKind.ORDER: t.blocks.c.order_id, OwnerKind.QUOTE: t.blocks.c.quote_id}
_OF = {
    kind: Statement(
        select(t.blocks).where(column == bindparam("owner_id")).order_by(t.blocks.c.placed_at, t.blocks.c.id)
    )
    for kind, column in _COLUMN.items()
}
_OWNERS = Statement(select(t.blocks.c.id, *_COLUMN.values()).where(among(t.blocks.c.id)))
_same = t.blocks.alias("same")
_BESIDE = Statement(
    select(t.blocks.c.order_id, t.blocks.c.reason, t.blocks.c.resolution)
    .where(t.blocks.c.order_id.in_(select(_same.c.order_id).where(among(_same.c.id))))
    .order_by(t.blocks.c.placed_at, t.blocks.c.id)
)
"""Those of the same orders, too."""
_REASONS = Statement(select(t.block_reasons).where(among(t.block_reasons.c.code, "codes")))
_LINES = Statement(select(order_lines.c.id).where(order_lines.c.order_id == bindparam("order_id")))
_ADDRESS = Statement(select(staff.c.email).where(staff.c.id == bindparam("id"), staff.c.status == "ENABLED"))
_AT_WORK = Statement(select(staff.c.id).where(staff.c.id == bindparam("id"), staff.c.status == "ENABLED"))
_per_variant = (
    select(cast(order_lines.c.variant_id, Text()).label("variant"), func.sum(order_lines.c.quantity).label("quantity"))
    .where(order_lines.c.order_id == orders.c.id)
    .group_by(order_lines.c.variant_id)
    .correlate(orders)
    .subquery()
)
_content = select(func.jsonb_object_agg(_per_variant.c.variant, _per_variant.c.quantity)).scalar_subquery()
_ALIKE = Statement(
    select(orders.c.number)
    .where(
        or_(
            and_(orders.c.email == bindparam("email"), orders.c.email != literal_column("''")),
            orders.c.customer_id == bindparam("customer_id", type_=Uuid()),
        ),
        orders.c.channel_id == bindparam("channel_id"),
        orders.c.placed_at > bindparam("since", type_=orders.c.placed_at.type),
        orders.c.state != literal_column("'CANCELED'"),
        orders.c.id != bindparam("order_id"),
        _content == bindparam("content", type_=JSONB()),
    )
    .order_by(orders.c.placed_at)
)
_SEED = Statement(
    insert(t.block_reasons)
    .values({c.name: bindparam(c.name, type_=c.type) for c in t.block_reasons.c if c.name != "revision"})
    .on_conflict_do_nothing(index_elements=["code"])
)
_ADDED: Final = (
    *(
        "id",
        "order_id",
        "quote_id",
        "reason_id",
        "reason",
        "kind",
        "stops",
        "line_ids",
        "comment",
        "ref",
        "amount",
        "caused_by",
    ),
    *("placed_by", "placed_at", "assignee_id", "due_at"),
)
_ADD = insert_into(t.blocks, *_ADDED)


def _change(*names: str) -> Statement:
    values = {name: bindparam(f"new_{name}", type_=t.blocks.c[name].type) for name in names}
    return Statement(update(t.blocks).where(t.blocks.c.id == bindparam("block_id")).values(values))


_GROW = _change("amount", "caused_by")
_ASSIGN = _change("assignee_id", "due_at")
_RESOLVE = _change("resolution", "resolved_by", "resolved_at", "resolution_comment")


class BlockStore:
    """The order or quote must be locked."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow, self._connection = uow, uow.connection

    async def of_order(self, order_id: OrderId) -> tuple[b.Block, ...]:
        return await self.on(Owner(kind=OwnerKind.ORDER, id=order_id))

    async def on(self, owner: Owner) -> tuple[b.Block, ...]:
        """All there have been, oldest first."""
        return tuple(block_of(row) for row in await self._connection.fetch(_OF[owner.kind], owner_id=owner.id))

    async def owners_of(self, ids: Collection[UUID]) -> dict[UUID, Owner]:
        """What each of these blocks is on, whether the actor sees it or not. Takes no lock."""
        return {row["id"]: owner_of(row) for row in await self._connection.fetch(_OWNERS, ids=list(ids))}

    async def lines_of(self, order_id: OrderId) -> set[UUID]:
        return {row["id"] for row in await self._connection.fetch(_LINES, order_id=order_id)}

    async def is_at_work(self, staff_id: StaffId) -> bool:
        """Whether somebody can be given something to do."""
        return await self._connection.fetch_value(_AT_WORK, id=staff_id) is not None

    async def address_of(self, staff_id: UUID) -> str | None:
        """Where somebody at work is written to."""
        found: str | None = await self._connection.fetch_value(_ADDRESS, id=staff_id)
        return found

    async def reasons(self, codes: Iterable[str]) -> dict[str, b.BlockReason]:
        found = await self._connection.fetch(_REASONS, codes=list(dict.fromkeys(codes)))
        return {row["code"]: reason_of(row) for row in found}

    async def alike(self, order: Order, content: Mapping[str, int], since: datetime) -> list[str]:
        """Numbers of other orders of the same buyer, placed later than that, with the same quantities of the same variants."""
        found = await self._connection.fetch(
            _ALIKE,
            order_id=order.id,
            email=order.email,
            customer_id=order.customer_id,
            channel_id=order.channel_id,
            since=since,
            content=dict(content),
        )
        return [row["number"] for row in found]

    async def seed(self, reason: b.BlockReason) -> None:
        """Add a shipped reason, unless there is one of its code."""
        await self._connection.execute(
            _SEED,
            {
                **{name: getattr(reason, name) for name in b.BlockReason.__dataclass_fields__},
                "stops": sorted(reason.stops),
                "resolver_roles": sorted(reason.resolver_roles),
            },
        )

    async def write(self, events: Sequence[b.BlockEvent], reasons: Mapping[str, b.BlockReason]) -> None:
        """The rows, and what orders are found by; who calls has the events recorded with the order's own. `reasons` are those of
        the added ones.
        """
        for event in events:
            match event:
                case b.BlockAdded(block=block):
                    await self._connection.execute(_ADD, self._row(block, reasons[block.reason]))
                case b.BlockCauseGrew():
                    people = list(event.caused_by)
                    await self._set(_GROW, event.block_id, new_amount=event.amount, new_caused_by=people)
                case b.BlockAssigned():
                    await self._set(_ASSIGN, event.block_id, new_assignee_id=event.assignee_id, new_due_at=event.due_at)
                case b.BlockResolved():
                    await self._resolve(event)
        begun = [event.block.id for event in events if isinstance(event, b.BlockAdded)]
        ended = [event.block_id for event in events if isinstance(event, b.BlockResolved)]
        await self._find_by_reasons([*begun, *ended])

    async def _find_by_reasons(self, block_ids: Sequence[UUID]) -> None:
        """The orders of these blocks are found by what holds them up now."""
        reasons = defaultdict[OrderId, list[str]](list)
        for row in await self._connection.fetch(_BESIDE, ids=list(block_ids)) if block_ids else ():
            reasons[OrderId(row["order_id"])] += [row["reason"]] if row["resolution"] is None else []
        for order_id, active in reasons.items():
            await put_order_keys(self._connection, order_id, OrderKey.BLOCK, block_keys(active))

    def _row(self, block: b.Block, reason: b.BlockReason) -> dict[str, Any]:
        return {
            **{name: getattr(block, name, None) for name in _ADDED},
            _COLUMN[block.owner.kind].name: block.owner.id,
            "reason_id": reason.id,
            "stops": sorted(block.stops),
            "line_ids": list(block.line_ids),
            "caused_by": list(block.caused_by),
            "placed_by": actor_document(self._uow.by),
        }

    async def _resolve(self, event: b.BlockResolved) -> None:
        resolved = event.resolved
        await self._set(
            _RESOLVE,
            event.block_id,
            new_resolution=resolved.resolution,
            new_resolved_by=self._by(resolved),
            new_resolved_at=resolved.at,
            new_resolution_comment=resolved.comment,
        )

    def _by(self, resolved: b.Resolved) -> dict[str, Any]:
        """Whoever acts; but what was approved before was so by somebody else."""
        if resolved.resolution is b.Resolution.APPROVED:
            return {"kind": ActorKind.STAFF, "id": resolved.by, "onBehalfOf": None}
        return actor_document(self._uow.by)

    async def _set(self, statement: Statement, block_id: UUID, **values: Any) -> None:
        await self._connection.execute(statement, values, block_id=block_id)
