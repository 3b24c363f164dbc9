"""What customers are told by mail about their orders. Each is queued in the transaction it tells of (D21)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from commerce_api.domain.currency import DIGITS
from commerce_api.domain.ids import TransactionId
from commerce_api.domain.money import decimal_of
from commerce_api.domain.notify import Addressee
from commerce_api.domain.order import UNPAID, Order, OrderEdit, OrderState
from commerce_api.domain.order.comments import Comment
from commerce_api.operations.mailed_secrets import Opening
from commerce_api.operations.telling import send
from commerce_api.persistence.readers.channels import channel_by_id
from commerce_api.persistence.stores.one_time_tokens import Purpose
from commerce_api.persistence.unit_of_work import UnitOfWork

LINK_LASTS: Final = timedelta(days=3)


async def payment_rejected(uow: UnitOfWork, order: Order) -> None:
    """The amount, the masked card and a link that opens this order's payment once; never the bank's reason (S0-26)."""
    cards = [payment.card for payment in order.attempted if payment.card]
    opens = _opening(uow, order)
    data = {"until": opens.until, "cards": [{"brand": card.brand, "last_four": card.last_four} for card in cards]}
    await _put(uow, order, "PAYMENT_REJECTED", data, f"payment-rejected:{order.id}:{order.attempts}", opens)


async def payment_reminder(uow: UnitOfWork, order: Order, hours: int) -> None:
    """A link of its own, beside that of the first mail, which may be open in a browser at this moment."""
    opens = _opening(uow, order, beside=True)
    data = {"until": opens.until, "canceled_at": order.payment_due_at}
    await _put(uow, order, "PAYMENT_REMINDER", data, f"payment-reminder:{order.id}:{order.attempts}:{hours}", opens)


def _opening(uow: UnitOfWork, order: Order, *, beside: bool = False) -> Opening:
    until = uow.by.at + LINK_LASTS
    if order.state in UNPAID:
        until = min(until, order.payment_due_at)
    return Opening(purpose=Purpose.PAY_ORDER, subject_id=order.id, until=until, beside=beside)


async def money_received(uow: UnitOfWork, order: Order, amount: int, entry_id: TransactionId) -> None:
    """What has come in, and what is still missing."""
    if order.state is OrderState.CANCELED:
        return
    data = {"amount": _written(order, amount), "missing": _written(order, order.unpaid)}
    await _put(uow, order, "PAYMENT_RECEIVED", data, f"payment-received:{entry_id}")


async def refunded(uow: UnitOfWork, order: Order, amount: int, entry_id: TransactionId) -> None:
    """What was given back."""
    await _put(uow, order, "REFUND_MADE", {"amount": _written(order, amount)}, f"refund-made:{entry_id}")


async def canceled(uow: UnitOfWork, order: Order, refund: int, whom: Addressee | None = None) -> None:
    """To the order's own address unless it is said whom to tell. `refund` is what its customer is promised to get back."""
    data = {"reason": order.cancel_reason, "refund": _written(order, refund)}
    await _put(uow, order, "ORDER_CANCELED", data, f"order-canceled:{order.id}", whom=whom)


async def partly_canceled(
    uow: UnitOfWork, order: Order, units: Sequence[tuple[str, int]], refund: int, whom: Addressee
) -> None:
    """`units` are names of lines with how many of them are canceled; the rest of the order goes on."""
    told = [{"name": name, "quantity": quantity} for name, quantity in units]
    data = {"units": told, "refund": _written(order, refund)}
    key = f"order-partly-canceled:{order.id}:{order.version}"
    await _put(uow, order, "ORDER_PARTLY_CANCELED", data, key, whom=whom)


async def split(uow: UnitOfWork, order: Order, other: Order, whom: Addressee) -> None:
    """One mail about both."""
    facts = await _facts(uow, other)
    about = {f"other_{name}": facts[name] for name in ("number", "total")}
    owed = {"due": _due(order), "other_due": _due(other)}
    await _put(uow, order, "ORDER_SPLIT", about | owed, f"order-split:{other.id}", whom=whom)


async def commented(uow: UnitOfWork, order: Order, comment: Comment) -> None:
    """What staff want the customer to read."""
    await _put(uow, order, "ORDER_COMMENT", {"body": comment.body}, f"order-comment:{comment.id}")


async def changed(uow: UnitOfWork, order: Order, changes: Sequence[str], occasion: UUID, whom: Addressee) -> None:
    """What a change of the order came to, in plain words, and what is to be paid now."""
    data = {"changes": changes, "due": _due(order)}
    await _put(uow, order, "ORDER_CHANGED", data, f"order-changed:{occasion}", whom=whom)


async def balance_due(
    uow: UnitOfWork, order: Order, occasion: str, *, declined: bool = False, beside: bool = False
) -> None:
    """A link with which what is left can be paid, once; instead of earlier ones, or `beside` them."""
    opens = _opening(uow, order, beside=beside)
    data = {"until": opens.until, "due": _due(order), "declined": declined}
    await _put(uow, order, "BALANCE_DUE", data, f"balance-due:{order.id}:{occasion}", opens)


def _due(order: Order) -> str | None:
    return _written(order, order.balance)


def _written(order: Order, minor: int) -> str | None:
    """Nothing of what is nothing, or less."""
    return str(decimal_of(minor, DIGITS[order.currency])) if minor > 0 else None


async def edit_taken_over(uow: UnitOfWork, order: Order, edit: OrderEdit, to: str, by: str) -> None:
    """To whoever of the staff was working on it."""
    told, key = replace(order, language="en"), f"edit-taken-over:{edit.id}:{uow.by.at.isoformat()}"
    await _put(uow, told, "EDIT_TAKEN_OVER", {"by": by}, key, whom=Addressee(to=to))


async def own_edit_taken_over(uow: UnitOfWork, order: Order, edit: OrderEdit) -> None:
    """To its customer, who was working on it."""
    whom = Addressee(to=order.email, preferred_by=order.customer_id)
    await _put(uow, order, "OWN_EDIT_TAKEN_OVER", {}, f"own-edit-taken-over:{edit.id}", whom=whom)


async def own_edit_discarded(uow: UnitOfWork, order: Order, edit: OrderEdit) -> None:
    """To its customer, who had begun it, once staff have taken it over and thrown it away."""
    whom = Addressee(to=order.email, preferred_by=order.customer_id)
    await _put(uow, order, "OWN_EDIT_DISCARDED", {}, f"own-edit-discarded:{edit.id}", whom=whom)


async def mentioned(uow: UnitOfWork, order: Order, key: str, to: str, by: str) -> None:
    """To a colleague whom a comment names."""
    await _put(uow, replace(order, language="en"), "COMMENT_MENTION", {"by": by}, key, whom=Addressee(to=to))


async def _put(
    uow: UnitOfWork,
    order: Order,
    kind: str,
    data: dict[str, Any],
    dedupe_key: str,
    opens: Opening | None = None,
    whom: Addressee | None = None,
) -> None:
    told = whom or Addressee(to=order.email)
    if told.to:
        facts = await _facts(uow, order)
        message = {
            "kind": kind,
            "language": order.language,
            "order_id": order.id,
            "data": {**facts, **data},
            "opens": opens,
        }
        await send(uow, told, message, dedupe_key)


async def _facts(uow: UnitOfWork, order: Order) -> dict[str, Any]:
    channel = await channel_by_id(uow.connection, order.channel_id)
    return {
        "number": order.number,
        "time_zone": channel.time_zone,
        "total": str(decimal_of(order.total, DIGITS[order.currency])),
        "currency": order.currency,
    }
