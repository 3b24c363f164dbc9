"""One placed order made two (S1-09).

Nothing is asked of a bank: what is set aside, and what has come in, is shared between the two orders in their ledgers. The
original keeps what it costs, and hands over what it does not need: nothing is held twice, and nothing that is held is lost (D13).
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import ClassVar, Final
from uuid import UUID

from commerce_api.domain import blocks
from commerce_api.domain.blocks import Block
from commerce_api.domain.decision import Refusal
from commerce_api.domain.ids import OrderId, PaymentId, TransactionId
from commerce_api.domain.money import share_out
from commerce_api.domain.order.commands import OrderEvent
from commerce_api.domain.order.evolving import evolved
from commerce_api.domain.order.refusals import PaymentUnresolved
from commerce_api.domain.order.split_events import (
    OrderSplit,
    PaymentHandedOver,
    PaymentTakenOver,
    SplitShipping,
    SplitUnits,
)
from commerce_api.domain.order.state import Order, OrderState, unanswered, wanted
from commerce_api.domain.payment import Payment, PaymentUse, Transaction, TransactionKind, TransactionStatus
from commerce_api.domain.value import replace, value

SPLITTABLE: Final = frozenset({OrderState.CONFIRMED})
"""Its payment is secured, and nothing of it is on its way."""


@value
class SplitOrder:
    """`total` is what the rest costs, `split_total` what the other order does."""

    into_id: OrderId
    into_number: str
    shipping: SplitShipping
    reason: str
    units: tuple[SplitUnits, ...]
    total: int
    split_total: int
    at: datetime


@value
class Split:
    """What happened to the original, and the other order with what happened to that."""

    events: list[OrderEvent]
    child: Order
    child_events: list[OrderEvent]


@value
class OrderNotSplittable(Refusal):
    """An order in this state cannot be split: it is not paid yet, or it is on its way, or over."""

    staff_only: ClassVar[bool] = True

    state: OrderState


def against_splitting(order: Order, held_up: Iterable[Block]) -> tuple[Refusal, ...]:
    """Whether anybody can split it at all."""
    if order.state not in SPLITTABLE:
        return (OrderNotSplittable(state=order.state),)
    if order.unresolved or unanswered(payment for payment in order.payments if wanted(order, payment)):
        return (PaymentUnresolved(),)
    return blocks.against(held_up, blocks.Stop.EDIT)


def split_off(order: Order, command: SplitOrder, new_ids: Iterator[UUID]) -> Split:
    shares = list(_shares(order, command, new_ids))
    child = _child(order, command, shares)
    told = OrderSplit(
        from_id=order.id,
        from_number=order.number,
        into_id=child.id,
        into_number=child.number,
        shipping=command.shipping,
        reason=command.reason,
        units=command.units,
        total_before=order.total,
        total=command.total,
        version=order.version + 1,
    )
    first = replace(told, total_before=None, total=child.total, version=child.version)
    handed = [PaymentHandedOver(payment_id=share.of.id, transaction=share.handed) for share in shares]
    taken = [PaymentTakenOver(payment_id=share.into.id, transaction=share.taken) for share in shares]
    return Split(events=[told, *handed], child=evolved(child, taken), child_events=[first, *taken])


@value
class _Share:
    """What a payment gives, and the payment `into` which it goes."""

    of: Payment
    into: Payment
    handed: Transaction
    taken: Transaction


def _shares(order: Order, command: SplitOrder, new_ids: Iterator[UUID]) -> Iterator[_Share]:
    """Of what is set aside, then of what has come in, as much as the original does not need and the other order does."""
    held = {p.id: p.held if _secures(order, p) else 0 for p in order.payments}
    paid = {p.id: max(0, p.captured) for p in order.payments}
    needed = min(command.split_total, max(0, sum(held.values()) + sum(paid.values()) - command.total))
    of_held = min(needed, sum(held.values()))
    from_held, from_paid = share_out(of_held, [*held.values()]), share_out(needed - of_held, [*paid.values()])
    for payment, of_this, moved in zip(order.payments, from_held, from_paid, strict=True):
        into = _into(order, payment, PaymentId(next(new_ids)), of_this + moved)
        for kind, amount in ((TransactionKind.HAND_OVER, of_this), (TransactionKind.MOVE_OUT, moved)):
            if amount:
                handed = _handed(payment, kind, amount, command, TransactionId(next(new_ids)))
                taken = replace(handed, id=TransactionId(next(new_ids)), kind=_TAKING[kind])
                yield _Share(of=payment, into=into, handed=handed, taken=taken)


def _secures(order: Order, payment: Payment) -> bool:
    """What an earlier attempt holds is being let go."""
    return not payment.voiding and (payment in order.attempted or payment.use is PaymentUse.BALANCE)


def _into(order: Order, payment: Payment, id: PaymentId, amount: int) -> Payment:
    """Whatever it was added for, the other order was never without it."""
    return replace(payment, id=id, amount=amount, use=PaymentUse.ORDER, attempt=order.attempts, transactions=())


_TAKING: Final = {
    TransactionKind.HAND_OVER: TransactionKind.TAKE_OVER,
    TransactionKind.MOVE_OUT: TransactionKind.MOVE_IN,
}


def _handed(
    payment: Payment, kind: TransactionKind, amount: int, command: SplitOrder, id: TransactionId
) -> Transaction:
    source = payment.authorization if kind is TransactionKind.HAND_OVER else None
    return Transaction(
        id=id,
        kind=kind,
        status=TransactionStatus.SUCCEEDED,
        amount=amount,
        at=command.at,
        reference=source.reference if source else None,
        authorization_id=payment.authorization_key if source else None,
    )


def _child(order: Order, command: SplitOrder, shares: Iterable[_Share]) -> Order:
    """Placed when the original was, and paid with the same attempt."""
    return replace(
        order,
        id=command.into_id,
        number=command.into_number,
        total=command.split_total,
        version=1,
        revision=1,
        payments=tuple({share.into.id: share.into for share in shares}.values()),
    )
