"""Orders counted and added up."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Self
from uuid import UUID

import strawberry

from commerce_api.domain.actor import ActorKind
from commerce_api.domain.decision import Refused
from commerce_api.domain.intake import Intake
from commerce_api.persistence.readers.order_stats import OrderGroup, OrderStatsBy, StatsAsked, order_groups
from commerce_api.schema.actors import name_of
from commerce_api.schema.context import Context, Info
from commerce_api.schema.errors import bad_input
from commerce_api.schema.node import global_id, key_of
from commerce_api.schema.scalars import Money

LONGEST: Final = timedelta(days=366)
_MOST_CHANNELS: Final = 100
_PREFIXES: Final = {ActorKind.STAFF: "stf", ActorKind.APP: "key"}
strawberry.enum(OrderStatsBy, name="OrderStatsBy", description="By what orders are counted.")


@strawberry.input(description="From when to when orders were placed: a year at most.")
class OrderStatsSpanInput:
    start: datetime = strawberry.field(name="from", description="Then or later.")
    end: datetime = strawberry.field(name="until", description="Before then.")


@strawberry.type(description="Orders that have something in common.")
class OrderStatsGroup:
    agent: strawberry.Private[Mapping[str, Any] | None]
    value: str = strawberry.field(description="What they have in common; empty if nothing was told.")
    count: int = strawberry.field(description="How many there are, canceled ones too.")
    totals: list[Money] = strawberry.field(description="What they come to, in each currency.")

    @strawberry.field(description="Name of the agent; null if they are not counted by agents, or none placed them.")
    async def agent_name(self, info: Info) -> str | None:
        return await name_of(info.context, self.agent) if self.agent else None

    @classmethod
    def of(cls, group: OrderGroup, by: OrderStatsBy) -> Self:
        totals = [Money.of(minor, currency) for currency, minor in sorted(group.totals.items())]
        value, agent = group.value, None
        if by is OrderStatsBy.AGENT and value:
            kind, _, id_ = value.partition(" ")
            value, agent = global_id(_PREFIXES[ActorKind(kind)], UUID(id_)), {"kind": kind, "id": id_}
        return cls(value=value, agent=agent, count=group.count, totals=totals)


async def order_stats(
    context: Context, by: OrderStatsBy, placed: OrderStatsSpanInput, channel_ids: list[strawberry.ID] | None
) -> list[OrderStatsGroup]:
    asked = _asked(by, placed, channel_ids)
    if isinstance(asked, Refused):
        raise bad_input(asked)
    return [OrderStatsGroup.of(group, by) for group in await order_groups(context.scope, asked)]


def _asked(
    by: OrderStatsBy, placed: OrderStatsSpanInput, channel_ids: list[strawberry.ID] | None
) -> StatsAsked | Refused:
    intake = Intake()
    if not timedelta() < placed.end - placed.start <= LONGEST:
        intake.invalid("The end is after the start, and {days} days later at most.", "placed", days=LONGEST.days)
    keys = [key_of(each, "chn") for each in channel_ids or []][:_MOST_CHANNELS]
    if None in keys:
        intake.invalid("This is not an id that begins with {prefix}.", "channelIds", prefix="chn_")
    if intake.problems:
        return intake.refused()
    known = None if channel_ids is None else tuple(key for key in keys if key)
    return StatsAsked(by=by, start=placed.start, end=placed.end, channel_ids=known)
