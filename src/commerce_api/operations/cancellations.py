"""Canceling orders, whole or by units of their lines (S2-17). Goods go back on the shelves, held money is let go."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from uuid import UUID

from commerce_api.domain.actor import Actor, lacking
from commerce_api.domain.canceling import (
    CancelReasonNotOffered,
    OrderedContent,
    RefundChoice,
    Restock,
    Units,
    totals,
    without,
)
from commerce_api.domain.decision import NotFound, Refusal, Refused, check_revision, refuse
from commerce_api.domain.ids import ChannelId, OrderId, TransactionId
from commerce_api.domain.notify import AS_PREFERRED, Notify, OrderMail
from commerce_api.domain.order import CanceledUnits, CancelUnits, CancelWhole, Order, OrderLinesCanceled, decide
from commerce_api.domain.order.cancelable import against_canceling
from commerce_api.domain.permissions import Permission
from commerce_api.domain.value import value
from commerce_api.operations import order_mail, payments
from commerce_api.operations.stock import write_off
from commerce_api.operations.telling import telling
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
    restock: Restock = Restock.ON_HAND
    refund: RefundChoice = RefundChoice.ORIGINAL
    expected_revision: int | None = None


async def cancel(uow: UnitOfWork, command: CancelOrder) -> Order | Refused:
    orders = OrderStore(uow)
    order = await orders.get(command.order_id) if command.order_id else None
    if order is None:
        return refuse(NotFound(path=("orderId",)))
    if refused := await _against(uow, order, command):
        return refused
    channel = await channel_by_id(uow.connection, order.channel_id)
    whom = telling(uow, order, channel, command.notify, OrderMail.ORDER_CANCELED)
    if isinstance(whom, Refused):
        return whom
    note = VersionNote(
        reason=command.reason, comment=command.note, notify=command.notify.email, addressee=whom.addressee
    )
    canceling = _Canceling(uow, orders, order, note, command)
    outcome = await (canceling.whole() if command.units is None else canceling.units(command.units))
    if whom.events:
        await uow.events.record("ORDER", order.id, whom.events)
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
    if stale := check_revision(order.revision, command.expected_revision):
        return stale
    reason = (await reasons_by_code(uow.connection, [command.reason])).get(command.reason)
    if reason is None or not (reason.for_shoppers if as_customer(actor, order.channel_id) else reason.for_staff):
        return Refused(reasons=(CancelReasonNotOffered(path=("reasonCode",)), *await _wrong_units(uow, order, command)))
    return None


async def _wrong_units(uow: UnitOfWork, order: Order, command: CancelOrder) -> Sequence[Refusal]:
    """So that all that is wrong is told together (K3)."""
    content = canceled_units.content_of(await order_versions.current(uow.connection, order.id))
    left = without(content, command.units or ())
    return left.reasons if isinstance(left, Refused) else ()


class _Canceling:
    """What canceling takes again and again. The order is locked."""

    def __init__(
        self, uow: UnitOfWork, orders: OrderStore, order: Order, note: VersionNote, command: CancelOrder
    ) -> None:
        self._uow, self._orders, self._order, self._note = uow, orders, order, note
        self._restock, self._refund = command.restock, command.refund
        self._by_customer = as_customer(uow.by.actor, order.channel_id)

    async def whole(self) -> Order | Refused:
        uow, order, at = self._uow, self._order, self._uow.by.at
        spare_ids = tuple(TransactionId(uow.new_id()) for _ in order.payments)
        wanted = CancelWhole(
            reason=self._note.reason,
            by_customer=self._by_customer,
            at=at,
            spare_ids=spare_ids,
            refund=self._refund,
        )
        decided = decide(order, wanted)
        if isinstance(decided, Refused):
            return decided
        if self._restock is Restock.WRITTEN_OFF:
            await self._give_back(None)
        return await payments.save(uow, self._orders, order, decided, self._note)

    async def units(self, units: Sequence[Units]) -> Order | Refused:
        uow, order = self._uow, self._order
        rows = await order_versions.current(uow.connection, order.id)
        content = canceled_units.content_of(rows)
        left = without(content, units)
        if isinstance(left, Refused):
            return left
        if left.empty:
            return await self.whole()
        gone = {line.id: old.open - line.open for line, old in zip(left.lines, content.lines, strict=True)}
        wanted = CancelUnits(
            reason=self._note.reason,
            by_customer=self._by_customer,
            at=uow.by.at,
            units=tuple(CanceledUnits(line_id=id_, quantity=quantity) for id_, quantity in gone.items() if quantity),
            total=totals(left).total,
            refund=self._refund,
        )
        decided = decide(order, wanted)
        if isinstance(decided, Refused):
            return decided
        await canceled_units.save(uow, order.id, content, left)
        await canceled_units.save_deductions(uow, order.id, rows, left)
        after = await payments.save(uow, self._orders, order, decided)
        await commit_version(uow, order.id, replace(self._note, total_before=order.total))
        await self._give_back({each.line_id: each.quantity for each in wanted.units})
        if whom := self._note.addressee:
            units_gone = [(row["name"], gone[row["id"]]) for row in rows["lines"] if gone[row["id"]]]
            refund = sum(event.refund for event in decided if isinstance(event, OrderLinesCanceled))
            await order_mail.partly_canceled(uow, after, units_gone, refund, whom)
        return after

    async def _give_back(self, fewer: Mapping[UUID, int] | None) -> None:
        """So many units of lines, or all. What is damaged leaves the shelf with it."""
        uow, order = self._uow, self._order
        stock = StockStore(uow.connection, uow.by)
        held = (await stock.of_order(order.id)).values()
        if fewer is None:
            fewer = Counter[UUID]()
            for part in held:
                fewer[part.line_id] += part.quantity
        await stock.lock({part.variant_id for part in held if part.line_id in fewer})
        freed = await stock.shrink(order.id, fewer)
        if self._restock is Restock.WRITTEN_OFF:
            await write_off(uow, freed, order.number)
