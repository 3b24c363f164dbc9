"""Holding orders up, and quotes before they become orders, and letting them go on (C.2). Who resolves is decided here and nowhere
else.
"""

from collections.abc import Collection, Sequence
from dataclasses import field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from commerce_api.domain import blocks as b
from commerce_api.domain import order as orders
from commerce_api.domain import quote as quotes
from commerce_api.domain.actor import ActorKind, Forbidden
from commerce_api.domain.decision import NotFound, Path, Refusal, Refused, check_revision, refuse
from commerce_api.domain.ids import BlockId, ChannelId, CommentId, OrderId, OrderLineId, StaffId
from commerce_api.domain.order.comments import Comment, CommentVisibility, added
from commerce_api.domain.permissions import Permission
from commerce_api.domain.value import value
from commerce_api.operations import block_reminders
from commerce_api.persistence.readers.quote_visibility import sees_desk
from commerce_api.persistence.readers.staff import role_codes_of
from commerce_api.persistence.stores.blocks import BlockStore
from commerce_api.persistence.stores.comments import CommentStore
from commerce_api.persistence.stores.orders import OrderStore
from commerce_api.persistence.stores.quotes import QuoteStore
from commerce_api.persistence.unit_of_work import UnitOfWork


@value
class PutBlock:
    """Ids that are None cannot be any thing's; `path` leads to where the owner is named."""

    owner: b.Owner | None
    path: Path
    line_ids: tuple[OrderLineId | None, ...] = ()
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
    owner: b.Owner


async def add(uow: UnitOfWork, command: PutBlock) -> Touched | Refused:
    subject = await _subject(uow, command.owner, command.path, command.expected_revision)
    if isinstance(subject, Refused):
        return subject
    if not uow.by.actor.may_in(Permission.BLOCK_ORDERS, subject.channel_id):
        return refuse(Forbidden())
    store = BlockStore(uow)
    reasons = await store.reasons([command.reason])
    unknown = await _unknown(store, command, subject.owner, reasons)
    if command.reason not in reasons:
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
    decided = b.decide(subject, await store.on(subject.owner), wanted)
    if unknown or isinstance(decided, Refused):
        return Refused(reasons=(*unknown, *(decided.reasons if isinstance(decided, Refused) else ())))
    return await _save(uow, subject.owner, wanted.id, decided, reasons)


async def _unknown(store: BlockStore, command: PutBlock, owner: b.Owner, reasons: Collection[str]) -> list[Refusal]:
    """What is named that is not there."""
    lines = await store.lines_of(OrderId(owner.id)) if command.line_ids else set()
    missing: list[Refusal] = [
        NotFound(path=("lineIds", str(number))) for number, id_ in enumerate(command.line_ids) if id_ not in lines
    ]
    if command.reason not in reasons:
        missing.append(NotFound(path=("reasonCode",)))
    if command.assignee_id and not await store.is_at_work(command.assignee_id):
        missing.append(NotFound(path=("assigneeId",)))
    return missing


async def resolve(uow: UnitOfWork, command: ResolveBlocks) -> Touched | Refused:
    """All of them or none; one event for each. Quotes are locked first, then orders, each kind in the order of their ids."""
    owners = await BlockStore(uow).owners_of([id_ for id_ in command.ids if id_])
    ids = list(dict.fromkeys(id_ for id_ in command.ids if id_ in owners))
    problems: list[Refusal] = []
    for owner in sorted({owners[id_] for id_ in ids}, key=_turn):
        on_it = [id_ for id_ in ids if owners[id_] == owner]
        problems += await _resolve(uow, owner, on_it, command)
    missing = [NotFound(path=_at(command, number)) for number, id_ in enumerate(command.ids) if id_ not in owners]
    if problems or missing:
        return Refused(reasons=(*missing, *problems))
    return Touched(id=ids[0], owner=owners[ids[0]])


def _turn(owner: b.Owner) -> tuple[bool, UUID]:
    return owner.kind is b.OwnerKind.ORDER, owner.id


def _at(command: ResolveBlocks, number: int) -> Path:
    return (*command.path, str(number)) if command.path == ("blockIds",) else command.path


async def _resolve(
    uow: UnitOfWork, owner: b.Owner, ids: Sequence[BlockId], command: ResolveBlocks
) -> Sequence[Refusal]:
    """What is against resolving these blocks on one thing; if nothing is, it is done."""
    paths = {id_: _at(command, number) for number, id_ in enumerate(command.ids) if id_}
    subject = await _subject(uow, owner, paths[ids[0]], command.expected_revision)
    if isinstance(subject, Refused):
        return subject.reasons
    store = BlockStore(uow)
    blocks = await store.on(owner)
    reasons = await store.reasons(block.reason for block in blocks if block.id in ids)
    who, problems, events = await resolver(uow, subject.channel_id), [], []
    for block in (block for block in blocks if block.id in ids):
        wanted = b.ResolveBlock(
            id=block.id,
            reason=reasons[block.reason],
            resolver=who,
            resolution=command.resolution,
            comment=command.comment,
            at=uow.by.at,
        )
        decided = b.decide(subject, blocks, wanted)
        if isinstance(decided, Refused):
            problems += [replace(reason, path=paths[block.id]) for reason in decided.reasons]
        else:
            events += decided
    if not problems:
        await _save(uow, owner, ids[0], events, reasons)
    return problems


async def resolver(uow: UnitOfWork, channel_id: ChannelId) -> b.Resolver:
    """Whoever acts, as one who may resolve blocks of a channel or not. Programs have no roles."""
    actor = uow.by.actor
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
    owner = b.Owner(kind=b.OwnerKind.ORDER, id=command.order_id) if command.order_id else None
    subject = await _subject(uow, owner, ("orderId",), command.expected_revision)
    if isinstance(subject, Refused):
        return subject
    waiting = b.in_review(await BlockStore(uow).on(subject.owner))
    if against := b.against_reviewing(waiting):
        return Refused(reasons=tuple(replace(reason, path=("orderId",)) for reason in against))
    resolving = ResolveBlocks(
        ids=tuple(x.id for x in waiting), path=("orderId",), resolution=b.Resolution.CLEARED, comment=command.note
    )
    if command.passes:
        return await resolve(uow, resolving)
    reasons, who = await BlockStore(uow).reasons([b.REVIEW]), await resolver(uow, subject.channel_id)
    if refused := [*b.against_resolving(waiting[0], reasons[b.REVIEW], who)]:
        return Refused(reasons=tuple(refused))
    return await _kept(uow, OrderId(subject.owner.id), waiting[0], command.note)


async def _kept(uow: UnitOfWork, order_id: OrderId, block: b.Block, body: str) -> Touched:
    note = Comment(
        id=CommentId(uow.new_id()),
        order_id=order_id,
        visibility=CommentVisibility.INTERNAL,
        body=body,
        author=uow.by.actor.id,
        at=uow.by.at,
    )
    await CommentStore(uow).add(note)
    await OrderStore(uow).touch(order_id, [b.OrderKeptForReview(comment_id=note.id), added(note)])
    return Touched(id=block.id, owner=block.owner)


async def assign(uow: UnitOfWork, command: AssignBlock) -> Touched | Refused:
    store = BlockStore(uow)
    owners = await store.owners_of([command.id]) if command.id else {}
    if command.id is None or command.id not in owners:
        return refuse(NotFound(path=("blockId",)))
    subject = await _subject(uow, owners[command.id], ("blockId",), command.expected_revision)
    if isinstance(subject, Refused):
        return subject
    if not uow.by.actor.may_in(Permission.BLOCK_ORDERS, subject.channel_id):
        return refuse(Forbidden())
    if command.assignee_id and not await store.is_at_work(command.assignee_id):
        return refuse(NotFound(path=("assigneeId",)))
    wanted = b.AssignBlock(id=command.id, assignee_id=command.assignee_id, due_at=command.due_at, at=uow.by.at)
    decided = b.decide(subject, await store.on(subject.owner), wanted)
    return decided if isinstance(decided, Refused) else await _save(uow, subject.owner, command.id, decided, {})


async def load(uow: UnitOfWork, id: UUID) -> Touched | Refused:
    """The block that an earlier request was about."""
    found = await BlockStore(uow).owners_of([id])
    return Touched(id=BlockId(id), owner=found[id]) if found else refuse(NotFound())


async def _subject(uow: UnitOfWork, owner: b.Owner | None, path: Path, expected: int | None) -> b.Subject | Refused:
    """Under lock, as far as the actor sees it as staff do."""
    found = await _found(uow, owner) if owner else None
    if found is None:
        return refuse(NotFound(path=path))
    subject, revision = found
    return check_revision(revision, expected) or subject


async def _found(uow: UnitOfWork, owner: b.Owner) -> tuple[b.Subject, int] | None:
    if owner.kind is b.OwnerKind.ORDER:
        order = await OrderStore(uow).get(owner.id)
        return (orders.blockable(order), order.revision) if order else None
    quote = await QuoteStore(uow).get(owner.id)
    return (quotes.blockable(quote), quote.revision) if quote and sees_desk(uow.by.actor, quote.channel_id) else None


async def _save(uow: UnitOfWork, owner: b.Owner, id: BlockId, events: Sequence[b.BlockEvent], reasons: Any) -> Touched:
    """Whoever is writing a quote is not disturbed."""
    if events:
        await BlockStore(uow).write(events, reasons)
        if owner.kind is b.OwnerKind.ORDER:
            await OrderStore(uow).touch(OrderId(owner.id), events)
        else:
            await uow.events.record("QUOTE", owner.id, events)
        await block_reminders.schedule(uow, events)
    return Touched(id=id, owner=owner)
