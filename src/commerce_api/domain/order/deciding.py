"""Deciding about orders."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, assert_never

from commerce_api.domain.canceling import RefundChoice
from commerce_api.domain.card import CardExpired, expired
from commerce_api.domain.decision import Decision, Refusal, Refused, refuse
from commerce_api.domain.money import share_out
from commerce_api.domain.order import commands as c
from commerce_api.domain.order import refusals as r
from commerce_api.domain.order import topping_up
from commerce_api.domain.order.cancel_reasons import PAYMENT_TIMEOUT
from commerce_api.domain.order.cancelable import PaymentBeingDecided, against_canceling
from commerce_api.domain.order.evolving import evolve, evolved
from commerce_api.domain.order.following import followed, voids
from commerce_api.domain.order.recording import decide_recording
from commerce_api.domain.order.state import UNPAID, Order, OrderState, secured, wanted
from commerce_api.domain.payment import (
    Answer,
    Approved,
    Payment,
    Transaction,
    TransactionKind,
    TransactionStatus,
    Unanswered,
    requested,
    settle,
)
from commerce_api.domain.value import replace


def decide(order: Order, command: c.OrderCommand) -> Decision[c.OrderEvent]:
    match command:
        case c.RecordAnswer():
            return _record(order, command)
        case c.ReplaceInstructions(payments=payments):
            reasons = tuple(against_new_payment(order))
            chosen = c.PaymentInstructionsChanged(payments=payments, version=order.version + 1)
            return Refused(reasons=reasons) if reasons else [chosen]
        case c.Resubmit():
            reasons = tuple(against_resubmitting(order, command.at))
            return Refused(reasons=reasons) if reasons else _resubmitted(order, command)
        case c.CancelWhole():
            reasons = tuple(against_canceling(order, command.at, by_customer=command.by_customer))
            return Refused(reasons=reasons) if reasons else _canceled(order, command.reason, command, command.refund)
        case c.CancelUnits():
            reasons = tuple(_against_canceling_units(order, command))
            return (
                Refused(reasons=reasons)
                if reasons
                else followed(order, [*_without_units(order, command)], command.at, ())
            )
        case c.GiveUpPayment():
            return _give_up(order, command)
        case c.RecordMoney() | c.ReverseMoney() | c.RecordRefund():
            return decide_recording(order, command)
        case _:
            return _beside_what_is_held(order, command)


def _beside_what_is_held(order: Order, command: c.TopUpCommand) -> Decision[c.OrderEvent]:
    match command:
        case c.PayBalance():
            return topping_up.pay_balance(order, command)
        case c.ChargeForEdit():
            return topping_up.charge_for_edit(order, command)
        case c.KeepCharge():
            return topping_up.keep_charge(order)
        case c.DropCharge():
            events = topping_up.dropped(order.charged)
        case c.LetGoOfSurplus():
            events = topping_up.surplus(order)
        case _:
            assert_never(command)
    return [*events, *voids(evolved(order, events), command.at, command.spare_ids)]


def awaits_new_payment(order: Order, attempt: int) -> bool:
    """Whether nothing was done since this attempt was declined, although something can be."""
    waiting = order.state is OrderState.PAYMENT_REJECTED and order.attempts == attempt
    return waiting and not tuple(against_new_payment(order))


def against_new_payment(order: Order) -> Iterator[Refusal]:
    if order.state not in UNPAID:
        yield r.PaymentNotOpen()
    elif order.unresolved:
        yield r.PaymentUnresolved()
    elif order.attempts >= order.retries.limit:
        yield r.PaymentAttemptsExhausted(most=order.retries.limit)


def against_resubmitting(order: Order, at: datetime) -> Iterator[Refusal]:
    against = tuple(against_new_payment(order))
    yield from against
    if not against and order.retry_from and at < order.retry_from:
        yield r.PaymentTooSoon(retry_from=order.retry_from)
    if order.state is OrderState.PENDING and not order.prepared:
        yield r.PaymentNotOpen()
    if order.prepared:
        return
    if any(_declined_for_good(payment) for payment in order.attempted):
        yield r.PaymentMethodDeclined()
    elif any(p.card and expired(p.card.expiry_month, p.card.expiry_year, at) for p in order.attempted):
        yield CardExpired()


def _declined_for_good(payment: Payment) -> bool:
    latest = payment.authorization
    return latest is not None and latest.code is not None and latest.code.hard


def _resubmitted(order: Order, command: c.Resubmit) -> list[c.OrderEvent]:
    """The new attempt: one request for each instruction. Terms that are accepted may be all that it takes."""
    attempt, chosen = order.attempts + 1, order.prepared
    if not chosen:
        renewed = zip(order.attempted, command.payment_ids, strict=False)
        chosen = tuple(replace(p, id=id_, attempt=attempt, transactions=()) for p, id_ in renewed)
    payments = tuple(
        requested(replace(p, attempt=attempt), id_, command.at)
        for p, id_ in zip(_covering(order.unpaid, chosen), command.spare_ids, strict=False)
    )
    due_at = max((order.payment_due_at, *(p.due_at for p in payments if p.due_at and not p.authorized)))
    tried = c.OrderResubmitted(attempt=attempt, payments=payments, payment_due_at=due_at)
    return followed(order, [tried], command.at, command.spare_ids[len(payments) :])


def _covering(total: int, chosen: Sequence[Payment]) -> list[Payment]:
    """The same instruments for what the order costs now, should it have been edited since they were chosen."""
    amounts = share_out(total, [payment.amount for payment in chosen])
    return [replace(payment, amount=amount) for payment, amount in zip(chosen, amounts, strict=True) if amount]


def _record(order: Order, command: c.RecordAnswer) -> Decision[c.OrderEvent]:
    """An answer about a settled or an unknown transaction was told before, or is none of ours."""
    found = order.entry(command.transaction_id)
    if found is None or found[1].settled:
        return []
    payment, before = found
    after = settle(before, _answer(before, command))
    if after == before:
        return []
    happened: list[c.OrderEvent] = [_TOLD[after.kind, after.status](payment_id=payment.id, transaction=after)]
    if after.kind is TransactionKind.AUTHORIZE and after.settled:
        happened += _led_to(evolved(order, happened), payment, after)
    return [*happened, *voids(evolved(order, happened), command.at, command.spare_ids)]


_TOLD: Final[Mapping[tuple[TransactionKind, TransactionStatus], Callable[..., c.OrderEvent]]] = {
    (TransactionKind.AUTHORIZE, TransactionStatus.SUCCEEDED): c.PaymentAuthorized,
    (TransactionKind.AUTHORIZE, TransactionStatus.FAILED): c.PaymentDeclined,
    (TransactionKind.AUTHORIZE, TransactionStatus.ACTION_REQUIRED): c.PaymentActionRequired,
    (TransactionKind.AUTHORIZE, TransactionStatus.PENDING): c.PaymentDelayed,
    (TransactionKind.AUTHORIZE, TransactionStatus.UNKNOWN): c.PaymentUnknown,
    (TransactionKind.VOID, TransactionStatus.SUCCEEDED): c.PaymentVoided,
    (TransactionKind.VOID, TransactionStatus.UNKNOWN): c.PaymentVoidPending,
}


def _answer(entry: Transaction, command: c.RecordAnswer) -> Answer:
    """There is no taking no for an answer when money is to be let go: it is asked again until it is."""
    through = isinstance(command.answer, Approved)
    return command.answer if through or entry.kind is TransactionKind.AUTHORIZE else Unanswered()


def _led_to(order: Order, payment: Payment, entry: Transaction) -> list[c.OrderEvent]:
    """Only the present attempt of an order that waits for it moves the order (T3, T4): a late answer raises nobody."""
    if order.state is not OrderState.PENDING or not wanted(order, payment):
        return []
    if entry.status is TransactionStatus.FAILED:
        return [c.OrderPaymentRejected()]
    return [c.OrderConfirmed()] if secured(order) else []


def _give_up(order: Order, command: c.GiveUpPayment) -> Decision[c.OrderEvent]:
    """An order for which some money has come in is left to people."""
    if order.state not in UNPAID or command.at < order.payment_due_at or order.received:
        return []
    if order.unresolved:
        return refuse(r.PaymentUnresolved())
    return _canceled(order, PAYMENT_TIMEOUT, command)


def _canceled(
    order: Order, reason: str, command: c.CancelWhole | c.GiveUpPayment, refund: RefundChoice = RefundChoice.LATER
) -> list[c.OrderEvent]:
    """Money that is held is let go; what a bank has not answered yet is let go when it answers."""
    canceled = c.OrderCanceled(reason=reason, version=order.version + 1, refund=_promised(order, 0, refund))
    return [canceled, *voids(evolve(order, canceled), command.at, command.spare_ids)]


def _promised(order: Order, owed: int, refund: RefundChoice) -> int:
    return order.beyond(owed) if refund is RefundChoice.ORIGINAL else 0


def _against_canceling_units(order: Order, command: c.CancelUnits) -> Iterator[Refusal]:
    yield from against_canceling(order, command.at, by_customer=command.by_customer)
    if order.state is OrderState.PENDING and order.unresolved:
        yield PaymentBeingDecided()


def _without_units(order: Order, command: c.CancelUnits) -> Iterator[c.OrderEvent]:
    """What is authorized stays: later captures take the new total. Instructions that were made for the old one go."""
    yield c.OrderLinesCanceled(
        reason=command.reason,
        units=command.units,
        total_before=order.total,
        total=command.total,
        version=order.version + 1,
        refund=_promised(order, command.total, command.refund),
    )
    if order.prepared:
        yield c.PaymentInstructionsChanged(payments=())
