"""Blocks of orders and quotes that the actor may see, and the reasons for them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, Select, and_, cast, func, literal, literal_column, or_, select, true

from commerce_api.domain.actor import Actor, ActorKind
from commerce_api.domain.blocks import (
    Block,
    BlockKind,
    BlockReason,
    BlockScope,
    Owner,
    OwnerKind,
    ReasonKind,
    Resolution,
    Resolved,
    Stop,
)
from commerce_api.domain.ids import BlockId, BlockReasonId, ChannelId, OrderLineId, StaffId
from commerce_api.domain.value import value
from commerce_api.persistence.lists import Listed, Lists, Part
from commerce_api.persistence.readers import order_visibility, quote_visibility
from commerce_api.persistence.readers.order_visibility import visible_orders
from commerce_api.persistence.readers.quote_visibility import quotes_at_desk
from commerce_api.persistence.readers.staff import role_codes_of
from commerce_api.persistence.rows import among
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Row, Statement
from commerce_api.persistence.tables.buying import orders
from commerce_api.persistence.tables.desk import block_reasons, blocks
from commerce_api.persistence.tables.quotes import quotes

MOST_COUNTED: Final = 100
_OF_ORDERS = Statement(
    select(blocks, orders.c.channel_id)
    .join(orders)
    .where(visible_orders(), among(blocks.c.order_id))
    .order_by(blocks.c.placed_at, blocks.c.id)
)
_OF_QUOTES = Statement(
    select(blocks, quotes.c.channel_id)
    .join(quotes)
    .where(among(blocks.c.quote_id))
    .order_by(blocks.c.placed_at, blocks.c.id)
)
_SHOWN = (
    select(blocks, func.coalesce(orders.c.channel_id, quotes.c.channel_id).label("channel_id"))
    .select_from(
        blocks.outerjoin(orders, orders.c.id == blocks.c.order_id).outerjoin(quotes, quotes.c.id == blocks.c.quote_id)
    )
    .where(
        or_(
            and_(blocks.c.order_id.is_not(None), visible_orders()),
            and_(blocks.c.quote_id.is_not(None), quotes_at_desk()),
        )
    )
)
_BY_ID = Statement(_SHOWN.where(among(blocks.c.id)))
_REASONS = Statement(select(block_reasons).where(among(block_reasons.c.id)))
_ALL_REASONS = Statement(select(block_reasons).order_by(block_reasons.c.code))
_BY_CODE = Statement(select(block_reasons).where(among(block_reasons.c.code, "codes")))


def visibility(actor: Actor) -> dict[str, Any]:
    """What `_SHOWN` takes."""
    return {**order_visibility.visibility(actor), **quote_visibility.visibility(actor)}


@value
class BlockFilter:
    """All that is given must hold. `overdue_at` is the moment by which they are."""

    on: OwnerKind | None = None
    active: bool | None = None
    reason: str | None = None
    assignee_id: StaffId | None = None
    overdue_at: datetime | None = None


def _chosen(filter: BlockFilter) -> Select[Any]:
    c = blocks.c
    conditions = [
        None if filter.on is None else _ON[filter.on].is_not(None),
        None if filter.active is None else c.resolution.is_(None) if filter.active else c.resolution.is_not(None),
        None if filter.reason is None else c.reason == filter.reason,
        None if filter.assignee_id is None else c.assignee_id == filter.assignee_id,
        None if filter.overdue_at is None else and_(c.resolution.is_(None), c.due_at <= filter.overdue_at),
    ]
    return _SHOWN.where(true(), *(each for each in conditions if each is not None))


_ON: Final = {OwnerKind.ORDER: blocks.c.order_id, OwnerKind.QUOTE: blocks.c.quote_id}
_BLOCKS = Lists[BlockFilter](
    rows=_chosen,
    parent=blocks.c.order_id,
    place=lambda _: ((blocks.c.placed_at, blocks.c.id), False),
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
    key, c = blocks.c[by], blocks.c
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
        seen = order_visibility.visibility(scope.actor)
        return _by("order_id", await connection.fetch(_OF_ORDERS, ids=list(order_ids), **seen))


async def blocks_of_quotes(scope: Scope, quote_ids: Sequence[UUID]) -> Mapping[UUID, list[Row]]:
    """The same of quotes that were shown."""
    async with scope.database.connection() as connection:
        return _by("quote_id", await connection.fetch(_OF_QUOTES, ids=list(quote_ids)))


def _by(column: str, rows: Sequence[Row]) -> Mapping[UUID, list[Row]]:
    found: defaultdict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[column]].append(row)
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


def owner_of(row: Row) -> Owner:
    quote_id = row["quote_id"]
    kind = OwnerKind.QUOTE if quote_id else OwnerKind.ORDER
    return Owner(kind=kind, id=quote_id or row["order_id"])


def block_of(row: Row) -> Block:
    return Block(
        id=BlockId(row["id"]),
        owner=owner_of(row),
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
