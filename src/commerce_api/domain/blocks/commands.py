"""What can be done to blocks, what happened, and why something did not."""

from dataclasses import field
from datetime import datetime
from typing import ClassVar, TypeAlias
from uuid import UUID

from commerce_api.domain.actor import FourEyes as FourEyes
from commerce_api.domain.blocks.reasons import BlockReason
from commerce_api.domain.blocks.state import Block, Resolution, Resolved
from commerce_api.domain.decision import Refusal
from commerce_api.domain.ids import BlockId, CommentId, OrderLineId, StaffId
from commerce_api.domain.value import value

# Commands.


@value
class AddBlock:
    """By a person. Without `due_at` it is due as soon as the reason says."""

    id: BlockId
    reason: BlockReason
    line_ids: tuple[OrderLineId, ...] = ()
    comment: str = field(repr=False)
    assignee_id: StaffId | None = None
    due_at: datetime | None = None
    by: UUID | None
    at: datetime


@value
class Resolver:
    """Who wants to resolve, and what they may in the channel: all blocks, or those whose reasons name their roles."""

    id: UUID | None
    may_all: bool
    may_own: bool
    roles: frozenset[str] = frozenset()

    def may(self, reason: BlockReason) -> bool:
        if self.may_all and not reason.only_resolver_roles:
            return True
        return (self.may_all or self.may_own) and bool(self.roles & reason.resolver_roles)


@value
class ResolveBlock:
    id: BlockId
    reason: BlockReason
    resolver: Resolver
    resolution: Resolution = Resolution.CLEARED
    comment: str = field(repr=False)
    at: datetime


@value
class AssignBlock:
    """Sets both; None takes away."""

    id: BlockId
    assignee_id: StaffId | None
    due_at: datetime | None
    at: datetime


BlockCommand: TypeAlias = AddBlock | ResolveBlock | AssignBlock

# Events.


@value
class BlockAdded:
    block: Block


@value
class BlockCauseGrew:
    """The rule found more of the same, or somebody else is behind it too."""

    block_id: BlockId
    amount: int
    caused_by: tuple[UUID, ...]


@value
class BlockAssigned:
    block_id: BlockId
    assignee_id: StaffId | None
    due_at: datetime | None


@value
class BlockResolved:
    block_id: BlockId
    reason: str
    resolved: Resolved


@value
class OrderKeptForReview:
    """Somebody has reviewed the order and does not let it go on; the comment says why."""

    comment_id: CommentId


BlockEvent: TypeAlias = BlockAdded | BlockCauseGrew | BlockAssigned | BlockResolved

# Refusals.


@value
class Blocked(Refusal):
    """Blocks hold this order up: {reasons}. Have them resolved first."""

    staff_only: ClassVar[bool] = True
    blocks: tuple[Block, ...]
    reasons: str


@value
class ReasonNotOffered(Refusal):
    """In this channel nothing is blocked by hand for this reason."""

    staff_only: ClassVar[bool] = True


@value
class CommentRequired(Refusal):
    """This reason says little by itself: please comment."""

    staff_only: ClassVar[bool] = True


@value
class LinesNotBlocked(Refusal):
    """For this reason the whole order is blocked; leave the lines out."""

    staff_only: ClassVar[bool] = True


@value
class NothingToReview(Refusal):
    """No review of this order is waited for."""

    staff_only: ClassVar[bool] = True


@value
class BlockNotActive(Refusal):
    """This block was resolved before."""

    staff_only: ClassVar[bool] = True
