"""Where the money stands, read off the ledger."""

from dataclasses import replace
from datetime import timedelta

import pytest

from commerce_api.domain.payment import (
    ActionRequired,
    DeclineCode,
    PaymentMethodKind,
    PaymentStatus,
    Pending,
    TransactionKind,
    TransactionStatus,
    balance,
    payment_status,
    requested,
    settle,
)
from tests.domain.orders import APPROVED, AT, HARD, UNANSWERED, entry, id_, payment

S, K, PS = TransactionStatus, TransactionKind, PaymentStatus


def paid(number, amount, *statuses):
    """A payment of so much with its authorization in the first state, and whatever followed."""
    entries = (entry(number * 10 + place, *each) for place, each in enumerate(statuses))
    return payment(number, amount, *entries)


def authorized(amount, *more):
    return paid(1, amount, (amount, S.SUCCEEDED), *more)


def transfer(*entries):
    return replace(paid(2, 600, *entries), method=PaymentMethodKind.BANK_TRANSFER)


@pytest.mark.parametrize(
    ("payments", "status", "due"),
    [
        ([], PS.AWAITING, 1000),
        ([paid(1, 1000)], PS.AWAITING, 1000),
        ([paid(1, 1000, (1000, S.REQUESTED))], PS.PENDING, 1000),
        ([paid(1, 1000, (1000, S.PENDING))], PS.PENDING, 1000),
        ([paid(1, 1000, (1000, S.ACTION_REQUIRED))], PS.ACTION_REQUIRED, 1000),
        ([paid(1, 1000, (1000, S.UNKNOWN))], PS.UNKNOWN, 1000),
        ([paid(1, 1000, (1000, S.FAILED))], PS.REJECTED, 1000),
        ([paid(1, 500, (500, S.PENDING)), paid(2, 500, (500, S.FAILED))], PS.REJECTED, 1000),
        ([paid(1, 500, (500, S.PENDING)), paid(2, 500, (500, S.UNKNOWN))], PS.UNKNOWN, 1000),
        ([authorized(400)], PS.PARTIALLY_AUTHORIZED, 600),
        ([authorized(1000)], PS.AUTHORIZED, 0),
        ([authorized(1000, (1000, S.REQUESTED, K.VOID))], PS.AUTHORIZED, 0),
        ([authorized(1000, (1000, S.SUCCEEDED, K.VOID))], PS.VOIDED, 1000),
        ([authorized(1000, (400, S.SUCCEEDED, K.CAPTURE))], PS.PARTIALLY_CAPTURED, 0),
        ([authorized(1000, (1000, S.SUCCEEDED, K.CAPTURE))], PS.CAPTURED, 0),
        (
            [authorized(1000, (1000, S.SUCCEEDED, K.CAPTURE), (300, S.SUCCEEDED, K.REFUND))],
            PS.PARTIALLY_REFUNDED,
            300,
        ),
        ([authorized(1000, (1000, S.SUCCEEDED, K.CAPTURE), (1000, S.SUCCEEDED, K.REFUND))], PS.REFUNDED, 1000),
        ([authorized(1000, (1000, S.SUCCEEDED, K.CAPTURE), (300, S.FAILED, K.REFUND))], PS.CAPTURED, 0),
        ([authorized(1000, (1200, S.SUCCEEDED, K.CAPTURE))], PS.OVERPAID, -200),
        ([authorized(1000, (1200, S.SUCCEEDED, K.CAPTURE), (1200, S.SUCCEEDED, K.REVERSAL))], PS.AUTHORIZED, 0),
        ([transfer()], PS.AWAITING, 1000),
        ([authorized(400), transfer()], PS.PARTIALLY_AUTHORIZED, 600),
        ([authorized(400, (400, S.SUCCEEDED, K.VOID)), transfer()], PS.AWAITING, 1000),
        ([transfer((600, S.SUCCEEDED, K.CAPTURE))], PS.PARTIALLY_CAPTURED, 400),
        ([transfer((600, S.SUCCEEDED, K.CAPTURE), (600, S.SUCCEEDED, K.REVERSAL))], PS.AWAITING, 1000),
    ],
)
def test_the_ledger_tells_where_the_money_stands_and_what_is_due(payments, status, due):
    assert payment_status(1000, payments, 1) is status
    assert balance(1000, payments) == due


def test_of_several_attempts_the_last_one_that_was_submitted_counts():
    declined = paid(1, 1000, (1000, S.FAILED))
    again = payment(2, 1000, entry(21, 1000), attempt=2)
    prepared = payment(3, 1000, attempt=3)

    assert payment_status(1000, [declined, again, prepared], 2) is PS.PENDING


def test_of_a_canceled_order_nothing_is_awaited_and_all_that_came_in_is_too_much():
    came_in = transfer((600, S.SUCCEEDED, K.CAPTURE))

    assert payment_status(1000, [transfer()], 1, canceled=True) is PS.NONE_DUE
    assert (
        payment_status(1000, [authorized(400, (400, S.SUCCEEDED, K.VOID)), transfer()], 1, canceled=True) is PS.VOIDED
    )
    assert payment_status(1000, [came_in], 1, canceled=True) is PS.OVERPAID


def test_terms_are_accepted_when_they_are_chosen_and_nobody_is_asked_for_a_transfer():
    def asked(method):
        return requested(replace(payment(1, 500), method=method), id_(11), AT)

    assert asked(PaymentMethodKind.CARD).authorization.status is S.REQUESTED
    assert asked(PaymentMethodKind.INVOICE).authorized == asked(PaymentMethodKind.CASH_ON_DELIVERY).authorized == 500
    assert asked(PaymentMethodKind.BANK_TRANSFER).transactions == ()


def test_a_bank_keeps_money_for_a_week_and_terms_do_not_run_out():
    held = authorized(500)

    assert held.authorized_until == AT + timedelta(days=7)
    assert replace(held, method=PaymentMethodKind.INVOICE).authorized_until is None
    assert paid(1, 500, (500, S.FAILED)).authorized_until is None


def test_where_nothing_is_due_nothing_is_awaited():
    assert payment_status(0, [], 1) is PS.NONE_DUE


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (APPROVED, entry(1, 1000, S.SUCCEEDED, reference="r")),
        (HARD, entry(1, 1000, S.FAILED, reference="r", code=DeclineCode.CARD_DECLINED)),
        (Pending(reference="r"), entry(1, 1000, S.PENDING, reference="r", action_url="u")),
        (UNANSWERED, entry(1, 1000, S.UNKNOWN, action_url="u")),
    ],
)
def test_an_answer_becomes_the_state_of_the_transaction(answer, expected):
    """Where the customer is to confirm something is known until it is settled."""
    asked = entry(1, 1000, S.ACTION_REQUIRED, action_url="u")

    assert settle(entry(1, 1000), ActionRequired(reference="r", url="u")) == replace(asked, reference="r")
    assert settle(asked, answer) == expected
