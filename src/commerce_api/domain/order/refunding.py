"""Recording by hand what money was given back: how much at most, of which payment, and what is to be paid again then."""

from collections.abc import Iterator

from commerce_api.domain.decision import Decision, NotFound, Refusal, Refused
from commerce_api.domain.ids import PaymentId
from commerce_api.domain.order import commands as c
from commerce_api.domain.order import refusals as r
from commerce_api.domain.order.following import short_of
from commerce_api.domain.order.refund_events import MoneyGivenBack, RecordRefund
from commerce_api.domain.order.state import Order, due
from commerce_api.domain.payment import Payment, Transaction, TransactionKind, TransactionStatus


def decide_refund(order: Order, command: RecordRefund) -> Decision[c.OrderEvent]:
    source = source_of(order, command.payment_id, command.amount)
    reasons = tuple(_against(order, command, source))
    if reasons or source is None:
        return Refused(reasons=reasons)
    entry = Transaction(
        id=command.id,
        kind=TransactionKind.REFUND,
        status=TransactionStatus.SUCCEEDED,
        amount=command.amount,
        at=command.at,
        reference=command.reference,
        received_at=command.refunded_at,
    )
    given_back = MoneyGivenBack(payment_id=source.id, transaction=entry)
    return short_of(order, given_back, command.due_at, command.at, command.spare_ids)


def source_of(order: Order, payment_id: PaymentId | None, amount: int) -> Payment | None:
    """The payment that was named; else of those by which as much came in the one that was overpaid most. If so much came in by
    none of them, the one by which most did.
    """
    if payment_id:
        return next((p for p in order.payments if p.id == payment_id and not p.asks_a_bank), None)
    enough = [payment for payment in refundable(order) if payment.captured >= amount]
    if enough:
        return max(enough, key=lambda payment: payment.captured - payment.amount)
    return max(refundable(order), key=lambda payment: payment.captured, default=None)


def refundable(order: Order) -> tuple[Payment, ...]:
    """Those by which money came in without a bank, that is still there."""
    return tuple(payment for payment in order.payments if not payment.asks_a_bank and payment.captured > 0)


def against_refunding(order: Order) -> tuple[Refusal, ...]:
    """Whether there is anything that could be given back."""
    return () if refundable(order) else (r.NothingToRefund(),)


def due_again(order: Order, amount: int) -> int:
    """What would be to pay if so much were given back."""
    return max(0, due(order, order.owed) + amount)


def _against(order: Order, command: RecordRefund, source: Payment | None) -> Iterator[Refusal]:
    if command.refunded_at > command.at:
        yield r.RefundInFuture(path=("refundedAt",))
    if source is None:
        yield _without_source(order, command.payment_id)
    elif command.amount > source.captured:
        yield r.RefundTooHigh(path=("amount",), most=source.captured, currency=order.currency)


def _without_source(order: Order, payment_id: PaymentId | None) -> Refusal:
    if payment_id is None:
        return r.NothingToRefund()
    known = any(payment.id == payment_id for payment in order.payments)
    return r.PaymentNotRecordable(path=("paymentId",)) if known else NotFound(path=("paymentId",))
