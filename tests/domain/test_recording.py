"""Money that no bank was asked for: terms, transfers, and what people record of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from commerce_api.domain.decision import NotFound, refuse
from commerce_api.domain.order import (
    CancelWhole,
    GiveUpPayment,
    NotRecordedByHand,
    OrderState,
    PaymentNotRecordable,
    ReceivedInFuture,
    RecordMoney,
    ReplaceInstructions,
    ReverseMoney,
    decide,
    recorded_before,
    secured,
)
from commerce_api.domain.payment import PaymentMethodKind, PaymentStatus, payment_status, requested
from tests.domain.orders import APPROVED, AT, DUE, SOFT, answer, entry, id_, order, payment, resubmit, told

K = PaymentMethodKind
INVOICE = requested(payment(10, 1000, method=K.INVOICE), id_(11), AT)
TRANSFER = payment(20, 1000, method=K.BANK_TRANSFER, due_at=AT + timedelta(days=14))
SPARE = tuple(id_(900 + n) for n in range(5))


def received(amount, number=500, payment_id=None, **how):
    how = {"reference": "statement 7", "received_at": AT, "at": AT, **how}
    new = id_(number + 1)
    return RecordMoney(id=id_(number), amount=amount, payment_id=payment_id, new_payment_id=new, spare_ids=SPARE, **how)


def reverse(recorded=500, number=600):
    due = AT + timedelta(days=14)
    return ReverseMoney(
        id=id_(number),
        recorded=id_(recorded),
        reason="another order's",
        at=AT,
        due_at=due,
        spare_ids=(id_(950), id_(951)),
    )


def status(state):
    canceled = state.state is OrderState.CANCELED
    return payment_status(state.total, state.payments, state.attempts, canceled=canceled).value


def test_terms_secure_an_order_and_the_money_comes_later():
    confirmed = order(INVOICE, state=OrderState.CONFIRMED)

    half, happened = told(confirmed, received(400))
    paid, _ = told(half, received(600, 510))

    assert secured(confirmed)
    assert (status(confirmed), confirmed.balance) == ("AUTHORIZED", 0)
    assert happened == ["MoneyRecorded"]
    assert [(each.captured, each.authorized) for each in half.payments] == [(400, 600)]
    assert (status(half), half.balance) == ("PARTIALLY_CAPTURED", 0)
    assert (status(paid), paid.balance, paid.payments[0].authorized) == ("CAPTURED", 0, 0)


def test_a_transfer_confirms_the_order_when_enough_has_come_in():
    waiting = order(TRANSFER)

    half, first = told(waiting, received(400))
    paid, second = told(half, received(601, 510))

    assert (status(waiting), waiting.balance) == ("AWAITING", 1000)
    assert (first, half.state, status(half), half.balance) == (
        ["MoneyRecorded"],
        OrderState.PENDING,
        "PARTIALLY_CAPTURED",
        600,
    )
    assert (second, paid.state) == (["MoneyRecorded", "OrderConfirmed"], OrderState.CONFIRMED)
    assert (status(paid), paid.balance) == ("OVERPAID", -1)


def test_what_was_recorded_by_mistake_is_taken_back_once_and_the_order_waits_again():
    paid, _ = told(order(TRANSFER), received(1000))

    after, happened = told(paid, reverse())
    again, _ = told(after, received(1000, 700))

    assert happened == ["RecordedMoneyReversed", "OrderAwaitsPayment"]
    assert (after.state, after.balance, after.payment_due_at) == (OrderState.PENDING, 1000, AT + timedelta(days=14))
    assert after.payments[0].reversed_by(id_(500)).reason == "another order's"
    assert decide(after, reverse(number=601)) == refuse(NotRecordedByHand(path=("transactionId",)))
    assert again.state is OrderState.CONFIRMED


def test_what_is_taken_back_of_an_invoice_is_owed_again():
    paid, _ = told(order(INVOICE, state=OrderState.CONFIRMED), received(1000))

    after, happened = told(paid, reverse())

    assert happened == ["RecordedMoneyReversed"]
    assert (after.state, after.payments[0].authorized, status(after)) == (OrderState.CONFIRMED, 1000, "AUTHORIZED")


def test_a_canceled_invoice_is_owed_by_nobody_whatever_was_recorded_for_it():
    half, _ = told(order(INVOICE, state=OrderState.CONFIRMED), received(400))

    canceled, happened = told(half, CancelWhole(reason="OTHER", by_customer=False, at=AT, spare_ids=SPARE))
    after, then = told(canceled, reverse())

    assert happened == ["OrderCanceled", "PaymentVoided"]
    assert (status(canceled), canceled.balance) == ("OVERPAID", -400)
    assert then == ["RecordedMoneyReversed", "PaymentVoided"]
    assert (status(after), after.balance) == ("VOIDED", 0)


def test_money_that_comes_after_all_does_not_raise_a_canceled_order():
    canceled, _ = told(order(TRANSFER), GiveUpPayment(at=DUE, spare_ids=SPARE))

    after, happened = told(canceled, received(1000))

    assert happened == ["MoneyRecorded"]
    assert (after.state, status(after), after.balance) == (OrderState.CANCELED, "OVERPAID", -1000)
    assert decide(order(TRANSFER), GiveUpPayment(at=AT, spare_ids=())) == [], "its time is not over"


def test_an_order_for_which_some_money_came_in_is_left_to_people():
    half, _ = told(order(TRANSFER), received(400))

    assert decide(half, GiveUpPayment(at=DUE, spare_ids=SPARE)) == []


def test_money_for_an_order_whose_card_was_declined_confirms_it():
    rejected, _ = told(order(payment(10, 1000, entry(11, 1000))), answer(11, SOFT))

    after, happened = told(rejected, received(1000))

    assert happened == ["PaymentOpened", "MoneyRecorded", "OrderConfirmed"]
    assert after.state is OrderState.CONFIRMED
    assert [(each.method, each.attempt, each.position) for each in after.payments] == [
        (K.CARD, 1, 10),
        (K.BANK_TRANSFER, 1, 11),
    ]


def test_what_a_card_holds_is_let_go_when_all_of_it_has_come_in_otherwise():
    held = payment(10, 400, entry(11, 400)), replace(TRANSFER, amount=600)
    waiting, _ = told(order(*held), answer(11, APPROVED))

    after, happened = told(waiting, received(1000))

    assert (waiting.state, waiting.balance) == (OrderState.PENDING, 600)
    assert happened == ["MoneyRecorded", "OrderConfirmed", "PaymentVoidRequested"]
    assert after.payments[0].voiding


def test_money_that_a_bank_is_letting_go_confirms_nothing():
    halves = payment(10, 500, entry(11, 500)), payment(20, 500, entry(21, 500))
    half, _ = told(order(*halves), answer(11, APPROVED))
    rejected, _ = told(half, answer(21, SOFT))

    after, happened = told(rejected, received(500))

    assert rejected.payments[0].voiding
    assert happened == ["PaymentOpened", "MoneyRecorded"]
    assert after.state is OrderState.PAYMENT_REJECTED


def test_what_a_card_promises_too_late_is_let_go_when_the_money_is_there():
    held = payment(10, 400, entry(11, 400)), replace(TRANSFER, amount=600)
    paid, _ = told(order(*held), received(1000))

    assert told(paid, answer(11, APPROVED))[1] == ["PaymentAuthorized", "PaymentVoidRequested"]


def test_a_declined_card_beside_an_invoice_ends_the_promise_too():
    half = requested(payment(20, 600, method=K.INVOICE), id_(21), AT)

    after, happened = told(order(payment(10, 400, entry(11, 400)), half), answer(11, SOFT))

    assert happened == ["PaymentDeclined", "OrderPaymentRejected", "PaymentVoided"]
    assert after.balance == 1000


def test_another_way_to_pay_secures_what_is_missing_at_once():
    half, _ = told(order(TRANSFER), received(400))
    rest = payment(30, 600, attempt=2, method=K.INVOICE)

    chosen, _ = told(half, ReplaceInstructions(payments=(rest,)))
    after, happened = told(chosen, resubmit())

    assert half.unpaid == 600
    assert happened == ["OrderResubmitted", "OrderConfirmed"]
    assert (after.state, after.balance, after.attempts, after.declined_attempts) == (OrderState.CONFIRMED, 0, 2, 0)


def test_a_transfer_after_a_declined_card_gets_the_time_that_transfers_take():
    rejected, _ = told(order(payment(10, 1000, entry(11, 1000))), answer(11, SOFT))
    later = replace(TRANSFER, attempt=2, due_at=DUE + timedelta(days=3))

    after, happened = told(told(rejected, ReplaceInstructions(payments=(later,)))[0], resubmit())

    assert happened == ["OrderResubmitted"]
    assert (after.state, after.payment_due_at, status(after)) == (
        OrderState.PENDING,
        DUE + timedelta(days=3),
        "AWAITING",
    )
    assert after.declined_attempts == 1


def test_money_goes_to_the_payment_that_waits_for_it_or_to_the_one_that_is_named():
    first, second = replace(TRANSFER, amount=400), payment(21, 600, method=K.BANK_TRANSFER)
    waiting = order(first, second)

    by_itself, _ = told(told(waiting, received(400))[0], received(100, 510))
    named, _ = told(waiting, received(100, payment_id=second.id))
    beyond, _ = told(told(by_itself, received(500, 520))[0], received(1, 530))

    assert [each.captured for each in by_itself.payments] == [400, 100]
    assert [each.captured for each in named.payments] == [0, 100]
    assert [each.captured for each in beyond.payments] == [401, 600]


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        (received(1, received_at=AT + timedelta(seconds=1)), ReceivedInFuture(path=("receivedAt",))),
        (received(1, payment_id=id_(99)), NotFound(path=("paymentId",))),
        (received(1, payment_id=id_(10)), PaymentNotRecordable(path=("paymentId",))),
        (received(1, payment_id=id_(30)), PaymentNotRecordable(path=("paymentId",))),
        (reverse(99), NotFound(path=("transactionId",))),
        (reverse(11), NotRecordedByHand(path=("transactionId",))),
    ],
)
def test_only_what_came_in_by_itself_is_recorded_and_taken_back(command, refusal):
    prepared = payment(30, 1000, attempt=2, method=K.BANK_TRANSFER)
    waiting = order(payment(10, 400, entry(11, 400)), replace(TRANSFER, amount=600), prepared)

    assert decide(waiting, command) == refuse(refusal)


def test_the_same_money_is_recognized_by_its_reference_until_it_is_taken_back():
    paid, _ = told(order(TRANSFER), received(400))
    without, _ = told(order(TRANSFER), received(400, reference=""))

    assert recorded_before(paid, 400, "statement 7")
    assert not recorded_before(paid, 401, "statement 7")
    assert not recorded_before(without, 400, "")
    assert not recorded_before(told(paid, reverse())[0], 400, "statement 7")


def test_the_status_of_money_has_words_for_all_of_this():
    assert {"AWAITING", "OVERPAID", "PARTIALLY_CAPTURED"} <= set(PaymentStatus)
