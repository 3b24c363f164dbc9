"""Reminding customers who have something to pay: of an order whose payment was declined (S0-27), and of what an edit has left
due, or dividing an order. A few times, and only while they have done nothing.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from commerce_api.domain.order import Order, awaits_balance, awaits_new_payment
from commerce_api.operations import order_mail
from commerce_api.operations.execute import execute
from commerce_api.operations.services import Services
from commerce_api.persistence.stores.order_edits import EditStore
from commerce_api.persistence.stores.orders import OrderStore
from commerce_api.persistence.unit_of_work import UnitOfWork

TOPIC: Final = "payments.remind"
BALANCE: Final = "payments.remind-balance"
MOST_LATE: Final = timedelta(hours=6)
"""Once no worker has run for longer, a reminder is left out rather than sent together with the next, or a cancellation."""


async def schedule(uow: UnitOfWork, order: Order) -> None:
    """For an attempt that was declined just now. None comes when the order is about to be canceled anyway."""
    for hours in order.retries.reminder_hours:
        due_at = uow.by.at + timedelta(hours=hours)
        if due_at < order.payment_due_at:
            subject = {"order_id": order.id, "attempt": order.attempts, "hours": hours, "due_at": due_at}
            key = f"remind:{order.id}:{order.attempts}:{hours}"
            uow.outbox.put(TOPIC, subject, dedupe_key=key, due_at=due_at)


async def schedule_balance(uow: UnitOfWork, order: Order) -> None:
    """For what the order owes since it was edited last, or split off. Asked once more for the same, nothing is added."""
    edit_id = await EditStore(uow).last_of(order.id)
    for hours in order.retries.reminder_hours:
        due_at = uow.by.at + timedelta(hours=hours)
        subject = {"order_id": order.id, "edit_id": edit_id, "hours": hours, "due_at": due_at}
        key = f"remind-balance:{edit_id or order.id}:{hours}"
        uow.outbox.put(BALANCE, subject, dedupe_key=key, due_at=due_at)


async def handle(services: Services, payload: Mapping[str, Any]) -> None:
    desk = services.desk
    await execute(desk.database, desk.by(payload["dedupe_key"]), _remind, payload)


async def _remind(uow: UnitOfWork, payload: Mapping[str, Any]) -> None:
    order = await OrderStore(uow).get(UUID(payload["order_id"]))
    if order and not _late(uow, payload) and awaits_new_payment(order, payload["attempt"]):
        await order_mail.payment_reminder(uow, order, payload["hours"])


async def handle_balance(services: Services, payload: Mapping[str, Any]) -> None:
    desk = services.desk
    await execute(desk.database, desk.by(payload["dedupe_key"]), _remind_of_balance, payload)


async def _remind_of_balance(uow: UnitOfWork, payload: Mapping[str, Any]) -> None:
    """A later edit has reminders of its own, or has left nothing due."""
    order = await OrderStore(uow).get(UUID(payload["order_id"]))
    if order is None or _late(uow, payload) or not awaits_balance(order):
        return
    edit_id = UUID(payload["edit_id"]) if payload["edit_id"] else None
    if await EditStore(uow).last_of(order.id) == edit_id:
        await order_mail.balance_due(uow, order, f"{edit_id or 'split'}:{payload['hours']}", beside=True)


def _late(uow: UnitOfWork, payload: Mapping[str, Any]) -> bool:
    return uow.by.at - datetime.fromisoformat(payload["due_at"]) > MOST_LATE
