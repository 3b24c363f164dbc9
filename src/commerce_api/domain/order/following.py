"""What follows from money that has come in, is promised, or is not wanted any more."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from commerce_api.domain.ids import TransactionId
from commerce_api.domain.order import commands as c
from commerce_api.domain.order.evolving import evolved
from commerce_api.domain.order.state import UNPAID, Order, OrderState, secured, to_void
from commerce_api.domain.payment import Transaction, TransactionKind, TransactionStatus


def followed(
    order: Order, events: Sequence[c.OrderEvent], at: datetime, spare_ids: Sequence[TransactionId]
) -> list[c.OrderEvent]:
    """These events and what they lead to where no bank has to be asked: the order is secured (T3), other money let go."""
    after = evolved(order, events)
    confirmed: list[c.OrderEvent] = [c.OrderConfirmed()] if after.state in UNPAID and secured(after) else []
    return [*events, *confirmed, *voids(evolved(after, confirmed), at, spare_ids)]


def short_of(
    order: Order, event: c.OrderEvent, due_at: datetime, at: datetime, spare_ids: Sequence[TransactionId]
) -> list[c.OrderEvent]:
    """This event, which leaves less money, and what it leads to: an order that is not secured any more waits for its money again,
    as long as nothing has been sent.
    """
    after = evolved(order, [event])
    if after.state is OrderState.CONFIRMED and not secured(after):
        return [event, c.OrderAwaitsPayment(payment_due_at=max(due_at, order.payment_due_at))]
    return [event, *voids(after, at, spare_ids)]


def voids(order: Order, at: datetime, spare_ids: Sequence[TransactionId]) -> Iterator[c.OrderEvent]:
    """Where no bank holds anything, it is let go by saying so."""
    for payment, id_ in zip(to_void(order), spare_ids, strict=False):
        status = TransactionStatus.REQUESTED if payment.asks_a_bank else TransactionStatus.SUCCEEDED
        entry = Transaction(id=id_, kind=TransactionKind.VOID, status=status, amount=payment.authorized, at=at)
        happened = c.PaymentVoidRequested if payment.asks_a_bank else c.PaymentVoided
        yield happened(payment_id=payment.id, transaction=entry)
