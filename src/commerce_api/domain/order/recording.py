"""Recording by hand what money has come in without a bank's being asked, or was given back: what speaks against it, and which
payment it is for.
"""

from collections.abc import Iterator
from typing import Final

from commerce_api.domain.decision import Decision, NotFound, Refusal, Refused, refuse
from commerce_api.domain.ids import PaymentId
from commerce_api.domain.order import commands as c
from commerce_api.domain.order import refusals as r
from commerce_api.domain.order.following import followed, short_of
from commerce_api.domain.order.refund_events import RecordRefund
from commerce_api.domain.order.refunding import decide_refund
from commerce_api.domain.order.state import Order
from commerce_api.domain.payment import Payment, PaymentMethodKind, Transaction, TransactionKind, TransactionStatus

_TAKES_BACK: Final = {
    TransactionKind.CAPTURE: TransactionKind.REVERSAL,
    TransactionKind.REFUND: TransactionKind.REFUND_REVERSAL,
}
"""What people record, and what takes it back."""


def decide_recording(order: Order, command: c.RecordMoney | c.ReverseMoney | RecordRefund) -> Decision[c.OrderEvent]:
    if isinstance(command, RecordRefund):
        return decide_refund(order, command)
    if isinstance(command, c.RecordMoney):
        reasons = tuple(_against_recording(order, command))
        return Refused(reasons=reasons) if reasons else _recorded(order, command)
    found = order.entry(command.recorded)
    if found is None:
        return refuse(NotFound(path=("transactionId",)))
    if not by_hand(*found):
        return refuse(r.NotRecordedByHand(path=("transactionId",)))
    return _reversed(order, command, *found)


def _recorded(order: Order, command: c.RecordMoney) -> list[c.OrderEvent]:
    receiver = receiver_of(order, command.payment_id)
    opened = [] if receiver else [c.PaymentOpened(payment=_unexpected(order, command))]
    entry = Transaction(
        id=command.id,
        kind=TransactionKind.CAPTURE,
        status=TransactionStatus.SUCCEEDED,
        amount=command.amount,
        at=command.at,
        reference=command.reference,
        received_at=command.received_at,
    )
    payment_id = receiver.id if receiver else command.new_payment_id
    happened: list[c.OrderEvent] = [*opened, c.MoneyRecorded(payment_id=payment_id, transaction=entry)]
    return followed(order, happened, command.at, command.spare_ids)


def _reversed(order: Order, command: c.ReverseMoney, payment: Payment, recorded: Transaction) -> list[c.OrderEvent]:
    entry = Transaction(
        id=command.id,
        kind=_TAKES_BACK[recorded.kind],
        status=TransactionStatus.SUCCEEDED,
        amount=recorded.amount,
        at=command.at,
        reverses=recorded.id,
        reason=command.reason,
    )
    taken_back = c.RecordedMoneyReversed(payment_id=payment.id, transaction=entry)
    if recorded.kind is TransactionKind.REFUND:
        return followed(order, [taken_back], command.at, command.spare_ids)
    return short_of(order, taken_back, command.due_at, command.at, command.spare_ids)


def receiver_of(order: Order, payment_id: PaymentId | None) -> Payment | None:
    """The payment that money is for: the one that was named, else the first that waits for any, the present attempt's first;
    else whichever was once waiting. None if it comes out of the blue.
    """
    waiting = [
        p for p in (*order.attempted, *reversed(order.payments)) if not p.asks_a_bank and p not in order.prepared
    ]
    if payment_id:
        return next((payment for payment in waiting if payment.id == payment_id), None)
    return next((p for p in waiting if p.captured < p.amount), next(iter(waiting), None))


def _unexpected(order: Order, command: c.RecordMoney) -> Payment:
    """A payment for money that no instruction was waiting for."""
    return Payment(
        id=command.new_payment_id,
        attempt=order.attempts,
        position=1 + max((payment.position for payment in order.attempted), default=-1),
        method=PaymentMethodKind.BANK_TRANSFER,
        amount=command.amount,
        card_token=None,
        card=None,
    )


def _against_recording(order: Order, command: c.RecordMoney) -> Iterator[Refusal]:
    if command.received_at > command.at:
        yield r.ReceivedInFuture(path=("receivedAt",))
    if command.payment_id is None:
        return
    named = next((payment for payment in order.payments if payment.id == command.payment_id), None)
    if named is None:
        yield NotFound(path=("paymentId",))
    elif named.asks_a_bank or named in order.prepared:
        yield r.PaymentNotRecordable(path=("paymentId",))


def recorded_before(order: Order, amount: int, reference: str, kind: TransactionKind = TransactionKind.CAPTURE) -> bool:
    """Whether this may be the same money once more. Without a reference nobody can tell."""
    same = ((p, t) for p, t in _entries(order) if (t.kind, t.amount, t.reference) == (kind, amount, reference))
    return bool(reference) and any(_stands(*each) for each in same)


def against_reversing(order: Order) -> tuple[Refusal, ...]:
    """Whether there is anything that could be taken back."""
    return () if any(by_hand(*each) for each in _entries(order)) else (r.NotRecordedByHand(),)


def by_hand(payment: Payment, entry: Transaction) -> bool:
    """Whether somebody recorded this, nobody took it back, and what came in is still this order's."""
    gone = entry.kind is TransactionKind.CAPTURE and entry.amount > payment.captured
    return _stands(payment, entry) and not gone


def _stands(payment: Payment, entry: Transaction) -> bool:
    recorded = entry.kind in _TAKES_BACK and not payment.asks_a_bank
    return recorded and payment.reversed_by(entry.id) is None


def _entries(order: Order) -> Iterator[tuple[Payment, Transaction]]:
    return ((payment, entry) for payment in order.payments for entry in payment.transactions)
