"""Money that is given back by hand: never more than came in, and what is owed is asked for again (D8)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from commerce_api.domain.canceling import RefundChoice
from commerce_api.domain.decision import NotFound, Refused, refuse
from commerce_api.domain.order import (
    CanceledUnits,
    CancelUnits,
    CancelWhole,
    NothingToRefund,
    OrderState,
    PaymentNotRecordable,
    RecordRefund,
    RefundInFuture,
    RefundTooHigh,
    decide,
    due_again,
    recorded_before,
)
from commerce_api.domain.payment import PaymentMethodKind, TransactionKind
from tests.domain.orders import AT, entry, id_, order, payment, told
from tests.domain.test_recording import INVOICE, SPARE, TRANSFER, received, reverse, status

LATER = AT + timedelta(days=14)
BACK = TransactionKind.REFUND


def refund(amount, number=800, payment_id=None, **how):
    how = {"reference": "statement 9", "refunded_at": AT, "at": AT, "due_at": LATER, **how}
    return RecordRefund(id=id_(number), amount=amount, payment_id=payment_id, spare_ids=SPARE, **how)


def canceled(state, choice=RefundChoice.ORIGINAL):
    return told(state, CancelWhole(reason="OTHER", by_customer=False, at=AT, spare_ids=SPARE, refund=choice))[0]


@pytest.fixture
def paid():
    return told(order(TRANSFER), received(1000))[0]


def test_what_was_paid_for_a_canceled_order_is_given_back_to_the_last_cent(paid):
    over = canceled(paid)

    some, happened = told(over, refund(333))
    rest, _ = told(some, refund(667, 801))

    assert (over.owed_back, status(over)) == (1000, "OVERPAID")
    assert (happened, some.owed_back, some.balance, status(some)) == (["MoneyGivenBack"], 667, -667, "OVERPAID")
    assert (rest.owed_back, rest.balance, status(rest), rest.payments[0].refunded) == (0, 0, "REFUNDED", 1000)
    assert decide(rest, refund(1, 802)) == refuse(NothingToRefund())


def test_what_came_in_beyond_what_is_owed_is_given_back_and_the_order_stays_as_it_is():
    over, _ = told(order(TRANSFER), received(1200))

    after, happened = told(over, refund(200))

    assert due_again(over, 200) == 0
    assert happened == ["MoneyGivenBack"]
    assert (after.state, after.balance, status(after)) == (OrderState.CONFIRMED, 0, "PARTIALLY_REFUNDED")


def test_an_order_that_is_not_paid_any_more_waits_for_its_money_again(paid):
    after, happened = told(paid, refund(400))
    again, _ = told(after, received(400, 520))

    assert due_again(paid, 400) == 400
    assert happened == ["MoneyGivenBack", "OrderAwaitsPayment"]
    assert (after.state, after.balance, after.payment_due_at) == (OrderState.PENDING, 400, LATER)
    assert (again.state, again.balance) == (OrderState.CONFIRMED, 0)


def test_a_refund_that_was_recorded_by_mistake_is_taken_back_once(paid):
    given_back, _ = told(paid, refund(1000))

    after, happened = told(given_back, reverse(800))

    assert status(given_back) == "REFUNDED"
    assert happened == ["RecordedMoneyReversed", "OrderConfirmed"]
    assert (after.state, after.balance, after.payments[0].refunded) == (OrderState.CONFIRMED, 0, 0)
    assert after.payments[0].transactions[-1].kind is TransactionKind.REFUND_REVERSAL
    assert isinstance(decide(after, reverse(800, 601)), Refused)
    assert told(after, reverse(500, 602))[0].received == 0


def test_what_was_given_back_did_come_in_and_is_not_taken_back_as_if_it_had_not(paid):
    given_back, _ = told(paid, refund(1))

    assert isinstance(decide(given_back, reverse(500)), Refused)
    assert recorded_before(given_back, 1000, "statement 7")


def test_the_same_refund_is_recognized_by_its_reference(paid):
    given_back, _ = told(paid, refund(400))

    assert recorded_before(given_back, 400, "statement 9", BACK)
    assert not recorded_before(given_back, 400, "statement 9")
    assert not recorded_before(given_back, 401, "statement 9", BACK)
    assert not recorded_before(told(given_back, reverse(800))[0], 400, "statement 9", BACK)


def test_money_is_given_back_of_the_payment_that_was_overpaid_or_of_the_one_that_is_named():
    first, second = replace(TRANSFER, amount=400), payment(21, 600, method=PaymentMethodKind.BANK_TRANSFER)
    half, _ = told(order(first, second), received(700, payment_id=first.id))
    both, _ = told(half, received(500, 520, payment_id=second.id))

    def left(command):
        return [each.captured for each in told(both, command)[0].payments]

    assert left(refund(200)) == [500, 500]
    assert left(refund(501)) == [199, 500]
    assert left(refund(200, payment_id=second.id)) == [700, 300]
    too_much = RefundTooHigh(path=("amount",), most=700, currency="EUR")
    assert decide(both, refund(701)) == refuse(too_much), "all that came in is more, but by two payments"


def test_an_invoice_that_was_paid_and_given_back_is_promised_by_nobody():
    settled, _ = told(order(INVOICE, state=OrderState.CONFIRMED), received(1000))

    after, happened = told(settled, refund(1000))

    assert happened == ["MoneyGivenBack", "OrderAwaitsPayment"]
    assert (after.payments[0].authorized, after.balance, status(after)) == (0, 1000, "REFUNDED")


@pytest.mark.parametrize(
    ("command", "refusals"),
    [
        (refund(1, refunded_at=AT + timedelta(seconds=1)), [RefundInFuture(path=("refundedAt",))]),
        (refund(1, payment_id=id_(99)), [NotFound(path=("paymentId",))]),
        (refund(1, payment_id=id_(10)), [PaymentNotRecordable(path=("paymentId",))]),
        (refund(601), [RefundTooHigh(path=("amount",), most=600, currency="EUR")]),
        (
            refund(601, payment_id=TRANSFER.id, refunded_at=LATER),
            [RefundInFuture(path=("refundedAt",)), RefundTooHigh(path=("amount",), most=600, currency="EUR")],
        ),
    ],
)
def test_no_more_is_given_back_than_came_in_without_a_bank(command, refusals):
    card = payment(10, 400, entry(11, 400))
    half, _ = told(order(card, replace(TRANSFER, amount=600)), received(600))

    assert decide(half, command) == Refused(reasons=tuple(refusals))


def test_canceling_tells_what_the_customer_gets_back_unless_that_is_left_for_later(paid):
    units = (CanceledUnits(line_id=id_(1), quantity=1),)

    def promised(command):
        return decide(paid, command)[0].refund

    def some(choice):
        return CancelUnits(reason="OTHER", by_customer=False, at=AT, units=units, total=700, refund=choice)

    def whole(choice):
        return CancelWhole(reason="OTHER", by_customer=False, at=AT, spare_ids=SPARE, refund=choice)

    assert [promised(whole(choice)) for choice in RefundChoice] == [1000, 0]
    assert [promised(some(choice)) for choice in RefundChoice] == [300, 0]
    assert canceled(paid, RefundChoice.LATER).owed_back == 1000, "owed either way"


def test_an_order_that_is_paid_anew_is_not_said_to_be_refunded(paid):
    waiting, _ = told(paid, refund(1000))
    card = payment(30, 1000, entry(31, 1000), attempt=2)

    assert status(replace(waiting, payments=(*waiting.payments, card), attempts=2)) == "PENDING"
    assert status(canceled(waiting)) == "REFUNDED"
