"""Why a cart cannot be changed, and what to know about a change."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from commerce_api.domain.decision import Caution, Notice, Refusal
from commerce_api.domain.ids import CartId, CartLineId
from commerce_api.domain.shipping import ShippingObstacle
from commerce_api.domain.value import value


@value
class CartExpired(Refusal):
    """This cart was left alone for too long and has expired; create a new one."""


@value
class CartOrdered(Refusal):
    """This cart has become an order; create a new one."""


@value
class CartMerged(Refusal):
    """This cart was merged into another one; continue with that."""


@value
class CartSaved(Refusal):
    """This cart is saved for later; activate it first."""


@value
class CartLocked(Refusal):
    """Somebody else is working on this cart; try again later."""

    since: datetime
    until: datetime
    by: UUID


@value
class CartBoundAlready(Refusal):
    """This cart is somebody's already."""

    staff_only: ClassVar[bool] = True


@value
class CustomerHasCart(Refusal):
    """The customer has an open cart already; say with `strategy` what becomes of the two."""

    staff_only: ClassVar[bool] = True
    cart_id: CartId


@value
class CartFull(Refusal):
    """A cart takes at most {most} lines."""

    most: int


@value
class CartLinkInvalid(Refusal):
    """This link has expired; ask for a new one."""


@value
class CartNeedsSignIn(Refusal):
    """Sign in as the customer whose cart this is."""


@value
class NobodyToWriteTo(Refusal):
    """The cart has no mail address to send the link to."""

    staff_only: ClassVar[bool] = True


@value
class CartEmpty(Refusal):
    """There is nothing in the cart."""


@value
class CartNotInCheckout(Refusal):
    """The checkout of this cart has not been started, or has been left; start it again."""


@value
class CheckoutRenewedAlready(Refusal):
    """A checkout can be prolonged once only; start it again."""


@value
class VariantNotFound(Refusal):
    """There is no such variant."""


@value
class NotSellableInChannel(Refusal):
    """This variant is not on sale here in the cart's currency."""


@value
class LineNotFound(Refusal):
    """There is no such line."""


@value
class ShipGroupNotFound(Refusal):
    """Say which of the cart's ship groups is meant: there is none with this id, or more than one."""


@value
class QuantityBelowMin(Refusal):
    """At least {minimum}, please."""

    minimum: int


@value
class QuantityAboveMax(Refusal):
    """At most {maximum}, please."""

    maximum: int


@value
class QuantityStep(Refusal):
    """This is sold in steps of {step}."""

    step: int


@value
class ShipGroupQuantityMismatch(Refusal):
    """The ship groups hold {given} of this line, but the cart has {expected}."""

    line_id: CartLineId
    expected: int
    given: int


@value
class SeparateOrderNeedsAccount(Refusal):
    """Sign in first: only for customers a separate order can be made of what is still to come."""


@value
class SeparateOrderInCartsOnly(Refusal):
    """Only of what is still in a cart can a separate order be made."""

    staff_only: ClassVar[bool] = True


@value
class ShippingMethodUnavailable(Refusal):
    """This shipping method cannot be used for these goods and this address."""

    obstacle: ShippingObstacle


@value
class CurrencyMismatch(Refusal):
    """All amounts of this are in {currency}."""

    staff_only: ClassVar[bool] = True
    currency: str


@value
class OverrideReasonNotFound(Refusal):
    """There is no such reason for this; `overrideReasons` has those that there are."""

    staff_only: ClassVar[bool] = True


@value
class NoteRequired(Refusal):
    """This reason takes a word of explanation."""

    staff_only: ClassVar[bool] = True


@value
class AmountBelowZero(Refusal):
    """Nothing can cost less than nothing."""

    staff_only: ClassVar[bool] = True


@value
class AdjustmentExceedsSubtotal(Refusal):
    """More cannot be taken off than all of it costs."""

    staff_only: ClassVar[bool] = True


@value
class ChargeMandatory(Refusal):
    """This charge has to be asked; it can be overridden, but not removed."""

    staff_only: ClassVar[bool] = True


@value
class ChargeNotFound(Refusal):
    """There is no such charge here now; `totals.charges` has those that there are. Sending is charged once it is known how things go."""

    staff_only: ClassVar[bool] = True


@value
class BelowOverrideLimit(Caution):
    """This is below what you may go to by yourself. Acknowledged, it is done, and somebody else will have to let it pass."""

    staff_only: ClassVar[bool] = True


@value
class AdjustmentsDropped(Notice):
    """What was taken off or added by us was in the former currency and does not hold any more."""


@value
class CurrencyNotOffered(Refusal):
    """This channel does not sell in this currency."""


@value
class LineMissing(Notice):
    """There was no such line; maybe it was removed before."""


@value
class InsufficientStock(Notice):
    """Only {available} of the {requested} that you want can be had now."""

    line_id: CartLineId
    requested: int
    available: int


@value
class PriceChanged(Notice):
    """The price of this line is another one now."""

    line_id: CartLineId
    before: int
    after: int | None


@value
class CurrencyChanged(Notice):
    """Prices are in {after} now; they were in {before}."""

    before: str
    after: str


@value
class MergeLimited(Notice):
    """Both carts together held {wanted} of this; {taken} is the most that can be bought at once."""

    line_id: CartLineId
    wanted: int
    taken: int


@value
class NothingToMerge(Notice):
    """There is no anonymous cart to merge, or it was merged before."""
