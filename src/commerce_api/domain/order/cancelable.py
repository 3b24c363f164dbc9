"""Whether an order can be canceled (T10)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from commerce_api.domain.decision import Refusal
from commerce_api.domain.order.state import Order, OrderState
from commerce_api.domain.value import value

CANCELABLE: Final = frozenset(
    {OrderState.AWAITING_APPROVAL, OrderState.PENDING, OrderState.PAYMENT_REJECTED, OrderState.CONFIRMED}
)
"""Nothing has been given to a warehouse (T10)."""


@value
class OrderNotCancelable(Refusal):
    """This order cannot be canceled any more."""

    state: OrderState


@value
class CancelTimeOver(Refusal):
    """The time in which you could cancel this order yourself is over; please get in touch with us."""


@value
class PaymentBeingDecided(Refusal):
    """The bank has not decided about this order's payment yet; cancel units of it then, or all of it now."""


def against_canceling(order: Order, at: datetime, *, by_customer: bool) -> Iterator[Refusal]:
    """What stands against canceling all of it."""
    if order.state not in CANCELABLE:
        yield OrderNotCancelable(state=order.state)
    elif by_customer and (order.cancelable_until is None or at >= order.cancelable_until):
        yield CancelTimeOver()
