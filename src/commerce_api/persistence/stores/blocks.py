"""The blocks of an order, under the order's lock."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from commerce_api.domain.ids import OrderId
from commerce_api.domain.order import blocks as b
from commerce_api.persistence.events import actor_document
from commerce_api.persistence.readers.blocks import block_of, reason_of
from commerce_api.persistence.rows import among, insert_into
from commerce_api.persistence.sql import Statement
from commerce_api.persistence.tables import desk as t
from commerce_api.persistence.unit_of_work import UnitOfWork

_OF_ORDER = Statement(
    select(t.order_blocks)
    .where(t.order_blocks.c.order_id == bindparam("order_id"))
    .order_by(t.order_blocks.c.placed_at, t.order_blocks.c.id)
)
_ORDERS = Statement(select(t.order_blocks.c.id, t.order_blocks.c.order_id).where(among(t.order_blocks.c.id)))
_REASONS = Statement(select(t.block_reasons).where(among(t.block_reasons.c.code, "codes")))
_SEED = Statement(
    insert(t.block_reasons)
    .values({c.name: bindparam(c.name, type_=c.type) for c in t.block_reasons.c if c.name != "revision"})
    .on_conflict_do_nothing(index_elements=["code"])
)
_ADDED: Final = (
    *("id", "order_id", "reason_id", "reason", "kind", "stops", "line_ids", "comment", "ref", "amount", "caused_by"),
    *("placed_by", "placed_at", "assignee_id", "due_at"),
)
_ADD = insert_into(t.order_blocks, *_ADDED)


def _change(*names: str) -> Statement:
    values = {name: bindparam(f"new_{name}", type_=t.order_blocks.c[name].type) for name in names}
    return Statement(update(t.order_blocks).where(t.order_blocks.c.id == bindparam("block_id")).values(values))


_GROW = _change("amount", "caused_by")
_ASSIGN = _change("assignee_id", "due_at")
_RESOLVE = _change("resolution", "resolved_by", "resolved_at", "resolution_comment")


class BlockStore:
    """The order must be locked."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow, self._connection = uow, uow.connection

    async def of_order(self, order_id: OrderId) -> tuple[b.Block, ...]:
        """All there have been, oldest first."""
        return tuple(block_of(row) for row in await self._connection.fetch(_OF_ORDER, order_id=order_id))

    async def orders_of(self, ids: Collection[UUID]) -> dict[UUID, OrderId]:
        """Which order each of these blocks holds up, whether the actor sees it or not. Takes no lock."""
        return {row["id"]: OrderId(row["order_id"]) for row in await self._connection.fetch(_ORDERS, ids=list(ids))}

    async def reasons(self, codes: Iterable[str]) -> dict[str, b.BlockReason]:
        found = await self._connection.fetch(_REASONS, codes=list(dict.fromkeys(codes)))
        return {row["code"]: reason_of(row) for row in found}

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
        """The rows only; who calls has the events recorded with the order's own. `reasons` are those of the added ones."""
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

    def _row(self, block: b.Block, reason: b.BlockReason) -> dict[str, Any]:
        return {
            **{name: getattr(block, name, None) for name in _ADDED},
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
            new_resolved_by=actor_document(self._uow.by),
            new_resolved_at=resolved.at,
            new_resolution_comment=resolved.comment,
        )

    async def _set(self, statement: Statement, block_id: UUID, **values: Any) -> None:
        await self._connection.execute(statement, values, block_id=block_id)
