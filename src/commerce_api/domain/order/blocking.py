"""An order as something that blocks are put on (B1)."""

from typing import ClassVar, Final

from commerce_api.domain.blocks import Owner, OwnerKind, Subject
from commerce_api.domain.decision import Refusal
from commerce_api.domain.order.state import Order, OrderState
from commerce_api.domain.value import value

_OVER: Final = frozenset({OrderState.COMPLETED, OrderState.CANCELED})


@value
class OrderIsOver(Refusal):
    """This order is completed or canceled: nothing is left to hold up."""

    staff_only: ClassVar[bool] = True


def blockable(order: Order) -> Subject:
    return Subject(
        owner=Owner(kind=OwnerKind.ORDER, id=order.id),
        channel_id=order.channel_id,
        over=OrderIsOver() if order.state in _OVER else None,
    )
