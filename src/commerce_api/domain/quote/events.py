"""What happened to a quote."""

from dataclasses import field
from datetime import datetime
from typing import ClassVar, TypeAlias
from uuid import UUID

from commerce_api.domain.cart import Author
from commerce_api.domain.ids import CartLineId, OrderId
from commerce_api.domain.quote.choices import Choices
from commerce_api.domain.quote.state import Audience
from commerce_api.domain.value import value


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
    """It is going to be issued again, at the prices of the day. `choices` None are those of before."""

    version: int
    choices: Choices | None = None


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
