"""What clients send to cancel orders, and what they get."""

from typing import Final, Self

import strawberry

from commerce_api.domain import canceling as domain
from commerce_api.domain.decision import Refused
from commerce_api.domain.ids import OrderId
from commerce_api.domain.intake import Intake
from commerce_api.domain.order import Order as DomainOrder
from commerce_api.domain.permissions import Permission
from commerce_api.operations.cancellations import CancelOrder
from commerce_api.schema.errors import UserError, errors_of, tells
from commerce_api.schema.node import global_id, key_of
from commerce_api.schema.notify import NotifyInput, parse_notify
from commerce_api.schema.order import Order
from commerce_api.schema.order_units import OrderUnitsInput, parse_units
from commerce_api.schema.permissions import requires
from commerce_api.schema.scalars import Money

_LINES: Final = "Units of these lines, each line once; all of the order if left out."


Restock = strawberry.enum(domain.Restock, description="What becomes of canceled units that lie on a shelf.")


RefundChoice = strawberry.enum(
    domain.RefundChoice, description="What the customer is told about money that came in and is not owed any more."
)


@strawberry.input(description="Which order, or units of which of its lines, to cancel, and why.")
class CancelOrderInput:
    order_id: strawberry.ID = strawberry.field(description="The order.")
    lines: list[OrderUnitsInput] | None = strawberry.field(default=None, description=_LINES)
    reason_code: str = strawberry.field(description="Code of one of the `cancelReasons`.")
    note: str | None = strawberry.field(
        default=None,
        description="For staff; customers do not see it.",
        directives=[requires(Permission.CANCEL_ORDERS)],
    )
    restock: Restock = strawberry.field(  # type: ignore[valid-type]  # made by a call
        default=domain.Restock.ON_HAND,
        description="What becomes of the units that lie on a shelf.",
        directives=[requires(Permission.CANCEL_ORDERS)],
    )
    refund: RefundChoice = strawberry.field(  # type: ignore[valid-type]  # made by a call
        default=domain.RefundChoice.ORIGINAL,
        description="What the customer is told about money that came in; `recordRefund` tells that it was given back.",
        directives=[requires(Permission.CANCEL_ORDERS)],
    )
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

    def parse(self) -> CancelOrder | Refused:
        intake = Intake()
        key = key_of(self.order_id, "ord")
        command = CancelOrder(
            order_id=OrderId(key) if key else None,
            units=parse_units(intake, self.lines),
            reason=intake.text(self.reason_code, "reasonCode", most=50, required=True),
            note=intake.text(self.note, "note", most=2000),
            restock=self.restock,
            refund=self.refund,
            notify=parse_notify(intake, self.notify, "notify"),
            expected_revision=self.expected_revision,
        )
        return intake.refused() if intake.problems else command


@strawberry.type(description="The order as it is now, or the errors that prevented a change.")
class CancelOrderPayload:
    order: Order | None = strawberry.field(description="Null if nothing happened.")
    errors: list[UserError] = strawberry.field(description="Why nothing happened.")


@strawberry.type(description="What would be left of a line.")
class LineLeft:
    line_id: strawberry.ID = strawberry.field(description="The line.")
    quantity: int = strawberry.field(description="How many of it would be left.")
    total: Money = strawberry.field(description="What these would cost.")


@strawberry.type(description="What canceling would do; nothing has happened.")
class CancelPreview:
    total_before: Money | None = strawberry.field(description="What the order costs; null if it cannot be canceled.")
    total: Money | None = strawberry.field(description="What would be left to pay; null if it cannot be canceled.")
    balance: Money | None = strawberry.field(description="`Order.balance` as it would be.")
    refund: Money | None = strawberry.field(
        description="How much of what has come in would be to give back; null if it cannot be canceled."
    )
    lines: list[LineLeft] = strawberry.field(description="What would be left of each line.")
    errors: list[UserError] = strawberry.field(description="What stands against it.")

    @classmethod
    def of(cls, outcome: tuple[DomainOrder, domain.OrderedContent] | Refused) -> Self:
        if isinstance(outcome, Refused):
            return cls(total_before=None, total=None, balance=None, refund=None, lines=[], errors=errors_of(outcome))
        order, content = outcome
        total = 0 if content.empty else domain.totals(content).total

        def money(minor: int) -> Money:
            return Money.of(minor, order.currency)

        return cls(
            total_before=money(order.total),
            total=money(total),
            balance=money(order.balance - order.total + total),
            refund=money(order.beyond(total)),
            lines=[
                LineLeft(
                    line_id=strawberry.ID(global_id("oln", line.id)), quantity=line.open, total=money(line.now.total)
                )
                for line in content.lines
            ],
            errors=[],
        )


@tells(domain.TooManyToCancel)
@strawberry.type(description="More was to be canceled than is left.")
class TooManyToCancelError(UserError):
    open: int = strawberry.field(description="How many have not been canceled yet.")
