"""What clients ask for beside a line."""

from datetime import date
from typing import Any

import strawberry

from commerce_api.domain.intake import Intake
from commerce_api.domain.line_requests import MOST_TEXT, On, RequestsChange


def said(intake: Intake, raw: "strawberry.Maybe[str | None]", *path: Any) -> str | None:
    return intake.text(raw.value or "", *path, most=MOST_TEXT) if raw is not None else None


def day_of(raw: "strawberry.Maybe[date | None]") -> On | None:
    return On(day=raw.value) if raw is not None else None


@strawberry.input(description="What is asked for beside a line. What is left out stays as it is.")
class LineRequestsInput:
    instructions: strawberry.Maybe[str | None] = strawberry.field(
        description="For whoever packs it, at most 500 characters; empty or null takes it away."
    )
    gift_message: strawberry.Maybe[str | None] = strawberry.field(
        description="To go with it, at most 500 characters; empty or null takes it away."
    )
    requested_ship_date: strawberry.Maybe[date | None] = strawberry.field(
        description="Do not let it leave before this day, today to a year from now as days are counted where it is sold; null takes "
        "it back."
    )
    expedite: strawberry.Maybe[bool | None] = strawberry.field(description="Whether it is in haste; null: it is not.")

    def parse(self, intake: Intake, *path: Any) -> RequestsChange:
        return RequestsChange(
            instructions=said(intake, self.instructions, *path, "instructions"),
            gift_message=said(intake, self.gift_message, *path, "giftMessage"),
            requested_ship_date=day_of(self.requested_ship_date),
            expedite=bool(self.expedite.value) if self.expedite is not None else None,
        )
