"""Paying what an order costs beside what is held for it: the balance of a confirmed one, and what a change of it costs more.

A change that is charged for waits until the bank has answered. Then it takes place, or the money is let go.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Final

from commerce_api.domain.decision import Decision, Refusal, Refused
from commerce_api.domain.ids import PaymentId
from commerce_api.domain.money import share_out
from commerce_api.domain.order import commands as c
from commerce_api.domain.order import refusals as r
from commerce_api.domain.order.state import (
    Order,
    OrderState,
    superfluous,
    topped_up,
    topping_up_from,
    tries,
    unanswered,
)
from commerce_api.domain.payment import Payment, PaymentUse, TransactionStatus, requested
from commerce_api.domain.value import replace

_OWING: Final = frozenset({OrderState.CONFIRMED, OrderState.IN_FULFILLMENT})


def pay_balance(order: Order, command: c.PayBalance) -> Decision[c.OrderEvent]:
    if reasons := tuple(against_paying(order, command.at)):
        return Refused(reasons=reasons)
    payments = _submitted(order, PaymentUse.BALANCE, command)
    return _refused(order, payments) or [c.OrderBalanceSubmitted(payments=payments)]


def charge_for_edit(order: Order, command: c.ChargeForEdit) -> Decision[c.OrderEvent]:
    if reasons := tuple(_against_asking(order, command.at)):
        return Refused(reasons=reasons)
    payments = _submitted(order, PaymentUse.EDIT, command)
    return _refused(order, payments) or [c.OrderEditCharged(payments=payments)]


def keep_charge(order: Order) -> list[c.OrderEvent]:
    """The change took place, at this cost: all other ways to pay that were prepared for the old one go."""
    kept: list[c.OrderEvent] = [c.PaymentsCounted(payment_ids=tuple(payment.id for payment in order.charged))]
    return [*kept, c.PaymentInstructionsChanged(payments=())] if order.prepared else kept


def dropped(payments: Sequence[Payment]) -> list[c.OrderEvent]:
    """Nobody wants these any more. Who asks lets go of what they hold."""
    return [c.PaymentsDropped(payment_ids=tuple(payment.id for payment in payments))] if payments else []


def surplus(order: Order) -> list[c.OrderEvent]:
    """Held money that the order can do without, as far as whole payments can."""
    return dropped(superfluous(order))


def against_paying(order: Order, at: datetime) -> Iterator[Refusal]:
    if not _owing(order):
        yield r.PaymentNotOpen()
    else:
        yield from _against_asking(order, at)


def awaits_balance(order: Order) -> bool:
    """Whether something is left to pay, and no bank is being asked for it."""
    return _owing(order) and not _asking(order)


def _asking(order: Order) -> bool:
    return bool(order.charged) or unanswered(topped_up(order))


def _owing(order: Order) -> bool:
    return order.state in _OWING and order.balance > 0


def _against_asking(order: Order, at: datetime) -> Iterator[Refusal]:
    """Until it is known what came of the last attempt there is no other, and failures follow each other slower and slower."""
    if _asking(order):
        yield r.PaymentUnresolved()
    elif tries(order) >= order.retries.limit:
        yield r.PaymentAttemptsExhausted(most=order.retries.limit)
    elif (then := topping_up_from(order)) and at < then:
        yield r.PaymentTooSoon(retry_from=then)


def holding(order: Order) -> tuple[Payment, ...]:
    """The instruments that hold money for the order."""
    return tuple(payment for payment in order.payments if payment.held > 0 and not payment.voiding)


def as_before(order: Order, due: int, new_id: Callable[[], PaymentId]) -> tuple[Payment, ...]:
    """So much more by the instruments that hold money for the order, each in proportion to what it holds."""
    same = holding(order)
    amounts = share_out(due, [payment.held for payment in same]) if same else []
    return tuple(
        replace(payment, id=new_id(), amount=amount, transactions=())
        for payment, amount in zip(same, amounts, strict=True)
        if amount
    )


def _submitted(order: Order, use: PaymentUse, command: c.PayBalance | c.ChargeForEdit) -> tuple[Payment, ...]:
    attempt = max((payment.attempt for payment in order.payments), default=0) + 1
    first = max((payment.position for payment in order.payments), default=-1) + 1
    return tuple(
        requested(replace(payment, attempt=attempt, position=position, use=use), id_, command.at)
        for position, (payment, id_) in enumerate(zip(command.payments, command.spare_ids, strict=False), first)
    )


def _refused(order: Order, payments: Sequence[Payment]) -> Refused | None:
    """Whether the bank need not be asked at all."""
    if not payments:
        return Refused(reasons=(r.PaymentMethodMissing(),))
    if any(payment.use is PaymentUse.EDIT and payment.authorization is None for payment in payments):
        return Refused(reasons=(r.NotChargedAtOnce(path=("instructions",)),))
    declined = {payment.card_token for payment in topped_up(order) if _declined_for_good(payment)}
    again = declined.intersection(payment.card_token for payment in payments if payment.asks_a_bank)
    return Refused(reasons=(r.PaymentMethodDeclined(),)) if again else None


def _declined_for_good(payment: Payment) -> bool:
    latest = payment.authorization
    return latest is not None and latest.code is not None and latest.code.hard


def charge_failed(order: Order) -> Payment | None:
    """The first of what is being asked for a change that was declined."""
    return next(
        (p for p in order.charged if p.authorization and p.authorization.status is TransactionStatus.FAILED), None
    )


def charge_complete(order: Order) -> bool:
    return all(p.authorization and p.authorization.status is TransactionStatus.SUCCEEDED for p in order.charged)


def evolve(order: Order, event: c.TopUpEvent) -> Order:
    match event:
        case c.OrderBalanceSubmitted(payments=payments):
            return replace(order, payments=(*map(_superseded, order.payments), *payments))
        case c.OrderEditCharged(payments=payments):
            return replace(order, payments=(*map(_superseded, order.payments), *payments))
        case c.PaymentsCounted(payment_ids=ids):
            return _used(order, ids, PaymentUse.BALANCE)
        case c.PaymentsDropped(payment_ids=ids):
            return _used(order, ids, PaymentUse.DROPPED)


def _used(order: Order, ids: Sequence[object], use: PaymentUse) -> Order:
    return replace(order, payments=tuple(replace(p, use=use) if p.id in ids else p for p in order.payments))


def _superseded(payment: Payment) -> Payment:
    """What the customer has not confirmed is not wanted any more once there is another attempt."""
    open_ = payment.authorization and not payment.authorization.settled
    return replace(payment, use=PaymentUse.DROPPED) if open_ and payment.use is PaymentUse.BALANCE else payment
