"""Money that has come in without a bank's being asked, or was given back, as those record it who see the account (T3, D8)."""

from datetime import datetime, timedelta
from uuid import UUID

from commerce_api.domain.actor import Forbidden
from commerce_api.domain.channel import Channel
from commerce_api.domain.decision import (
    Caution,
    Done,
    NotFound,
    Notice,
    Refused,
    check_revision,
    overruled,
    refuse,
    unheeded,
)
from commerce_api.domain.ids import OrderId, PaymentId, TransactionId
from commerce_api.domain.order import (
    DueAgain,
    Order,
    Overpaid,
    RecordedBefore,
    RecordMoney,
    RecordRefund,
    ReverseMoney,
    Underpaid,
    decide,
    due_again,
    recorded_before,
)
from commerce_api.domain.payment import PaymentMethodKind, TransactionKind
from commerce_api.domain.payment_offers import offer_of
from commerce_api.domain.permissions import Permission
from commerce_api.domain.value import value
from commerce_api.operations import order_mail, payments
from commerce_api.operations.paying import in_other_currency
from commerce_api.persistence.readers.channels import channel_by_id
from commerce_api.persistence.stores.orders import OrderStore
from commerce_api.persistence.unit_of_work import UnitOfWork


@value
class RecordPayment:
    """`payment_id` None: for whichever payment waits for money."""

    order_id: OrderId | None
    payment_id: PaymentId | None
    amount: int
    currency: str
    reference: str
    received_at: datetime
    expected_revision: int | None
    acknowledge: frozenset[str]


@value
class RefundPayment:
    """`payment_id` None: of the payment that was overpaid."""

    order_id: OrderId | None
    payment_id: PaymentId | None
    amount: int
    currency: str
    reference: str
    refunded_at: datetime
    expected_revision: int | None
    acknowledge: frozenset[str]


@value
class ReversePayment:
    transaction_id: TransactionId | None
    reason: str


async def record(uow: UnitOfWork, command: RecordPayment) -> Done[Order] | Refused:
    orders = OrderStore(uow)
    order = await _of(uow, orders, command)
    if isinstance(order, Refused):
        return order
    cautions = [RecordedBefore()] if recorded_before(order, command.amount, command.reference) else []
    if refused := unheeded(cautions, command.acknowledge):
        return refused
    recording = RecordMoney(
        id=TransactionId(uow.new_id()),
        amount=command.amount,
        reference=command.reference,
        received_at=command.received_at,
        at=uow.by.at,
        payment_id=command.payment_id,
        new_payment_id=PaymentId(uow.new_id()),
        spare_ids=_spare_ids(uow, order),
    )
    decided = decide(order, recording)
    if isinstance(decided, Refused):
        return decided
    after = await payments.save(uow, orders, order, decided, beside=overruled(cautions))
    await order_mail.money_received(uow, after, command.amount, recording.id)
    return Done(result=after, notices=_notices(after))


async def refund(uow: UnitOfWork, command: RefundPayment) -> Done[Order] | Refused:
    """Whoever is owed nothing gets nothing by mistake: that the order has to be paid again is acknowledged."""
    orders = OrderStore(uow)
    order = await _of(uow, orders, command)
    if isinstance(order, Refused):
        return order
    channel = await channel_by_id(uow.connection, order.channel_id)
    giving_back = RecordRefund(
        id=TransactionId(uow.new_id()),
        amount=command.amount,
        reference=command.reference,
        refunded_at=command.refunded_at,
        at=uow.by.at,
        payment_id=command.payment_id,
        due_at=uow.by.at + timedelta(days=_days(channel)),
        spare_ids=_spare_ids(uow, order),
    )
    decided = decide(order, giving_back)
    if isinstance(decided, Refused):
        return decided
    cautions = _cautions(order, command)
    if refused := unheeded(cautions, command.acknowledge):
        return refused
    after = await payments.save(uow, orders, order, decided, beside=overruled(cautions))
    await order_mail.refunded(uow, after, command.amount, giving_back.id)
    return Done(result=after, notices=_notices(after))


def _cautions(order: Order, command: RefundPayment) -> list[Caution]:
    found: list[Caution] = []
    if recorded_before(order, command.amount, command.reference, TransactionKind.REFUND):
        found.append(RecordedBefore())
    if due := due_again(order, command.amount):
        found.append(DueAgain(amount=due, currency=order.currency))
    return found


async def reverse(uow: UnitOfWork, command: ReversePayment) -> Done[Order] | Refused:
    """The order whose money it was waits for it again, for as long as a transfer may take."""
    orders = OrderStore(uow)
    order_id = await orders.id_of_entry(command.transaction_id) if command.transaction_id else None
    order = await orders.get(order_id) if order_id else None
    if order is None or command.transaction_id is None:
        return refuse(NotFound(path=("transactionId",)))
    if refused := _against(uow, order, None):
        return refused
    channel = await channel_by_id(uow.connection, order.channel_id)
    taking_back = ReverseMoney(
        id=TransactionId(uow.new_id()),
        recorded=command.transaction_id,
        reason=command.reason,
        at=uow.by.at,
        due_at=uow.by.at + timedelta(days=_days(channel)),
        spare_ids=_spare_ids(uow, order),
    )
    decided = decide(order, taking_back)
    if isinstance(decided, Refused):
        return decided
    after = await payments.save(uow, orders, order, decided)
    return Done(result=after, notices=_notices(after))


def _days(channel: Channel) -> int:
    offer = offer_of(channel.payment_offers, PaymentMethodKind.BANK_TRANSFER)
    return offer.days if offer and offer.days else channel.payment_retry_days


async def load(uow: UnitOfWork, id: UUID) -> Order | Refused:
    """The order that an earlier request was about."""
    return await OrderStore(uow).get(id) or refuse(NotFound())


async def _of(uow: UnitOfWork, orders: OrderStore, command: RecordPayment | RefundPayment) -> Order | Refused:
    """The order whose money it is, as it was seen."""
    order = await orders.get(command.order_id) if command.order_id else None
    if order is None:
        return refuse(NotFound(path=("orderId",)))
    if refused := _against(uow, order, command.expected_revision):
        return refused
    reason = in_other_currency(command.currency, order.currency)
    return refuse(reason) if reason else order


def _against(uow: UnitOfWork, order: Order, expected_revision: int | None) -> Refused | None:
    """Whoever sees an order does not record its money in every channel."""
    if not uow.by.actor.may_in(Permission.RECORD_PAYMENTS, order.channel_id):
        return refuse(Forbidden())
    return check_revision(order.revision, expected_revision)


def _spare_ids(uow: UnitOfWork, order: Order) -> tuple[TransactionId, ...]:
    return tuple(TransactionId(uow.new_id()) for _ in range(len(order.payments) + 1))


def _notices(order: Order) -> tuple[Notice, ...]:
    """What has come in is compared with what is owed, not with what is promised or set aside."""
    beyond = order.received - order.owed
    if beyond > 0:
        return (Overpaid(amount=beyond, currency=order.currency),)
    return (Underpaid(amount=-beyond, currency=order.currency),) if beyond < 0 else ()
