"""Recording by hand what money has come in without a bank's being asked: what speaks against it, and which payment it is for."""

from collections.abc import Iterator

from commerce_api.domain.decision import Decision, NotFound, Refusal, Refused, refuse
from commerce_api.domain.ids import PaymentId
from commerce_api.domain.order import commands as c
from commerce_api.domain.order import refusals as r
from commerce_api.domain.order.evolving import evolve
from commerce_api.domain.order.following import followed, voids
from commerce_api.domain.order.state import Order, OrderState, secured
from commerce_api.domain.payment import Payment, PaymentMethodKind, Transaction, TransactionKind, TransactionStatus


def decide_recording(order: Order, command: c.RecordMoney | c.ReverseMoney) -> Decision[c.OrderEvent]:
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
    """An order that is not secured any more waits for its money again, as long as nothing has been sent."""
    entry = Transaction(
        id=command.id,
        kind=TransactionKind.REVERSAL,
        status=TransactionStatus.SUCCEEDED,
        amount=recorded.amount,
        at=command.at,
        reverses=recorded.id,
        reason=command.reason,
    )
    taken_back = c.RecordedMoneyReversed(payment_id=payment.id, transaction=entry)
    after = evolve(order, taken_back)
    if after.state is OrderState.CONFIRMED and not secured(after):
        due_at = max(command.due_at, order.payment_due_at)
        return [taken_back, c.OrderAwaitsPayment(payment_due_at=due_at)]
    return [taken_back, *voids(after, command.at, command.spare_ids)]


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


def recorded_before(order: Order, amount: int, reference: str) -> bool:
    """Whether this may be the same money once more. Without a reference nobody can tell."""
    entries = ((payment, entry) for payment in order.payments for entry in payment.transactions)
    same = (p for p, t in entries if by_hand(p, t) and (t.amount, t.reference) == (amount, reference))
    return bool(reference) and any(same)


def against_reversing(order: Order) -> tuple[Refusal, ...]:
    """Whether there is anything that could be taken back."""
    entries = ((payment, entry) for payment in order.payments for entry in payment.transactions)
    return () if any(by_hand(*each) for each in entries) else (r.NotRecordedByHand(),)


def by_hand(payment: Payment, entry: Transaction) -> bool:
    """Whether somebody recorded this, nobody took it back, and it is still this order's."""
    recorded = entry.kind is TransactionKind.CAPTURE and not payment.asks_a_bank
    return recorded and payment.reversed_by(entry.id) is None and entry.amount <= payment.captured
