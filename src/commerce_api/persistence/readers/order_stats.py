"""How many orders there were and what they came to, by where they came from (S2-04)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, Text, Uuid, any_, bindparam, cast, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from commerce_api.domain.described import DescribedEnum
from commerce_api.domain.value import value
from commerce_api.persistence.readers.order_visibility import visibility, visible_orders
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Statement
from commerce_api.persistence.tables.buying import orders
from commerce_api.persistence.tables.channels import channels

MOST_GROUPS: Final = 500


class OrderStatsBy(DescribedEnum):
    AGENT = "AGENT", "The member of staff or the API key that placed it, by id; empty for orders that buyers placed."
    CHANNEL = "CHANNEL", "The shop front, by its code."
    DAY = "DAY", "The day on which it was placed, where the channel of this request is, such as 2026-03-02."
    ORDERING_CHANNEL = "ORDERING_CHANNEL", "Through what the buyer spoke to the shop, such as PHONE; empty if unknown."
    SOURCE = "SOURCE", "What the storefront said it came from; empty if it said nothing."
    STATE = "STATE", "Where it stands now."


@value
class StatsAsked:
    by: OrderStatsBy
    start: datetime
    end: datetime
    channel_ids: tuple[UUID, ...] | None


@value
class OrderGroup:
    """`totals` are minor units by currency. An agent's `value` is their kind and their id, with a blank between."""

    value: str
    count: int
    totals: Mapping[str, int]


def _of_origin(name: str) -> ColumnElement[Any]:
    return func.coalesce(orders.c.origin.op("->>")(literal_column(f"'{name}'")), literal_column("''"))


_AGENT = func.coalesce(
    orders.c.origin["placed_by"].astext.concat(literal_column("' '")).concat(orders.c.origin["staff_id"].astext),
    literal_column("''"),
)
_DAY = func.timezone(bindparam("time_zone", type_=Text()), orders.c.placed_at)
_VALUES: Final[Mapping[OrderStatsBy, ColumnElement[Any]]] = {
    OrderStatsBy.AGENT: _AGENT,
    OrderStatsBy.CHANNEL: channels.c.code,
    OrderStatsBy.DAY: func.to_char(_DAY, literal_column("'YYYY-MM-DD'")),
    OrderStatsBy.ORDERING_CHANNEL: _of_origin("channel"),
    OrderStatsBy.SOURCE: _of_origin("source"),
    OrderStatsBy.STATE: orders.c.state,
}


def _counted(by: OrderStatsBy) -> Statement:
    """Added up by shop front first: the code of one is looked up once for all its orders."""
    at, ids = orders.c.placed_at, bindparam("channel_ids", type_=ARRAY(Uuid()))
    key = orders.c.channel_id if by is OrderStatsBy.CHANNEL else _VALUES[by]
    added = (
        select(
            key.label("key"), orders.c.currency, func.count().label("count"), func.sum(orders.c.total).label("total")
        )
        .where(
            at >= bindparam("start", type_=DateTime(timezone=True)),
            at < bindparam("end", type_=DateTime(timezone=True)),
        )
        .where(visible_orders(), or_(ids.is_(None), orders.c.channel_id == any_(ids)))
        .group_by(literal_column("1"), literal_column("2"))
        .subquery("added")
    )
    total = cast(added.c.total, Text())
    if by is not OrderStatsBy.CHANNEL:
        return Statement(select(added.c.key.label("value"), added.c.currency, added.c["count"], total.label("total")))
    named = added.join(channels, channels.c.id == added.c.key)
    return Statement(
        select(channels.c.code.label("value"), added.c.currency, added.c["count"], total.label("total")).select_from(
            named
        )
    )


_STATEMENTS: Final = {by: _counted(by) for by in OrderStatsBy}


async def order_groups(scope: Scope, asked: StatsAsked) -> Sequence[OrderGroup]:
    """Groups of the orders that the actor sees, the largest first; of days the first first. At most `MOST_GROUPS`."""
    async with scope.database.connection() as connection:
        rows = await connection.fetch(
            _STATEMENTS[asked.by],
            start=asked.start,
            end=asked.end,
            channel_ids=None if asked.channel_ids is None else list(asked.channel_ids),
            time_zone=scope.channel.time_zone,
            **visibility(scope.actor),
        )
    counts: defaultdict[str, int] = defaultdict(int)
    totals: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for row in rows:
        counts[row["value"]] += row["count"]
        totals[row["value"]][row["currency"]] = int(row["total"])
    largest = sorted(counts, key=lambda each: each if asked.by is OrderStatsBy.DAY else (-counts[each], each))
    return [OrderGroup(value=each, count=counts[each], totals=totals[each]) for each in largest[:MOST_GROUPS]]
