"""What a quote is."""

from dataclasses import field
from datetime import datetime
from typing import Final
from uuid import UUID

from commerce_api.domain.cart import Author
from commerce_api.domain.described import DescribedEnum
from commerce_api.domain.ids import CartId, CartLineId, ChannelId, CustomerId, OrderId, QuoteId
from commerce_api.domain.quote.choices import Choices
from commerce_api.domain.value import value


class QuoteState(DescribedEnum):
    """EXPIRED is never stored: it is what the clock makes of SENT and ACCEPTED."""

    REQUESTED = "REQUESTED", "A buyer asks for it; nobody has looked at it yet."
    IN_REVIEW = "IN_REVIEW", "Staff look at what the buyer asks for."
    DRAFT = "DRAFT", "Being written."
    APPROVAL = "APPROVAL", "Somebody with a greater limit has to approve it before it can be sent."
    SENT = "SENT", "With the buyer, who may accept it until it expires."
    COUNTERED = "COUNTERED", "The buyer wants something else; nobody has looked at that yet."
    ACCEPTED = "ACCEPTED", "The buyer agrees; it can be ordered at these prices until it expires."
    CONVERTED = "CONVERTED", "It became an order."
    DECLINED = "DECLINED", "The buyer does not want it."
    WITHDRAWN = "WITHDRAWN", "It was taken back."
    EXPIRED = "EXPIRED", "Its time is over; it can be issued again at the prices of then."


OPEN: Final = frozenset({QuoteState.IN_REVIEW, QuoteState.DRAFT, QuoteState.APPROVAL})
"""Staff may write it."""

PROMISED: Final = frozenset({QuoteState.SENT, QuoteState.ACCEPTED})
"""Its prices are guaranteed, until it expires."""


HOLDING: Final = PROMISED | {QuoteState.COUNTERED, QuoteState.IN_REVIEW}
"""Stock that was held for what was sent stays so, until that is over or becomes something else."""


class Audience(DescribedEnum):
    INTERNAL = "INTERNAL", "Only staff read it."
    CUSTOMER = "CUSTOMER", "The buyer reads it too."


@value
class Offer:
    """The version that was sent last. It is good from `sent_at` until just before `valid_until`; stock is held for it until
    just before `reserve_until`.
    """

    version: int
    sent_at: datetime
    valid_until: datetime
    reserve_until: datetime | None = None
    partial: bool = False

    def holds(self, at: datetime) -> bool:
        return self.sent_at <= at < self.valid_until


@value
class Approval:
    """Of one exact content, offered until then and under these terms, with a comment that goes out with it. `barred` are those
    who may not give it: who wrote it, asked for it or gave a discount in it.
    """

    content_hash: str
    barred: tuple[UUID, ...]
    valid_until: datetime
    terms: str = ""
    comment: str = field(default="", repr=False)
    reserve_until: datetime | None = None
    partial: bool = False
    approved_by: UUID | None = None


@value
class Quote:
    """What decisions about a quote need; `requested` by its buyer, or else made by staff. What it is about, while it is
    being written, is the draft with `draft_id`. `choices` are between lines of that; `chosen` is what the buyer took.
    """

    id: QuoteId
    number: str
    channel_id: ChannelId
    draft_id: CartId
    customer_id: CustomerId | None = None
    email: str = field(default="", repr=False)
    language: str
    currency: str
    state: QuoteState
    requested: bool = False
    author: Author | None = None
    offer: Offer | None = None
    approval: Approval | None = None
    choices: Choices = ()
    chosen: tuple[CartLineId, ...] | None = None
    order_id: OrderId | None = None
    created_at: datetime
    revision: int = 1

    @property
    def version(self) -> int:
        """Of the last version that was sent; 0 before."""
        return self.offer.version if self.offer else 0

    def state_at(self, at: datetime) -> QuoteState:
        """Judged by the clock, whether or not anybody has noticed."""
        over = self.state in PROMISED and self.offer is not None and not self.offer.holds(at)
        return QuoteState.EXPIRED if over else self.state

    def reserved_until(self, at: datetime) -> datetime | None:
        """Until when stock is held for it, if any is now."""
        until = self.offer.reserve_until if self.offer and self.state in HOLDING else None
        return until if until and at < until else None

    @property
    def known_to_buyer(self) -> bool:
        """What staff are still writing of themselves is none of the buyer's business."""
        return self.requested or self.offer is not None

    def shown_at(self, at: datetime) -> QuoteState:
        """Its state as its buyer is told: what staff do about it among themselves is all one."""
        state = self.state_at(at)
        return QuoteState.IN_REVIEW if state in OPEN else state
