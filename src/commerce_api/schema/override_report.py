"""What staff took off what orders cost, counted and added up (D27)."""

from datetime import datetime, timedelta
from typing import Any, Final, Self
from uuid import UUID

import strawberry

from commerce_api.domain import blocks as domain
from commerce_api.domain.decision import Refused
from commerce_api.domain.intake import Intake
from commerce_api.persistence.readers.channels import channels_by_id
from commerce_api.persistence.readers.override_report import (
    READING,
    Outcome,
    OverrideGroup,
    OverridesAsked,
    override_groups,
)
from commerce_api.persistence.readers.staff import staff_of
from commerce_api.schema.block import BlockResolution
from commerce_api.schema.channel import Channel
from commerce_api.schema.context import Context, Info
from commerce_api.schema.errors import bad_input
from commerce_api.schema.node import key_of
from commerce_api.schema.permissions import requires
from commerce_api.schema.scalars import Money
from commerce_api.schema.staff import StaffMember

LONGEST: Final = timedelta(days=366)
_MOST_CHANNELS: Final = 100
_REPORT: Any = [requires(*READING)]


@strawberry.input(description="Which changes to what orders cost.")
class OverrideReportInput:
    start: datetime = strawberry.field(name="from", description="Made then or later.")
    end: datetime = strawberry.field(name="until", description="Made before then, a year later at most.")
    agent_id: strawberry.ID | None = strawberry.field(default=None, description="Made by this member of staff.")
    reason: str | None = strawberry.field(default=None, description="Made for the reason of this code.")
    channel_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Of orders in these channels; in all that you may see, if left out."
    )

    def parse(self) -> OverridesAsked | Refused:
        intake = Intake()
        if not timedelta() < self.end - self.start <= LONGEST:
            intake.invalid("The end is after the start, and {days} days later at most.", "until", days=LONGEST.days)
        agent = key_of(self.agent_id, "stf") if self.agent_id else None
        if self.agent_id and agent is None:
            intake.invalid("This is not an id that begins with {prefix}.", "agentId", prefix="stf_")
        keys = [key_of(each, "chn") for each in self.channel_ids or []][:_MOST_CHANNELS]
        if None in keys:
            intake.invalid("This is not an id that begins with {prefix}.", "channelIds", prefix="chn_")
        channels = None if self.channel_ids is None else tuple(key for key in keys if key)
        asked = OverridesAsked(start=self.start, end=self.end, agent_id=agent, reason=self.reason, channel_ids=channels)
        return intake.refused() if intake.problems else asked


@strawberry.type(description="How many blocks ended in one way.", directives=_REPORT)
class OverrideOutcome:
    resolution: BlockResolution | None = strawberry.field(description="How; null: they are still active.")  # type: ignore[valid-type]  # made by a call
    count: int = strawberry.field(description="How many.")
    resolver: strawberry.Private[UUID | None]

    @strawberry.field(description="Who of the staff ended them; null: a rule, a program or nobody yet.")
    async def resolved_by(self, info: Info) -> StaffMember | None:
        return await _member(info, self.resolver)

    @classmethod
    def of(cls, outcome: Outcome) -> Self:
        resolution = domain.Resolution(outcome.resolution) if outcome.resolution else None
        return cls(resolution=resolution, count=outcome.count, resolver=outcome.by)


@strawberry.type(
    description="Changes to what orders cost that one agent made for one reason in one channel and currency.",
    directives=_REPORT,
)
class OverrideReportGroup:
    reason: str = strawberry.field(description="Code of the reason.")
    count: int = strawberry.field(description="How many changes.")
    beyond_limit: int = strawberry.field(description="How many of them went beyond a limit.")
    taken_off: Money = strawberry.field(
        description="What the orders cost less because of them, as they stand now. What was added is not set off."
    )
    outcomes: list[OverrideOutcome] = strawberry.field(description="What became of the blocks that they caused.")
    agent_key: strawberry.Private[UUID | None]
    channel_key: strawberry.Private[UUID]

    @strawberry.field(description="Who made them; null for a program.")
    async def agent(self, info: Info) -> StaffMember | None:
        return await _member(info, self.agent_key)

    @strawberry.field(description="Where the orders were placed.")
    async def channel(self, info: Info) -> Channel:
        found: Any = await info.context.load(channels_by_id, self.channel_key)
        return Channel.of(found)

    @classmethod
    def of(cls, group: OverrideGroup) -> Self:
        return cls(
            reason=group.reason,
            count=group.count,
            beyond_limit=group.beyond_limit,
            taken_off=Money.of(group.taken_off, group.currency),
            outcomes=[OverrideOutcome.of(outcome) for outcome in group.outcomes],
            agent_key=group.agent_id,
            channel_key=group.channel_id,
        )


async def _member(info: Info, key: UUID | None) -> StaffMember | None:
    found = await info.context.load(staff_of, key) if key else None
    return StaffMember.of(found) if found else None


async def override_report(context: Context, made: OverrideReportInput) -> list[OverrideReportGroup]:
    asked = made.parse()
    if isinstance(asked, Refused):
        raise bad_input(asked)
    return [OverrideReportGroup.of(group) for group in await override_groups(context.scope, asked)]
