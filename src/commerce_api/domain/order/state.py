"""What an order is."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from commerce_api.domain.ids import ChannelId, CustomerId, OrderId, TransactionId
from commerce_api.domain.payment import (
    Payment,
    PaymentRetries,
    PaymentUse,
    Transaction,
    TransactionKind,
    TransactionStatus,
    balance,
)
from commerce_api.domain.shipping_policy import ShippingPolicy
from commerce_api.domain.value import value


class OrderState(StrEnum):
    """The one stored state. How far money, stock and parcels are is derived, and cannot disagree with the facts."""

    AWAITING_APPROVAL = "AWAITING_APPROVAL"
    PENDING = "PENDING"
    PAYMENT_REJECTED = "PAYMENT_REJECTED"
    CONFIRMED = "CONFIRMED"
    IN_FULFILLMENT = "IN_FULFILLMENT"
    SHIPPED = "SHIPPED"
    COMPLETED = "COMPLETED"
    CANCELED = "CANCELED"


_S = OrderState
TRANSITIONS: Final[Mapping[OrderState, frozenset[OrderState]]] = MappingProxyType(
    {
        _S.AWAITING_APPROVAL: frozenset({_S.PENDING, _S.CANCELED}),
        _S.PENDING: frozenset({_S.CONFIRMED, _S.PAYMENT_REJECTED, _S.CANCELED}),
        _S.PAYMENT_REJECTED: frozenset({_S.PENDING, _S.CONFIRMED, _S.CANCELED}),
        _S.CONFIRMED: frozenset({_S.IN_FULFILLMENT, _S.PENDING, _S.PAYMENT_REJECTED, _S.CANCELED}),
        _S.IN_FULFILLMENT: frozenset({_S.CONFIRMED, _S.SHIPPED, _S.CANCELED}),
        _S.SHIPPED: frozenset({_S.COMPLETED}),
        _S.COMPLETED: frozenset(),
        _S.CANCELED: frozenset(),
    }
)
"""T1 to T12: where each state can lead; and from PAYMENT_REJECTED to CONFIRMED with money that comes in by itself, and back from
CONFIRMED to PENDING where money was recorded by mistake (decision 13).
"""


UNPAID: Final = frozenset({OrderState.PENDING, OrderState.PAYMENT_REJECTED})
"""Where the money is not secured yet."""

STATE_CODES: Final[Mapping[OrderState, str]] = MappingProxyType(
    {
        _S.AWAITING_APPROVAL: "W",
        _S.PENDING: "I",
        _S.PAYMENT_REJECTED: "F",
        _S.CONFIRMED: "M",
        _S.IN_FULFILLMENT: "R",
        _S.SHIPPED: "S",
        _S.COMPLETED: "D",
        _S.CANCELED: "X",
    }
)
"""The letters by which systems of this kind know the states."""


_UNANSWERED: Final = frozenset({TransactionStatus.REQUESTED, TransactionStatus.UNKNOWN, TransactionStatus.PENDING})


class FulfillmentStatus(StrEnum):
    """How far the parcels are (C.1). More will follow with fulfillment."""

    UNFULFILLED = "UNFULFILLED"


@value
class Order:
    """What decisions about an order need. `attempts` counts how often it was tried to pay it, by the rules of the day when
    it was placed. Until `cancelable_until` its customer may cancel it, until `editable_until` edit it, if ever.
    """

    id: OrderId
    number: str
    channel_id: ChannelId
    customer_id: CustomerId | None
    state: OrderState
    email: str
    language: str
    currency: str
    total: int
    attempts: int
    placed_at: datetime
    payment_due_at: datetime
    retries: PaymentRetries = PaymentRetries()
    cancel_reason: str | None = None
    cancelable_until: datetime | None = None
    editable_until: datetime | None = None
    shipping_policy: ShippingPolicy = ShippingPolicy.SHIP_TOGETHER
    version: int = 1
    revision: int = 1
    payments: tuple[Payment, ...] = ()

    @property
    def balance(self) -> int:
        return balance(self.owed, self.payments)

    @property
    def owed(self) -> int:
        """What is to be paid for it altogether; of a canceled order nothing is."""
        return 0 if self.state is OrderState.CANCELED else self.total

    @property
    def received(self) -> int:
        """What has been taken or has come in, whatever for, less what was given back."""
        return sum(payment.captured for payment in self.payments)

    @property
    def owed_back(self) -> int:
        """What has come in beyond what is owed."""
        return self.beyond(self.owed)

    def beyond(self, owed: int) -> int:
        """What would be to give back if so much was owed."""
        return max(0, self.received - owed)

    @property
    def unpaid(self) -> int:
        """What new instructions have to pay: what earlier ones hold is let go."""
        return max(0, self.total - self.received)

    @property
    def attempted(self) -> tuple[Payment, ...]:
        """The payments of the attempt that is under way, or was the last."""
        return tuple(p for p in self.payments if p.use is PaymentUse.ORDER and p.attempt == self.attempts)

    @property
    def prepared(self) -> tuple[Payment, ...]:
        """New instructions that have not been submitted yet."""
        return tuple(p for p in self.payments if p.use is PaymentUse.ORDER and p.attempt > self.attempts)

    @property
    def charged(self) -> tuple[Payment, ...]:
        """What is being asked for a change of the order, which takes place only with it."""
        return tuple(payment for payment in self.payments if payment.use is PaymentUse.EDIT)

    @property
    def retry_from(self) -> datetime | None:
        """When it may be tried again to pay; None if there is nothing to wait for."""
        return _from(self, self.attempted, self.attempts) if self.state in UNPAID else topping_up_from(self)

    @property
    def unresolved(self) -> bool:
        """Whether it is not known if the attempt took money: until then there is no other (P13)."""
        latest = [payment.authorization for payment in self.attempted]
        declined = any(t and t.status is TransactionStatus.FAILED for t in latest)
        asked = _UNANSWERED - {TransactionStatus.REQUESTED} if declined else _UNANSWERED
        return bool(self.charged) or any(t and t.status in asked for t in latest)

    def entry(self, id: TransactionId) -> tuple[Payment, Transaction] | None:
        """The ledger's entry with this id, and the payment it belongs to."""
        entries = ((payment, entry) for payment in self.payments for entry in payment.transactions)
        return next((found for found in entries if found[1].id == id), None)

    @property
    def declined_attempts(self) -> int:
        """How often a bank said no."""
        failed = {p.attempt for p in self.payments for t in p.transactions if t.status is TransactionStatus.FAILED}
        return len(failed)

    @property
    def open_entries(self) -> tuple[tuple[Payment, Transaction], ...]:
        return tuple((payment, t) for payment in self.payments for t in payment.transactions if not t.settled)


def topped_up(order: Order) -> tuple[Payment, ...]:
    """The latest payments that were to add to what is held, whatever has become of them."""
    latest = max((payment.attempt for payment in order.payments if payment.use is not PaymentUse.ORDER), default=0)
    return tuple(p for p in order.payments if p.use is not PaymentUse.ORDER and p.attempt == latest)


def tries(order: Order) -> int:
    """How often in a row nothing, or not all, came of paying what is left."""
    added = [payment for payment in order.payments if payment.use is not PaymentUse.ORDER]
    attempts = {payment.attempt for payment in added}
    failed = {payment.attempt for payment in added if not payment.succeeded(TransactionKind.AUTHORIZE)}
    succeeded = max(attempts - failed, default=0)
    return sum(attempt > succeeded for attempt in attempts)


def topping_up_from(order: Order) -> datetime | None:
    """When it may be tried again to pay what is left."""
    return _from(order, topped_up(order), tries(order))


def _from(order: Order, tried: Iterable[Payment], attempts: int) -> datetime | None:
    asked = [payment.authorization.at for payment in tried if payment.authorization]
    pause = order.retries.pause_after(attempts)
    return max(asked) + pause if asked and pause else None


def unanswered(payments: Iterable[Payment]) -> bool:
    """Whether somebody was asked for money, and it is not known yet what came of it."""
    return any(p.authorization and p.authorization.status in _UNANSWERED for p in payments)


def wanted(order: Order, payment: Payment) -> bool:
    """Whether money is still to be asked for it."""
    if payment.use is PaymentUse.ORDER:
        return order.state is OrderState.PENDING and payment.attempt == order.attempts
    return payment.use is not PaymentUse.DROPPED and order.state is not OrderState.CANCELED


def secured(order: Order) -> bool:
    """Whether what has come in, what the present attempt holds and what was added to it are enough; what an earlier attempt
    holds does not count, nor what a bank is being asked to let go.
    """
    added = (payment for payment in order.payments if payment.use is PaymentUse.BALANCE)
    return order.unpaid <= sum(payment.held for payment in (*order.attempted, *added) if not payment.voiding)


def to_void(order: Order) -> tuple[Payment, ...]:
    """Payments that hold money, or a promise of it, which nobody is going to take.

    What an earlier attempt holds is let go only when the new one has succeeded. What came in may make all holds needless.
    """
    holding = (payment for payment in order.payments if payment.authorized > 0 and not payment.voiding)
    return tuple(payment for payment in holding if _stale(order, payment))


def _stale(order: Order, payment: Payment) -> bool:
    if payment.use is PaymentUse.DROPPED or order.state is OrderState.CANCELED:
        return True
    if payment.use is PaymentUse.EDIT:
        return False
    if order.state is OrderState.PAYMENT_REJECTED or 0 < order.total <= order.received:
        return True
    return payment.use is PaymentUse.ORDER and payment.attempt < order.attempts and secured(order)


def due(order: Order, total: int) -> int:
    """What would be left to pay if the order cost `total`, or be too much (-). What a bank is being asked to let go pays nothing."""
    going = sum(payment.held for payment in order.payments if payment.voiding)
    return balance(total, order.payments) + going


def superfluous(order: Order) -> tuple[Payment, ...]:
    """Payments that the order can do without, whole: what was added last comes first."""
    found: list[Payment] = []
    surplus = -due(order, order.owed)
    for payment in sorted(order.payments, key=lambda each: (each.attempt, each.position), reverse=True):
        if payment.captured == 0 and not payment.voiding and 0 < payment.held <= surplus:
            found.append(payment)
            surplus -= payment.held
    return tuple(found)
