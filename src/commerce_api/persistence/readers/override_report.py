"""Who of the staff took how much off what orders cost, for which reasons, and what came of it (D27)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeAlias
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    DateTime,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY

from commerce_api.domain.actor import Actor
from commerce_api.domain.ids import ChannelId
from commerce_api.domain.permissions import Permission
from commerce_api.domain.value import value
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Row, Statement
from commerce_api.persistence.tables.adjustments import order_adjustments as a
from commerce_api.persistence.tables.buying import order_charges, order_lines, orders
from commerce_api.persistence.tables.desk import blocks

MOST_GROUPS: Final = 1_000
READING: Final = (Permission.READ_AUDIT_LOG, Permission.RESOLVE_BLOCKS)
"""Of those who resolve blocks, each sees the channels where they do."""
_KEYS: Final = (a.c.by_id, a.c.reason, orders.c.channel_id, orders.c.currency)
_Key: TypeAlias = tuple[UUID | None, str, UUID, str]


@value
class OverridesAsked:
    start: datetime
    end: datetime
    agent_id: UUID | None
    reason: str | None
    channel_ids: tuple[UUID, ...] | None


@value
class Outcome:
    """What became of blocks; without a resolution, nothing so far."""

    resolution: str | None
    by: UUID | None
    count: int


@value
class OverrideGroup:
    agent_id: UUID | None
    reason: str
    channel_id: ChannelId
    currency: str
    count: int
    beyond_limit: int
    taken_off: int
    outcomes: tuple[Outcome, ...]


def _text(document: ColumnElement[Any], name: str) -> ColumnElement[Any]:
    return document.op("->>")(literal_column(f"'{name}'"))


_REF = cast(a.c.id, Text())
_line, _part = order_lines.c, func.jsonb_array_elements(order_lines.c.discounts).column_valued("part")
_OFF_LINE = (
    select((_line.original_unit_price - _line.unit_price) * (_line.quantity - _line.canceled))
    .where(_line.id == a.c.target_id)
    .scalar_subquery()
)
_OFF_CHARGE = (
    select(order_charges.c.original_amount - order_charges.c.amount)
    .where(order_charges.c.id == a.c.target_id, order_charges.c.order_id == a.c.order_id)
    .scalar_subquery()
)
_DEDUCTED = (
    select(func.sum(cast(_text(_part, "amount"), BigInteger())))
    .select_from(order_lines)
    .where(_line.order_id == a.c.order_id, _text(_part, "adjustment_id") == _REF)
    .scalar_subquery()
)
_TAKEN_OFF = case(
    (orders.c.state == "CANCELED", 0),
    (a.c.kind == "LINE_PRICE", _OFF_LINE),
    (a.c.kind == "CHARGE", _OFF_CHARGE),
    (a.c.kind == "DEDUCTION", _DEDUCTED),
    else_=0,
)
"""What the order costs less because of it, as it stands now; dearer is not less."""
_BLOCKED = and_(blocks.c.order_id == a.c.order_id, blocks.c.ref == _REF)
_agent, _reason = bindparam("agent_id", type_=Uuid()), bindparam("reason", type_=Text())
_channels = bindparam("channel_ids", type_=ARRAY(Uuid()))
_CHOSEN = (
    a.c.at >= bindparam("start", type_=DateTime(timezone=True)),
    a.c.at < bindparam("end", type_=DateTime(timezone=True)),
    or_(_agent.is_(None), a.c.by_id == _agent),
    or_(_reason.is_(None), a.c.reason == _reason),
    or_(_channels.is_(None), orders.c.channel_id == any_(_channels)),
    or_(bindparam("everywhere", type_=Boolean()), orders.c.channel_id == any_(bindparam("own", type_=ARRAY(Uuid())))),
)
_MADE = (
    select(
        *_KEYS,
        func.greatest(_TAKEN_OFF, 0).label("taken_off"),
        or_(a.c.beyond_limit, select(blocks.c.id).where(_BLOCKED).exists()).label("beyond"),
    )
    .select_from(a.join(orders, orders.c.id == a.c.order_id))
    .where(*_CHOSEN)
    .subquery("made")
)
_of = [_MADE.c[column.name] for column in _KEYS]
_SUMS = Statement(
    select(
        *_of,
        func.count().label("number"),
        func.count().filter(_MADE.c.beyond).label("beyond"),
        cast(func.sum(_MADE.c.taken_off), Text()).label("taken_off"),
    )
    .group_by(*_of)
    .order_by(func.sum(_MADE.c.taken_off).desc(), *_of)
    .limit(MOST_GROUPS)
)
_resolver = _text(blocks.c.resolved_by, "id").label("resolver")
_OUTCOMES = Statement(
    select(*_KEYS, blocks.c.resolution, _resolver, func.count().label("number"))
    .select_from(a.join(orders, orders.c.id == a.c.order_id).join(blocks, _BLOCKED))
    .where(*_CHOSEN)
    .group_by(*_KEYS, blocks.c.resolution, _resolver)
    .order_by(blocks.c.resolution, _resolver)
)


async def override_groups(scope: Scope, asked: OverridesAsked) -> Sequence[OverrideGroup]:
    """Those by which most was taken off first; two statements."""
    values = {
        "start": asked.start,
        "end": asked.end,
        "agent_id": asked.agent_id,
        "reason": asked.reason,
        "channel_ids": None if asked.channel_ids is None else list(asked.channel_ids),
        **_seen_by(scope.actor),
    }
    async with scope.database.connection() as connection:
        rows = await connection.fetch(_SUMS, **values)
        ended = await connection.fetch(_OUTCOMES, **values)
    outcomes: defaultdict[_Key, list[Outcome]] = defaultdict(list)
    for block in ended:
        by = UUID(block["resolver"]) if block["resolver"] else None
        outcomes[_key(block)].append(Outcome(resolution=block["resolution"], by=by, count=block["number"]))
    return [_group(row, outcomes[_key(row)]) for row in rows]


def _seen_by(actor: Actor) -> Mapping[str, Any]:
    held = [actor.channels_with(permission) for permission in READING]
    return {"everywhere": None in held, "own": sorted(set().union(*(channels or () for channels in held)))}


def _key(row: Row) -> _Key:
    return (row["by_id"], row["reason"], row["channel_id"], row["currency"])


def _group(row: Row, outcomes: Sequence[Outcome]) -> OverrideGroup:
    return OverrideGroup(
        agent_id=row["by_id"],
        reason=row["reason"],
        channel_id=ChannelId(row["channel_id"]),
        currency=row["currency"],
        count=row["number"],
        beyond_limit=row["beyond"],
        taken_off=int(row["taken_off"]),
        outcomes=tuple(outcomes),
    )
