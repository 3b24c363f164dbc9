"""What a block is, and what it stops."""

from dataclasses import field
from datetime import datetime
from uuid import UUID

from commerce_api.domain.blocks.reasons import Stop
from commerce_api.domain.decision import Refusal
from commerce_api.domain.described import DescribedEnum
from commerce_api.domain.ids import BlockId, ChannelId, OrderLineId, StaffId
from commerce_api.domain.value import value


class OwnerKind(DescribedEnum):
    ORDER = "ORDER", "An order."
    QUOTE = "QUOTE", "A quote, and with it the orders that are made of it."


@value
class Owner:
    """What a block is on."""

    kind: OwnerKind
    id: UUID


@value
class Subject:
    """What blocks can be put on, as deciding about them needs it. `over` is why nothing is left of it to hold up; `behind` are
    staff who answer for it.
    """

    owner: Owner
    channel_id: ChannelId
    over: Refusal | None = None
    behind: tuple[UUID, ...] = ()


class BlockKind(DescribedEnum):
    AUTOMATIC = "AUTOMATIC", "Raised by a rule."
    MANUAL = "MANUAL", "Added by a person."


class Resolution(DescribedEnum):
    CLEARED = "CLEARED", "Looked into, and nothing was wrong, or it was put right."
    OVERRULED = "OVERRULED", "Goes on in spite of it."
    AUTO = "AUTO", "What had caused it was gone."
    ORDER_CANCELED = "ORDER_CANCELED", "The order was canceled."
    APPROVED = "APPROVED", "Somebody had approved it before, in the quote that the order was made from."
    PASSED_ON = "PASSED_ON", "The order that its quote has become is held up instead."


@value
class Cause:
    """What a rule has found. `ref` names what it found it in, `amount` how much it is about; `caused_by` are staff."""

    reason: str
    ref: str
    amount: int = 0
    caused_by: UUID | None = None


@value
class Resolved:
    resolution: Resolution
    by: UUID | None
    at: datetime
    comment: str = field(repr=False)

    @property
    def by_a_person(self) -> bool:
        return self.resolution in {Resolution.CLEARED, Resolution.OVERRULED, Resolution.APPROVED}


@value
class Block:
    """Without `line_ids` it is about the whole order or quote. Neither `placed_by` nor any of `caused_by` resolve it where
    the reason wants four eyes. What it stops is kept as it was when it was placed.
    """

    id: BlockId
    owner: Owner
    reason: str
    kind: BlockKind
    stops: frozenset[Stop]
    line_ids: tuple[OrderLineId, ...] = ()
    comment: str = field(repr=False)
    ref: str | None = None
    amount: int = 0
    caused_by: tuple[UUID, ...] = ()
    placed_by: UUID | None
    placed_at: datetime
    assignee_id: StaffId | None = None
    due_at: datetime | None = None
    resolved: Resolved | None = None

    @property
    def active(self) -> bool:
        return self.resolved is None

    def overdue(self, at: datetime) -> bool:
        return self.active and self.due_at is not None and self.due_at <= at
