"""How goods should leave, and how they would as of now, as clients see it."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Self
from uuid import UUID

import strawberry

from commerce_api.domain import line_requests as domain
from commerce_api.domain import shipping_plan as plans
from commerce_api.domain.line_requests import local_day
from commerce_api.domain.shipping_policy import AvailabilityChoice
from commerce_api.persistence.readers.channels import channels_by_id
from commerce_api.schema.context import Context
from commerce_api.schema.errors import UserError, tells
from commerce_api.schema.node import global_id

strawberry.enum(AvailabilityChoice, description="What the buyer wants of goods that are not all here.")
strawberry.enum(plans.PlannedShipmentStatus, description="Whether goods can leave.")

PreviewedLines = Annotated[
    list[strawberry.ID] | None,
    strawberry.argument(description="If these lines had a choice of their own; null is for all that have none."),
]


async def today_of(context: Context, channel_id: UUID) -> date:
    """Where something is sold."""
    channel = await context.load(channels_by_id, channel_id)
    assert channel is not None  # noqa: S101 - nothing is sold in no channel
    return local_day(context.scope.at, channel.time_zone)


@strawberry.type(description="What is asked for beside a line.")
class LineRequests:
    instructions: str = strawberry.field(description="For whoever packs it; may be empty.")
    gift_message: str = strawberry.field(description="To go with it; may be empty.")
    requested_ship_date: date | None = strawberry.field(description="It does not leave before this day.")
    expedite: bool = strawberry.field(description="Whether it is in haste and seen to first.")

    @classmethod
    def of(cls, requests: domain.LineRequests) -> Self:
        return cls(
            instructions=requests.instructions,
            gift_message=requests.gift_message,
            requested_ship_date=requests.requested_ship_date,
            expedite=requests.expedite,
        )


@strawberry.type(description="How many of a line go with a ship group.")
class ShipGroupLine:
    line_id: strawberry.ID = strawberry.field(description="Which line.")
    quantity: int = strawberry.field(description="How many of it.")


@strawberry.type(
    description="Goods that leave together, as far as stock on hand tells. How many of them there are changes nothing about what "
    "shipping costs."
)
class PlannedShipment:
    ship_group_id: strawberry.ID = strawberry.field(description="With which ship group they go.")
    status: plans.PlannedShipmentStatus = strawberry.field(description="Whether they can leave.")
    ship_date: date | None = strawberry.field(
        description="The day that was asked for, if it is still to come. Null: as soon as all of it is here."
    )
    lines: list[ShipGroupLine] = strawberry.field(description="What leaves.")
    waits_for: list[ShipGroupLine] = strawberry.field(
        description="What still has to come in before; with units that leave together with these, but elsewhere."
    )
    separate_order: bool = strawberry.field(description="Whether an order of its own is to be made of them.")

    @classmethod
    def list_of(cls, planned: Iterable[plans.PlannedShipment], *, lines: str, groups: str) -> list[Self]:
        """`lines` and `groups` are the prefixes of their ids."""

        def units(found: Iterable[plans.Units]) -> list[ShipGroupLine]:
            return [
                ShipGroupLine(line_id=strawberry.ID(global_id(lines, each.line_id)), quantity=each.quantity)
                for each in found
            ]

        return [
            cls(
                ship_group_id=strawberry.ID(global_id(groups, each.ship_group_id)),
                status=each.status,
                ship_date=each.ship_date,
                lines=units(each.units),
                waits_for=units(each.waits_for),
                separate_order=each.separate_order,
            )
            for each in planned
        ]


@strawberry.type(description="What a choice would mean as of now.")
class PromisePreview:
    choice: AvailabilityChoice = strawberry.field(description="If this was chosen.")
    shipments: list[PlannedShipment] = strawberry.field(description="What would leave when.")


@tells(domain.ShipDatePast, domain.ShipDateTooFar)
@strawberry.type(description="A day on which nothing can be asked to leave.")
class ShipDateError(UserError):
    earliest: date | None = strawberry.field(default=None, description="The earliest day, for `SHIP_DATE_PAST`.")
    latest: date | None = strawberry.field(default=None, description="The latest day, for `SHIP_DATE_TOO_FAR`.")
