"""Deciding about blocks that people add, assign and resolve."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import reduce
from typing import Final, assert_never

from commerce_api.domain.actor import Forbidden
from commerce_api.domain.blocks import commands as c
from commerce_api.domain.blocks.reasons import BlockReason, BlockScope, ReasonKind, Stop
from commerce_api.domain.blocks.rules import REVIEW
from commerce_api.domain.blocks.state import Block, BlockKind, Resolved, Subject
from commerce_api.domain.decision import Decision, InvalidValue, Refusal, Refused, TooMany
from commerce_api.domain.ids import BlockId
from commerce_api.domain.value import replace

MOST_BLOCKS: Final = 200
"""As many can be added to one order or quote by hand; rules go on."""


def stopped(blocks: Iterable[Block], stop: Stop) -> tuple[Block, ...]:
    """The active blocks that stand in the way; none: go on (I5)."""
    return tuple(block for block in blocks if block.active and stop in block.stops)


def against(blocks: Iterable[Block], stop: Stop) -> tuple[Refusal, ...]:
    """The same as a refusal that names them all."""
    found = stopped(blocks, stop)
    reasons = ", ".join(dict.fromkeys(block.reason for block in found))
    return (c.Blocked(blocks=found, reasons=reasons),) if found else ()


def decide(subject: Subject, blocks: Sequence[Block], command: c.BlockCommand) -> Decision[c.BlockEvent]:
    match command:
        case c.AddBlock():
            reasons = tuple(against_adding(subject, blocks, command))
            return Refused(reasons=reasons) if reasons else [c.BlockAdded(block=_added(subject, command))]
        case c.ResolveBlock():
            reasons = tuple(against_resolving(_one(blocks, command.id), command.reason, command.resolver))
            return Refused(reasons=reasons) if reasons else [_resolved(command)]
        case c.AssignBlock():
            return _assigned(_one(blocks, command.id), command)
        case _:
            assert_never(command)


def _one(blocks: Iterable[Block], id: BlockId) -> Block:
    return next(block for block in blocks if block.id == id)


def against_adding(subject: Subject, blocks: Sequence[Block], command: c.AddBlock) -> Iterator[Refusal]:
    reason = command.reason
    yield from against_blocking(subject)
    if len(blocks) >= MOST_BLOCKS:
        yield TooMany(most=MOST_BLOCKS)
    if reason.kind is ReasonKind.AUTOMATIC or not reason.in_force(subject.channel_id):
        yield c.ReasonNotOffered(path=("reasonCode",))
    if command.line_ids and reason.scope is BlockScope.ORDER:
        yield c.LinesNotBlocked(path=("lineIds",))
    if reason.comment_required and not command.comment:
        yield c.CommentRequired(path=("comment",))
    yield from _against_due(command.due_at, command.at)


def against_blocking(subject: Subject) -> Iterator[Refusal]:
    """Whatever the reason (B1)."""
    if subject.over:
        yield subject.over


def against_reviewing(blocks: Iterable[Block]) -> tuple[Refusal, ...]:
    """Whether a review is waited for."""
    return () if in_review(blocks) else (c.NothingToReview(),)


def in_review(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """The blocks that wait for one."""
    return tuple(block for block in blocks if block.active and block.reason == REVIEW)


def against_resolving(block: Block, reason: BlockReason, resolver: c.Resolver) -> Iterator[Refusal]:
    """B3, B4. Whoever may not at all hears nothing else."""
    if not resolver.may(reason):
        yield Forbidden()
    elif not block.active:
        yield c.BlockNotActive()
    elif reason.four_eyes and resolver.id in {block.placed_by, *block.caused_by}:
        yield c.FourEyes()


def _against_due(due_at: datetime | None, at: datetime) -> Iterator[Refusal]:
    if due_at is not None and due_at <= at:
        yield InvalidValue(path=("dueAt",), problem="A moment that is still to come, please.")


def _added(subject: Subject, command: c.AddBlock) -> Block:
    return Block(
        id=command.id,
        owner=subject.owner,
        reason=command.reason.code,
        kind=BlockKind.MANUAL,
        stops=command.reason.stops,
        line_ids=command.line_ids,
        comment=command.comment,
        caused_by=subject.behind,
        placed_by=command.by,
        placed_at=command.at,
        assignee_id=command.assignee_id,
        due_at=command.due_at or command.reason.due(command.at),
    )


def _resolved(command: c.ResolveBlock) -> c.BlockResolved:
    resolved = Resolved(resolution=command.resolution, by=command.resolver.id, at=command.at, comment=command.comment)
    return c.BlockResolved(block_id=command.id, reason=command.reason.code, resolved=resolved)


def _assigned(block: Block, command: c.AssignBlock) -> Decision[c.BlockEvent]:
    moved = None if command.due_at == block.due_at else command.due_at
    reasons = (*(() if block.active else (c.BlockNotActive(),)), *_against_due(moved, command.at))
    if reasons:
        return Refused(reasons=reasons)
    if (block.assignee_id, block.due_at) == (command.assignee_id, command.due_at):
        return []
    return [c.BlockAssigned(block_id=block.id, assignee_id=command.assignee_id, due_at=command.due_at)]


def evolve(blocks: tuple[Block, ...], event: c.BlockEvent) -> tuple[Block, ...]:
    if isinstance(event, c.BlockAdded):
        return (*blocks, event.block)
    return tuple(_after(block, event) if block.id == event.block_id else block for block in blocks)


def _after(block: Block, event: c.BlockCauseGrew | c.BlockAssigned | c.BlockResolved) -> Block:
    match event:
        case c.BlockCauseGrew(amount=amount, caused_by=caused_by):
            return replace(block, amount=amount, caused_by=caused_by)
        case c.BlockAssigned(assignee_id=assignee_id, due_at=due_at):
            return replace(block, assignee_id=assignee_id, due_at=due_at)
        case c.BlockResolved(resolved=resolved):
            return replace(block, resolved=resolved)


def evolved(blocks: tuple[Block, ...], events: Iterable[c.BlockEvent]) -> tuple[Block, ...]:
    return reduce(evolve, events, blocks)
