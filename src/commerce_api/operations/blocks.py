"""Holding placed orders up, and letting them go on (C.2). Who resolves is decided here and nowhere else."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from commerce_api.domain.actor import ActorKind, Forbidden
from commerce_api.domain.decision import NotFound, Path, Refusal, Refused, check_revision, refuse
from commerce_api.domain.ids import BlockId, CommentId, OrderId, OrderLineId, StaffId
from commerce_api.domain.order import (
    Order,
    OrderBalanceSubmitted,
    OrderCanceled,
    OrderConfirmed,
    OrderEvent,
    OrderPaymentRejected,
    PaymentsCounted,
)
from commerce_api.domain.order import blocks as b
from commerce_api.domain.order.comments import Comment, CommentVisibility, added
from commerce_api.domain.permissions import Permission
from commerce_api.domain.value import value
from commerce_api.operations import adjusting, block_reminders, credit
from commerce_api.operations.checkout import Viewed
from commerce_api.persistence.readers.channels import channel_by_id
from commerce_api.persistence.readers.staff import role_codes_of
from commerce_api.persistence.stores.blocks import BlockStore
from commerce_api.persistence.stores.comments import CommentStore
from commerce_api.persistence.stores.orders import OrderStore
from commerce_api.persistence.unit_of_work import UnitOfWork


@value
class BlockOrder:
    """Ids that are None cannot be any thing's."""

    order_id: OrderId | None
    line_ids: tuple[OrderLineId | None, ...]
    reason: str
    comment: str = field(repr=False)
    assignee_id: StaffId | None
    due_at: datetime | None
    expected_revision: int | None


@value
class ResolveBlocks:
    ids: tuple[BlockId | None, ...]
    path: Path
    resolution: b.Resolution
    comment: str = field(repr=False)
    expected_revision: int | None = None


@value
class AssignBlock:
    id: BlockId | None
    assignee_id: StaffId | None
    due_at: datetime | None
    expected_revision: int | None


@value
class Touched:
    """The block that was added, resolved or assigned: of several the first. `id` is the block's."""

    id: BlockId
    order_id: OrderId


async def add(uow: UnitOfWork, command: BlockOrder) -> Touched | Refused:
    order = await _order(uow, command.order_id, ("orderId",), command.expected_revision)
    if isinstance(order, Refused):
        return order
    if not uow.by.actor.may_in(Permission.BLOCK_ORDERS, order.channel_id):
        return refuse(Forbidden())
    store = BlockStore(uow)
    reasons = await store.reasons([command.reason])
    if unknown := await _unknown(store, command, order.id, reasons):
        return Refused(reasons=tuple(unknown))
    wanted = b.AddBlock(
        id=BlockId(uow.new_id()),
        reason=reasons[command.reason],
        line_ids=tuple(id_ for id_ in command.line_ids if id_),
        comment=command.comment,
        assignee_id=command.assignee_id,
        due_at=command.due_at,
        by=uow.by.actor.id,
        at=uow.by.at,
    )
    decided = b.decide(order, await store.of_order(order.id), wanted)
    return decided if isinstance(decided, Refused) else await _save(uow, order.id, wanted.id, decided, reasons)


async def _unknown(
    store: BlockStore, command: BlockOrder, order_id: OrderId, reasons: Collection[str]
) -> list[Refusal]:
    """What is named that is not there."""
    lines = await store.lines_of(order_id) if command.line_ids else set()
    missing: list[Refusal] = [
        NotFound(path=("lineIds", str(number))) for number, id_ in enumerate(command.line_ids) if id_ not in lines
    ]
    if command.reason not in reasons:
        missing.append(NotFound(path=("reasonCode",)))
    if command.assignee_id and not await store.is_at_work(command.assignee_id):
        missing.append(NotFound(path=("assigneeId",)))
    return missing


async def resolve(uow: UnitOfWork, command: ResolveBlocks) -> Touched | Refused:
    """All of them or none; one event for each. Orders are locked in the order of their ids."""
    store = BlockStore(uow)
    orders = await store.orders_of([id_ for id_ in command.ids if id_])
    ids = list(dict.fromkeys(id_ for id_ in command.ids if id_ in orders))
    problems: list[Refusal] = []
    for order_id in sorted({orders[id_] for id_ in ids}):
        of_order = [id_ for id_ in ids if orders[id_] == order_id]
        problems += await _resolve(uow, order_id, of_order, command)
    missing = [NotFound(path=_at(command, number)) for number, id_ in enumerate(command.ids) if id_ not in orders]
    if problems or missing:
        return Refused(reasons=(*missing, *problems))
    return Touched(id=ids[0], order_id=orders[ids[0]])


def _at(command: ResolveBlocks, number: int) -> Path:
    return (*command.path, str(number)) if command.path == ("blockIds",) else command.path


async def _resolve(
    uow: UnitOfWork, order_id: OrderId, ids: Sequence[BlockId], command: ResolveBlocks
) -> Sequence[Refusal]:
    """What is against resolving these blocks of one order; if nothing is, it is done."""
    paths = {id_: _at(command, number) for number, id_ in enumerate(command.ids) if id_}
    order = await _order(uow, order_id, paths[ids[0]], command.expected_revision)
    if isinstance(order, Refused):
        return order.reasons
    store = BlockStore(uow)
    blocks = await store.of_order(order_id)
    reasons = await store.reasons(block.reason for block in blocks if block.id in ids)
    who, problems, events = await resolver(uow, order), [], []
    for block in (block for block in blocks if block.id in ids):
        wanted = b.ResolveBlock(
            id=block.id,
            reason=reasons[block.reason],
            resolver=who,
            resolution=command.resolution,
            comment=command.comment,
            at=uow.by.at,
        )
        decided = b.decide(order, blocks, wanted)
        if isinstance(decided, Refused):
            problems += [replace(reason, path=paths[block.id]) for reason in decided.reasons]
        else:
            events += decided
    if not problems:
        await _save(uow, order_id, ids[0], events, reasons)
    return problems


async def resolver(uow: UnitOfWork, order: Order) -> b.Resolver:
    """Whoever acts, as one who may resolve this order's blocks or not. Programs have no roles."""
    actor, channel_id = uow.by.actor, order.channel_id
    person = actor.id if actor.kind is ActorKind.STAFF else None
    return b.Resolver(
        id=actor.id,
        may_all=actor.may_in(Permission.RESOLVE_BLOCKS, channel_id),
        may_own=actor.may_in(Permission.RESOLVE_OWN_BLOCKS, channel_id),
        roles=await role_codes_of(uow.connection, person, channel_id) if person else frozenset(),
    )


@value
class ReviewOrder:
    """`passes`: the order goes on, as far as the review is concerned."""

    order_id: OrderId | None
    passes: bool
    note: str = field(repr=False)
    expected_revision: int | None


async def review(uow: UnitOfWork, command: ReviewOrder) -> Touched | Refused:
    """Let the order go on, or say why it does not: that is a comment among staff."""
    order = await _order(uow, command.order_id, ("orderId",), command.expected_revision)
    if isinstance(order, Refused):
        return order
    waiting = [x for x in await BlockStore(uow).of_order(order.id) if x.active and x.reason == b.REVIEW]
    if not waiting:
        return refuse(b.NothingToReview(path=("orderId",)))
    resolving = ResolveBlocks(
        ids=tuple(x.id for x in waiting), path=("orderId",), resolution=b.Resolution.CLEARED, comment=command.note
    )
    if command.passes:
        return await resolve(uow, resolving)
    reasons, who = await BlockStore(uow).reasons([b.REVIEW]), await resolver(uow, order)
    if refused := [*b.against_resolving(waiting[0], reasons[b.REVIEW], who)]:
        return Refused(reasons=tuple(refused))
    note = Comment(
        id=CommentId(uow.new_id()),
        order_id=order.id,
        visibility=CommentVisibility.INTERNAL,
        body=command.note,
        author=uow.by.actor.id,
        at=uow.by.at,
    )
    await CommentStore(uow).add(note)
    await OrderStore(uow).touch(order.id, [b.OrderKeptForReview(comment_id=note.id), added(note)])
    return Touched(id=waiting[0].id, order_id=order.id)


async def assign(uow: UnitOfWork, command: AssignBlock) -> Touched | Refused:
    store = BlockStore(uow)
    orders = await store.orders_of([command.id]) if command.id else {}
    if command.id is None or command.id not in orders:
        return refuse(NotFound(path=("blockId",)))
    order = await _order(uow, orders[command.id], ("blockId",), command.expected_revision)
    if isinstance(order, Refused):
        return order
    if not uow.by.actor.may_in(Permission.BLOCK_ORDERS, order.channel_id):
        return refuse(Forbidden())
    if command.assignee_id and not await store.is_at_work(command.assignee_id):
        return refuse(NotFound(path=("assigneeId",)))
    wanted = b.AssignBlock(id=command.id, assignee_id=command.assignee_id, due_at=command.due_at, at=uow.by.at)
    decided = b.decide(order, await store.of_order(order.id), wanted)
    return decided if isinstance(decided, Refused) else await _save(uow, order.id, command.id, decided, {})


async def load(uow: UnitOfWork, id: UUID) -> Touched | Refused:
    """The block that an earlier request was about."""
    found = await BlockStore(uow).orders_of([id])
    return Touched(id=BlockId(id), order_id=found[id]) if found else refuse(NotFound())


async def _order(uow: UnitOfWork, id: OrderId | None, path: Path, expected: int | None) -> Order | Refused:
    order = await OrderStore(uow).get(id) if id else None
    if order is None:
        return refuse(NotFound(path=path))
    return check_revision(order.revision, expected) or order


async def _save(
    uow: UnitOfWork, order_id: OrderId, id: BlockId, events: Sequence[b.BlockEvent], reasons: Any
) -> Touched:
    if events:
        await BlockStore(uow).write(events, reasons)
        await OrderStore(uow).touch(order_id, events)
        await block_reminders.schedule(uow, events)
    return Touched(id=id, order_id=order_id)


# What rules say. Who calls records the events with those of the order, and keeps the order locked.


async def judged(
    uow: UnitOfWork, order: Order, causes: Iterable[b.Cause], rules: Iterable[str], blocks: tuple[b.Block, ...]
) -> list[b.BlockEvent]:
    """What the rules make of an order now; nothing is written. `rules` were asked, and can let go what they once held."""
    found = b.Judged(causes=tuple(causes), rules=frozenset(rules), by=uow.by.actor.id, at=uow.by.at)
    codes = {*(cause.reason for cause in found.causes), *(block.reason for block in blocks if block.active)}
    if not codes:
        return []
    reasons = await BlockStore(uow).reasons(codes)
    return b.judge(order, blocks, found, reasons, [uow.new_id() for _ in found.causes])


async def write(uow: UnitOfWork, events: Sequence[b.BlockEvent]) -> None:
    """The rows of what `judged` said."""
    if events:
        store, added = BlockStore(uow), [event.block.reason for event in events if isinstance(event, b.BlockAdded)]
        await store.write(events, await store.reasons(added) if added else {})


async def causes(uow: UnitOfWork, order: Order, viewed: Viewed) -> tuple[b.Cause, ...]:
    """What the rules find in an order that is being placed. Like orders are looked for only where the channel wants it."""
    checks, minutes = viewed.channel.checks, viewed.channel.checks.duplicate_minutes
    wanted: Counter[str] = Counter()
    for line in viewed.checkout.priced.cart.lines:
        wanted[str(line.variant_id)] += line.quantity
    since = uow.by.at - timedelta(minutes=minutes or 0)
    alike = await BlockStore(uow).alike(order, wanted, since) if minutes else ()
    staff_id = uow.by.actor.id if uow.by.actor.is_staff else None
    facts = b.OrderFacts(total=order.total, currency=order.currency, alike=tuple(alike), staff_id=staff_id)
    of_money = (*adjusting.causes(viewed.checkout.priced), *await credit.causes(uow, order))
    return (*b.automatic_causes(checks, facts), *of_money)


async def following(uow: UnitOfWork, order: Order, happened: Sequence[OrderEvent]) -> list[b.BlockEvent]:
    """What becomes of the blocks of an order when this happened to it: written, and to be recorded with it."""
    events: list[b.BlockEvent] = []
    if any(isinstance(event, OrderCanceled) for event in happened):
        events += b.closed(await BlockStore(uow).of_order(order.id), uow.by.at)
    elif found := await _of_payment(uow, order, happened):
        events += await judged(uow, order, found, (), await BlockStore(uow).of_order(order.id))
    await write(uow, events)
    return events


async def _of_payment(uow: UnitOfWork, order: Order, happened: Sequence[OrderEvent]) -> list[b.Cause]:
    """An order that a bank declined as often as it may is looked at by somebody, whatever the channel wants."""
    declined, confirmed = order.declined_attempts, any(isinstance(event, OrderConfirmed) for event in happened)
    if confirmed:
        checks = (await channel_by_id(uow.connection, order.channel_id)).checks if declined else b.NO_CHECKS
        facts = b.OrderFacts(total=0, currency=order.currency, declined_attempts=declined)
        found = [cause for cause in b.automatic_causes(checks, facts) if cause.reason == b.PAYMENT_ATTEMPTS]
        return [*found, *await credit.causes(uow, order)]
    for event in happened:
        if isinstance(event, OrderBalanceSubmitted | PaymentsCounted):
            unkept = event.payments if isinstance(event, OrderBalanceSubmitted) else ()
            return list(await credit.causes(uow, order, unkept))
    if order.attempts >= order.retries.limit and any(isinstance(event, OrderPaymentRejected) for event in happened):
        return [b.Cause(reason=b.PAYMENT_ATTEMPTS, ref="payment", amount=declined)]
    return []


@value
class Inherited:
    """What an order has from the quote that it is made of: `settled` are refs of causes that were within limits then, or that
    `approved_by` has approved.
    """

    settled: frozenset[str] = frozenset()
    approved_by: UUID | None = None


async def raised(uow: UnitOfWork, order: Order, causes: Sequence[b.Cause], inherited: Inherited) -> list[b.BlockEvent]:
    """At placing: blocks for all causes, written and to be recorded. Without a cause nothing is asked."""
    approver, settled = inherited.approved_by, inherited.settled
    left = causes if approver else [cause for cause in causes if cause.ref not in settled]
    events = await judged(uow, order, left, (), ()) if left else []
    if approver:
        events += b.approved(events, settled, approver, uow.by.at)
    await write(uow, events)
    return events
