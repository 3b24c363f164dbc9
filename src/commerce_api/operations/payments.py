"""Asking banks: write the intent, commit, call, write the result (D37).

`advance` brings forward whatever is open in an order's ledger. It may run at any time, anywhere, several at once: the
provider knows a request by its key, and an answer that was told before changes nothing.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from commerce_api.adapters.ids import new_id
from commerce_api.domain.decision import NotFound, Refused, refuse
from commerce_api.domain.ids import OrderId, TransactionId
from commerce_api.domain.order import (
    GiveUpPayment,
    Order,
    OrderCanceled,
    OrderEvent,
    OrderPaymentRejected,
    PaymentAuthorized,
    PaymentDeclined,
    PaymentUnresolved,
    PaymentVoidRequested,
    RecordAnswer,
    decide,
    evolved,
    wanted,
)
from commerce_api.domain.order.editing import EditState, OrderEditDiscarded
from commerce_api.domain.payment import (
    Answer,
    AuthorizationRequest,
    DeclineCode,
    Declined,
    Payment,
    PaymentUse,
    Transaction,
    TransactionKind,
    TransactionStatus,
)
from commerce_api.domain.value import value
from commerce_api.operations import block_rules, order_mail, payment_reminders
from commerce_api.operations.execute import execute
from commerce_api.operations.payment_desk import PaymentDesk
from commerce_api.operations.services import Services
from commerce_api.persistence.stores.order_edits import EditStore
from commerce_api.persistence.stores.order_versions import VersionNote
from commerce_api.persistence.stores.order_versions import commit as commit_version
from commerce_api.persistence.stores.orders import Left, OrderStore
from commerce_api.persistence.stores.stock import StockStore
from commerce_api.persistence.unit_of_work import UnitOfWork

ADVANCE: Final = "payments.advance"
TIMEOUT: Final = "payments.timeout"
CHARGE_ANSWERED: Final = "payments.charge-answered"
"""An edit waits for it."""
INLINE_HEAD_START: Final = timedelta(seconds=30)
"""How long the request that has something to pay has for asking the bank itself, before a worker does."""
TIME_TO_CONFIRM: Final = timedelta(hours=1)
"""How long a customer may take at the bank before the attempt counts as abandoned."""
PATIENCE: Final = timedelta(seconds=10)
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=5), timedelta(hours=1)


@value
class Told:
    """What a bank answered about an order, and how the order was `left` by whoever asks, if that is known."""

    order_id: OrderId
    answer: RecordAnswer
    left: Left | None = None


@value
class ProviderMessage:
    """What a provider told by itself; `event_id` is its own."""

    provider: str
    event_id: str
    transaction_id: TransactionId
    answer: Answer


async def advance(desk: PaymentDesk, order_id: OrderId, request_id: str) -> Order | Refused:
    """Ask about everything open, one after another, and look again later if something stays open."""
    return await _advance(desk, await execute(desk.database, desk.by(request_id), load, order_id), request_id)


async def _advance(
    desk: PaymentDesk, order: Order | Refused, request_id: str, left: Left | None = None
) -> Order | Refused:
    asked: set[TransactionId] = set()
    while isinstance(order, Order):
        entry = next((found for found in order.open_entries if found[1].id not in asked), None)
        if entry is None:
            break
        asked.add(entry[1].id)
        answer = await _ask(desk, order, *entry)
        if answer is not None:
            spare_ids = _spare_ids(order.payments)
            told = RecordAnswer(transaction_id=entry[1].id, answer=answer, at=desk.now(), spare_ids=spare_ids)
            command = Told(order_id=order.id, answer=told, left=left)
            order, left = await execute(desk.database, desk.by(request_id), record, command), None
    if isinstance(order, Order) and _waiting(order):
        await execute(desk.database, desk.by(request_id), look_again, order)
    return order


async def advance_now(desk: PaymentDesk, placed: Order | None, request_id: str, known: object = None) -> Order | None:
    """Ask the bank in the request itself, for as long as a customer may be kept waiting. What is not done by then, a worker
    does: the task is in the outbox already. It is `known` of an order that was placed just now how it was `Left`.
    """
    if placed is None or not desk.inline or not any(wanted(placed, payment) for payment, _ in placed.open_entries):
        return None
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            order = await _advance(desk, placed, request_id, known if isinstance(known, Left) else None)
    except TimeoutError:
        return None
    return order if isinstance(order, Order) else None


async def _ask(desk: PaymentDesk, order: Order, payment: Payment, entry: Transaction) -> Answer | None:
    """None if there is nothing to ask: the request was never sent and nobody wants it any more."""
    key = str(entry.id)
    if entry.kind is TransactionKind.VOID:
        part = entry.amount if payment.shared else None
        return await desk.provider.void(key, str(payment.authorization_key), part)
    is_wanted = wanted(order, payment)
    if is_wanted and entry.status is TransactionStatus.REQUESTED:
        return await _send(desk, order, payment, entry)
    found = await desk.provider.find(key)
    if found is None:
        return await _send(desk, order, payment, entry) if is_wanted else await _forget(desk, entry)
    abandoned = entry.status is TransactionStatus.ACTION_REQUIRED and desk.now() - entry.at >= TIME_TO_CONFIRM
    if abandoned and not isinstance(found, Declined):
        return await _abandon(desk, key, found)
    return found


async def _send(desk: PaymentDesk, order: Order, payment: Payment, entry: Transaction) -> Answer:
    """Under its key, so that it is carried out once however often it is sent."""
    return await desk.provider.authorize(_request(payment, entry, order))


async def _forget(desk: PaymentDesk, entry: Transaction) -> Answer | None:
    """It never arrived, and nobody wants it any more. What was sent once is called back, should it still be on its way."""
    if entry.status is TransactionStatus.REQUESTED:
        return None
    await desk.provider.void(f"{entry.id}-called-back", str(entry.id))
    return Declined(reference="", code=DeclineCode.PROCESSING_ERROR)


async def _abandon(desk: PaymentDesk, key: str, found: Answer) -> Answer:
    """Close the bank's page, unless the customer was faster."""
    if settled := await desk.provider.close(key):
        return settled
    return found


def _request(payment: Payment, entry: Transaction, order: Order) -> AuthorizationRequest:
    return AuthorizationRequest(
        key=str(entry.id), card_token=payment.card_token or "", amount=entry.amount, currency=order.currency
    )


def _spare_ids(payments: tuple[Payment, ...]) -> tuple[TransactionId, ...]:
    return tuple(TransactionId(new_id()) for _ in payments)


def _waiting(order: Order) -> bool:
    """Requests of a dead attempt that were never sent stay as they are."""
    return any(
        entry.status is not TransactionStatus.REQUESTED or entry.kind is TransactionKind.VOID
        for _, entry in order.open_entries
    )


async def load(uow: UnitOfWork, order_id: OrderId) -> Order | Refused:
    return await OrderStore(uow).get(order_id) or refuse(NotFound())


async def record(uow: UnitOfWork, told: Told) -> Order | Refused:
    """Write down an answer and what follows from it."""
    orders = OrderStore(uow)
    known = told.left if not uow.careful else None
    order = orders.as_left(known) if known else await orders.get(told.order_id)
    if order is None:
        return refuse(NotFound())
    decided = decide(order, told.answer)
    return decided if isinstance(decided, Refused) else await save(uow, orders, order, decided)


async def save(
    uow: UnitOfWork,
    orders: OrderStore,
    order: Order,
    events: list[OrderEvent],
    note: VersionNote | None = None,
    *,
    beside: Sequence[Any] = (),
) -> Order:
    """Keep a decision with everything that must happen because of it. The `note` is for the version that it makes; what
    stands `beside` is recorded with it.
    """
    after = evolved(order, events)
    if not events:
        return after
    await orders.save(order, after, events, [*beside, *await block_rules.following(uow, after, events)])
    if after.payment_due_at != order.payment_due_at:
        await watch(uow, after)
    for event in events:
        match event:
            case OrderPaymentRejected():
                await order_mail.payment_rejected(uow, after)
                await payment_reminders.schedule(uow, after)
            case OrderCanceled(reason=reason, refund=refund):
                await StockStore(uow.connection, uow.by).release_order(after.id)
                note = note or VersionNote(reason=reason)
                await commit_version(uow, after.id, replace(note, total_before=order.total))
                await _close_edit(uow, after.id)
                await order_mail.canceled(uow, after, refund, note.addressee)
            case PaymentVoidRequested():
                uow.outbox.put(ADVANCE, {"order_id": after.id}, dedupe_key=f"void:{event.transaction.id}")
            case PaymentAuthorized() | PaymentDeclined():
                await _answered(uow, after, event)
            case _:
                pass
    return replace(after, revision=order.revision + 1)


async def _answered(uow: UnitOfWork, order: Order, event: PaymentAuthorized | PaymentDeclined) -> None:
    """An edit goes on with it, or its customer gets another link to pay the rest with."""
    payment = next(payment for payment in order.payments if payment.id == event.payment_id)
    if payment.use is PaymentUse.EDIT:
        subject = {"order_id": order.id}
        uow.outbox.put(CHARGE_ANSWERED, subject, dedupe_key=f"charge-answered:{event.transaction.id}")
    elif payment.use is PaymentUse.BALANCE and isinstance(event, PaymentDeclined) and order.balance > 0:
        await order_mail.balance_due(uow, order, str(event.transaction.id), declined=True)


async def ask(uow: UnitOfWork, order_id: OrderId, dedupe_key: str, *, inline: bool) -> None:
    """Have the bank asked after the commit: by this request, or else by a worker."""
    due_at = uow.by.at + INLINE_HEAD_START if inline else uow.by.at
    uow.outbox.put(ADVANCE, {"order_id": order_id}, dedupe_key=dedupe_key, due_at=due_at)


async def _close_edit(uow: UnitOfWork, order_id: OrderId) -> None:
    """Of what is canceled nobody goes on making a next version."""
    if found := await EditStore(uow).open_of(order_id):
        edit = replace(found[0], state=EditState.DISCARDED)
        await EditStore(uow).save(edit)
        await StockStore(uow.connection, uow.by).release_cart(edit.draft_id)
        await uow.events.record("ORDER", order_id, [OrderEditDiscarded(edit_id=edit.id)])


async def look_again(uow: UnitOfWork, order: Order) -> Order:
    """Later and later, the longer it has been open."""
    oldest = min(entry.at for _, entry in order.open_entries)
    pause = min(max(uow.by.at - oldest, _FIRST_PAUSE), _LONGEST_PAUSE)
    uow.outbox.put(ADVANCE, {"order_id": order.id}, due_at=uow.by.at + pause)
    return order


async def take_in(uow: UnitOfWork, message: ProviderMessage) -> Order | Refused:
    """A provider's message, however late and however often (P3)."""
    orders = OrderStore(uow)
    order_id = await orders.id_of_entry(message.transaction_id)
    order = await orders.get(order_id) if order_id else None
    if order is None:
        return refuse(NotFound())
    if not await orders.take_in(message.provider, message.event_id):
        return order
    spare_ids = tuple(TransactionId(uow.new_id()) for _ in order.payments)
    told = RecordAnswer(transaction_id=message.transaction_id, answer=message.answer, at=uow.by.at, spare_ids=spare_ids)
    decided = decide(order, told)
    return decided if isinstance(decided, Refused) else await save(uow, orders, order, decided)


async def watch(uow: UnitOfWork, order: Order) -> None:
    """Look whether it was paid once its time to pay is over."""
    due_at = order.payment_due_at
    key = f"payment-timeout:{order.id}:{due_at.isoformat()}"
    uow.outbox.put(TIMEOUT, {"order_id": order.id}, dedupe_key=key, due_at=due_at)


async def give_up(uow: UnitOfWork, order_id: OrderId) -> Order | Refused:
    """Cancel an order that was not paid in time; wait on while it is unknown whether it was."""
    orders = OrderStore(uow)
    order = await orders.get(order_id)
    if order is None:
        return refuse(NotFound())
    spare_ids = tuple(TransactionId(uow.new_id()) for _ in order.payments)
    decided = decide(order, GiveUpPayment(at=uow.by.at, spare_ids=spare_ids))
    if isinstance(decided, Refused):
        return decided
    return await save(uow, orders, order, decided)


async def handle_advance(services: Services, payload: Mapping[str, Any]) -> None:
    await advance(services.desk, OrderId(UUID(payload["order_id"])), payload["dedupe_key"])


async def handle_timeout(services: Services, payload: Mapping[str, Any]) -> None:
    desk, order_id = services.desk, OrderId(UUID(payload["order_id"]))
    outcome = await execute(desk.database, desk.by(payload["dedupe_key"]), give_up, order_id)
    if isinstance(outcome, Refused) and any(isinstance(reason, PaymentUnresolved) for reason in outcome.reasons):
        raise TimeoutError("it is not known yet whether the order was paid")  # so that the worker comes back to it
