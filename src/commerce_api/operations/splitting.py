"""A placed order made two: units go to an order of their own, with all that was agreed on for them (S1-09).

What lies on a shelf for them, or is to come in for them, goes along; what is set aside at a bank is shared; what holds the
order up holds both up. The order is locked first, then the shelves.
"""

from collections.abc import Mapping
from dataclasses import field, replace
from typing import TypeAlias
from uuid import UUID

from commerce_api.domain.actor import Forbidden
from commerce_api.domain.adjustment import Adjustment, AdjustmentKind
from commerce_api.domain.canceling import OrderedCharge, OrderedContent, Units, totals
from commerce_api.domain.channel import Channel
from commerce_api.domain.decision import NotFound, Refusal, Refused, check_revision, refuse
from commerce_api.domain.ids import AdjustmentId, CartId, OrderId, OrderLineId, ShipGroupId
from commerce_api.domain.limits import Limit
from commerce_api.domain.notify import AS_PREFERRED, Notify, OrderMail
from commerce_api.domain.order import (
    Order,
    Split,
    SplitOrder,
    SplitShipping,
    SplitUnits,
    against_passing,
    against_splitting,
    awaits_balance,
    blockable,
    evolved,
    split_off,
)
from commerce_api.domain.order_number import order_number
from commerce_api.domain.permissions import Permission
from commerce_api.domain.splitting import InTwo, divide, nothing
from commerce_api.domain.totals import ChargeKind, ChargeTotal
from commerce_api.domain.value import value
from commerce_api.operations import block_rules, order_mail, payment_reminders
from commerce_api.operations.carts import author
from commerce_api.operations.checkout import view
from commerce_api.operations.telling import Telling, telling
from commerce_api.persistence.readers.channels import channel_by_id
from commerce_api.persistence.readers.order_drafts import draft_of
from commerce_api.persistence.stores import canceled_units, edited_orders, split_orders
from commerce_api.persistence.stores.blocks import BlockStore
from commerce_api.persistence.stores.order_edits import EditStore
from commerce_api.persistence.stores.order_versions import Snapshot, VersionNote, current
from commerce_api.persistence.stores.order_versions import commit as commit_version
from commerce_api.persistence.stores.orders import OrderStore
from commerce_api.persistence.stores.stock import StockStore
from commerce_api.persistence.unit_of_work import UnitOfWork

SPLITTING = (Permission.EDIT_ORDERS,)
WAIVED = "SPLIT"
"""The reason of an adjustment that waives shipping because an order was split."""


@value
class SplitPlacedOrder:
    """Without `units` all that is still to come in. The `reason` is for staff."""

    order_id: OrderId | None
    units: tuple[Units, ...] | None
    shipping: SplitShipping
    reason: str = ""
    note: str = field(default="", repr=False)
    notify: Notify = AS_PREFERRED
    expected_revision: int | None = None


@value
class ShippingNotOffered(Refusal):
    """Not all of it can be sent today as it was agreed on, so that nobody knows what it would cost; choose another `shipping`."""

    staff_only = True


@value
class Planned:
    """What would become of an order; nothing is written."""

    order: Order
    before: Snapshot
    parts: InTwo
    channel: Channel
    names: Mapping[UUID, UUID]
    into_id: OrderId
    waived: tuple[Adjustment, ...] = ()

    def rows(self, number: str) -> split_orders.Rows:
        return split_orders.rows_of(self.before, self.parts, (self.into_id, number), self.names, self.waived)


@value
class SplitOrders:
    """Both as they are now. `id` is the new one's."""

    order_id: OrderId
    id: OrderId


async def split(uow: UnitOfWork, command: SplitPlacedOrder) -> SplitOrders | Refused:
    order = await _order(uow, command)
    if isinstance(order, Refused):
        return order
    channel = await channel_by_id(uow.connection, order.channel_id)
    whom = telling(uow, order, channel, command.notify, OrderMail.ORDER_CHANGED)
    if isinstance(whom, Refused):
        return whom
    planned = await _planned(uow, order, channel, command)
    if isinstance(planned, Refused):
        return planned
    number = order_number(channel.order_prefix, await OrderStore(uow).next_number())
    decided = split_off(order, _decision(uow, planned, number, command), iter(uow.new_id, None))
    await _write(uow, planned, decided, command, whom)
    return SplitOrders(order_id=order.id, id=decided.child.id)


async def preview(uow: UnitOfWork, command: SplitPlacedOrder) -> Planned | Refused:
    order = await _order(uow, command)
    if isinstance(order, Refused):
        return order
    channel = await channel_by_id(uow.connection, order.channel_id)
    return await _planned(uow, order, channel, command)


async def load(uow: UnitOfWork, id: UUID) -> SplitOrders | Refused:
    """For a repeated request."""
    order = await OrderStore(uow).get(id)
    rows = await current(uow.connection, order.id) if order else None
    return SplitOrders(order_id=rows["order"]["split_from_id"], id=OrderId(id)) if rows else refuse(NotFound())


async def _order(uow: UnitOfWork, command: SplitPlacedOrder) -> Order | Refused:
    """Under lock, if it can be split by the one who asks, and nobody is working on it."""
    order = await OrderStore(uow).get(command.order_id) if command.order_id else None
    if order is None:
        return refuse(NotFound(path=("orderId",)))
    if not uow.by.actor.may_in(Permission.EDIT_ORDERS, order.channel_id):
        return refuse(Forbidden(path=("orderId",)))
    if stale := check_revision(order.revision, command.expected_revision):
        return stale
    if against := against_splitting(order, await BlockStore(uow).of_order(order.id)):
        return Refused(reasons=against)
    found = await EditStore(uow).open_of(order.id)
    passing = against_passing(found[0], found[1], uow.by.at) if found else None
    return refuse(replace(passing, path=("orderId",))) if passing else order


async def _planned(uow: UnitOfWork, order: Order, channel: Channel, command: SplitPlacedOrder) -> Planned | Refused:
    before = await current(uow.connection, order.id)
    parts = divide(canceled_units.content_of(before), command.units)
    if isinstance(parts, Refused):
        return parts
    names = split_orders.new_names(before, parts, iter(uow.new_id, None))
    into_id = OrderId(uow.new_id())
    planned = Planned(order=order, before=before, parts=parts, channel=channel, names=names, into_id=into_id)
    match command.shipping:
        case SplitShipping.RECALCULATE:
            return await _recalculated(uow, planned)
        case SplitShipping.WAIVE_ON_CHILD:
            return await _waived(uow, planned)
        case _:
            return planned


async def _recalculated(uow: UnitOfWork, planned: Planned) -> Planned | Refused:
    """Both at what sending them costs today; what staff asked for sending the original instead, they ask still."""
    rows, parts = planned.rows(""), planned.parts
    left = await _shipping(uow, planned, rows.left)
    moved = _by_old_name(await _shipping(uow, planned, rows.moved), planned.names)
    if None in (*left.values(), *moved.values()):
        return refuse(ShippingNotOffered(path=("shipping",)))
    return replace(planned, parts=InTwo(left=_charged(parts.left, left), moved=_charged(parts.moved, moved)))


async def _waived(uow: UnitOfWork, planned: Planned) -> Planned:
    """What sending the deliveries would cost that were divided: written down as a charge that is not asked."""
    parts = planned.parts
    found = await _shipping(uow, planned, planned.rows("").moved)
    waived, charges = list[Adjustment](), list[OrderedCharge]()
    for charge in parts.moved.charges:
        divided = charge.ship_group_id is not None and parts.left.delivers(charge.ship_group_id)
        today = found.get(ShipGroupId(planned.names[charge.id])) if divided else None
        waived += [_waiver(uow, today, planned.order.currency)] if today and today.original_amount else []
        charges.append(replace(charge, original=today.original_amount) if today else charge)
    moved = replace(parts.moved, charges=tuple(charges))
    return replace(planned, parts=replace(parts, moved=moved), waived=tuple(waived))


def _waiver(uow: UnitOfWork, charge: ChargeTotal, currency: str) -> Adjustment:
    """It was paid with the original, and so takes nothing from anybody's limit; a dearer way of sending it would (D27)."""
    return Adjustment(
        id=AdjustmentId(uow.new_id()),
        kind=AdjustmentKind.CHARGE,
        target_id=charge.id,
        original=charge.original_amount,
        amount=0,
        name=charge.name,
        reason=WAIVED,
        by=author(uow.by),
        at=uow.by.at,
        limits=(Limit(amounts=((currency, charge.original_amount),)),),
    )


_Shipping: TypeAlias = Mapping[ShipGroupId, ChargeTotal | None]


async def _shipping(uow: UnitOfWork, planned: Planned, rows: Snapshot) -> _Shipping:
    """What sending each ship group that has goods costs today; None if it cannot be sent as it was to be."""
    draft = draft_of(CartId(uow.new_id()), split_orders.as_read(rows), planned.channel, author(uow.by), uow.by.at)
    agreement = draft.agreement and replace(draft.agreement, recalculate_shipping=True)
    viewed = await view(uow.connection, replace(draft, agreement=agreement), uow.by.at)
    priced = viewed.checkout.priced
    charges = {each.ship_group_id: each for each in priced.totals.charges}
    return {each.group.id: charges.get(each.group.id) for each in priced.groups if each.requires_shipping}


def _by_old_name(charges: _Shipping, names: Mapping[UUID, UUID]) -> _Shipping:
    return {ShipGroupId(old): charges[ShipGroupId(new)] for old, new in names.items() if new in charges}


def _charged(content: OrderedContent, shipping: _Shipping) -> OrderedContent:
    def now(charge: OrderedCharge) -> OrderedCharge:
        if charge.kind is not ChargeKind.SHIPPING or charge.ship_group_id is None:
            return charge
        found = shipping.get(charge.ship_group_id)
        if found is None:
            return nothing(charge)
        return replace(charge, amount=found.amount, original=found.original_amount, tax=found.tax, taxes=found.taxes)

    return replace(content, charges=tuple(map(now, content.charges)))


def _decision(uow: UnitOfWork, planned: Planned, number: str, command: SplitPlacedOrder) -> SplitOrder:
    return SplitOrder(
        into_id=planned.into_id,
        into_number=number,
        shipping=command.shipping,
        reason=command.reason,
        units=tuple(
            SplitUnits(line_id=line.id, into_line_id=OrderLineId(planned.names[line.id]), quantity=line.quantity)
            for line in planned.parts.moved.lines
        ),
        total=totals(planned.parts.left).total,
        split_total=totals(planned.parts.moved).total,
        at=uow.by.at,
    )


async def _write(uow: UnitOfWork, planned: Planned, decided: Split, command: SplitPlacedOrder, whom: Telling) -> None:
    """Units go over before the lines that they were on are dropped."""
    order, child, orders = planned.order, decided.child, OrderStore(uow)
    units, rows = _decision(uow, planned, child.number, command).units, planned.rows(child.number)
    stock = StockStore(uow.connection, uow.by)
    await stock.lock({row["variant_id"] for row in rows.moved["lines"] if row["variant_id"]})
    await split_orders.write_new(uow, rows.moved, child)
    await stock.hand_over(order.id, child.id, units, iter(uow.new_id, None))
    await edited_orders.write(uow, planned.before, rows.left)
    present = await BlockStore(uow).of_order(order.id)
    held_up = await block_rules.copied(uow, present, blockable(child).owner, planned.names)
    after = evolved(order, decided.events)
    await orders.save(order, after, decided.events, whom.events)
    await uow.events.record("ORDER", child.id, [*decided.child_events, *held_up])
    note = VersionNote(reason=command.reason, comment=command.note, notify=command.notify.email)
    await commit_version(uow, order.id, replace(note, total_before=order.total))
    await commit_version(uow, child.id, note)
    await order_mail.split(uow, after, child, whom.addressee)
    for either in filter(awaits_balance, (after, child)):
        await payment_reminders.schedule_balance(uow, either)
