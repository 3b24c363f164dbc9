"""Editing placed orders: a draft that somebody works on alone, until it becomes the next version (C.3).

The order is locked first, then its draft, then the shelves.
"""

from dataclasses import replace
from typing import Final
from uuid import UUID

from commerce_api.domain.actor import Actor, Forbidden, lacking
from commerce_api.domain.agreement import PricePolicy
from commerce_api.domain.cart import AcceptTerms, Cart, SetCurrency
from commerce_api.domain.decision import Done, NotFound, Path, Refused, check_revision, refuse
from commerce_api.domain.ids import CartId, ChannelId, OrderEditId, OrderId, StaffId
from commerce_api.domain.order import (
    LASTS,
    UNDER_WAY,
    EditExpired,
    EditLocked,
    EditSettling,
    EditStale,
    EditState,
    NotInAnEdit,
    Order,
    OrderEdit,
    OrderEditApplied,
    OrderEditBegun,
    OrderEditTakenOver,
    against_beginning,
    against_editing,
    against_own_edit,
    against_taking_up,
    against_work,
    edit_ends,
    told_owner,
)
from commerce_api.domain.permissions import Permission
from commerce_api.domain.value import value
from commerce_api.operations import carts, order_mail
from commerce_api.operations.carts import Asked
from commerce_api.operations.chosen_cards import PayBy
from commerce_api.persistence.readers.channels import channel_by_id
from commerce_api.persistence.readers.order_drafts import draft_of
from commerce_api.persistence.stores.blocks import BlockStore
from commerce_api.persistence.stores.carts import CartStore
from commerce_api.persistence.stores.order_edits import EditStore
from commerce_api.persistence.stores.order_versions import current
from commerce_api.persistence.stores.orders import OrderStore
from commerce_api.persistence.unit_of_work import UnitOfWork

EDITING: Final = (Permission.OWN_ACCOUNT, Permission.EDIT_ORDERS)
"""Customers their own orders, for a while; staff those of their channels."""
_NOT_EDITED: Final = (SetCurrency, AcceptTerms, PayBy)
"""Actions that are no part of an edit."""


def as_customer(actor: Actor, channel_id: ChannelId) -> bool:
    """Whoever has not the permission of the desk edits as customers do, for a while."""
    return not actor.may_in(Permission.EDIT_ORDERS, channel_id)


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
class Work:
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
    if refused := await _against(uow, order) or check_revision(order.revision, command.expected_revision):
        return refused
    store = EditStore(uow)
    if found := await store.open_of(order.id):
        edit, owner_name = found
        if reason := against_beginning(edit, uow.by.actor.id, told_owner(edit, owner_name, uow.by.actor), uow.by.at):
            return refuse(replace(reason, path=("orderId",)))
        if edit.state_at(uow.by.at) in UNDER_WAY:
            return edit
        await store.save(replace(edit, state=EditState.EXPIRED))
    return await _begun(uow, store, order)


async def _begun(uow: UnitOfWork, store: EditStore, order: Order) -> OrderEdit:
    snapshot = await current(uow.connection, order.id)
    channel = await channel_by_id(uow.connection, order.channel_id)
    draft = draft_of(CartId(uow.new_id()), snapshot, channel, carts.author(uow.by), uow.by.at)
    await CartStore(uow).add(_at_todays_shipping(draft) if as_customer(uow.by.actor, order.channel_id) else draft)
    edit = OrderEdit(
        id=OrderEditId(uow.new_id()),
        order_id=order.id,
        draft_id=draft.id,
        begun_by=_me(uow),
        owner=_me(uow),
        state=EditState.OPEN,
        base_version=order.version,
        since=uow.by.at,
        expires_at=edit_ends(order, _me(uow), uow.by.at),
    )
    await store.save(edit)
    await uow.events.record("ORDER", order.id, [OrderEditBegun(edit_id=edit.id)])
    return edit


def _at_todays_shipping(draft: Cart) -> Cart:
    """Customers may send it elsewhere, or more of it; what that costs is not theirs to say."""
    assert draft.agreement is not None  # noqa: S101 - the draft of an order has one
    return replace(draft, agreement=replace(draft.agreement, recalculate_shipping=True))


async def apply(uow: UnitOfWork, command: ApplyToEdit) -> Done[OrderEdit] | Refused:
    """The same actions as carts take, but for what an edit does not change."""
    work = await mine(uow, command)
    if isinstance(work, Refused):
        return work
    not_here = [NotInAnEdit(path=one.path) for one in command.actions if isinstance(one.action, _NOT_EDITED)]
    if not_here:
        return refuse(*not_here)
    draft = await _repriced(uow, work.draft, command)
    done = await carts.apply(uow, draft, command.actions, command.acknowledge)
    if isinstance(done, Refused):
        return done
    edit = replace(work.edit, expires_at=edit_ends(work.order, work.edit.owner, uow.by.at))
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


async def take_over(uow: UnitOfWork, command: ChangeEdit) -> OrderEdit | Refused:
    """Go on with what somebody else is working on, or with what has expired."""
    work = await locked(uow, command)
    if isinstance(work, Refused):
        return work
    if refused := await _against(uow, work.order):
        return refused
    edit, at = work.edit, uow.by.at
    if reason := against_taking_up(edit, work.order, at):
        return refuse(replace(reason, path=("editId",)))
    if edit.state_at(at) is EditState.OPEN and not _may(uow, Permission.TAKE_OVER_EDITS, work.order):
        return refuse(Forbidden(path=("editId",)))
    if refused := await _make_room(uow, edit):
        return refused
    taken = replace(edit, owner=_me(uow), state=EditState.OPEN, since=at, expires_at=at + LASTS)
    await EditStore(uow).save(taken)
    told = OrderEditTakenOver(edit_id=edit.id, owner_before=edit.owner)
    await uow.events.record("ORDER", edit.order_id, [told])
    await _tell_owner(uow, work)
    return taken


async def _tell_owner(uow: UnitOfWork, work: Work) -> None:
    """Whoever was working on it reads by mail that somebody goes on; programs have no mail."""
    if work.edit.owner == work.order.customer_id:
        await order_mail.own_edit_taken_over(uow, work.order, work.edit)
        return
    store = EditStore(uow)
    found = await store.get(work.edit.id)
    to = await BlockStore(uow).address_of(StaffId(work.edit.owner)) if work.edit.owner != uow.by.actor.id else None
    if to and found:
        await order_mail.edit_taken_over(uow, work.order, work.edit, to, found[1])


async def _make_room(uow: UnitOfWork, edit: OrderEdit) -> Refused | None:
    """There is one open edit of an order at most."""
    store = EditStore(uow)
    found = await store.open_of(edit.order_id)
    if found is None or found[0].id == edit.id:
        return None
    other, owner_name = found
    if other.state_at(uow.by.at) in UNDER_WAY:
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


async def _order(uow: UnitOfWork, id: OrderId | None, path: Path) -> Order | Refused:
    """Under lock, for whoever may edit it at all."""
    order = await OrderStore(uow).get(id) if id else None
    if order is None:
        return refuse(NotFound(path=path))
    if reasons := lacking(uow.by.actor, EDITING, order.channel_id):
        return Refused(reasons=tuple(replace(reason, path=path) for reason in reasons))
    return order


async def _against(uow: UnitOfWork, order: Order) -> Refused | None:
    """Whether it can be edited by the one who asks, now."""
    held_up = await BlockStore(uow).of_order(order.id)
    if as_customer(uow.by.actor, order.channel_id):
        agreed_on = await OrderStore(uow).is_adjusted(order.id)
        against = tuple(against_own_edit(order, held_up, uow.by.at, prices_agreed_on=agreed_on))
    else:
        against = against_editing(order, held_up)
    return Refused(reasons=against) if against else None


async def locked(uow: UnitOfWork, command: ChangeEdit) -> Work | Refused:
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
    return Work(edit=edit, owner_name=told_owner(edit, owner_name, uow.by.actor), order=order, draft=draft)


async def mine(uow: UnitOfWork, command: ChangeEdit, *, to_discard: bool = False) -> Work | Refused:
    """An edit that the actor is working on. What has expired, or cannot be edited any more, can still be thrown away."""
    work = await locked(uow, command)
    if isinstance(work, Refused):
        return work
    if not to_discard and (refused := await _against(uow, work.order)):
        return refused
    reason = against_work(work.edit, work.order, uow.by.actor.id, work.owner_name, uow.by.at)
    if reason and not (to_discard and isinstance(reason, EditExpired | EditStale | EditSettling)):
        return refuse(replace(reason, path=("editId",)))
    return check_revision(work.draft.revision, command.expected_revision) or work
