"""What clients send to split placed orders, and what they get."""

from typing import Any, Self

import strawberry

from commerce_api.domain import order as domain
from commerce_api.domain import splitting
from commerce_api.domain.canceling import OrderedContent, totals
from commerce_api.domain.decision import Refused
from commerce_api.domain.ids import OrderId
from commerce_api.domain.intake import Intake
from commerce_api.domain.permissions import Permission
from commerce_api.operations.splitting import Planned, SplitPlacedOrder
from commerce_api.schema.canceling import LineLeft
from commerce_api.schema.errors import UserError, errors_of, tells
from commerce_api.schema.node import global_id, key_of
from commerce_api.schema.notify import NotifyInput, parse_notify
from commerce_api.schema.order import Order
from commerce_api.schema.order_units import OrderUnitsInput, parse_units
from commerce_api.schema.permissions import requires
from commerce_api.schema.scalars import Money

SplitShipping = strawberry.enum(
    domain.SplitShipping, name="SplitShipping", description="Who pays for sending what is split off an order."
)
UNITS = "Units of these lines, each line once; all that is still to come in if left out."
SHIPPING = "Who pays for sending the new order."


def parse_split(order_id: str, lines: list[OrderUnitsInput] | None, shipping: Any) -> SplitPlacedOrder | Refused:
    intake, key = Intake(), key_of(order_id, "ord")
    units = parse_units(intake, lines)
    wanted = SplitPlacedOrder(order_id=OrderId(key) if key else None, units=units, shipping=shipping)
    return intake.refused() if intake.problems else wanted


@strawberry.input(description="What of which order becomes an order of its own.")
class SplitOrderInput:
    order_id: strawberry.ID = strawberry.field(description="The order.")
    lines: list[OrderUnitsInput] | None = strawberry.field(default=None, description=UNITS)
    shipping: SplitShipping = strawberry.field(  # type: ignore[valid-type]  # made by a call
        default=domain.SplitShipping.KEEP_ON_PARENT, description=SHIPPING
    )
    reason: str = strawberry.field(default="", description="Why, in a few words; kept with both versions.")
    note: str | None = strawberry.field(default=None, description="For staff; customers do not see it.")
    notify: NotifyInput | None = strawberry.field(
        default=None,
        description="How the customer is told; as preferred if left out.",
        directives=[requires(Permission.OVERRIDE_NOTIFICATIONS)],
    )
    expected_revision: int | None = strawberry.field(
        default=None, description="The revision that you have seen; if it is another by now, nothing happens."
    )
    idempotency_key: str | None = strawberry.field(
        default=None, description="A key of your own; with it the request can be repeated safely."
    )

    def parse(self) -> SplitPlacedOrder | Refused:
        intake, key = Intake(), key_of(self.order_id, "ord")
        command = SplitPlacedOrder(
            order_id=OrderId(key) if key else None,
            units=parse_units(intake, self.lines),
            shipping=self.shipping,
            reason=intake.text(self.reason, "reason", most=200),
            note=intake.text(self.note, "note", most=2000),
            notify=parse_notify(intake, self.notify, "notify"),
            expected_revision=self.expected_revision,
        )
        return intake.refused() if intake.problems else command


@strawberry.type(description="Both orders as they are now, or the errors that prevented it.")
class SplitOrderPayload:
    order: Order | None = strawberry.field(description="The original; null if nothing happened.")
    new_order: Order | None = strawberry.field(description="What was split off.")
    errors: list[UserError] = strawberry.field(description="Why nothing happened.")


@strawberry.type(description="One of two orders as it would be. Lines of the new one have the ids that they have now.")
class SplitPart:
    subtotal: Money = strawberry.field(description="All lines before discounts.")
    discount_total: Money = strawberry.field(description="All discounts.")
    shipping_total: Money = strawberry.field(description="What sending it would cost.")
    charge_total: Money = strawberry.field(description="All other charges.")
    tax_total: Money = strawberry.field(description="All tax, whether contained or added.")
    total: Money = strawberry.field(description="What it would cost.")
    lines: list[LineLeft] = strawberry.field(description="How many of each line would be in it.")

    @classmethod
    def of(cls, content: OrderedContent, currency: str) -> Self:
        def money(minor: int) -> Money:
            return Money.of(minor, currency)

        sums = totals(content)
        return cls(
            **{name: money(getattr(sums, name)) for name in type(sums).__dataclass_fields__},
            lines=[
                LineLeft(
                    line_id=strawberry.ID(global_id("oln", line.id)), quantity=line.open, total=money(line.now.total)
                )
                for line in content.lines
                if line.open
            ],
        )


@strawberry.type(description="What splitting an order would make of it; nothing has happened.")
class SplitPreview:
    total_before: Money | None = strawberry.field(description="What the order costs; null if it cannot be split.")
    order: SplitPart | None = strawberry.field(description="The original; null if it cannot be split.")
    new_order: SplitPart | None = strawberry.field(description="What would be split off; null if that cannot be.")
    errors: list[UserError] = strawberry.field(description="What stands against it.")

    @classmethod
    def of(cls, outcome: Planned | Refused) -> Self:
        if isinstance(outcome, Refused):
            return cls(total_before=None, order=None, new_order=None, errors=errors_of(outcome))
        currency = outcome.order.currency
        return cls(
            total_before=Money.of(outcome.order.total, currency),
            order=SplitPart.of(outcome.parts.left, currency),
            new_order=SplitPart.of(outcome.parts.moved, currency),
            errors=[],
        )


@tells(splitting.TooManyToMove)
@strawberry.type(description="More was to go than is left.", directives=[requires(Permission.EDIT_ORDERS)])
class TooManyToMoveError(UserError):
    open: int = strawberry.field(description="How many have not been canceled.")
