"""What can be done to a quote. `at` is the moment by which everything is judged, `by` the one who acts."""

from dataclasses import field
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from commerce_api.domain.cart import Author
from commerce_api.domain.ids import CartLineId, OrderId
from commerce_api.domain.quote.choices import Choices
from commerce_api.domain.value import value


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
    """So that it can be issued again, with what is left to choose; None leaves that as it is."""

    choices: Choices | None = None
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
