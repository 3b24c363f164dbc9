"""What a cart is."""

from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime
from enum import StrEnum
from typing import TypeAlias
from uuid import UUID

from commerce_api.domain.actor import Author as Author
from commerce_api.domain.address import Address
from commerce_api.domain.adjustment import Adjustment
from commerce_api.domain.agreement import Agreement
from commerce_api.domain.custom_field import FieldValues
from commerce_api.domain.described import DescribedEnum
from commerce_api.domain.ids import (
    CartId,
    CartLineId,
    ChannelId,
    CustomerId,
    ShipGroupId,
    ShippingMethodId,
    VariantId,
)
from commerce_api.domain.line_requests import NO_REQUESTS, LineRequests
from commerce_api.domain.origin import Predecessor
from commerce_api.domain.particulars import NOTHING_SAID, Particulars
from commerce_api.domain.shipping_policy import AvailabilityChoice
from commerce_api.domain.value import value

MAX_LINES = 500
MAX_QUANTITY = 1_000_000
MAX_GROUPS = 50
MAX_ADJUSTMENTS = 200


class Purpose(StrEnum):
    """What becomes of it. All but carts are drafts: whoever they belong to is found through what they are a draft of."""

    CART = "CART"
    QUOTE = "QUOTE"
    ORDER_EDIT = "ORDER_EDIT"


@value
class Active:
    """Being filled."""


@value
class Saved:
    """Put aside under a name; it does not expire."""

    name: str


@value
class Checkout:
    """Stock is reserved until then. Everything but the lines can still be changed."""

    until: datetime
    renewed: bool = False


@value
class Ordered:
    """It became an order."""


@value
class Merged:
    """Its lines are in another cart now."""


CartState: TypeAlias = Active | Saved | Checkout | Ordered | Merged


class ValueSource(DescribedEnum):
    """Where something in a cart is from (S1-03)."""

    ACCOUNT = "ACCOUNT", "From the customer's account, when the cart was made."
    ENTERED = "ENTERED", "Said for this cart."


@value
class CartLine:
    """`seen_unit_price` is what the owner was last shown, so that a change can be told (S0-06). Lines with the same number of a
    `tie_group` leave together. Without a choice of its own a line follows the cart's.
    """

    id: CartLineId
    variant_id: VariantId
    quantity: int
    parent_id: CartLineId | None = None
    attributes: Mapping[str, str] = field(repr=False)
    fields: FieldValues = field(repr=False)
    requests: LineRequests = NO_REQUESTS
    availability_choice: AvailabilityChoice | None = None
    tie_group: int | None = None
    seen_unit_price: int | None = None
    added_by: Author
    added_at: datetime


@value
class ShipGroup:
    """What goes to one address in one way. The only group of a cart takes everything and leaves `quantities` empty."""

    id: ShipGroupId
    address: Address | None = field(default=None, repr=False)
    shipping_method_id: ShippingMethodId | None = None
    instructions: str = field(default="", repr=False)
    requested_ship_date: date | None = None
    source: ValueSource = ValueSource.ENTERED
    quantities: Mapping[CartLineId, int]


@value
class PaymentInstruction:
    """How to pay `amount`; None is whatever the other instructions leave."""

    id: UUID
    method: str
    card_token: str | None = field(default=None, repr=False)
    amount: int | None = None
    source: ValueSource = ValueSource.ENTERED
    entered_by: Author | None = None


@value
class CartLock:
    """Nobody but this member of staff may change the cart until then."""

    by: UUID
    since: datetime
    until: datetime


@value
class Cart:
    """What is being bought: a cart, or the draft of a quote or of an order's next version.

    There is always at least one ship group; the first one has the cart's own id until groups are set. An `agreement` says
    which prices are not those of the day. `made_from` are the orders and quotes behind it, the first one first; `split_from_id`
    is the cart that it was a part of. Without an `availability_choice` it is as its channel does.
    """

    id: CartId
    purpose: Purpose = Purpose.CART
    agreement: Agreement | None = None
    channel_id: ChannelId
    customer_id: CustomerId | None = None
    state: CartState
    currency: str
    language: str
    email: str = ""
    phone: str = ""
    billing_address: Address | None = None
    email_source: ValueSource = ValueSource.ENTERED
    phone_source: ValueSource = ValueSource.ENTERED
    billing_source: ValueSource = ValueSource.ENTERED
    attributes: Mapping[str, str]
    particulars: Particulars = NOTHING_SAID
    note: str = ""
    availability_choice: AvailabilityChoice | None = None
    terms_version: str | None = None
    lines: tuple[CartLine, ...] = ()
    ship_groups: tuple[ShipGroup, ...]
    payment_instructions: tuple[PaymentInstruction, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    lock: CartLock | None = None
    made_from: tuple[Predecessor, ...] = ()
    split_from_id: CartId | None = None
    created_at: datetime
    updated_at: datetime
    expires_at: datetime
    revision: int

    @property
    def total_quantity(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def bill_to(self) -> Address | None:
        """Who gets the bill: where nobody was named, the one to whom everything goes."""
        destinations = {group.address for group in self.ship_groups}
        return self.billing_address or (destinations.pop() if len(destinations) == 1 else None)

    def choice_for(self, line: CartLine) -> AvailabilityChoice | None:
        """Its own, or that of the whole."""
        return line.availability_choice or self.availability_choice

    def line(self, id: CartLineId) -> CartLine | None:
        return next((line for line in self.lines if line.id == id), None)

    def group(self, id: ShipGroupId | None) -> ShipGroup | None:
        """The group with this id; without an id the only one."""
        if id is None:
            return self.ship_groups[0] if len(self.ship_groups) == 1 else None
        return next((group for group in self.ship_groups if group.id == id), None)

    def adjustment(self, id: UUID) -> Adjustment | None:
        return next((adjustment for adjustment in self.adjustments if adjustment.id == id), None)

    def quantities_of(self, group: ShipGroup) -> Mapping[CartLineId, int]:
        """How many of which line are in a group."""
        return group.quantities if len(self.ship_groups) > 1 else {line.id: line.quantity for line in self.lines}

    def expired(self, at: datetime) -> bool:
        """How long a draft lives is up to what it is a draft of."""
        open_cart = self.purpose is Purpose.CART and isinstance(self.state, Active | Checkout)
        return open_cart and self.expires_at <= at


def only_group(cart_id: CartId) -> ShipGroup:
    """The group that a cart has before any are set."""
    return ShipGroup(id=ShipGroupId(cart_id), quantities={})
