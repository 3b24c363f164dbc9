"""What can be done with an order now, and what stands against the rest, by the rules that also decide (K14)."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from commerce_api.domain import blocks as b
from commerce_api.domain.decision import Refusal
from commerce_api.domain.described import DescribedEnum
from commerce_api.domain.order import topping_up
from commerce_api.domain.order.blocking import blockable
from commerce_api.domain.order.cancelable import against_canceling
from commerce_api.domain.order.deciding import against_new_payment, against_resubmitting
from commerce_api.domain.order.editing import (
    OrderEdit,
    against_beginning,
    against_editing,
    against_passing,
    against_taking_over,
)
from commerce_api.domain.order.own_edits import against_own_edit
from commerce_api.domain.order.recording import against_reversing
from commerce_api.domain.order.refunding import against_refunding
from commerce_api.domain.order.shipping import against_setting_policy
from commerce_api.domain.order.splitting import against_splitting
from commerce_api.domain.order.state import UNPAID, Order
from commerce_api.domain.value import value


class OrderAction(StrEnum):
    """What can be done to an order."""

    UPDATE_PAYMENT = "UPDATE_PAYMENT"
    RESUBMIT = "RESUBMIT"
    PAY_BALANCE = "PAY_BALANCE"
    EDIT = "EDIT"
    SET_SHIPPING_POLICY = "SET_SHIPPING_POLICY"
    SET_ATTRIBUTES = "SET_ATTRIBUTES"
    CANCEL = "CANCEL"
    CLONE = "CLONE"
    COMMENT = "COMMENT"


class DeskAction(DescribedEnum):
    """What staff alone do."""

    BLOCK = "BLOCK", "Hold it up."
    REVIEW = "REVIEW", "Say whether it passes the review that it waits for."
    TAKE_OVER_EDIT = "TAKE_OVER_EDIT", "Go on with what somebody else is changing."
    SPLIT = "SPLIT", "Make an order of its own of units of it."
    RECORD_PAYMENT = "RECORD_PAYMENT", "Record money that has come in for it."
    RECORD_REFUND = "RECORD_REFUND", "Record money that was given back for it."
    REVERSE_PAYMENT = "REVERSE_PAYMENT", "Take back what was recorded of its money."
    QUOTE = "QUOTE", "Begin a quote with what it had."


PAYING: Final = (OrderAction.UPDATE_PAYMENT, OrderAction.RESUBMIT, OrderAction.PAY_BALANCE)
"""All that can be done by a mailed link."""


@value
class Around:
    """What is known beside the order. `as_staff` is what the one who asks, `by`, may do whenever staff may; all else as its
    customer does. `owner` is who works on `edit`, as `by` is told.
    """

    by: UUID | None = None
    as_staff: frozenset[OrderAction] = frozenset()
    held_up: tuple[b.Block, ...] = ()
    prices_agreed_on: bool = False
    edit: OrderEdit | None = None
    owner: str = ""


AS_CUSTOMER: Final = Around()
"""Nothing is known but that it is the customer."""


def actions(order: Order, at: datetime, around: Around = AS_CUSTOMER) -> Mapping[OrderAction, tuple[Refusal, ...]]:
    """What its customer can do, and staff for them."""
    cancels_as_customer = OrderAction.CANCEL not in around.as_staff
    return {
        OrderAction.UPDATE_PAYMENT: tuple(against_new_payment(order)),
        OrderAction.RESUBMIT: tuple(against_resubmitting(order, at)),
        OrderAction.PAY_BALANCE: tuple(topping_up.against_paying(order, at)),
        OrderAction.EDIT: _against_edit(order, at, around),
        OrderAction.SET_SHIPPING_POLICY: tuple(against_setting_policy(order)),
        OrderAction.SET_ATTRIBUTES: (),
        OrderAction.CANCEL: tuple(against_canceling(order, at, by_customer=cancels_as_customer)),
        OrderAction.CLONE: (),
        OrderAction.COMMENT: (),
    }


def _against_edit(order: Order, at: datetime, around: Around) -> tuple[Refusal, ...]:
    if OrderAction.EDIT in around.as_staff:
        against = against_editing(order, around.held_up)
    else:
        agreed_on = around.prices_agreed_on
        against = tuple(against_own_edit(order, around.held_up, at, prices_agreed_on=agreed_on))
    taken = around.edit and against_beginning(around.edit, around.by, around.owner, at)
    return against or ((taken,) if taken else ())


def until(order: Order, action: OrderAction, around: Around) -> datetime | None:
    """When that will be over which can be done now; None if no end is set."""
    if action in {OrderAction.UPDATE_PAYMENT, OrderAction.RESUBMIT} and order.state in UNPAID:
        return order.payment_due_at
    ends = {OrderAction.CANCEL: order.cancelable_until, OrderAction.EDIT: order.editable_until}
    return None if action in around.as_staff else ends.get(action)


def desk_actions(order: Order, at: datetime, around: Around) -> Mapping[DeskAction, tuple[Refusal, ...]]:
    passing = against_passing(around.edit, around.owner, at)
    return {
        DeskAction.BLOCK: tuple(b.against_blocking(blockable(order))),
        DeskAction.REVIEW: b.against_reviewing(around.held_up),
        DeskAction.TAKE_OVER_EDIT: (
            against_editing(order, around.held_up) or against_taking_over(around.edit, order, at)
        ),
        DeskAction.SPLIT: against_splitting(order, around.held_up) or ((passing,) if passing else ()),
        DeskAction.RECORD_PAYMENT: (),
        DeskAction.RECORD_REFUND: against_refunding(order),
        DeskAction.REVERSE_PAYMENT: against_reversing(order),
        DeskAction.QUOTE: (),
    }
