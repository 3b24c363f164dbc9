"""Money that a customer gives: instructions become payments, and each payment keeps an append-only ledger (C.6).

A transaction is written before the provider is asked, and its id is the key under which the provider knows the request:
asking twice is asking once. An open transaction may become another status; a settled one never changes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, TypeAlias

from commerce_api.domain.card import CardFace
from commerce_api.domain.ids import PaymentId, TransactionId
from commerce_api.domain.value import value


class PaymentMethodKind(StrEnum):
    """How a payment is made."""

    CARD = "CARD"


class TransactionKind(StrEnum):
    AUTHORIZE = "AUTHORIZE"
    CAPTURE = "CAPTURE"
    VOID = "VOID"
    REFUND = "REFUND"


class TransactionStatus(StrEnum):
    """REQUESTED: not answered yet. PENDING: the provider will tell by itself. UNKNOWN: nobody answered; ask by key."""

    REQUESTED = "REQUESTED"
    PENDING = "PENDING"
    ACTION_REQUIRED = "ACTION_REQUIRED"
    UNKNOWN = "UNKNOWN"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"


SETTLED: Final = frozenset({TransactionStatus.SUCCEEDED, TransactionStatus.FAILED})


class DeclineCode(StrEnum):
    """Our own codes for what issuers answer; their raw reasons go no further than the adapter."""

    AUTHENTICATION_FAILED = "AUTHENTICATION_FAILED"
    CARD_DECLINED = "CARD_DECLINED"
    CARD_LOST_OR_STOLEN = "CARD_LOST_OR_STOLEN"
    EXPIRED_CARD = "EXPIRED_CARD"
    INSUFFICIENT_FUNDS = "INSUFFICIENT_FUNDS"
    PROCESSING_ERROR = "PROCESSING_ERROR"

    @property
    def hard(self) -> bool:
        """Whether the same card will be declined again."""
        return self in {DeclineCode.CARD_DECLINED, DeclineCode.CARD_LOST_OR_STOLEN, DeclineCode.EXPIRED_CARD}


@value
class PaymentRetries:
    """How often an order can be tried to pay, how long to wait in between, and when its customer is reminded.

    The second attempt may follow at once: most who are declined have another card at hand. Before the third there are
    `pause_seconds`, and twice as many before each one after that.
    """

    limit: int = 5
    pause_seconds: int = 60
    reminder_hours: tuple[int, ...] = (24, 48)

    def pause_after(self, attempts: int) -> timedelta:
        return timedelta(seconds=self.pause_seconds << attempts - 2) if attempts > 1 else timedelta()


class PaymentStatus(StrEnum):
    """Where the money of an order stands, read off the ledger (C.1)."""

    NONE_DUE = "NONE_DUE"
    AWAITING = "AWAITING"
    PENDING = "PENDING"
    ACTION_REQUIRED = "ACTION_REQUIRED"
    UNKNOWN = "UNKNOWN"
    REJECTED = "REJECTED"
    PARTIALLY_AUTHORIZED = "PARTIALLY_AUTHORIZED"
    AUTHORIZED = "AUTHORIZED"
    PARTIALLY_CAPTURED = "PARTIALLY_CAPTURED"
    CAPTURED = "CAPTURED"
    PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED"
    REFUNDED = "REFUNDED"
    VOIDED = "VOIDED"


@value
class AuthorizationRequest:
    """`key` makes it idempotent: the same key is the same request, however often it is sent."""

    key: str
    card_token: str
    amount: int
    currency: str


# What a provider can answer.


@value
class Approved:
    reference: str


@value
class Declined:
    reference: str
    code: DeclineCode


@value
class ActionRequired:
    """The customer has to confirm at `url`, at their bank."""

    reference: str
    url: str


@value
class Pending:
    """Accepted for processing; a message will follow."""

    reference: str


@value
class Unanswered:
    """Nobody knows yet whether it happened. Never a decline (P13)."""


Answer: TypeAlias = Approved | Declined | ActionRequired | Pending | Unanswered


@value
class Transaction:
    """`amount` in minor units of the order's currency."""

    id: TransactionId
    kind: TransactionKind
    status: TransactionStatus
    amount: int
    at: datetime
    reference: str | None = None
    code: DeclineCode | None = None
    action_url: str | None = field(default=None, repr=False)

    @property
    def settled(self) -> bool:
        return self.status in SETTLED


@value
class Payment:
    """What one instrument pays of an order in one attempt."""

    id: PaymentId
    attempt: int
    position: int
    method: PaymentMethodKind
    amount: int
    card_token: str | None = field(repr=False)
    card: CardFace | None
    transactions: tuple[Transaction, ...] = ()

    def succeeded(self, kind: TransactionKind) -> int:
        done = (t for t in self.transactions if t.kind is kind and t.status is TransactionStatus.SUCCEEDED)
        return sum(t.amount for t in done)

    @property
    def captured(self) -> int:
        return self.succeeded(TransactionKind.CAPTURE) - self.succeeded(TransactionKind.REFUND)

    @property
    def authorized(self) -> int:
        """Authorized and neither captured nor voided."""
        spent = self.succeeded(TransactionKind.CAPTURE) + self.succeeded(TransactionKind.VOID)
        return self.succeeded(TransactionKind.AUTHORIZE) - spent

    @property
    def authorization(self) -> Transaction | None:
        """The latest request for authorization."""
        return next((t for t in reversed(self.transactions) if t.kind is TransactionKind.AUTHORIZE), None)

    @property
    def voiding(self) -> bool:
        return any(t.kind is TransactionKind.VOID for t in self.transactions)


def requested(payment: Payment, id: TransactionId, at: datetime) -> Payment:
    """The payment with its request for an authorization, written down before anybody is asked."""
    entry = Transaction(
        id=id, kind=TransactionKind.AUTHORIZE, status=TransactionStatus.REQUESTED, amount=payment.amount, at=at
    )
    return replace(payment, transactions=(*payment.transactions, entry))


def settle(transaction: Transaction, answer: Answer) -> Transaction:
    """The transaction as the provider's answer leaves it."""
    match answer:
        case Approved(reference=reference):
            return replace(
                transaction, status=TransactionStatus.SUCCEEDED, reference=reference, code=None, action_url=None
            )
        case Declined(reference=reference, code=code):
            return replace(
                transaction, status=TransactionStatus.FAILED, reference=reference, code=code, action_url=None
            )
        case ActionRequired(reference=reference, url=url):
            return replace(transaction, status=TransactionStatus.ACTION_REQUIRED, reference=reference, action_url=url)
        case Pending(reference=reference):
            return replace(transaction, status=TransactionStatus.PENDING, reference=reference)
        case Unanswered():
            return replace(transaction, status=TransactionStatus.UNKNOWN)


def balance(total: int, payments: Iterable[Payment]) -> int:
    """What is still to be paid (+) or to be given back (-), recomputed from the ledger every time (P10)."""
    return total - sum(payment.captured + payment.authorized for payment in payments)


def payment_status(total: int, payments: Sequence[Payment]) -> PaymentStatus:
    """The axis of C.1: what has been taken comes first, then what is secured, then where the latest attempt stands."""
    captured = sum(payment.captured for payment in payments)
    authorized = sum(payment.authorized for payment in payments)
    refunded = sum(payment.succeeded(TransactionKind.REFUND) for payment in payments)
    if refunded:
        return PaymentStatus.PARTIALLY_REFUNDED if captured else PaymentStatus.REFUNDED
    if captured:
        return PaymentStatus.CAPTURED if captured >= total else PaymentStatus.PARTIALLY_CAPTURED
    if total == 0:
        return PaymentStatus.NONE_DUE
    return PaymentStatus.AUTHORIZED if authorized >= total else _of_attempt(payments, authorized)


_BY_URGENCY: Final = (
    (TransactionStatus.FAILED, PaymentStatus.REJECTED),
    (TransactionStatus.UNKNOWN, PaymentStatus.UNKNOWN),
    (TransactionStatus.ACTION_REQUIRED, PaymentStatus.ACTION_REQUIRED),
    (TransactionStatus.PENDING, PaymentStatus.PENDING),
    (TransactionStatus.REQUESTED, PaymentStatus.PENDING),
)


def _of_attempt(payments: Sequence[Payment], authorized: int) -> PaymentStatus:
    latest = [payment.authorization for payment in current(payments)]
    statuses = {transaction.status for transaction in latest if transaction}
    for status, shown in _BY_URGENCY:
        if status in statuses:
            return shown
    if authorized:
        return PaymentStatus.PARTIALLY_AUTHORIZED
    return PaymentStatus.VOIDED if statuses else PaymentStatus.AWAITING


def current(payments: Iterable[Payment]) -> list[Payment]:
    """The payments of the latest attempt that was submitted."""
    submitted = [payment for payment in payments if payment.transactions]
    latest = max((payment.attempt for payment in submitted), default=0)
    return [payment for payment in submitted if payment.attempt == latest]
