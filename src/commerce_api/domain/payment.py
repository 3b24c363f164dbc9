"""Money that a customer gives: instructions become payments, and each payment keeps an append-only ledger (C.6).

A transaction is written before the provider is asked, and its id is the key under which the provider knows the request:
asking twice is asking once. An open transaction may become another status; a settled one never changes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, TypeAlias

from commerce_api.domain.actor import Author
from commerce_api.domain.card import CardFace
from commerce_api.domain.described import DescribedEnum
from commerce_api.domain.ids import PaymentId, TransactionId
from commerce_api.domain.value import replace, value


class PaymentMethodKind(DescribedEnum):
    """How a payment is made."""

    CARD = "CARD", "With a card, by a token of the card vault or of those that the customer keeps."
    INVOICE = "INVOICE", "After delivery, within the days that were agreed on."
    BANK_TRANSFER = "BANK_TRANSFER", "Beforehand, by a transfer that names the order's number."
    CASH_ON_DELIVERY = "CASH_ON_DELIVERY", "To whoever brings it."


ON_TERMS: Final = frozenset({PaymentMethodKind.INVOICE, PaymentMethodKind.CASH_ON_DELIVERY})
"""Paid later: that this is accepted secures the order (T3), and stands in the ledger as an authorization that asks no bank."""


class PaymentUse(StrEnum):
    """What a payment is for. What is DROPPED nobody wants any more: whatever it holds, now or later, is let go."""

    ORDER = "ORDER"
    BALANCE = "BALANCE"
    EDIT = "EDIT"
    DROPPED = "DROPPED"


class TransactionKind(StrEnum):
    """REVERSAL takes back a capture that was recorded by mistake, REFUND_REVERSAL a refund. What is set aside (HAND_OVER,
    TAKE_OVER) or has come in (MOVE_OUT, MOVE_IN) can belong to an order now that was split off; nobody is asked for that.
    """

    AUTHORIZE = "AUTHORIZE"
    CAPTURE = "CAPTURE"
    REVERSAL = "REVERSAL"
    VOID = "VOID"
    REFUND = "REFUND"
    REFUND_REVERSAL = "REFUND_REVERSAL"
    HAND_OVER = "HAND_OVER"
    TAKE_OVER = "TAKE_OVER"
    MOVE_OUT = "MOVE_OUT"
    MOVE_IN = "MOVE_IN"


HANDING_OVER: Final = frozenset({TransactionKind.HAND_OVER, TransactionKind.MOVE_OUT})
_SETTING_ASIDE: Final = frozenset({TransactionKind.AUTHORIZE, TransactionKind.TAKE_OVER})


class TransactionStatus(StrEnum):
    """REQUESTED: not answered yet. PENDING: the provider will tell by itself. UNKNOWN: nobody answered; ask by key."""

    REQUESTED = "REQUESTED"
    PENDING = "PENDING"
    ACTION_REQUIRED = "ACTION_REQUIRED"
    UNKNOWN = "UNKNOWN"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"


COUNTING: Final = frozenset({PaymentUse.ORDER, PaymentUse.BALANCE})
"""What is held for anything else is no part of the balance."""
AUTHORIZATION_LASTS: Final = timedelta(days=7)
"""As long as banks usually keep money set aside."""
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
    OVERPAID = "OVERPAID"
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
    """`amount` in minor units of the order's currency. Money that people record has come in, or was given back, at
    `received_at`; what takes that back names what it `reverses`, and why. What another order had set aside is part of the
    authorization `authorization_id`.
    """

    id: TransactionId
    kind: TransactionKind
    status: TransactionStatus
    amount: int
    at: datetime
    reference: str | None = None
    code: DeclineCode | None = None
    action_url: str | None = field(default=None, repr=False)
    received_at: datetime | None = None
    reverses: TransactionId | None = None
    reason: str = ""
    authorization_id: TransactionId | None = None

    @property
    def settled(self) -> bool:
        return self.status in SETTLED


@value
class Payment:
    """What one instrument pays of an order in one attempt. `how_to_pay` is what its payer was told, and `due_at` until when
    it is to be paid where no bank is asked; `entered_by` chose the instrument.
    """

    id: PaymentId
    attempt: int
    position: int
    method: PaymentMethodKind
    amount: int
    card_token: str | None = field(repr=False)
    card: CardFace | None
    due_at: datetime | None = None
    how_to_pay: str = ""
    entered_by: Author | None = None
    use: PaymentUse = PaymentUse.ORDER
    transactions: tuple[Transaction, ...] = ()

    def succeeded(self, kind: TransactionKind) -> int:
        done = (t for t in self.transactions if t.kind is kind and t.status is TransactionStatus.SUCCEEDED)
        return sum(t.amount for t in done)

    @property
    def asks_a_bank(self) -> bool:
        return self.method is PaymentMethodKind.CARD

    @property
    def captured(self) -> int:
        moved = self.succeeded(TransactionKind.MOVE_IN) - self.succeeded(TransactionKind.MOVE_OUT)
        return self._taken + moved - self.refunded

    @property
    def refunded(self) -> int:
        """Given back."""
        return self.succeeded(TransactionKind.REFUND) - self.succeeded(TransactionKind.REFUND_REVERSAL)

    @property
    def _taken(self) -> int:
        return self.succeeded(TransactionKind.CAPTURE) - self.succeeded(TransactionKind.REVERSAL)

    @property
    def authorized(self) -> int:
        """Set aside for this order, and neither captured nor voided. More money may come in than anybody was to pay."""
        let_go = self.succeeded(TransactionKind.VOID) + self.succeeded(TransactionKind.HAND_OVER)
        return max(0, sum(map(self.succeeded, _SETTING_ASIDE)) - let_go - self._taken)

    @property
    def authorized_until(self) -> datetime | None:
        """When a bank lets go of what it has set aside."""
        if not self.asks_a_bank or not self.authorized or self.authorization is None:
            return None
        return self.authorization.at + AUTHORIZATION_LASTS

    @property
    def held(self) -> int:
        """What of it the order can count on: nothing that waits for an edit, or that nobody wants any more."""
        return self.authorized if self.use in COUNTING else 0

    @property
    def authorization(self) -> Transaction | None:
        """The latest request for authorization, or the share of one that was taken over."""
        return next((t for t in reversed(self.transactions) if t.kind in _SETTING_ASIDE), None)

    @property
    def shared(self) -> bool:
        """Whether what the provider has set aside is not for this order alone."""
        return any(t.kind in {TransactionKind.HAND_OVER, TransactionKind.TAKE_OVER} for t in self.transactions)

    @property
    def authorization_key(self) -> TransactionId:
        """Under which the provider knows what is set aside."""
        first = next(t for t in self.transactions if t.kind in _SETTING_ASIDE)
        return first.authorization_id or first.id

    @property
    def voiding(self) -> bool:
        return any(t.kind is TransactionKind.VOID and not t.settled for t in self.transactions)

    def reversed_by(self, id: TransactionId) -> Transaction | None:
        """What took this entry back."""
        return next((t for t in self.transactions if t.reverses == id), None)


def requested(payment: Payment, id: TransactionId, at: datetime) -> Payment:
    """The payment with its request for an authorization, written down before anybody is asked. Terms are accepted at once;
    for a transfer nobody is asked: its money comes, or does not.
    """
    if payment.method is PaymentMethodKind.BANK_TRANSFER:
        return payment
    status = TransactionStatus.REQUESTED if payment.asks_a_bank else TransactionStatus.SUCCEEDED
    entry = Transaction(id=id, kind=TransactionKind.AUTHORIZE, status=status, amount=payment.amount, at=at)
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
    return total - sum(payment.captured + payment.held for payment in payments)


def payment_status(total: int, payments: Sequence[Payment], attempt: int, *, canceled: bool = False) -> PaymentStatus:
    """The axis of C.1: what has been taken comes first, then what is secured, then where the latest attempt stands."""
    captured = sum(payment.captured for payment in payments)
    authorized = sum(payment.held for payment in payments)
    refunded = sum(payment.refunded for payment in payments)
    if captured > (0 if canceled else total):
        return PaymentStatus.OVERPAID
    if refunded and (captured or canceled):
        return PaymentStatus.PARTIALLY_REFUNDED if captured else PaymentStatus.REFUNDED
    if captured:
        return PaymentStatus.CAPTURED if captured >= total else PaymentStatus.PARTIALLY_CAPTURED
    if total == 0:
        return PaymentStatus.NONE_DUE
    if authorized >= total:
        return PaymentStatus.AUTHORIZED
    attempted = _latest(payments, attempt)
    if found := _in_question(attempted, authorized):
        return found
    given_back = refunded and not authorized
    return PaymentStatus.REFUNDED if given_back else _open(attempted, authorized, canceled=canceled)


def _latest(payments: Sequence[Payment], attempt: int) -> list[Payment]:
    """What was tried last: to add to what is held, if that ever was, or else to pay the order."""
    added = [payment for payment in payments if payment.use is PaymentUse.BALANCE]
    last = max((payment.attempt for payment in added), default=None)
    if last is not None:
        return [payment for payment in added if payment.attempt == last]
    return [payment for payment in payments if payment.use is PaymentUse.ORDER and payment.attempt == attempt]


_BY_URGENCY: Final = (
    (TransactionStatus.FAILED, PaymentStatus.REJECTED),
    (TransactionStatus.UNKNOWN, PaymentStatus.UNKNOWN),
    (TransactionStatus.ACTION_REQUIRED, PaymentStatus.ACTION_REQUIRED),
    (TransactionStatus.PENDING, PaymentStatus.PENDING),
    (TransactionStatus.REQUESTED, PaymentStatus.PENDING),
)


def _in_question(attempted: Sequence[Payment], authorized: int) -> PaymentStatus | None:
    """What a bank has not decided, or decided against. Who declines to add to what is held rejects nothing of it."""
    latest = [payment.authorization for payment in attempted]
    statuses = {transaction.status for transaction in latest if transaction}
    if authorized and any(payment.use is PaymentUse.BALANCE for payment in attempted):
        statuses.discard(TransactionStatus.FAILED)
    return next((shown for status, shown in _BY_URGENCY if status in statuses), None)


def _open(attempted: Sequence[Payment], authorized: int, *, canceled: bool) -> PaymentStatus:
    if authorized:
        return PaymentStatus.PARTIALLY_AUTHORIZED
    asked = any(payment.authorization for payment in attempted)
    if canceled:
        return PaymentStatus.VOIDED if asked else PaymentStatus.NONE_DUE
    waiting = any(payment.method is PaymentMethodKind.BANK_TRANSFER for payment in attempted)
    return PaymentStatus.VOIDED if asked and not waiting else PaymentStatus.AWAITING
