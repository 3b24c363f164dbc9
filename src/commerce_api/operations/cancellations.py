"""Canceling orders, whole or by units of their lines (S2-17). Goods go back on the shelves, held money is let go."""

from collections.abc import Sequence
from dataclasses import field, replace
from uuid import UUID

from commerce_api.domain.actor import Actor, Forbidden, lacking
from commerce_api.domain.canceling import (
    CancelReasonNotOffered,
    OrderedContent,
    Units,
    totals,
    without,
)
from commerce_api.domain.decision import NotFound, Refusal, Refused, check_revision, refuse
from commerce_api.domain.ids import ChannelId, OrderId, TransactionId
from commerce_api.domain.notify import AS_PREFERRED, Notify, NotifyOverridden, OrderMail, addressee
from commerce_api.domain.order import CanceledUnits, CancelUnits, CancelWhole, Order, decide
from commerce_api.domain.order.cancelable import against_canceling
from commerce_api.domain.permissions import Permission
from commerce_api.domain.value import value
from commerce_api.operations import payments
from commerce_api.persistence.readers.cancel_reasons import reasons_by_code
from commerce_api.persistence.readers.channels import channel_by_id
from commerce_api.persistence.stores import canceled_units, order_versions
from commerce_api.persistence.stores.order_versions import VersionNote
from commerce_api.persistence.stores.order_versions import commit as commit_version
from commerce_api.persistence.stores.orders import OrderStore
from commerce_api.persistence.stores.stock import StockStore
from commerce_api.persistence.unit_of_work import UnitOfWork

CANCELING = (Permission.BUY, Permission.CANCEL_ORDERS)
"""Customers their own orders, for a while; staff those of their channels."""


def as_customer(actor: Actor, channel_id: ChannelId) -> bool:
    """Whoever has not the permission of the desk cancels as customers do, for a while and for their reasons."""
    return not actor.may_in(Permission.CANCEL_ORDERS, channel_id)


@value
class CancelOrder:
    """Without `units` all of it. The `note` is for staff."""

    order_id: OrderId | None
    units: tuple[Units, ...] | None
    reason: str
    note: str = field(default="", repr=False)
    notify: Notify = AS_PREFERRED
    expected_revision: int | None = None


async def cancel(uow: UnitOfWork, command: CancelOrder) -> Order | Refused:
    orders = OrderStore(uow)
    order = await orders.get(command.order_id) if command.order_id else None
    if order is None:
        return refuse(NotFound(path=("orderId",)))
    if refused := await _against(uow, order, command):
        return refused
    mail = await _mail(uow, order, command.notify)
    if isinstance(mail, Refusal):
        return refuse(mail)
    note = VersionNote(reason=command.reason, comment=command.note, notify=command.notify.email, mail_to=mail)
    if command.units is None:
        outcome = await _cancel_whole(uow, orders, order, note)
    else:
        outcome = await _cancel_units(uow, orders, order, command.units, note)
    await _told(uow, order, command.notify)
    return outcome


async def load(uow: UnitOfWork, id: UUID) -> Order | Refused:
    return await OrderStore(uow).get(id) or refuse(NotFound())


async def preview(uow: UnitOfWork, command: CancelOrder) -> tuple[Order, OrderedContent] | Refused:
    """What would be left of an order, and what stands against it; nothing is written."""
    order = await OrderStore(uow).get(command.order_id) if command.order_id else None
    if order is None:
        return refuse(NotFound(path=("orderId",)))
    if reasons := lacking(uow.by.actor, CANCELING, order.channel_id):
        return Refused(reasons=reasons)
    if against := tuple(against_canceling(order, uow.by.at, by_customer=as_customer(uow.by.actor, order.channel_id))):
        return Refused(reasons=against)
    content = canceled_units.content_of(await order_versions.current(uow.connection, order.id))
    left = without(content, _all(content) if command.units is None else command.units)
    return left if isinstance(left, Refused) else (order, left)


def _all(content: OrderedContent) -> Sequence[Units]:
    return tuple(Units(line_id=line.id) for line in content.lines if line.open)


async def _against(uow: UnitOfWork, order: Order, command: CancelOrder) -> Refused | None:
    actor = uow.by.actor
    if reasons := lacking(actor, CANCELING, order.channel_id):
        return Refused(reasons=reasons)
    if command.notify.overrides and not actor.may_in(Permission.OVERRIDE_NOTIFICATIONS, order.channel_id):
        return refuse(Forbidden(path=("notify",)))
    if stale := check_revision(order.revision, command.expected_revision):
        return stale
    reason = (await reasons_by_code(uow.connection, [command.reason])).get(command.reason)
    if reason is None or not (reason.for_shoppers if as_customer(actor, order.channel_id) else reason.for_staff):
        return refuse(CancelReasonNotOffered(path=("reasonCode",)))
    return None


async def _mail(uow: UnitOfWork, order: Order, notify: Notify) -> str | Refusal:
    """Where the customer is told of it; nowhere if empty."""
    channel = await channel_by_id(uow.connection, order.channel_id)
    found = addressee(notify, OrderMail.ORDER_CANCELED, order.email, order.customer_id, channel.required_mails)
    return found if isinstance(found, Refusal) else found.to


async def _cancel_whole(uow: UnitOfWork, orders: OrderStore, order: Order, note: VersionNote) -> Order | Refused:
    spare_ids = tuple(TransactionId(uow.new_id()) for _ in order.payments)
    by_customer = as_customer(uow.by.actor, order.channel_id)
    wanted = CancelWhole(reason=note.reason, by_customer=by_customer, at=uow.by.at, spare_ids=spare_ids)
    decided = decide(order, wanted)
    if isinstance(decided, Refused):
        return decided
    return await payments.save(uow, orders, order, decided, note)


async def _cancel_units(
    uow: UnitOfWork, orders: OrderStore, order: Order, units: Sequence[Units], note: VersionNote
) -> Order | Refused:
    content = canceled_units.content_of(await order_versions.current(uow.connection, order.id))
    left = without(content, units)
    if isinstance(left, Refused):
        return left
    if left.empty:
        return await _cancel_whole(uow, orders, order, note)
    gone = {line.id: old.open - line.open for line, old in zip(left.lines, content.lines, strict=True)}
    wanted = CancelUnits(
        reason=note.reason,
        by_customer=as_customer(uow.by.actor, order.channel_id),
        at=uow.by.at,
        units=tuple(CanceledUnits(line_id=id_, quantity=quantity) for id_, quantity in gone.items() if quantity),
        total=totals(left).total,
    )
    decided = decide(order, wanted)
    if isinstance(decided, Refused):
        return decided
    await canceled_units.save(uow, order.id, content, left)
    after = await payments.save(uow, orders, order, decided)
    await commit_version(uow, order.id, replace(note, total_before=order.total))
    await _give_back(uow, order.id, wanted.units)
    return after


async def _give_back(uow: UnitOfWork, order_id: OrderId, units: Sequence[CanceledUnits]) -> None:
    stock = StockStore(uow.connection, uow.by)
    fewer: dict[UUID, int] = {each.line_id: each.quantity for each in units}
    held = (await stock.of_order(order_id)).values()
    await stock.lock({part.variant_id for part in held if part.line_id in fewer})
    await stock.shrink(order_id, fewer)


async def _told(uow: UnitOfWork, order: Order, notify: Notify) -> None:
    """If the customer was told otherwise than preferred, it stands in the history."""
    if notify.overrides:
        told = NotifyOverridden(mail=OrderMail.ORDER_CANCELED, email=notify.email, to=notify.to)
        await uow.events.record("ORDER", order.id, [told])
