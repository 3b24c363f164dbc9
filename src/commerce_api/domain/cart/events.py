"""What happened to a cart. What buyers wrote is in the cart only: the log of events leaves out fields without a `repr`."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from commerce_api.domain.address import Address
from commerce_api.domain.adjustment import Adjustment
from commerce_api.domain.cart.state import CartLine, PaymentInstruction, ShipGroup, ValueSource
from commerce_api.domain.custom_field import FieldValues
from commerce_api.domain.decision import CautionsOverruled
from commerce_api.domain.ids import CartId, CartLineId, CustomerId, OrderId, ShipGroupId, ShippingMethodId, VariantId
from commerce_api.domain.line_requests import LineRequests
from commerce_api.domain.particulars import Particulars
from commerce_api.domain.shipping_policy import AvailabilityChoice
from commerce_api.domain.value import value


@value
class CartCreated:
    currency: str


@value
class CartLineAdded:
    line: CartLine


@value
class CartLineChanged:
    line_id: CartLineId
    variant_id: VariantId
    before: int
    after: int
    seen_unit_price: int | None


@value
class CartLineRemoved:
    line_id: CartLineId
    variant_id: VariantId
    quantity: int


@value
class BuyerSet:
    email: str = field(repr=False)
    phone: str = field(repr=False)
    email_source: ValueSource = ValueSource.ENTERED
    phone_source: ValueSource = ValueSource.ENTERED


@value
class BillingAddressSet:
    address: Address | None = field(repr=False)
    source: ValueSource = ValueSource.ENTERED


@value
class ShippingSet:
    """Where and how the goods go."""

    ship_groups: tuple[ShipGroup, ...]


@value
class ShippingMethodSet:
    ship_group_id: ShipGroupId
    shipping_method_id: ShippingMethodId | None


@value
class LineRequestsSet:
    line_id: CartLineId
    requests: LineRequests


@value
class AvailabilityChosen:
    """For the lines, or for the whole."""

    choice: AvailabilityChoice | None
    line_ids: tuple[CartLineId, ...] | None


@value
class TieGroupsSet:
    groups: tuple[tuple[CartLineId, ...], ...]


@value
class NoteSet:
    note: str = field(repr=False)


@value
class AttributesSet:
    attributes: Mapping[str, str] = field(repr=False)


@value
class ParticularsSet:
    """`changed` are the names of what is not as it was, custom fields by their codes."""

    changed: tuple[str, ...]
    particulars: Particulars


@value
class LineFieldsSet:
    line_id: CartLineId
    changed: tuple[str, ...]
    fields: FieldValues = field(repr=False)


@value
class CurrencySet:
    """`prices` are those in the new currency, by line; a line that has none cannot be bought in it."""

    before: str
    after: str
    prices: Mapping[CartLineId, int]


@value
class PaymentInstructionSet:
    instructions: tuple[PaymentInstruction, ...]


@value
class TermsAccepted:
    version: str


@value
class ChangesAcknowledged:
    """`prices` are what the buyer has seen, by line."""

    prices: Mapping[CartLineId, int]


@value
class AdjustmentAdded:
    adjustment: Adjustment


@value
class AdjustmentRemoved:
    adjustment: Adjustment
    reason: str = ""
    note: str = field(default="", repr=False)


@value
class CartPutAside:
    name: str = field(repr=False)


@value
class CartTakenUp:
    pass


@value
class CartLockTaken:
    """`taken_from` is who had it locked until then."""

    by: UUID
    since: datetime
    until: datetime
    taken_from: UUID | None = None


@value
class CartLockGiven:
    """The lock was given back."""


@value
class CheckoutStarted:
    until: datetime


@value
class CheckoutRenewed:
    until: datetime


@value
class CheckoutLeft:
    """What was reserved is free again."""


@value
class CartClosed:
    order_id: OrderId


@value
class CartMergedInto:
    cart_id: CartId


@value
class CartSplit:
    """What is still to come in has a cart of its own now; told in both."""

    from_id: CartId
    into_id: CartId


@value
class CartBound:
    customer_id: CustomerId


@value
class CartShared:
    """A link was made, or mailed, that opens the cart until then."""

    until: datetime
    by_mail: bool


@value
class CartOpened:
    """Somebody came by such a link."""


@value
class CartDeleted:
    pass


CartEvent: TypeAlias = (
    CartCreated
    | CartLineAdded
    | CartLineChanged
    | CartLineRemoved
    | BuyerSet
    | BillingAddressSet
    | ShippingSet
    | ShippingMethodSet
    | LineRequestsSet
    | AvailabilityChosen
    | TieGroupsSet
    | NoteSet
    | AttributesSet
    | ParticularsSet
    | LineFieldsSet
    | CurrencySet
    | PaymentInstructionSet
    | TermsAccepted
    | ChangesAcknowledged
    | AdjustmentAdded
    | AdjustmentRemoved
    | CautionsOverruled
    | CartPutAside
    | CartTakenUp
    | CartLockTaken
    | CartLockGiven
    | CheckoutStarted
    | CheckoutRenewed
    | CheckoutLeft
    | CartClosed
    | CartMergedInto
    | CartSplit
    | CartBound
    | CartDeleted
)
