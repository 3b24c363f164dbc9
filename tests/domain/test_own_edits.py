"""Which of their placed orders customers edit themselves, and until when (C.7)."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from commerce_api.domain import blocks
from commerce_api.domain.actor import ANYBODY, ActorKind
from commerce_api.domain.order import (
    LASTS,
    SOMEBODY,
    SUCCESSOR,
    EditTimeOver,
    OrderLookedAt,
    OrderNotEditable,
    OrderState,
    PricesAgreedOn,
    against_own_edit,
    edit_ends,
    told_owner,
)
from tests.domain.orders import AT
from tests.domain.orders import order as an_order
from tests.domain.test_order_editing import a_block, an_edit

ADA, GRACE = UUID(int=71), UUID(int=72)
OVER = AT + timedelta(minutes=40)
FREE = replace(an_order(state=OrderState.CONFIRMED), customer_id=ADA, editable_until=OVER)
HELD_UP = a_block(blocks.Stop.EDIT)


@pytest.mark.parametrize(
    ("order", "held_up", "at", "agreed_on", "reasons"),
    [
        (FREE, [], AT, False, []),
        (FREE, [a_block(blocks.Stop.RELEASE)], OVER - timedelta(seconds=1), False, []),
        (FREE, [], OVER, True, [EditTimeOver()]),
        (replace(FREE, editable_until=None), [HELD_UP], AT, True, [EditTimeOver()]),
        (FREE, [HELD_UP], AT, True, [PricesAgreedOn(), OrderLookedAt()]),
        (replace(FREE, state=OrderState.PENDING), [HELD_UP], AT, True, [OrderNotEditable(state=OrderState.PENDING)]),
    ],
)
def test_customers_edit_in_time_what_is_not_held_up_at_the_prices_of_everybody(order, held_up, at, agreed_on, reasons):
    assert list(against_own_edit(order, held_up, at, prices_agreed_on=agreed_on)) == reasons


def test_an_edit_of_the_customer_stays_open_no_longer_than_the_customer_may_edit():
    late = OVER - timedelta(minutes=5)

    assert edit_ends(FREE, ADA, AT) == AT + LASTS
    assert edit_ends(FREE, ADA, late) == OVER
    assert edit_ends(FREE, GRACE, late) == late + LASTS
    assert edit_ends(replace(FREE, editable_until=None), ADA, late) == late + LASTS


def test_customers_do_not_hear_who_of_the_staff_is_working_on_their_order():
    grace = replace(ANYBODY, kind=ActorKind.STAFF, id=GRACE)

    assert told_owner(an_edit(), "Joan", grace) == "Joan"
    assert told_owner(an_edit(), "Joan", ANYBODY) == SOMEBODY


def test_customers_hear_that_what_they_had_begun_is_gone_on_with():
    ada, taken = replace(ANYBODY, kind=ActorKind.CUSTOMER, id=ADA), an_edit(begun_by=ADA)

    assert told_owner(taken, "Joan", ada) == SUCCESSOR
    assert told_owner(an_edit(), "Joan", ada) == SOMEBODY
