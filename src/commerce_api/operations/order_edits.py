"""Editing placed orders: a draft that somebody works on alone, until it becomes the next version (C.3).

The order is locked first, then its draft, then the shelves.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from commerce_api.domain.actor import Forbidden
from commerce_api.domain.agreement import PricePolicy
from commerce_api.domain.cart import AcceptTerms, Cart, SetCurrency
from commerce_api.domain.checkout import ReadinessIncomplete
from commerce_api.domain.decision import Done, NotFound, Refused, check_revision, refuse
from commerce_api.domain.ids import CartId, OrderEditId, OrderId
from commerce_api.domain.order import (
    LASTS,
    EditExpired,
    EditLocked,
    EditStale,
    EditState,
    NothingToCommit,
    NotInAnEdit,
    Order,
    OrderConfirmed,
    OrderEdit,
    OrderEditApplied,
    OrderEditBegun,
    OrderEditCommitted,
    OrderEditDiscarded,
    OrderEditTakenOver,
    OrderState,
    against_editing,
    against_taking_up,
    against_work,
)
from commerce_api.domain.order.blocks import ORDER_VALUE_LIMIT, BlockEvent, OrderFacts, automatic_causes
from commerce_api.domain.order.differences import differences
from commerce_api.domain.payment import balance
from commerce_api.domain.permissions import Permission
from commerce_api.domain.stock import Demand
from commerce_api.domain.totals import overflow
from commerce_api.domain.value import value
from commerce_api.operations import adjusting, blocks, carts
from commerce_api.operations.carts import Asked, PayBy
from commerce_api.operations.checkout import Viewed, deal, view
from commerce_api.operations.edit_preview import document_of, lacking
from commerce_api.persistence.readers.channels import channel_by_id
from commerce_api.persistence.readers.order_drafts import draft_of
from commerce_api.persistence.stores import edited_orders
from commerce_api.persistence.stores.blocks import BlockStore
from commerce_api.persistence.stores.carts import CartStore
from commerce_api.persistence.stores.order_edits import EditStore
from commerce_api.persistence.stores.order_versions import Snapshot, VersionNote, current
from commerce_api.persistence.stores.order_versions import commit as commit_version
from commerce_api.persistence.stores.orders import OrderStore
from commerce_api.persistence.stores.stock import StockStore
from commerce_api.persistence.unit_of_work import UnitOfWork

_NOT_EDITED: Final = (SetCurrency, AcceptTerms, PayBy)
"""Actions that are no part of an edit."""
_RULES: Final = frozenset({ORDER_VALUE_LIMIT, *adjusting.MONEY_RULES.values()})
"""The rules whose causes an edit can bring and take away."""


@value
class BeginEdit:
    order_id: OrderId | None
    expected_revision: int | None = None


@value
class ChangeEdit:
    """What is done to an edit as a whole; None is an id that cannot be one."""

    edit_id: OrderEditId | None
    expected_revision: int | None = None


@value
class ApplyToEdit(ChangeEdit):
    """What is None stays as it is."""

    actions: tuple[Asked, ...]
    acknowledge: frozenset[str] = frozenset()
    price_policy: PricePolicy | None = None
    recalculate_shipping: bool | None = None


@value
class CommitEdit(ChangeEdit):
    reason: str = ""


@value
class _Work:
    """An edit under lock, with its order and its draft."""

    edit: OrderEdit
    owner_name: str
    order: Order
    draft: Cart


async def begin(uow: UnitOfWork, command: BeginEdit) -> OrderEdit | Refused:
    """The one who is working on an order already goes on."""
    order = await _order(uow, command.order_id, ("orderId",))
    if isinstance(order, Refused):
        return order
    if stale := check_revision(order.revision, command.expected_revision):
        return stale
    store = EditStore(uow)
    if found := await store.open_of(order.id):
        edit, owner_name = found
        if edit.state_at(uow.by.at) is EditState.OPEN:
            mine = edit.owner == uow.by.actor.id
            return edit if mine else refuse(EditLocked(path=("orderId",), owner=owner_name, since=edit.since))
        await store.save(replace(edit, state=EditState.EXPIRED))
    return await _begun(uow, store, order)


async def _begun(uow: UnitOfWork, store: EditStore, order: Order) -> OrderEdit:
    snapshot = await current(uow.connection, order.id)
    channel = await channel_by_id(uow.connection, order.channel_id)
    draft = draft_of(CartId(uow.new_id()), snapshot, channel, carts.author(uow.by), uow.by.at)
    await CartStore(uow).add(draft)
    edit = OrderEdit(
        id=OrderEditId(uow.new_id()),
        order_id=order.id,
        draft_id=draft.id,
        owner=_me(uow),
        state=EditState.OPEN,
        base_version=order.version,
        since=uow.by.at,
        expires_at=uow.by.at + LASTS,
    )
    await store.save(edit)
    await uow.events.record("ORDER", order.id, [OrderEditBegun(edit_id=edit.id)])
    return edit


async def apply(uow: UnitOfWork, command: ApplyToEdit) -> Done[OrderEdit] | Refused:
    """The same actions as carts take, but for what an edit does not change."""
    work = await _mine(uow, command)
    if isinstance(work, Refused):
        return work
    not_here = [NotInAnEdit(path=one.path) for one in command.actions if isinstance(one.action, _NOT_EDITED)]
    if not_here:
        return refuse(*not_here)
    draft = await _repriced(uow, work.draft, command)
    done = await carts.apply(uow, draft, command.actions, command.acknowledge)
    if isinstance(done, Refused):
        return done
    edit = replace(work.edit, expires_at=uow.by.at + LASTS)
    await EditStore(uow).save(edit)
    kinds = tuple(type(one.action).__name__ for one in command.actions)
    await uow.events.record("ORDER", edit.order_id, [OrderEditApplied(edit_id=edit.id, actions=kinds)])
    return Done(result=edit, notices=done.notices)


async def _repriced(uow: UnitOfWork, draft: Cart, command: ApplyToEdit) -> Cart:
    """The draft with another policy, if another one is wanted."""
    agreement = draft.agreement
    assert agreement is not None  # noqa: S101 - the draft of an order has one
    shipping = command.recalculate_shipping
    wanted = replace(
        agreement,
        price_policy=command.price_policy or agreement.price_policy,
        recalculate_shipping=agreement.recalculate_shipping if shipping is None else shipping,
    )
    if wanted == agreement:
        return draft
    changed = replace(draft, agreement=wanted, revision=draft.revision + 1)
    await CartStore(uow).save(draft, changed, [])
    return changed


async def commit(uow: UnitOfWork, command: CommitEdit) -> OrderEdit | Refused:
    """The draft becomes the next version, whole, or nothing happens. What it costs more is left due."""
    work = await _mine(uow, command)
    if isinstance(work, Refused):
        return work
    channel = await channel_by_id(uow.connection, work.order.channel_id)
    viewed = await view(uow.connection, work.draft, channel, uow.by.at)
    if missing := lacking(viewed):
        return refuse(ReadinessIncomplete(missing=missing))
    if reason := overflow(viewed.checkout.priced.totals):
        return refuse(reason)
    before = await current(uow.connection, work.order.id)
    after = _confirmed(work.order, edited_orders.would_be(before, viewed.checkout))
    if not differences(document_of(before), document_of(after)):
        return refuse(NothingToCommit())
    if refused := await _write(uow, work.order, before, after, viewed):
        return refused
    return await _committed(uow, work, after, viewed, command.reason)


def _confirmed(order: Order, after: Snapshot) -> Snapshot:
    """An order that waited for a payment and costs no more than was paid waits no longer."""
    paid = order.state is OrderState.PAYMENT_REJECTED and balance(after["order"]["total"], order.payments) <= 0
    return {**after, "order": {**after["order"], "state": OrderState.CONFIRMED}} if paid else after


async def _write(uow: UnitOfWork, order: Order, before: Snapshot, after: Snapshot, viewed: Viewed) -> Refused | None:
    """Units that are not wanted any more are free before others are dealt."""
    stock = StockStore(uow.connection, uow.by)
    had, wants = _units(before), _units(after)
    variants = {row["variant_id"] for row in (*before["lines"], *after["lines"]) if row["variant_id"]}
    await stock.lock(variants)
    await stock.shrink(order.id, {id_: n - wants.get(id_, 0) for id_, n in had.items() if n > wants.get(id_, 0)})
    await edited_orders.write(uow, before, after)
    more = [
        Demand(
            line_id=line.id,
            variant_id=line.variant_id,
            quantity=wants[line.id] - had.get(line.id, 0),
            path=("lines", str(place)),
        )
        for place, line in enumerate(viewed.checkout.priced.cart.lines)
        if wants[line.id] > had.get(line.id, 0)
    ]
    if more:
        dealt = await deal(uow, viewed, more)
        if isinstance(dealt, Refused):
            return dealt
        await stock.allocate(order.id, [(uow.new_id(), part) for part in dealt])
    await edited_orders.count_stock(uow, order.id)
    return None


def _units(snapshot: Snapshot) -> Mapping[UUID, int]:
    """What of each line is not canceled."""
    return {row["id"]: row["quantity"] - row["canceled"] for row in snapshot["lines"]}


async def _committed(uow: UnitOfWork, work: _Work, after: Snapshot, viewed: Viewed, reason: str) -> OrderEdit:
    order, edit = work.order, replace(work.edit, state=EditState.COMMITTED)
    note = VersionNote(total_before=order.total, reason=reason, edit_id=edit.id)
    await commit_version(uow, order.id, note)
    await EditStore(uow).save(edit)
    now = after["order"]
    told: list[Any] = [
        OrderEditCommitted(edit_id=edit.id, version=now["version"], total_before=order.total, total=now["total"])
    ]
    if now["state"] != order.state:
        told.append(OrderConfirmed())
    told += await _judged(uow, replace(order, total=now["total"]), viewed)
    await uow.events.record("ORDER", order.id, told)
    return edit


async def _judged(uow: UnitOfWork, order: Order, viewed: Viewed) -> list[BlockEvent]:
    """What goes beyond a limit of the channel or of whoever changed a price is held up; what does no longer is let go (B6)."""
    facts = OrderFacts(total=order.total, currency=order.currency, staff_id=uow.by.actor.id)
    automatic = automatic_causes(viewed.channel.checks, facts)
    causes = [
        *(cause for cause in automatic if cause.reason == ORDER_VALUE_LIMIT),
        *adjusting.causes(viewed.checkout.priced),
    ]
    present = await BlockStore(uow).of_order(order.id)
    events = await blocks.judged(uow, order, causes, _RULES, present)
    await blocks.write(uow, events)
    return events


async def discard(uow: UnitOfWork, command: ChangeEdit) -> OrderEdit | Refused:
    work = await _mine(uow, command, to_discard=True)
    if isinstance(work, Refused):
        return work
    edit = replace(work.edit, state=EditState.DISCARDED)
    await EditStore(uow).save(edit)
    await uow.events.record("ORDER", edit.order_id, [OrderEditDiscarded(edit_id=edit.id)])
    return edit


async def take_over(uow: UnitOfWork, command: ChangeEdit) -> OrderEdit | Refused:
    """Go on with what somebody else is working on, or with what has expired."""
    work = await _locked(uow, command)
    if isinstance(work, Refused):
        return work
    edit, at = work.edit, uow.by.at
    if reason := against_taking_up(edit, work.order, at):
        return refuse(reason)
    if edit.state_at(at) is EditState.OPEN and not _may(uow, Permission.TAKE_OVER_EDITS, work.order):
        return refuse(Forbidden(path=("editId",)))
    if refused := await _make_room(uow, edit):
        return refused
    taken = replace(edit, owner=_me(uow), state=EditState.OPEN, since=at, expires_at=at + LASTS)
    await EditStore(uow).save(taken)
    told = OrderEditTakenOver(edit_id=edit.id, owner_before=edit.owner)
    await uow.events.record("ORDER", edit.order_id, [told])
    return taken


async def _make_room(uow: UnitOfWork, edit: OrderEdit) -> Refused | None:
    """There is one open edit of an order at most."""
    store = EditStore(uow)
    found = await store.open_of(edit.order_id)
    if found is None or found[0].id == edit.id:
        return None
    other, owner_name = found
    if other.state_at(uow.by.at) is EditState.OPEN:
        return refuse(EditLocked(path=("editId",), owner=owner_name, since=other.since))
    await store.save(replace(other, state=EditState.EXPIRED))
    return None


async def load(uow: UnitOfWork, id: UUID) -> OrderEdit | Refused:
    """What an earlier request was about, as it is now."""
    found = await EditStore(uow).get(id)
    return found[0] if found else refuse(NotFound(path=("editId",)))


def _may(uow: UnitOfWork, permission: Permission, order: Order) -> bool:
    return uow.by.actor.may_in(permission, order.channel_id)


def _me(uow: UnitOfWork) -> UUID:
    assert uow.by.actor.id is not None  # noqa: S101 - whoever holds a permission of staff is known
    return uow.by.actor.id


async def _order(uow: UnitOfWork, id: OrderId | None, path: tuple[str, ...]) -> Order | Refused:
    """Under lock, if it can be edited by the one who asks."""
    order = await OrderStore(uow).get(id) if id else None
    if order is None:
        return refuse(NotFound(path=path))
    if not _may(uow, Permission.EDIT_ORDERS, order):
        return refuse(Forbidden(path=path))
    against = against_editing(order, await BlockStore(uow).of_order(order.id))
    return Refused(reasons=against) if against else order


async def _locked(uow: UnitOfWork, command: ChangeEdit) -> _Work | Refused:
    store = EditStore(uow)
    order_id = await store.order_of(command.edit_id) if command.edit_id else None
    order = await _order(uow, order_id, ("editId",))
    if isinstance(order, Refused):
        return order
    found = await store.get(command.edit_id) if command.edit_id else None
    draft = await CartStore(uow).draft(found[0].draft_id) if found else None
    if found is None or draft is None:
        return refuse(NotFound(path=("editId",)))
    edit, owner_name = found
    return _Work(edit=edit, owner_name=owner_name, order=order, draft=draft)


async def _mine(uow: UnitOfWork, command: ChangeEdit, *, to_discard: bool = False) -> _Work | Refused:
    """An edit that the actor is working on. What has expired can still be thrown away."""
    work = await _locked(uow, command)
    if isinstance(work, Refused):
        return work
    reason = against_work(work.edit, work.order, uow.by.actor.id, work.owner_name, uow.by.at)
    if reason and not (to_discard and isinstance(reason, EditExpired | EditStale)):
        return refuse(reason)
    return check_revision(work.draft.revision, command.expected_revision) or work
