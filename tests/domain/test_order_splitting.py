"""S1-09, D13: the money and the state of an order that is split."""

from dataclasses import replace
from itertools import count
from uuid import UUID

import pytest

from commerce_api.domain.blocks import Blocked, Stop
from commerce_api.domain.order import (
    OrderNotSplittable,
    OrderSplit,
    OrderState,
    PaymentHandedOver,
    PaymentTakenOver,
    PaymentUnresolved,
    SplitOrder,
    SplitShipping,
    SplitUnits,
    against_splitting,
    evolved,
    split_off,
)
from commerce_api.domain.payment import PaymentMethodKind, TransactionKind, TransactionStatus
from tests.domain import blocks
from tests.domain.orders import AT, entry, id_, order, payment


def ids():
    return (UUID(int=number) for number in count(5_000))


def split_order(total, split_total, **changes):
    values = {"into_id": id_(2000), "into_number": "E100002-2", "shipping": SplitShipping.KEEP_ON_PARENT, "reason": ""}
    went = SplitUnits(line_id=id_(1), into_line_id=id_(1001), quantity=1)
    return SplitOrder(**values, units=(went,), total=total, split_total=split_total, at=AT, **changes)


def held(number, amount, *more, **changes):
    done = TransactionStatus.SUCCEEDED
    return payment(number, amount, entry(number + 1, amount, done, reference="r"), *more, **changes)


def confirmed(*payments, total=1000, **changes):
    return order(*payments, state=OrderState.CONFIRMED, total=total, **changes)


def test_what_is_set_aside_is_shared_and_both_are_paid():
    before = confirmed(held(10, 700), held(20, 300), version=3)

    done = split_off(before, split_order(600, 400), ids())
    after = evolved(before, done.events)

    assert (after.total, after.version, after.balance, done.child.balance) == (600, 4, 0, 0)
    assert [(each.amount, each.authorized) for each in after.payments] == [(420, 420), (180, 180)]
    assert [(each.amount, each.authorized) for each in done.child.payments] == [(280, 280), (120, 120)]
    assert [type(each) for each in done.events] == [OrderSplit, PaymentHandedOver, PaymentHandedOver]
    assert [type(each) for each in done.child_events] == [OrderSplit, PaymentTakenOver, PaymentTakenOver]
    assert (done.events[0].total_before, done.child_events[0].total_before, done.child_events[0].total) == (
        1000,
        None,
        400,
    )
    assert [each.authorization_key for each in done.child.payments] == [id_(11), id_(21)]
    assert all(each.shared for each in (*after.payments, *done.child.payments))
    assert not before.payments[0].shared


def test_a_share_of_a_share_is_of_the_same_authorization():
    child = split_off(confirmed(held(10, 1000)), split_order(600, 400), ids()).child

    grandchild = split_off(child, split_order(300, 100), (UUID(int=n) for n in count(9_000))).child

    (taken,) = grandchild.payments[0].transactions
    assert (taken.kind, taken.amount, taken.authorization_id) == (TransactionKind.TAKE_OVER, 100, id_(11))
    assert grandchild.payments[0].authorization == taken


@pytest.mark.parametrize(("total", "balances"), [(1000, (0, 0)), (900, (-100, 0)), (1100, (0, 100))])
def test_the_original_keeps_what_it_costs_first(total, balances):
    before = confirmed(held(10, 1000), total=total)

    done = split_off(before, split_order(total - 400, 400), ids())

    assert (evolved(before, done.events).balance, done.child.balance) == balances


def test_what_is_being_let_go_is_not_shared_and_what_is_free_needs_nothing():
    void = entry(12, 1000, kind=TransactionKind.VOID)
    gone, free = confirmed(held(10, 1000, void)), confirmed(total=0)

    assert split_off(gone, split_order(600, 400), ids()).child.payments == ()
    assert split_off(free, split_order(0, 0), ids()).child.payments == ()


def test_money_that_has_come_in_is_shared_as_well_if_the_original_does_not_need_it():
    came = entry(12, 500, TransactionStatus.SUCCEEDED, TransactionKind.CAPTURE)
    before = confirmed(held(10, 1000, came))

    held_only, both = (split_off(before, split_order(total, 1000 - total), ids()) for total in (600, 400))

    for done in (held_only, both):
        assert (evolved(before, done.events).balance, done.child.balance) == (0, 0)
    assert [(each.authorized, each.captured) for each in held_only.child.payments] == [(400, 0)]
    assert [(each.authorized, each.captured, each.amount) for each in both.child.payments] == [(500, 100, 600)]
    (original,) = evolved(before, both.events).payments
    assert (original.authorized, original.captured, original.amount) == (0, 400, 400)


def test_a_transfer_that_has_come_in_is_no_authorization():
    came = entry(12, 1000, TransactionStatus.SUCCEEDED, TransactionKind.CAPTURE)
    before = confirmed(replace(payment(10, 1000, came), method=PaymentMethodKind.BANK_TRANSFER))

    done = split_off(before, split_order(600, 400), ids())

    (taken,) = done.child.payments[0].transactions
    assert (taken.kind, taken.amount, taken.authorization_id) == (TransactionKind.MOVE_IN, 400, None)
    assert (done.child.received, evolved(before, done.events).received) == (400, 600)


def test_only_what_is_paid_and_here_and_not_held_up_against_changes_is_split():
    for state in OrderState:
        against = against_splitting(order(state=state), ())
        assert against == (() if state is OrderState.CONFIRMED else (OrderNotSplittable(state=state),))
    waiting = confirmed(payment(10, 1000, entry(11, 1000, TransactionStatus.UNKNOWN)))
    assert against_splitting(waiting, ()) == (PaymentUnresolved(),)
    block = blocks.block(stops=frozenset({Stop.EDIT}))
    assert [type(each) for each in against_splitting(confirmed(), (block,))] == [Blocked]
