"""What the rules make of an order, when it is placed and whenever a change of it is committed; and what else blocks follow."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from commerce_api.domain.blocks import commands as c
from commerce_api.domain.blocks.reasons import BlockReason
from commerce_api.domain.blocks.state import Block, BlockKind, Cause, Owner, Resolution, Resolved, Subject
from commerce_api.domain.ids import BlockId, OrderLineId
from commerce_api.domain.value import replace, value


@value
class Judged:
    """What rules have found at this moment, when the order is placed or a change of it committed. Only blocks of the
    `rules` that were asked can have lost their cause.
    """

    causes: tuple[Cause, ...]
    rules: frozenset[str]
    by: UUID | None
    at: datetime


def judge(
    subject: Subject,
    blocks: Sequence[Block],
    judged: Judged,
    reasons: Mapping[str, BlockReason],
    new_ids: Iterable[UUID],
) -> list[c.BlockEvent]:
    """What to raise, and what to resolve because its cause is gone (B1, B6). Blocks that people added stay as they are.

    `new_ids` are as many as there are causes. A cause that a person has let go on, as great as it is, is not raised again.
    """
    raised = _distinct(judged.causes)
    found = (
        event
        for cause, id_ in zip(raised, new_ids, strict=False)
        if (reason := reasons.get(cause.reason)) and reason.in_force(subject.channel_id)
        for event in _raise(subject, blocks, cause, reason, judged, BlockId(id_))
    )
    gone = (block for block in blocks if _cause_is_gone(block, judged, raised, reasons))
    auto = Resolved(resolution=Resolution.AUTO, by=None, at=judged.at, comment="")
    return [*found, *(c.BlockResolved(block_id=block.id, reason=block.reason, resolved=auto) for block in gone)]


def _distinct(causes: Iterable[Cause]) -> list[Cause]:
    return list({(cause.reason, cause.ref): cause for cause in causes}.values())


def _raise(
    subject: Subject, blocks: Sequence[Block], cause: Cause, reason: BlockReason, judged: Judged, id: BlockId
) -> Iterator[c.BlockEvent]:
    same = [b for b in blocks if b.kind is BlockKind.AUTOMATIC and (b.reason, b.ref) == (cause.reason, cause.ref)]
    active = next((block for block in same if block.active), None)
    if active:
        yield from _grow(active, cause, judged)
    elif not any(b.resolved and b.resolved.by_a_person and b.amount >= cause.amount for b in same):
        block = Block(
            id=id,
            owner=subject.owner,
            reason=reason.code,
            kind=BlockKind.AUTOMATIC,
            stops=reason.stops,
            comment="",
            ref=cause.ref,
            amount=cause.amount,
            caused_by=_people(cause.caused_by),
            placed_by=judged.by,
            placed_at=judged.at,
            due_at=reason.due(judged.at),
        )
        yield c.BlockAdded(block=block)


def _grow(block: Block, cause: Cause, judged: Judged) -> Iterator[c.BlockEvent]:
    """Who lets a cause grow is behind it from then on, and who changes something else is not."""
    grown = cause.amount > block.amount
    behind = _people(*block.caused_by, cause.caused_by, judged.by if grown else None)
    if grown or set(behind) - {block.placed_by, *block.caused_by}:
        yield c.BlockCauseGrew(block_id=block.id, amount=max(cause.amount, block.amount), caused_by=behind)


def _people(*ids: UUID | None) -> tuple[UUID, ...]:
    return tuple(dict.fromkeys(id_ for id_ in ids if id_))


def _cause_is_gone(block: Block, judged: Judged, causes: Collection[Cause], reasons: Mapping[str, BlockReason]) -> bool:
    if not block.active or block.kind is BlockKind.MANUAL or block.reason not in judged.rules:
        return False
    reason = reasons.get(block.reason)
    still = any((block.reason, block.ref) == (cause.reason, cause.ref) for cause in causes)
    return reason is not None and reason.auto_resolve and not still


def approved(raised: Iterable[c.BlockEvent], refs: Collection[str], by: UUID, at: datetime) -> list[c.BlockResolved]:
    """What somebody had approved before there was an order: it is told, and holds nothing up."""
    passed = Resolved(resolution=Resolution.APPROVED, by=by, at=at, comment="")
    return [
        c.BlockResolved(block_id=event.block.id, reason=event.block.reason, resolved=passed)
        for event in raised
        if isinstance(event, c.BlockAdded) and event.block.ref in refs
    ]


def closed(blocks: Iterable[Block], resolution: Resolution, at: datetime) -> list[c.BlockResolved]:
    """What becomes of the blocks of an order that is canceled, or of a quote that has become one."""
    resolved = Resolved(resolution=resolution, by=None, at=at, comment="")
    return [c.BlockResolved(block_id=b.id, reason=b.reason, resolved=resolved) for b in blocks if b.active]


def copied(
    blocks: Iterable[Block],
    owner: Owner,
    by: UUID | None,
    at: datetime,
    new_ids: Iterable[UUID],
    moved: Mapping[UUID, UUID],
) -> list[c.BlockAdded]:
    """The active ones for an order that is split off, or made of a quote (B8). Who is behind them stays behind them. `moved` are
    the ids there of what went there: blocks of lines go along with their lines.
    """
    active = [block for block in blocks if block.active]
    going = [b for b in active if not b.line_ids or any(id_ in moved for id_ in b.line_ids)]
    return [
        c.BlockAdded(block=_copy(block, owner, by, at, BlockId(id_), moved))
        for block, id_ in zip(going, new_ids, strict=False)
    ]


def _copy(block: Block, owner: Owner, by: UUID | None, at: datetime, id: BlockId, moved: Mapping[UUID, UUID]) -> Block:
    """A rule finds its cause again by what the cause is called there."""
    names = {str(old): str(new) for old, new in moved.items()}
    return replace(
        block,
        id=id,
        owner=owner,
        line_ids=tuple(OrderLineId(moved[id_]) for id_ in block.line_ids if id_ in moved),
        ref=names.get(block.ref, block.ref) if block.ref else None,
        caused_by=_people(*block.caused_by, block.placed_by),
        placed_by=by,
        placed_at=at,
    )
