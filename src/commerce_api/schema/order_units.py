"""Units of lines of an order, as clients name them for canceling, splitting and copying."""

from typing import Final

import strawberry

from commerce_api.domain.canceling import Units
from commerce_api.domain.ids import OrderLineId
from commerce_api.domain.intake import Intake
from commerce_api.schema.node import key_of

MOST_LINES: Final = 500


@strawberry.input(description="Units of a line of an order.")
class OrderUnitsInput:
    line_id: strawberry.ID = strawberry.field(description="The line of the order.")
    quantity: int | None = strawberry.field(
        default=None,
        description="How many; if left out, all that there are to cancel or to split off, or all that were ordered.",
    )


def parse_units(intake: Intake, raw: list[OrderUnitsInput] | None) -> tuple[Units, ...] | None:
    if raw is None:
        return None
    if not 1 <= len(raw) <= MOST_LINES:
        intake.invalid("At least one line and at most {most}, please.", "lines", most=MOST_LINES)
    seen: set[str] = set()
    units = []
    for number, each in enumerate(raw):
        if each.line_id in seen:
            intake.invalid("Each line once, please.", "lines", number, "lineId")
        if each.quantity is not None and each.quantity < 1:
            intake.invalid("At least 1, please.", "lines", number, "quantity")
        seen.add(each.line_id)
        key = key_of(each.line_id, "oln")
        path = ("lines", str(number))
        units.append(Units(line_id=OrderLineId(key) if key else None, quantity=each.quantity, path=path))
    return tuple(units)
