"""Orders and their payments for tests of the rules."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from commerce_api.domain.order import Order, OrderState, RecordAnswer, Resubmit, decide, evolved
from commerce_api.domain.payment import (
    Approved,
    DeclineCode,
    Declined,
    Payment,
    PaymentMethodKind,
    Transaction,
    TransactionKind,
    TransactionStatus,
    Unanswered,
)

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
DUE = AT + timedelta(days=7)
APPROVED, UNANSWERED = Approved(reference="r"), Unanswered()
SOFT = Declined(reference="r", code=DeclineCode.INSUFFICIENT_FUNDS)
HARD = Declined(reference="r", code=DeclineCode.CARD_DECLINED)


def id_(number):
    return UUID(int=number)


def entry(number, amount, status=TransactionStatus.REQUESTED, kind=TransactionKind.AUTHORIZE, **more):
    return Transaction(id=id_(number), kind=kind, status=status, amount=amount, at=AT, **more)


def payment(number, amount, *entries, attempt=1, method=PaymentMethodKind.CARD, **more):
    return Payment(
        id=id_(number),
        attempt=attempt,
        position=number,
        method=method,
        amount=amount,
        card_token="card_1" if method is PaymentMethodKind.CARD else None,
        card=None,
        transactions=entries,
        **more,
    )


def order(*payments, state=OrderState.PENDING, total=1000, attempts=1, **more):
    return Order(
        id=id_(1),
        number="E100001-4",
        channel_id=id_(2),
        customer_id=None,
        state=state,
        email="ada@example.com",
        language="en",
        currency="EUR",
        total=total,
        attempts=attempts,
        placed_at=AT,
        payment_due_at=DUE,
        payments=payments,
        **more,
    )


WAITING = order(payment(10, 1000, entry(11, 1000)))


def answer(number, what):
    return RecordAnswer(transaction_id=id_(number), answer=what, at=AT, spare_ids=tuple(id_(900 + n) for n in range(5)))


def told(state, command):
    """The order after a command that is not refused, and the names of what happened."""
    events = decide(state, command)
    return evolved(state, events), [type(event).__name__ for event in events]


def resubmit():
    return Resubmit(
        at=AT, spare_ids=tuple(id_(800 + n) for n in range(5)), payment_ids=tuple(id_(700 + n) for n in range(5))
    )
