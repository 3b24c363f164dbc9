"""What happened makes of an order."""

from collections.abc import Sequence
from functools import reduce
from uuid import UUID

from commerce_api.domain.order import commands as c
from commerce_api.domain.order import topping_up
from commerce_api.domain.order.state import Order, OrderState
from commerce_api.domain.order.version_events import OrderEditCommitted, ShippingPolicySet
from commerce_api.domain.payment import HANDING_OVER, Payment, Transaction
from commerce_api.domain.value import replace


def evolve(order: Order, event: c.OrderEvent) -> Order:
    after = _evolved(order, event)
    return after if after.payments is order.payments else _in_order(after)


def evolved(order: Order, events: Sequence[c.OrderEvent]) -> Order:
    return reduce(evolve, events, order)


def _evolved(order: Order, event: c.OrderEvent) -> Order:
    match event:
        case c.PaymentInstructionsChanged() | c.PaymentOpened() | c.OrderResubmitted():
            return _instructed(order, event)
        case c.OrderBalanceSubmitted() | c.OrderEditCharged() | c.PaymentsCounted() | c.PaymentsDropped():
            return topping_up.evolve(order, event)
        case c.OrderCanceled(reason=reason, version=version):
            return replace(order, state=OrderState.CANCELED, cancel_reason=reason, version=version)
        case c.OrderLinesCanceled() | c.OrderSplit() | OrderEditCommitted() | ShippingPolicySet():
            return _next_version(order, event)
        case c.OrderConfirmed():
            return replace(order, state=OrderState.CONFIRMED)
        case c.OrderPaymentRejected():
            return replace(order, state=OrderState.PAYMENT_REJECTED)
        case c.OrderAwaitsPayment(payment_due_at=due_at):
            return replace(order, state=OrderState.PENDING, payment_due_at=due_at)
        case _:
            payments = tuple(_with(p, event.transaction) if p.id == event.payment_id else p for p in order.payments)
            return replace(order, payments=payments)


def _next_version(order: Order, event: c.VersionEvent) -> Order:
    if isinstance(event, ShippingPolicySet):
        return replace(order, shipping_policy=event.after, version=event.version)
    return replace(order, total=event.total, version=event.version)


def _in_order(order: Order) -> Order:
    """Payments stand in the order in which they are kept."""
    return replace(order, payments=tuple(sorted(order.payments, key=_place)))


def _place(payment: Payment) -> tuple[int, int, UUID]:
    return payment.attempt, payment.position, payment.id


def _instructed(order: Order, event: c.PaymentInstructionsChanged | c.PaymentOpened | c.OrderResubmitted) -> Order:
    match event:
        case c.PaymentInstructionsChanged(payments=payments, version=version):
            return replace(order, payments=(*_tried(order), *payments), version=version or order.version)
        case c.PaymentOpened(payment=payment):
            return replace(order, payments=(*order.payments, payment))
        case c.OrderResubmitted(attempt=attempt, payments=payments, payment_due_at=due_at):
            payments = (*_tried(order), *payments)
            return replace(order, state=OrderState.PENDING, attempts=attempt, payments=payments, payment_due_at=due_at)


def _tried(order: Order) -> tuple[Payment, ...]:
    """All but what was prepared and not submitted yet."""
    prepared = order.prepared
    return tuple(payment for payment in order.payments if payment not in prepared)


def _with(payment: Payment, entry: Transaction) -> Payment:
    """The ledger with this entry added, or changed if it is there."""
    if all(t.id != entry.id for t in payment.transactions):
        given_away = entry.amount if entry.kind in HANDING_OVER else 0
        left = max(0, payment.amount - given_away)
        return replace(payment, amount=left, transactions=(*payment.transactions, entry))
    return replace(payment, transactions=tuple(entry if t.id == entry.id else t for t in payment.transactions))
