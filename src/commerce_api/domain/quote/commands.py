"""What can be done to a quote, what happened, and why something did not."""

from dataclasses import field
from datetime import datetime
from typing import ClassVar, TypeAlias
from uuid import UUID

from commerce_api.domain.actor import FourEyes as FourEyes
from commerce_api.domain.cart import Author
from commerce_api.domain.decision import Notice, Refusal
from commerce_api.domain.ids import CartLineId, OrderId
from commerce_api.domain.quote.choices import Choices
from commerce_api.domain.quote.state import Audience
from commerce_api.domain.value import value

# Commands. `at` is the moment by which everything is judged, `by` the one who acts.


@value
class ReviewQuote:
    """Take a request or a counter-offer in hand."""

    by: Author
    at: datetime


@value
class ChangeQuote:
    """Its content is about to become another one, and with that what there is to choose; None leaves it as it is."""

    choices: Choices | None = None
    at: datetime


@value
class SendQuote:
    """`beyond_limits` says that the content needs an approval, which those in `barred` cannot give. `comment` is to the buyer.
    Stock is held for it until `reserve_until`; if `partial`, the buyer may order some of it now and some later.
    """

    content_hash: str
    valid_until: datetime
    terms: str = ""
    comment: str = field(default="", repr=False)
    reserve_until: datetime | None = None
    partial: bool = False
    beyond_limits: bool
    barred: frozenset[UUID]
    at: datetime


@value
class ApproveQuote:
    """`seen` is what the approver has looked at, `content_hash` what there is to approve; `sufficient` says whether the
    approver's own limits allow it.
    """

    seen: str
    content_hash: str
    sufficient: bool
    by: UUID


@value
class RejectApproval:
    by: UUID


@value
class AcceptQuote:
    """`evidence` says how the buyer agreed, where somebody else accepts for them."""

    version: int
    chosen: tuple[CartLineId, ...] = ()
    evidence: str = ""
    at: datetime


@value
class DeclineQuote:
    at: datetime


@value
class CounterQuote:
    at: datetime


@value
class WithdrawQuote:
    at: datetime


@value
class ReopenQuote:
    """So that it can be issued again."""

    at: datetime


@value
class ConvertQuote:
    """Order all that is open of it, or some: then `last` says whether that leaves nothing open."""

    version: int
    order_id: OrderId
    in_part: bool = False
    last: bool = True
    at: datetime


QuoteCommand: TypeAlias = (
    ReviewQuote
    | ChangeQuote
    | SendQuote
    | ApproveQuote
    | RejectApproval
    | AcceptQuote
    | DeclineQuote
    | CounterQuote
    | WithdrawQuote
    | ReopenQuote
    | ConvertQuote
)

# Events.


@value
class QuoteRequested:
    customer_visible: ClassVar[bool] = True

    number: str


@value
class QuoteCreated:
    number: str


@value
class QuoteTakenUp:
    by: Author


@value
class QuoteChanged:
    """Another content: whatever was approved is not any more. `choices` None are those of before."""

    choices: Choices | None = None


@value
class QuoteApprovalAsked:
    content_hash: str
    barred: tuple[UUID, ...]
    valid_until: datetime
    terms: str
    comment: str = field(default="", repr=False)
    reserve_until: datetime | None = None
    partial: bool = False


@value
class QuoteApproved:
    content_hash: str
    by: UUID


@value
class QuoteApprovalRejected:
    by: UUID


@value
class QuoteSent:
    customer_visible: ClassVar[bool] = True

    version: int
    content_hash: str
    sent_at: datetime
    valid_until: datetime
    reserve_until: datetime | None = None
    partial: bool = False
    approved_by: UUID | None = None


@value
class QuoteAccepted:
    customer_visible: ClassVar[bool] = True

    version: int
    chosen: tuple[CartLineId, ...] = ()
    evidence: str = field(repr=False)


@value
class QuoteDeclined:
    customer_visible: ClassVar[bool] = True

    version: int


@value
class QuoteCountered:
    customer_visible: ClassVar[bool] = True

    version: int


@value
class QuoteWithdrawn:
    customer_visible: ClassVar[bool] = True

    version: int


@value
class QuoteReopened:
    """It is going to be issued again, at the prices of the day."""

    version: int


@value
class QuotePartlyConverted:
    """Some of it was ordered; the rest is still open."""

    customer_visible: ClassVar[bool] = True

    version: int
    order_id: OrderId


@value
class QuoteConverted:
    customer_visible: ClassVar[bool] = True

    version: int
    order_id: OrderId


@value
class QuoteCommented:
    """The words themselves are with the quote."""

    comment_id: UUID
    audience: Audience


@value
class QuoteAttached:
    """A file was added; its name is with the quote."""

    attachment_id: UUID
    audience: Audience


@value
class QuoteSeen:
    """The buyer has looked at a version for the first time."""

    version: int


@value
class QuotePrinted:
    """Somebody took a version along as a document."""

    version: int


QuoteEvent: TypeAlias = (
    QuoteTakenUp
    | QuoteChanged
    | QuoteApprovalAsked
    | QuoteApproved
    | QuoteApprovalRejected
    | QuoteSent
    | QuoteAccepted
    | QuoteDeclined
    | QuoteCountered
    | QuoteWithdrawn
    | QuoteReopened
    | QuotePartlyConverted
    | QuoteConverted
)

# Refusals.


@value
class QuoteExpired(Refusal):
    """This quote has expired; ask for it to be issued again at the prices of today."""

    valid_until: datetime


@value
class QuoteVersionStale(Refusal):
    """This is not the version that counts: that is version {current_version}."""

    current_version: int


@value
class QuoteAlreadyConverted(Refusal):
    """This quote has become an order already."""

    order_id: OrderId


@value
class QuoteNotSent(Refusal):
    """This quote is not with the buyer now."""


@value
class QuoteNotAccepted(Refusal):
    """This quote has to be accepted before it can be ordered."""


@value
class QuoteChosenOtherwise(Refusal):
    """This quote was accepted with another choice; ask us if you want something else."""


@value
class QuoteNotRequested(Refusal):
    """There is no request and no counter-offer to look at."""

    staff_only: ClassVar[bool] = True


@value
class QuoteNotOpen(Refusal):
    """This quote cannot be changed now; take a request or a counter-offer in hand first, or issue the quote again."""

    staff_only: ClassVar[bool] = True


@value
class QuoteNotInApproval(Refusal):
    """Nobody has asked for an approval of this quote."""

    staff_only: ClassVar[bool] = True


@value
class QuoteNotOver(Refusal):
    """Only what was sent, or is over, can be issued again."""

    staff_only: ClassVar[bool] = True


@value
class QuoteOver(Refusal):
    """Nothing can become of this quote any more."""


@value
class QuoteContentChanged(Refusal):
    """The content is not the one that you have looked at, or that approval was asked for; look at it again."""

    staff_only: ClassVar[bool] = True

    content_hash: str


@value
class QuoteBeyondYourLimit(Refusal):
    """The discount goes beyond your own limits too; somebody with greater ones has to approve it."""

    staff_only: ClassVar[bool] = True


@value
class QuoteValidityOver(Refusal):
    """The end of its validity has to be in the future."""

    staff_only: ClassVar[bool] = True


@value
class QuoteHoldOutlasts(Refusal):
    """Stock can be held for a quote from now on until the end of its validity, no longer."""

    staff_only: ClassVar[bool] = True


@value
class QuoteNotPartial(Refusal):
    """This quote can only be ordered as a whole."""


@value
class QuoteNeedsApproval(Notice):
    """It goes beyond its author's limits; somebody else has to approve it before it can be sent."""

    staff_only: ClassVar[bool] = True
