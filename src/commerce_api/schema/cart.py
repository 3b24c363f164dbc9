"""Carts as clients see them."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final, Self
from uuid import UUID

import strawberry

from commerce_api.compiled import at_hand
from commerce_api.domain import cart as domain
from commerce_api.domain.cart import CartActionKind
from commerce_api.domain.cart_plan import cart_plan, previewed
from commerce_api.domain.checkout import Checkout, missing
from commerce_api.domain.custom_field import FieldOwner
from commerce_api.domain.decision import Done, Refused
from commerce_api.domain.permissions import Permission
from commerce_api.domain.priced_cart import PricedCart, price_cart
from commerce_api.domain.shipping_policy import AvailabilityChoice
from commerce_api.operations.standing import standings
from commerce_api.persistence.readers import carts as questions
from commerce_api.persistence.readers.outsets import Outset
from commerce_api.persistence.readers.priced_carts import CartAsRead, priced_carts
from commerce_api.schema.actions import Blocker, blockers
from commerce_api.schema.address import Address
from commerce_api.schema.adjustment import DESK, Adjustment
from commerce_api.schema.cart_lock import CartLock
from commerce_api.schema.cart_parts import (
    CartLine,
    CartLineChange,
    CartShipGroup,
    KeyValue,
    ValueSource,
    sold_of,
    source_of,
)
from commerce_api.schema.catalog_values import AttributeValue
from commerce_api.schema.context import Context, Info
from commerce_api.schema.enums import described
from commerce_api.schema.errors import UserError, common, errors_of, known_of, present, result_of, tells, warnings_of
from commerce_api.schema.field_values import shown
from commerce_api.schema.margin import COSTS, OF_ALL, Margin
from commerce_api.schema.node import Node, global_id, key_of
from commerce_api.schema.particulars import Priority
from commerce_api.schema.permissions import requires
from commerce_api.schema.read_aloud import read_aloud
from commerce_api.schema.readiness import MissingRequirement, PaymentInstruction
from commerce_api.schema.scalars import CurrencyCode, LanguageCode
from commerce_api.schema.shipping_wishes import PlannedShipment, PreviewedLines, PromisePreview, today_of
from commerce_api.schema.totals import Totals

SEEN: Final[Any] = [requires(Permission.READ_CARTS, Permission.ACT_FOR_CUSTOMERS)]
BUYING: Final[Any] = [requires(Permission.BUY, Permission.ACT_FOR_CUSTOMERS)]


PRICED: Final = at_hand(lambda cart, context: cart.is_priced(context))


class CartStatus(StrEnum):
    ACTIVE = "ACTIVE"
    SAVED = "SAVED"
    CHECKOUT = "CHECKOUT"
    ORDERED = "ORDERED"
    MERGED = "MERGED"
    EXPIRED = "EXPIRED"


described(
    CartStatus,
    "What a cart is good for.",
    ACTIVE="Being filled.",
    SAVED="Put aside under a name; it does not expire.",
    CHECKOUT="Being checked out; stock is reserved for a while.",
    ORDERED="It became an order.",
    MERGED="Its lines are in another cart now.",
    EXPIRED="Nobody touched it for long; it cannot be used any more.",
)
described(
    CartActionKind,
    "What can be done with a cart.",
    CHANGE_LINES="Add, change and remove lines.",
    CHANGE_DETAILS="Set buyer, addresses, shipping, note and the like.",
    SAVE="Put it aside under a name.",
    ACTIVATE="Continue with a saved cart.",
    DELETE="Throw it away.",
    START_CHECKOUT="Reserve stock and go on to placing the order.",
)


_BUYING: Final = (Permission.BUY, Permission.ACT_FOR_CUSTOMERS)
_KEEPING: Final = (Permission.OWN_ACCOUNT, Permission.ACT_FOR_CUSTOMERS)
NEEDED: Final[Mapping[CartActionKind, tuple[Permission, ...]]] = {
    **dict.fromkeys(CartActionKind, _BUYING),
    CartActionKind.SAVE: _KEEPING,
    CartActionKind.ACTIVATE: _KEEPING,
}
"""What the mutations need that do these things."""


@strawberry.type(description="Whether something can be done with a cart now.")
class CartActionAllowed:
    action: CartActionKind = strawberry.field(description="What.")
    allowed: bool = strawberry.field(description="Whether it can be done now.")
    blockers: list[Blocker] = strawberry.field(description="What stands against it; empty if it is allowed.")


def _status(cart: domain.Cart, at: datetime) -> CartStatus:
    return CartStatus.EXPIRED if cart.expired(at) else CartStatus[type(cart.state).__name__.upper()]


@strawberry.type(description="What a buyer is gathering. Prices, taxes and availability are those of this moment.")
class Cart(Node):
    prefix: ClassVar[str] = "crt"

    status: CartStatus = strawberry.field(description="What it is good for.")
    name: str | None = strawberry.field(description="Name of a saved cart.")
    currency: CurrencyCode = strawberry.field(description="All its amounts are in this.")
    language: LanguageCode = strawberry.field(description="For mail about what becomes of it.")
    email: str = strawberry.field(description="Of the buyer; may be empty.")
    phone: str = strawberry.field(description="Of the buyer; may be empty.")
    billing_address: Address | None = strawberry.field(
        description="Who gets the bill; null: the one to whom everything goes."
    )
    email_source: ValueSource | None = strawberry.field(description="Where `email` is from; null while it is empty.")  # type: ignore[valid-type]  # made by a call
    phone_source: ValueSource | None = strawberry.field(description="Where `phone` is from; null while it is empty.")  # type: ignore[valid-type]
    billing_address_source: ValueSource | None = strawberry.field(  # type: ignore[valid-type]
        description="Where `billingAddress` is from; null while there is none."
    )
    note: str = strawberry.field(description="From the buyer; may be empty.")
    attributes: list[KeyValue] = strawberry.field(description="What the storefront keeps of the cart.")
    po_number: str = strawberry.field(description="The number of the buyer's own order; may be empty.")
    gift: bool = strawberry.field(description="Whether it is a gift.")
    priority: Priority = strawberry.field(description="What staff attend to first.", directives=SEEN)  # type: ignore[valid-type]
    tags: list[str] = strawberry.field(description="Words of staff.", directives=SEEN)
    total_quantity: int = strawberry.field(description="Units in all lines together.")
    created_at: datetime = strawberry.field(description="When it was made.")
    updated_at: datetime = strawberry.field(description="When it was changed last.")
    expires_at: datetime = strawberry.field(
        description="When it is lost unless it is changed, saved or ordered before."
    )
    checkout_expires_at: datetime | None = strawberry.field(description="Until when stock is reserved for it.")
    revision: int = strawberry.field(description="Grows by one at every change; send it as `expectedRevision`.")
    found: strawberry.Private[domain.Cart]
    known: strawberry.Private[Outset | None] = None
    pricing: strawberry.Private[PricedCart | None] = None

    @strawberry.field(description="What custom fields say of it, as far as you may see them.")
    async def fields(self, info: Info) -> list[AttributeValue]:
        return await shown(info, FieldOwner.ORDER, self.found.particulars.fields)

    @strawberry.field(description="At most 500, in the order in which they were added.", metadata=PRICED)
    async def lines(self, info: Info) -> list[CartLine]:
        priced = await self.priced(info)
        return [CartLine.of(line, self.currency) for line in priced.lines]

    @strawberry.field(
        description="What is still missing before it can be ordered, and what to do about it; empty: it can be placed. The same as "
        "that of its `checkoutSummary`."
    )
    async def readiness(self, info: Info) -> list[MissingRequirement]:
        return [MissingRequirement.of(lacking) for lacking in missing(await self._checkout(info))]

    @strawberry.field(description="How it is going to be paid.", directives=BUYING)
    async def payment_instructions(self, info: Info) -> list[PaymentInstruction]:
        return PaymentInstruction.list_of(await self._checkout(info))

    async def _checkout(self, info: Info) -> Checkout:
        standing = await info.context.load(standings, self._reading(info))
        assert standing is not None  # noqa: S101 - every cart has a channel
        return standing.checkout(await self.priced(info), info.context.scope.at)

    @strawberry.field(description="Everything added up.", metadata=PRICED)
    async def totals(self, info: Info) -> Totals:
        return self._totals(await self.priced(info))

    def _totals(self, priced: PricedCart) -> Totals:
        include = priced.policy.prices_include_tax
        return Totals.of(priced.totals, self.currency, prices_include_tax=include, estimated=priced.estimated)

    @strawberry.field(description=OF_ALL, directives=COSTS)
    async def margin(self, info: Info) -> Margin | None:
        priced = await self.priced(info)
        return Margin.of((sold_of(line, self.currency) for line in priced.lines), self.currency)

    @strawberry.field(
        description="What all costs, to be read out, in the language of the request; a sentence on each row."
    )
    async def spoken_summary(self, info: Info) -> str:
        priced = await self.priced(info)
        lines = [CartLine.of(line, self.currency) for line in priced.lines]
        return read_aloud(((line.title, line) for line in lines), self._totals(priced), info.context.scope.language)

    @strawberry.field(description="What goes where; a cart has one group until more are set.", metadata=PRICED)
    async def ship_groups(self, info: Info) -> list[CartShipGroup]:
        priced = await self.priced(info)
        return [CartShipGroup.of(group, self.currency) for group in priced.groups]

    @strawberry.field(
        description="What is wanted of goods that are not all here; the channel's way until it is chosen."
    )
    async def availability_choice(self, info: Info) -> AvailabilityChoice:
        return (await self.priced(info)).availability_choice

    @strawberry.field(
        description="How it would leave if it was ordered now: what at once, what later, and what each waits for. What is no goods "
        "or not on sale is left out."
    )
    async def shipping_plan(self, info: Info) -> list[PlannedShipment]:
        priced, today = await self.priced(info), await today_of(info.context, self.found.channel_id)
        return PlannedShipment.list_of(cart_plan(priced, today), lines="cln", groups="csg")

    @strawberry.field(description="The same for each choice there is, before one is made.")
    async def promise_preview(self, info: Info, line_ids: PreviewedLines = None) -> list[PromisePreview]:
        priced, today = await self.priced(info), await today_of(info.context, self.found.channel_id)
        keys = None if line_ids is None else [key for each in line_ids if (key := key_of(each, "cln"))]
        return [
            PromisePreview(choice=choice, shipments=PlannedShipment.list_of(planned, lines="cln", groups="csg"))
            for choice, planned in previewed(priced, keys, today).items()
        ]

    @strawberry.field(description="What became different since the owner last saw it.")
    async def changes_since_last_view(self, info: Info) -> list[CartLineChange]:
        priced = await self.priced(info)
        return [CartLineChange.of(change, self.currency) for change in priced.changes]

    @strawberry.field(
        description="Whose it is; null for a guest's.",
        directives=SEEN,
    )
    def customer_id(self) -> strawberry.ID | None:
        owner = self.found.customer_id
        return strawberry.ID(global_id("cus", owner)) if owner else None

    @strawberry.field(description="Who is working on it and keeps others from it; null if nobody.")
    def lock(self, info: Info) -> CartLock | None:
        return CartLock.of(self.found, info.context.actor, info.context.scope.at)

    @strawberry.field(description="What can be done with it now, and what stands against the rest.")
    def allowed_actions(self, info: Info) -> list[CartActionAllowed]:
        actor, cart = info.context.actor, self.found
        found = domain.actions(cart, domain.Author(kind=actor.kind, id=actor.id), info.context.scope.at)
        answers = {kind: blockers(actor, NEEDED[kind], cart.channel_id, reasons) for kind, reasons in found.items()}
        return [CartActionAllowed(action=kind, allowed=not why, blockers=why) for kind, why in answers.items()]

    @strawberry.field(description="What staff changed about its money, in the order they did.", directives=DESK)
    def adjustments(self) -> list[Adjustment]:
        return Adjustment.list_of(self.found.adjustments, self.currency, "cln")

    @strawberry.field(description="The cart that it was a part of; null if it was none, or you may not see that one.")
    async def split_from(self, info: Info) -> "Cart | None":
        id_: UUID | None = self.found.split_from_id
        found = await info.context.load(questions.carts_of, id_) if id_ else None
        return Cart.of(found, info.context.scope.at) if found else None

    @strawberry.field(description="Carts that were parts of it, the first one first, as far as you may see them.")
    async def split_into(self, info: Info) -> list["Cart"]:
        ids = await info.context.load(questions.split_from, self.key) or []
        found = await info.context.load_many(questions.carts_of, ids)
        return [Cart.of(cart, info.context.scope.at) for cart in found if cart]

    def _reading(self, info: Info) -> CartAsRead:
        return CartAsRead.of(self.found, info.context.scope.language)

    async def priced(self, info: Info) -> PricedCart:
        if not self.is_priced(info.context):
            self.pricing = await info.context.load(priced_carts, self._reading(info))
        return self.pricing  # type: ignore[return-value]  # it can be priced

    def is_priced(self, context: Context) -> bool:
        """It is by what was known when it was changed, if that is all that it takes."""
        if self.pricing is None and self.known and self.known.tells(self.found, context.scope.language):
            self.pricing = price_cart(self.found, self.known.facts)
        return self.pricing is not None

    @classmethod
    def of(cls, cart: domain.Cart, at: datetime, known: object = None) -> Self:
        state = cart.state
        return cls(
            key=cart.id,
            status=_status(cart, at),
            name=state.name if isinstance(state, domain.Saved) else None,
            currency=CurrencyCode(cart.currency),
            language=LanguageCode(cart.language),
            email=cart.email,
            phone=cart.phone,
            billing_address=Address.of(cart.billing_address) if cart.billing_address else None,
            email_source=source_of(cart.email, cart.email_source),
            phone_source=source_of(cart.phone, cart.phone_source),
            billing_address_source=source_of(cart.billing_address, cart.billing_source),
            note=cart.note,
            attributes=KeyValue.list_of(cart.attributes),
            po_number=cart.particulars.po_number,
            gift=cart.particulars.gift,
            priority=cart.particulars.priority,
            tags=list(cart.particulars.tags),
            total_quantity=cart.total_quantity,
            created_at=cart.created_at,
            updated_at=cart.updated_at,
            expires_at=cart.expires_at,
            checkout_expires_at=state.until if isinstance(state, domain.Checkout) else None,
            revision=cart.revision,
            found=cart,
            known=known if isinstance(known, Outset) else None,
        )


@strawberry.type(description="The cart as it is now, or the errors that prevented the change.")
class CartPayload:
    cart: Cart | None = strawberry.field(description="Null if nothing happened.")
    errors: list[UserError] = strawberry.field(description="Why nothing happened.")
    warnings: list[UserError] = strawberry.field(description="What to know about what happened.")

    @classmethod
    def of(cls, outcome: domain.Cart | Done[domain.Cart] | Refused, at: datetime) -> Self:
        cart = result_of(outcome)
        return cls(
            cart=Cart.of(cart, at, known_of(outcome)) if cart else None,
            errors=errors_of(outcome),
            warnings=warnings_of(outcome),
        )


@strawberry.type(description="The new cart, or the errors that prevented it.")
class CreateCartPayload:
    cart: Cart | None = strawberry.field(description="Null if there is none.")
    token: str | None = strawberry.field(
        description="Proof that the cart is yours, to be sent as `X-Cart-Token`; shown this once. Null for a signed-in "
        "customer, whose session is proof enough."
    )
    errors: list[UserError] = strawberry.field(description="Why nothing happened.")
    warnings: list[UserError] = strawberry.field(description="What to know about what happened.")

    @classmethod
    def of(cls, outcome: Any, at: datetime) -> Self:
        created = result_of(outcome)
        return cls(
            cart=Cart.of(created.cart, at, known_of(outcome)) if created else None,
            token=created and created.token,
            errors=errors_of(outcome),
            warnings=warnings_of(outcome),
        )


@strawberry.type(description="The cart is gone, or the errors that prevented it.")
class DeleteCartPayload:
    deleted_id: strawberry.ID | None = strawberry.field(description="The id that the cart had.")
    errors: list[UserError] = strawberry.field(description="Why nothing happened.")

    @classmethod
    def of(cls, outcome: Any) -> Self:
        deleted = result_of(outcome)
        return cls(
            deleted_id=strawberry.ID(global_id("crt", deleted.id)) if deleted else None, errors=errors_of(outcome)
        )


@tells(domain.QuantityBelowMin, domain.QuantityAboveMax, domain.QuantityStep)
@strawberry.type(description="A quantity is not one that this is sold in.")
class QuantityError(UserError):
    minimum: int | None = strawberry.field(default=None, description="The least, for `QUANTITY_BELOW_MIN`.")
    maximum: int | None = strawberry.field(default=None, description="The most, for `QUANTITY_ABOVE_MAX`.")
    step: int | None = strawberry.field(default=None, description="The step, for `QUANTITY_STEP`.")


@strawberry.type(description="Units of a line that go nowhere, or twice.")
class ShipGroupQuantityError(UserError):
    line_id: strawberry.ID = strawberry.field(description="Which line.")
    expected: int = strawberry.field(description="How many the cart has of it.")
    given: int = strawberry.field(description="How many the ship groups have of it.")


@present.register
def _(finding: domain.ShipGroupQuantityMismatch) -> UserError:
    line_id = strawberry.ID(global_id("cln", finding.line_id))
    return ShipGroupQuantityError(**common(finding), line_id=line_id, expected=finding.expected, given=finding.given)


@strawberry.type(description="Less is in stock than the cart has; the quantity was kept as asked.")
class LineStockError(UserError):
    line_id: strawberry.ID = strawberry.field(description="Which line.")
    requested: int = strawberry.field(description="How many the cart has of this variant, on all its lines.")
    available: int = strawberry.field(description="How many can be bought now.")


@present.register
def _(finding: domain.InsufficientStock) -> UserError:
    line_id = strawberry.ID(global_id("cln", finding.line_id))
    return LineStockError(**common(finding), line_id=line_id, requested=finding.requested, available=finding.available)


@strawberry.type(description="A line costs something else than before.")
class PriceChangedError(UserError):
    line_id: strawberry.ID = strawberry.field(description="Which line.")


@present.register
def _(finding: domain.PriceChanged) -> UserError:
    return PriceChangedError(**common(finding), line_id=strawberry.ID(global_id("cln", finding.line_id)))
