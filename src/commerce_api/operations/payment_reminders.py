"""Reminding customers of an order whose payment was declined (S0-27): a few times, and only while they have done nothing."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from commerce_api.domain.order import Order, awaits_new_payment
from commerce_api.operations import order_mail
from commerce_api.operations.execute import execute
from commerce_api.operations.services import Services
from commerce_api.persistence.stores.orders import OrderStore
from commerce_api.persistence.unit_of_work import UnitOfWork

TOPIC: Final = "payments.remind"
MOST_LATE: Final = timedelta(hours=6)
"""Once no worker has run for longer, a reminder is left out rather than sent together with the next, or a cancellation."""


async def schedule(uow: UnitOfWork, order: Order) -> None:
    """For an attempt that was declined just now. None comes when the order is about to be canceled anyway."""
    for hours in order.retries.reminder_hours:
        due_at = uow.by.at + timedelta(hours=hours)
        if due_at < order.payment_due_at:
            subject = {"order_id": order.id, "attempt": order.attempts, "hours": hours, "due_at": due_at}
            key = f"remind:{order.id}:{order.attempts}:{hours}"
            await uow.outbox.put(TOPIC, subject, dedupe_key=key, due_at=due_at)


async def handle(services: Services, payload: Mapping[str, Any]) -> None:
    desk = services.desk
    await execute(desk.database, desk.by(payload["dedupe_key"]), _remind, payload)


async def _remind(uow: UnitOfWork, payload: Mapping[str, Any]) -> None:
    order = await OrderStore(uow).get(UUID(payload["order_id"]))
    late = uow.by.at - datetime.fromisoformat(payload["due_at"]) > MOST_LATE
    if order and not late and awaits_new_payment(order, payload["attempt"]):
        await order_mail.payment_reminder(uow, order, payload["hours"])
