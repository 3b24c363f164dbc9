"""Blocks of orders that the actor may see, and the reasons for them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, Select, and_, cast, func, literal, literal_column, select, true

from commerce_api.domain.actor import ActorKind
from commerce_api.domain.ids import BlockId, BlockReasonId, ChannelId, OrderId, OrderLineId, StaffId
from commerce_api.domain.order.blocks import (
    Block,
    BlockKind,
    BlockReason,
    BlockScope,
    ReasonKind,
    Resolution,
    Resolved,
    Stop,
)
from commerce_api.domain.value import value
from commerce_api.persistence.lists import Listed, Lists, Part
from commerce_api.persistence.readers.order_visibility import visibility, visible_orders
from commerce_api.persistence.readers.staff import role_codes_of
from commerce_api.persistence.rows import among
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Row, Statement
from commerce_api.persistence.tables.buying import orders
from commerce_api.persistence.tables.desk import block_reasons, order_blocks

MOST_COUNTED: Final = 100
_SHOWN = select(order_blocks, orders.c.channel_id).join(orders).where(visible_orders())
_OF_ORDERS = Statement(
    _SHOWN.where(among(order_blocks.c.order_id)).order_by(order_blocks.c.placed_at, order_blocks.c.id)
)
_BY_ID = Statement(_SHOWN.where(among(order_blocks.c.id)))
_REASONS = Statement(select(block_reasons).where(among(block_reasons.c.id)))
_ALL_REASONS = Statement(select(block_reasons).order_by(block_reasons.c.code))
_BY_CODE = Statement(select(block_reasons).where(among(block_reasons.c.code, "codes")))


@value
class BlockFilter:
    """All that is given must hold. `overdue_at` is the moment by which they are."""

    active: bool | None = None
    reason: str | None = None
    assignee_id: StaffId | None = None
    overdue_at: datetime | None = None


def _chosen(filter: BlockFilter) -> Select[Any]:
    c = order_blocks.c
    conditions = [
        None if filter.active is None else c.resolution.is_(None) if filter.active else c.resolution.is_not(None),
        None if filter.reason is None else c.reason == filter.reason,
        None if filter.assignee_id is None else c.assignee_id == filter.assignee_id,
        None if filter.overdue_at is None else and_(c.resolution.is_(None), c.due_at <= filter.overdue_at),
    ]
    return _SHOWN.where(true(), *(each for each in conditions if each is not None))


_BLOCKS = Lists[BlockFilter](
    rows=_chosen,
    parent=order_blocks.c.order_id,
    place=lambda _: ((order_blocks.c.placed_at, order_blocks.c.id), False),
)


async def blocks_in(scope: Scope, parts: Sequence[Part[BlockFilter]]) -> Mapping[Part[BlockFilter], Sequence[Row]]:
    """Parts of all blocks, the oldest first."""
    async with scope.database.connection() as connection:
        return await _BLOCKS.parts(connection, parts, **visibility(scope.actor))


async def count_blocks(scope: Scope, lists: Sequence[Listed[BlockFilter]]) -> Mapping[Listed[BlockFilter], int]:
    async with scope.database.connection() as connection:
        return await _BLOCKS.counts(connection, lists, **visibility(scope.actor))


async def block_counts(scope: Scope, by: str) -> list[Row]:
    """Active blocks by `reason` or `assignee_id`: how many, how many of them overdue, since when, and how old on average."""
    key, c = order_blocks.c[by], order_blocks.c
    age = func.extract("epoch", literal(scope.at) - c.placed_at)
    counted = (
        key.label("key"),
        func.count().label("active"),
        func.count().filter(c.due_at <= scope.at).label("overdue"),
        func.min(c.placed_at).label("oldest"),
        cast(func.avg(age), BigInteger()).label("age"),
    )
    active = _SHOWN.with_only_columns(*counted, maintain_column_froms=True).where(c.resolution.is_(None))
    statement = Statement(active.group_by(key).order_by(literal_column("2").desc(), key).limit(MOST_COUNTED))
    async with scope.database.connection() as connection:
        return await connection.fetch(statement, **visibility(scope.actor))


async def blocks_of(scope: Scope, order_ids: Sequence[UUID]) -> Mapping[UUID, list[Row]]:
    """Active and resolved, the oldest first."""
    async with scope.database.connection() as connection:
        rows = await connection.fetch(_OF_ORDERS, ids=list(order_ids), **visibility(scope.actor))
    found: defaultdict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["order_id"]].append(row)
    return found


async def blocks_by_id(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, Row]:
    async with scope.database.connection() as connection:
        rows = await connection.fetch(_BY_ID, ids=list(ids), **visibility(scope.actor))
    return {row["id"]: row for row in rows}


async def every_reason(scope: Scope) -> list[Row]:
    async with scope.database.connection() as connection:
        return await connection.fetch(_ALL_REASONS)


async def reason_rows(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, Row]:
    async with scope.database.connection() as connection:
        return {row["id"]: row for row in await connection.fetch(_REASONS, ids=list(ids))}


async def reasons_by_code(scope: Scope, codes: Sequence[str]) -> Mapping[str, BlockReason]:
    async with scope.database.connection() as connection:
        return {row["code"]: reason_of(row) for row in await connection.fetch(_BY_CODE, codes=list(codes))}


async def own_role_codes(scope: Scope, channel_ids: Sequence[UUID]) -> Mapping[UUID, frozenset[str]]:
    """Codes of the roles that the actor has in channels; programs have none."""
    actor = scope.actor
    if actor.kind is not ActorKind.STAFF or actor.id is None:
        return {}
    async with scope.database.connection() as connection:
        return {id_: await role_codes_of(connection, actor.id, id_) for id_ in channel_ids}


def reason_of(row: Row) -> BlockReason:
    channels = row["channel_ids"]
    return BlockReason(
        id=BlockReasonId(row["id"]),
        code=row["code"],
        kind=ReasonKind(row["kind"]),
        category=row["category"],
        stops=frozenset(map(Stop, row["stops"])),
        scope=BlockScope(row["scope"]),
        auto_resolve=row["auto_resolve"],
        resolver_roles=frozenset(row["resolver_roles"]),
        only_resolver_roles=row["only_resolver_roles"],
        four_eyes=row["four_eyes"],
        comment_required=row["comment_required"],
        names=row["names"],
        shopper_texts=row["shopper_texts"],
        sla_hours=row["sla_hours"],
        channel_ids=None if channels is None else frozenset(map(ChannelId, channels)),
    )


def block_of(row: Row) -> Block:
    return Block(
        id=BlockId(row["id"]),
        order_id=OrderId(row["order_id"]),
        reason=row["reason"],
        kind=BlockKind(row["kind"]),
        stops=frozenset(map(Stop, row["stops"])),
        line_ids=tuple(map(OrderLineId, row["line_ids"])),
        comment=row["comment"],
        ref=row["ref"],
        amount=row["amount"],
        caused_by=tuple(row["caused_by"]),
        placed_by=person_of(row["placed_by"]),
        placed_at=row["placed_at"],
        assignee_id=StaffId(row["assignee_id"]) if row["assignee_id"] else None,
        due_at=row["due_at"],
        resolved=_resolved(row),
    )


def _resolved(row: Row) -> Resolved | None:
    if row["resolution"] is None:
        return None
    return Resolved(
        resolution=Resolution(row["resolution"]),
        by=person_of(row["resolved_by"]),
        at=row["resolved_at"],
        comment=row["resolution_comment"],
    )


def person_of(actor: Mapping[str, Any]) -> UUID | None:
    """Who an actor's document speaks of."""
    return UUID(actor["id"]) if actor["id"] else None
