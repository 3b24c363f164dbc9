"""What clients say of how goods should leave: of carts, of quotes and of orders that are edited, in the same words."""

from datetime import date
from typing import Any

import strawberry

from commerce_api.domain import cart as domain
from commerce_api.domain.cart import MAX_GROUPS
from commerce_api.domain.ids import CartLineId
from commerce_api.domain.intake import Intake
from commerce_api.domain.shipping_policy import AvailabilityChoice
from commerce_api.operations.carts import Action
from commerce_api.schema.line_request_inputs import LineRequestsInput, day_of, said
from commerce_api.schema.ordering_inputs import Content, check_count, parse_group_id, parse_line_id

_LEAST_TIED = 2


@strawberry.input(description="What is asked for beside one line.")
class RequestForLineInput:
    line_id: strawberry.ID = strawberry.field(description="Which line.")
    requests: LineRequestsInput = strawberry.field(description="What.")


@strawberry.input(description="Ask for something beside lines: all of it, or nothing.")
class SetLineRequestsInput(Content):
    lines: list[RequestForLineInput] = strawberry.field(description="Between 1 and 200, each line once.")

    def commands(self, intake: Intake, *path: Any) -> tuple[Action, ...]:
        check_count(intake, self.lines, *path, "lines")
        asked = tuple(
            domain.RequestForLine(
                line_id=parse_line_id(intake, each.line_id, *path, "lines", number, "lineId"),
                change=each.requests.parse(intake, *path, "lines", number, "requests"),
            )
            for number, each in enumerate(self.lines)
        )
        if len({each.line_id for each in asked}) < len(asked):
            intake.invalid("Each line once, please.", *path, "lines")
        return (domain.SetLineRequests(lines=asked),)


@strawberry.input(description="Ask for something beside a ship group. What is left out stays as it is.")
class SetShipGroupRequestsInput(Content):
    ship_group_id: strawberry.ID | None = strawberry.field(
        default=None, description="Which ship group, if there are several."
    )
    instructions: strawberry.Maybe[str | None] = strawberry.field(
        description="For whoever delivers, at most 500 characters; empty or null takes it away."
    )
    requested_ship_date: strawberry.Maybe[date | None] = strawberry.field(
        description="Do not let it leave before this day, today to a year from now; null takes it back."
    )

    def commands(self, intake: Intake, *path: Any) -> tuple[Action, ...]:
        command = domain.SetShipGroupRequests(
            ship_group_id=parse_group_id(intake, self.ship_group_id, *path),
            instructions=said(intake, self.instructions, *path, "instructions"),
            requested_ship_date=day_of(self.requested_ship_date),
        )
        return (command,)


@strawberry.input(description="Say what becomes of goods that are not all here: of all, or of some lines.")
class SetAvailabilityChoiceInput(Content):
    choice: AvailabilityChoice | None = strawberry.field(
        description="What is wanted; null: as the channel does, or for lines as for the rest. See `promisePreview`. With "
        "`SEPARATE_ORDER`, which needs an account, `splitCartBackorders` makes the other cart before this one is ordered."
    )
    line_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="For which lines, 1 to 200; null is for all that have no choice of their own."
    )

    def commands(self, intake: Intake, *path: Any) -> tuple[Action, ...]:
        if self.line_ids is None:
            return (domain.SetAvailabilityChoice(choice=self.choice),)
        check_count(intake, self.line_ids, *path, "lineIds")
        ids = (parse_line_id(intake, raw, *path, "lineIds", number) for number, raw in enumerate(self.line_ids))
        return (domain.SetAvailabilityChoice(choice=self.choice, line_ids=tuple(ids)),)


@strawberry.input(description="Lines that leave together, though others may not wait for them.")
class TieGroupInput:
    line_ids: list[strawberry.ID] = strawberry.field(description="At least 2.")


@strawberry.input(description="Say which lines leave together. Replaces what was said before.")
class SetTieGroupsInput(Content):
    groups: list[TieGroupInput] = strawberry.field(description="At most 50; a line is in one at most.")

    def commands(self, intake: Intake, *path: Any) -> tuple[Action, ...]:
        check_count(intake, self.groups, *path, "groups", least=0, most=MAX_GROUPS)
        groups = [_tied(intake, group, *path, "groups", number) for number, group in enumerate(self.groups)]
        named = [line_id for group in groups for line_id in group]
        if len(set(named)) < len(named):
            intake.invalid("Each line in one group, please.", *path, "groups")
        return (domain.SetTieGroups(groups=tuple(groups)),)


def _tied(intake: Intake, raw: TieGroupInput, *path: Any) -> tuple[CartLineId, ...]:
    check_count(intake, raw.line_ids, *path, "lineIds", least=_LEAST_TIED)
    return tuple(parse_line_id(intake, each, *path, "lineIds", number) for number, each in enumerate(raw.line_ids))
