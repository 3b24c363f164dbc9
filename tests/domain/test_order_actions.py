"""What is said to be possible with an order follows from the rules that decide (K14)."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from commerce_api.domain import blocks
from commerce_api.domain.decision import Refused
from commerce_api.domain.order import (
    AS_CUSTOMER,
    Around,
    DeskAction,
    EditLocked,
    EditStale,
    NobodyEdits,
    NothingToRefund,
    NotRecordedByHand,
    OrderAction,
    OrderNotEditable,
    OrderNotSplittable,
    OrderState,
    actions,
    desk_actions,
    until,
)
from commerce_api.domain.order.shipping import set_policy
from commerce_api.domain.payment import PaymentMethodKind, TransactionKind, TransactionStatus
from commerce_api.domain.shipping_policy import ShippingPolicy
from tests.domain.orders import AT, DUE, entry, payment
from tests.domain.orders import order as an_order
from tests.domain.test_order_editing import GRACE, a_block, an_edit

ADA = UUID(int=71)
OVER = AT + timedelta(minutes=40)
CONFIRMED = replace(an_order(state=OrderState.CONFIRMED, editable_until=OVER, cancelable_until=OVER), customer_id=ADA)
AT_WORK = replace(an_edit(since=AT, expires_at=OVER), owner=GRACE)
STAFF = Around(by=ADA, as_staff=frozenset({OrderAction.EDIT, OrderAction.CANCEL}))
LOCKED = EditLocked(owner="Grace", since=AT)


def test_what_somebody_else_is_editing_nobody_edits_or_splits_but_whoever_takes_it_over():
    around = replace(STAFF, edit=AT_WORK, owner="Grace")

    assert actions(CONFIRMED, AT, around)[OrderAction.EDIT] == (LOCKED,)
    assert actions(CONFIRMED, AT, replace(around, by=GRACE))[OrderAction.EDIT] == ()
    at_desk = desk_actions(CONFIRMED, AT, around)
    assert (at_desk[DeskAction.SPLIT], at_desk[DeskAction.TAKE_OVER_EDIT]) == ((LOCKED,), ())
    assert desk_actions(CONFIRMED, AT, STAFF)[DeskAction.TAKE_OVER_EDIT] == (NobodyEdits(),)
    newer = desk_actions(replace(CONFIRMED, version=2), AT, around)
    assert newer[DeskAction.TAKE_OVER_EDIT] == (EditStale(version=2),)


def test_what_has_expired_stands_against_nothing():
    expired = replace(STAFF, edit=AT_WORK, owner="Grace")

    assert actions(CONFIRMED, OVER, expired)[OrderAction.EDIT] == ()
    assert desk_actions(CONFIRMED, OVER, expired)[DeskAction.SPLIT] == ()


@pytest.mark.parametrize("state", list(OrderState))
def test_what_is_said_of_the_shipping_policy_is_what_is_done(state):
    order = replace(CONFIRMED, state=state)
    decided = set_policy(order, ShippingPolicy.AS_AVAILABLE)

    said = actions(order, AT)[OrderAction.SET_SHIPPING_POLICY]

    assert (decided.reasons if isinstance(decided, Refused) else ()) == said


def test_a_block_that_stops_editing_stops_all_that_would_change_the_order_at_the_desk():
    around = replace(STAFF, held_up=(a_block(blocks.Stop.EDIT),), edit=AT_WORK)
    at_desk = desk_actions(CONFIRMED, AT, around)

    said = [actions(CONFIRMED, AT, replace(around, edit=None))[OrderAction.EDIT], at_desk[DeskAction.TAKE_OVER_EDIT]]

    assert [[reason.code() for reason in reasons] for reasons in said] == [["BLOCKED"], ["BLOCKED"]]
    assert at_desk[DeskAction.SPLIT][0].code() == "BLOCKED"


def test_what_nobody_waits_for_cannot_be_done():
    rejected = replace(CONFIRMED, state=OrderState.PENDING)

    assert desk_actions(rejected, AT, STAFF) == {
        DeskAction.BLOCK: (),
        DeskAction.REVIEW: (blocks.NothingToReview(),),
        DeskAction.TAKE_OVER_EDIT: (OrderNotEditable(state=OrderState.PENDING),),
        DeskAction.SPLIT: (OrderNotSplittable(state=OrderState.PENDING),),
        DeskAction.RECORD_PAYMENT: (),
        DeskAction.RECORD_REFUND: (NothingToRefund(),),
        DeskAction.REVERSE_PAYMENT: (NotRecordedByHand(),),
        DeskAction.QUOTE: (),
    }


def test_a_review_that_is_waited_for_can_be_given_and_recorded_money_can_be_taken_back():
    came_in = entry(12, 1000, TransactionStatus.SUCCEEDED, TransactionKind.CAPTURE)
    by_hand = payment(1, 1000, came_in, method=PaymentMethodKind.BANK_TRANSFER)
    order = replace(CONFIRMED, payments=(by_hand,))
    waiting = replace(a_block(), reason=blocks.REVIEW)

    at_desk = desk_actions(order, AT, replace(STAFF, held_up=(waiting,)))

    assert (at_desk[DeskAction.REVIEW], at_desk[DeskAction.REVERSE_PAYMENT]) == ((), ())
    assert at_desk[DeskAction.RECORD_REFUND] == ()


def test_until_when_is_told_to_those_for_whom_it_ends():
    waiting = replace(CONFIRMED, state=OrderState.PAYMENT_REJECTED)

    told = {action: until(CONFIRMED, action, AS_CUSTOMER) for action in OrderAction}

    assert {action: at for action, at in told.items() if at} == {OrderAction.EDIT: OVER, OrderAction.CANCEL: OVER}
    assert until(waiting, OrderAction.RESUBMIT, AS_CUSTOMER) == DUE
    assert [until(CONFIRMED, action, STAFF) for action in (OrderAction.EDIT, OrderAction.CANCEL)] == [None, None]
