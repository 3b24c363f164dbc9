"""What can be done to a cart.

The commands say only what the buyer wants, in words that fit a quote or an order as well; everything else is in `Facts`.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias
from uuid import UUID

from commerce_api.domain.address import Address
from commerce_api.domain.cart.state import PaymentInstruction, ValueSource
from commerce_api.domain.custom_field import Said
from commerce_api.domain.ids import (
    CartLineId,
    CustomerId,
    OrderId,
    ShipGroupId,
    ShippingMethodId,
    TaxClassId,
    VariantId,
)
from commerce_api.domain.line_requests import NO_REQUESTS, LineRequests, On, RequestsChange
from commerce_api.domain.particulars import Priority
from commerce_api.domain.shipping_policy import AvailabilityChoice
from commerce_api.domain.totals import ChargeKind
from commerce_api.domain.value import value

VariantRef: TypeAlias = VariantId | str
"""A variant by its id or its SKU."""


@value
class AddLine:
    variant: VariantRef
    quantity: int
    attributes: Mapping[str, str]
    fields: tuple[Said, ...] = ()
    parent_line_id: CartLineId | None = None
    requests: LineRequests = NO_REQUESTS


@value
class AddLines:
    lines: tuple[AddLine, ...]


@value
class SetTo:
    quantity: int


@value
class ChangeBy:
    delta: int


@value
class UpdateLine:
    line_id: CartLineId
    change: SetTo | ChangeBy


@value
class UpdateLines:
    lines: tuple[UpdateLine, ...]


@value
class RemoveLines:
    line_ids: tuple[CartLineId, ...]


@value
class ClearCart:
    """Remove all lines; whatever else is known of the buyer stays."""


@value
class SetBuyer:
    email: str
    phone: str | None = None  # as it is
    email_source: ValueSource = ValueSource.ENTERED
    phone_source: ValueSource = ValueSource.ENTERED


@value
class SetBillingAddress:
    """`save` keeps the address in the customer's address book too; None does if staff set it for a customer."""

    address: Address | None
    source: ValueSource = ValueSource.ENTERED
    save: bool | None = None


@value
class SetShippingAddress:
    """Without a group, the cart's only one; without instructions those that it has. `save` as with the billing address."""

    ship_group_id: ShipGroupId | None = None
    address: Address | None
    instructions: str | None = None
    source: ValueSource = ValueSource.ENTERED
    save: bool | None = None


@value
class ShipGroupPlan:
    """`quantities` empty is everything, which only a single group can take."""

    address: Address | None
    shipping_method_id: ShippingMethodId | None = None
    instructions: str = ""
    requested_ship_date: date | None = None
    quantities: Mapping[CartLineId, int]


@value
class SetShipGroups:
    """`save` as with the billing address."""

    groups: tuple[ShipGroupPlan, ...]
    save: bool | None = None


@value
class SetShippingMethod:
    """Without a group, the cart's only one."""

    ship_group_id: ShipGroupId | None = None
    shipping_method_id: ShippingMethodId | None


@value
class SetShipGroupRequests:
    """What is None stays as it is. Without a group, the cart's only one."""

    ship_group_id: ShipGroupId | None = None
    instructions: str | None = None
    requested_ship_date: On | None = None


@value
class RequestForLine:
    line_id: CartLineId
    change: RequestsChange


@value
class SetLineRequests:
    lines: tuple[RequestForLine, ...]


@value
class SetAvailabilityChoice:
    """For the whole, or for some of its lines, which follow the whole again if it is None."""

    choice: AvailabilityChoice | None
    line_ids: tuple[CartLineId, ...] | None = None


@value
class SetTieGroups:
    """Lines of a group leave together. Replaces the groups that there are."""

    groups: tuple[tuple[CartLineId, ...], ...]


@value
class SetNote:
    note: str


@value
class SetAttributes:
    attributes: Mapping[str, str]


@value
class SetParticulars:
    """What is None, and fields that are not named, stay as they are."""

    po_number: str | None = None
    gift: bool | None = None
    priority: Priority | None = None
    tags: tuple[str, ...] | None = None
    fields: tuple[Said, ...] = ()


@value
class SetLineFields:
    """Fields that are not named stay as they are."""

    line_id: CartLineId
    fields: tuple[Said, ...]


@value
class SetCurrency:
    currency: str


@value
class SetPaymentInstructions:
    instructions: tuple[PaymentInstruction, ...]


@value
class AcceptTerms:
    version: str


@value
class AcknowledgeChanges:
    """The buyer has seen what the lines cost now."""


@value
class SaveCart:
    name: str


@value
class ActivateCart:
    pass


@value
class LockCart:
    until: datetime


@value
class UnlockCart:
    pass


@value
class TakeOverCart:
    """Lock it for oneself, whoever has it locked."""

    until: datetime


@value
class StartCheckout:
    until: datetime


@value
class RenewCheckout:
    until: datetime


@value
class LeaveCheckout:
    pass


@value
class CloseCart:
    """The order was placed."""

    order_id: OrderId


@value
class BindCart:
    """Make an anonymous cart a customer's own."""

    customer_id: CustomerId


@value
class DeleteCart:
    pass


@value
class NewAmount:
    amount: int


@value
class AmountOff:
    amount: int


@value
class PercentOff:
    percent: Decimal


Change: TypeAlias = NewAmount | AmountOff | PercentOff
"""Of what was asked originally, whatever is asked by now."""


@value
class OverrideLinePrice:
    """Per unit. `currency` is that of the amount, if there is one."""

    line_id: CartLineId
    change: Change
    currency: str | None = None
    reason: str
    note: str = ""


@value
class OverrideCharge:
    """A charge by its id; that of a ship group's shipping is the id of the group."""

    charge_id: UUID
    change: Change
    currency: str | None = None
    reason: str
    note: str = ""


@value
class AddCharge:
    kind: ChargeKind
    name: str = ""
    amount: int
    currency: str
    tax_class_id: TaxClassId | None = None
    refundable: bool = True
    mandatory: bool = False
    reason: str
    note: str = ""


@value
class RemoveCharge:
    charge_id: UUID
    reason: str
    note: str = ""


@value
class Deduct:
    """From the subtotal."""

    off: AmountOff | PercentOff
    currency: str | None = None
    reason: str
    note: str = ""


@value
class RemoveAdjustment:
    """Ask again what was asked before."""

    adjustment_id: UUID


MoneyAction: TypeAlias = OverrideLinePrice | OverrideCharge | AddCharge | RemoveCharge | Deduct | RemoveAdjustment
"""What only staff do, each within the limits of their own."""

ShippingWish: TypeAlias = SetShipGroupRequests | SetLineRequests | SetAvailabilityChoice | SetTieGroups
"""How it should leave."""

CartAction: TypeAlias = (
    AddLines
    | UpdateLines
    | RemoveLines
    | ClearCart
    | SetBuyer
    | SetBillingAddress
    | SetShippingAddress
    | SetShipGroups
    | SetShippingMethod
    | ShippingWish
    | SetNote
    | SetAttributes
    | SetParticulars
    | SetLineFields
    | SetCurrency
    | SetPaymentInstructions
    | AcceptTerms
    | MoneyAction
)
"""What is done to what is being bought. The same actions will edit quotes and orders (S2-02)."""

CartCommand: TypeAlias = (
    CartAction
    | AcknowledgeChanges
    | SaveCart
    | ActivateCart
    | LockCart
    | UnlockCart
    | TakeOverCart
    | StartCheckout
    | RenewCheckout
    | LeaveCheckout
    | CloseCart
    | BindCart
    | DeleteCart
)
