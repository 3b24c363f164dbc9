"""Deciding about orders, and what the decisions make of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from functools import reduce
from typing import Final, assert_never

from commerce_api.domain.decision import Decision, Refusal, Refused, refuse
from commerce_api.domain.money import share_out
from commerce_api.domain.order import commands as c
from commerce_api.domain.order.cancel_reasons import PAYMENT_TIMEOUT
from commerce_api.domain.order.cancelable import PaymentBeingDecided, against_canceling
from commerce_api.domain.order.state import Order, OrderState, secured, to_void
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

_UNPAID: Final = frozenset({OrderState.PENDING, OrderState.PAYMENT_REJECTED})


class OrderAction(StrEnum):
    """What can be done to an order."""

    UPDATE_PAYMENT = "UPDATE_PAYMENT"
    RESUBMIT = "RESUBMIT"
    CANCEL = "CANCEL"
    CLONE = "CLONE"


def decide(order: Order, command: c.OrderCommand) -> Decision[c.OrderEvent]:
    match command:
        case c.RecordAnswer():
            return _record(order, command)
        case c.ReplaceInstructions(payments=payments):
            reasons = tuple(_against_new_payment(order))
            return Refused(reasons=reasons) if reasons else [c.PaymentInstructionsChanged(payments=payments)]
        case c.Resubmit():
            reasons = tuple(_against_resubmitting(order, command.at))
            return Refused(reasons=reasons) if reasons else [_resubmitted(order, command)]
        case c.CancelWhole():
            reasons = tuple(against_canceling(order, command.at, by_customer=command.by_customer))
            return Refused(reasons=reasons) if reasons else _canceled(order, command.reason, command)
        case c.CancelUnits():
            reasons = tuple(_against_canceling_units(order, command))
            return Refused(reasons=reasons) if reasons else [*_without_units(order, command)]
        case c.GiveUpPayment():
            return _give_up(order, command)
        case _:
            assert_never(command)


def actions(order: Order, at: datetime, *, by_customer: bool = True) -> Mapping[OrderAction, tuple[Refusal, ...]]:
    """Every action with what stands against it, by the rules that also decide (K14)."""
    return {
        OrderAction.UPDATE_PAYMENT: tuple(_against_new_payment(order)),
        OrderAction.RESUBMIT: tuple(_against_resubmitting(order, at)),
        OrderAction.CANCEL: tuple(against_canceling(order, at, by_customer=by_customer)),
        OrderAction.CLONE: (),
    }


def awaits_new_payment(order: Order, attempt: int) -> bool:
    """Whether nothing was done since this attempt was declined, although something can be."""
    waiting = order.state is OrderState.PAYMENT_REJECTED and order.attempts == attempt
    return waiting and not tuple(_against_new_payment(order))


def _against_new_payment(order: Order) -> Iterator[Refusal]:
    if order.state not in _UNPAID:
        yield c.PaymentNotOpen()
    elif order.unresolved:
        yield c.PaymentUnresolved()
    elif order.attempts >= order.retries.limit:
        yield c.PaymentAttemptsExhausted(most=order.retries.limit)


def _against_resubmitting(order: Order, at: datetime) -> Iterator[Refusal]:
    against = tuple(_against_new_payment(order))
    yield from against
    if not against and order.retry_from and at < order.retry_from:
        yield c.PaymentTooSoon(retry_from=order.retry_from)
    if order.state is OrderState.PENDING and not order.prepared:
        yield c.PaymentNotOpen()
    if not order.prepared and any(_declined_for_good(payment) for payment in order.attempted):
        yield c.PaymentMethodDeclined()


def _declined_for_good(payment: Payment) -> bool:
    latest = payment.authorization
    return latest is not None and latest.code is not None and latest.code.hard


def _resubmitted(order: Order, command: c.Resubmit) -> c.OrderEvent:
    """The new attempt: one request for each instruction."""
    attempt, chosen = order.attempts + 1, order.prepared
    if not chosen:
        renewed = zip(order.attempted, command.payment_ids, strict=False)
        chosen = tuple(replace(p, id=id_, attempt=attempt, transactions=()) for p, id_ in renewed)
    payments = (
        requested(replace(p, attempt=attempt), id_, command.at)
        for p, id_ in zip(_covering(order.total, chosen), command.spare_ids, strict=False)
    )
    return c.OrderResubmitted(attempt=attempt, payments=tuple(payments))


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
    return [*happened, *_voids(evolved(order, happened), command)]


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
    if order.state is not OrderState.PENDING or payment.attempt != order.attempts:
        return []
    if entry.status is TransactionStatus.FAILED:
        return [c.OrderPaymentRejected()]
    return [c.OrderConfirmed()] if secured(order) else []


def _give_up(order: Order, command: c.GiveUpPayment) -> Decision[c.OrderEvent]:
    if order.state not in _UNPAID:
        return []
    if order.unresolved:
        return refuse(c.PaymentUnresolved())
    return _canceled(order, PAYMENT_TIMEOUT, command)


def _canceled(order: Order, reason: str, command: c.CancelWhole | c.GiveUpPayment) -> list[c.OrderEvent]:
    """Money that is held is let go; what a bank has not answered yet is let go when it answers."""
    canceled = c.OrderCanceled(reason=reason, version=order.version + 1)
    return [canceled, *_voids(evolve(order, canceled), command)]


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
    )
    if order.prepared:
        yield c.PaymentInstructionsChanged(payments=())


def _voids(order: Order, command: c.RecordAnswer | c.CancelWhole | c.GiveUpPayment) -> Iterator[c.OrderEvent]:
    for payment, id_ in zip(to_void(order), command.spare_ids, strict=False):
        entry = Transaction(
            id=id_,
            kind=TransactionKind.VOID,
            status=TransactionStatus.REQUESTED,
            amount=payment.authorized,
            at=command.at,
        )
        yield c.PaymentVoidRequested(payment_id=payment.id, transaction=entry)


def evolve(order: Order, event: c.OrderEvent) -> Order:
    match event:
        case c.OrderConfirmed():
            return replace(order, state=OrderState.CONFIRMED)
        case c.OrderPaymentRejected():
            return replace(order, state=OrderState.PAYMENT_REJECTED)
        case c.OrderCanceled(reason=reason, version=version):
            return replace(order, state=OrderState.CANCELED, cancel_reason=reason, version=version)
        case c.OrderLinesCanceled(total=total, version=version):
            return replace(order, total=total, version=version)
        case c.PaymentInstructionsChanged(payments=payments):
            tried = tuple(p for p in order.payments if p.attempt <= order.attempts)
            return replace(order, payments=(*tried, *payments))
        case c.OrderResubmitted(attempt=attempt, payments=payments):
            tried = tuple(p for p in order.payments if p.attempt < attempt)
            return replace(order, state=OrderState.PENDING, attempts=attempt, payments=(*tried, *payments))
        case _:
            payments = tuple(_with(p, event.transaction) if p.id == event.payment_id else p for p in order.payments)
            return replace(order, payments=payments)


def evolved(order: Order, events: Sequence[c.OrderEvent]) -> Order:
    return reduce(evolve, events, order)


def _with(payment: Payment, entry: Transaction) -> Payment:
    """The ledger with this entry added, or changed if it is there."""
    if all(t.id != entry.id for t in payment.transactions):
        return replace(payment, transactions=(*payment.transactions, entry))
    return replace(payment, transactions=tuple(entry if t.id == entry.id else t for t in payment.transactions))
