"""The way from a full cart to an order as clients see it."""

from datetime import datetime
from typing import Any, Self

import strawberry

from commerce_api.domain import checkout as domain
from commerce_api.domain.cart import Cart
from commerce_api.domain.cart import Checkout as InCheckout
from commerce_api.domain.cart_plan import cart_plan
from commerce_api.domain.checkout import DifferenceKind, facts_of, missing
from commerce_api.domain.decision import Refused
from commerce_api.domain.ids import CartId
from commerce_api.domain.intake import Intake
from commerce_api.domain.line_requests import local_day
from commerce_api.domain.origin import Origin
from commerce_api.domain.permissions import Permission
from commerce_api.operations.checkout import StartCheckout, Viewed
from commerce_api.operations.placing import PlaceOrder
from commerce_api.schema.address import Address
from commerce_api.schema.cart_parts import CartLine, CartShipGroup
from commerce_api.schema.enums import described
from commerce_api.schema.errors import UserError, common, errors_of, present, result_of
from commerce_api.schema.node import global_id, key_of
from commerce_api.schema.notify import NotifyInput, parse_notify
from commerce_api.schema.order import Order
from commerce_api.schema.order_origin import OrderOriginInput
from commerce_api.schema.payment_offers import PaymentOption
from commerce_api.schema.permissions import requires
from commerce_api.schema.readiness import MissingRequirement, PaymentInstruction, id_or_none
from commerce_api.schema.scalars import Money
from commerce_api.schema.shipping_wishes import PlannedShipment
from commerce_api.schema.totals import Totals

described(
    DifferenceKind,
    "What is not as it was shown.",
    LINE_ADDED="There is another line.",
    LINE_REMOVED="A line is gone.",
    QUANTITY="A line has another quantity.",
    UNIT_PRICE="A unit costs something else.",
    LINE_TOTAL="A line costs something else.",
    AVAILABILITY="Another number of units of a line has still to come in.",
    SHIPPING="A ship group is sent in another way or costs something else.",
    CHARGE="Something else is added, or nothing.",
    DESTINATION="A ship group goes elsewhere, or holds something else.",
    DISCOUNT="The discounts are others.",
    TAX="The tax is another.",
    TOTAL="The total is another.",
    CURRENCY="It is in another currency.",
    BUYER="The buyer or the billing address is another.",
    PAYMENT="It is paid in another way.",
    TERMS="Other terms are in force.",
    SHIPPING_WISHES="It leaves in another way, or something else is asked for beside it.",
    DETAILS="The number of the buyer's own order, the gift flag or a custom field says something else.",
)


@strawberry.type(description="All that an order would commit both sides to, as of now.")
class CheckoutSummary:
    """Each part is made when it is asked for: most ask for few of them."""

    viewed: strawberry.Private[Viewed]

    @strawberry.field(description="Of which cart.")
    def cart_id(self) -> strawberry.ID:
        return strawberry.ID(global_id("crt", self.viewed.id))

    @strawberry.field(
        description="Stands for exactly what is shown here. Send it with `placeOrder`, so that nothing else is ordered."
    )
    def summary_token(self) -> str:
        return domain.summary_token(facts_of(self.viewed.checkout))

    @strawberry.field(
        description="Until when stock is reserved; afterwards it may be somebody else's. Null without `startCheckout`."
    )
    def expires_at(self) -> datetime | None:
        return _expires_at(self.viewed)

    @strawberry.field(description="What is still missing; empty: it can be placed.")
    def readiness(self) -> list[MissingRequirement]:
        return _readiness(self.viewed)

    @strawberry.field(description="What is bought, and what it costs.")
    def lines(self) -> list[CartLine]:
        return [CartLine.of(line, self._cart.currency) for line in self.viewed.checkout.priced.lines]

    @strawberry.field(description="What goes where, and how.")
    def ship_groups(self) -> list[CartShipGroup]:
        return [CartShipGroup.of(group, self._cart.currency) for group in self.viewed.checkout.priced.groups]

    @strawberry.field(description="Where mail about the order will go; may be empty.")
    def email(self) -> str:
        return self.viewed.checkout.email

    @strawberry.field(description="Of the buyer; may be empty.")
    def phone(self) -> str:
        return self._cart.phone

    @strawberry.field(description="Who gets the bill.")
    def billing_address(self) -> Address | None:
        return Address.of(self._cart.bill_to) if self._cart.bill_to else None

    @strawberry.field(description="How it is paid.")
    def payment_instructions(self) -> list[PaymentInstruction]:
        return PaymentInstruction.list_of(self.viewed.checkout)

    @strawberry.field(description="The ways to pay, with what stands against each.")
    def payment_options(self) -> list[PaymentOption]:
        checkout, due = self.viewed.checkout, self.viewed.checkout.priced.totals.due
        return [PaymentOption.of(offer, checkout.payer, due, self._cart.language) for offer in checkout.offers]

    @strawberry.field(description="Version of the terms in force.")
    def terms_version(self) -> str:
        return self.viewed.checkout.terms_version

    @strawberry.field(description="Whether these have been accepted.")
    def terms_accepted(self) -> bool:
        return self._cart.terms_version == self.viewed.checkout.terms_version

    @strawberry.field(description="Everything added up.")
    def totals(self) -> Totals:
        priced, channel = self.viewed.checkout.priced, self.viewed.channel
        included, estimated = channel.prices_include_tax, priced.estimated
        return Totals.of(priced.totals, self._cart.currency, prices_include_tax=included, estimated=estimated)

    @strawberry.field(
        description="How it would leave: what at once, what later, and what each waits for. See `Cart.promisePreview` for other "
        "choices."
    )
    def shipping_plan(self) -> list[PlannedShipment]:
        viewed = self.viewed
        today = local_day(viewed.checkout.at, viewed.channel.time_zone)
        return PlannedShipment.list_of(cart_plan(viewed.checkout.priced, today), lines="cln", groups="csg")

    @property
    def _cart(self) -> Cart:
        return self.viewed.checkout.priced.cart


def _readiness(viewed: Viewed) -> list[MissingRequirement]:
    return [MissingRequirement.of(lacking) for lacking in missing(viewed.checkout)]


def _expires_at(viewed: Viewed) -> datetime | None:
    state = viewed.checkout.priced.cart.state
    return state.until if isinstance(state, InCheckout) else None


@strawberry.input(description="Which cart to take to the checkout.")
class StartCheckoutInput:
    cart_id: strawberry.ID = strawberry.field(description="The cart.")
    renew: bool = strawberry.field(
        default=False, description="Prolong a checkout that has been started; possible once."
    )
    expected_revision: int | None = strawberry.field(default=None, description="Refuse if the cart has changed since.")
    idempotency_key: str | None = strawberry.field(
        default=None, description="A key of your own; with it the request can be repeated safely."
    )

    def parse(self) -> StartCheckout | Refused:
        return StartCheckout(cart_id=_cart_id(self.cart_id), renew=self.renew, expected_revision=self.expected_revision)


def _cart_id(text: str) -> CartId | None:
    key = key_of(text, "crt")
    return CartId(key) if key else None


@strawberry.type(description="The started checkout, or the errors that prevented it.")
class StartCheckoutPayload:
    summary: CheckoutSummary | None = strawberry.field(description="The cart as it would be ordered now.")
    readiness: list[MissingRequirement] = strawberry.field(description="What is still missing.")
    expires_at: datetime | None = strawberry.field(description="Until when stock is reserved.")
    errors: list[UserError] = strawberry.field(description="Why nothing happened.")

    @classmethod
    def of(cls, outcome: Any) -> Self:
        viewed = result_of(outcome)
        return cls(
            summary=CheckoutSummary(viewed=viewed) if viewed else None,
            readiness=_readiness(viewed) if viewed else [],
            expires_at=_expires_at(viewed) if viewed else None,
            errors=errors_of(outcome),
        )


@strawberry.input(description="The order as the buyer was shown it.")
class PlaceOrderInput:
    cart_id: strawberry.ID = strawberry.field(description="The cart.")
    summary_token: str = strawberry.field(description="From the `checkoutSummary` that the buyer was shown.")
    accepted_terms_version: str | None = strawberry.field(
        default=None, description="Version of the terms that the buyer accepts with this order."
    )
    origin: OrderOriginInput | None = strawberry.field(default=None, description="Where the order comes from.")
    notify: NotifyInput | None = strawberry.field(
        default=None,
        description="How the order is confirmed by mail, if not as the customer prefers.",
        directives=[requires(Permission.OVERRIDE_NOTIFICATIONS)],
    )
    idempotency_key: str = strawberry.field(
        description="A key of your own for this order. Repeat the request with the same key until there is an answer."
    )

    def parse(self, *, inline: bool) -> PlaceOrder | Refused:
        intake = Intake()
        origin = self.origin.parse(intake) if self.origin else Origin()
        terms = intake.text(self.accepted_terms_version, "acceptedTermsVersion", most=50)
        key = intake.text(self.idempotency_key, "idempotencyKey", most=200, required=True)
        notify = parse_notify(intake, self.notify, "notify")
        if intake.problems or not key:
            return intake.refused()
        return PlaceOrder(
            cart_id=_cart_id(self.cart_id),
            summary_token=self.summary_token,
            accepted_terms_version=terms or None,
            origin=origin,
            inline=inline,
            notify=notify,
        )


@strawberry.type(description="The placed order, or the errors that prevented it.")
class PlaceOrderPayload:
    order: Order | None = strawberry.field(
        description="The order. It is there even if its payment was declined: see `state` and `paymentStatus`."
    )
    errors: list[UserError] = strawberry.field(description="Why nothing was placed.")


@strawberry.type(description="Something is still missing before this can be ordered.")
class ReadinessError(UserError):
    missing: list[MissingRequirement] = strawberry.field(description="All that is missing.")


@present.register
def _(finding: domain.ReadinessIncomplete) -> UserError:
    return ReadinessError(**common(finding), missing=[MissingRequirement.of(one) for one in finding.missing])


@strawberry.type(description="Something that is not as the buyer was shown it.")
class SummaryDifference:
    kind: DifferenceKind = strawberry.field(description="What.")
    line_id: strawberry.ID | None = strawberry.field(description="Of which line, if of one.")
    ship_group_id: strawberry.ID | None = strawberry.field(description="Of which ship group, if of one.")
    before: Money | None = strawberry.field(description="The amount as it was shown.")
    after: Money | None = strawberry.field(description="The amount as it is now.")
    before_quantity: int | None = strawberry.field(description="The number of units as it was shown.")
    after_quantity: int | None = strawberry.field(description="The number of units as it is now.")

    @classmethod
    def of(cls, found: domain.Difference, currency: str) -> Self:
        line, group = found.kind in _OF_LINES, found.kind in _OF_GROUPS
        counted = found.kind in {DifferenceKind.QUANTITY, DifferenceKind.AVAILABILITY}

        def money(minor: int | None) -> Money | None:
            return None if counted or minor is None else Money.of(minor, currency)

        return cls(
            kind=found.kind,
            line_id=id_or_none("cln", found.subject) if line else None,
            ship_group_id=id_or_none("csg", found.subject) if group else None,
            before=money(found.before),
            after=money(found.after),
            before_quantity=found.before if counted else None,
            after_quantity=found.after if counted else None,
        )


_OF_LINES = {
    DifferenceKind.LINE_ADDED,
    DifferenceKind.LINE_REMOVED,
    DifferenceKind.QUANTITY,
    DifferenceKind.UNIT_PRICE,
    DifferenceKind.LINE_TOTAL,
    DifferenceKind.AVAILABILITY,
}
_OF_GROUPS = {DifferenceKind.SHIPPING, DifferenceKind.DESTINATION}


@strawberry.type(description="The order is not the one that the buyer was shown.")
class SummaryChangedError(UserError):
    differences: list[SummaryDifference] = strawberry.field(description="All that is different.")
    summary_token: str = strawberry.field(description="Stands for the order as it is now; show it before sending this.")


@present.register
def _(finding: domain.SummaryChanged) -> UserError:
    return SummaryChangedError(
        **common(finding),
        differences=[SummaryDifference.of(one, finding.currency) for one in finding.differences],
        summary_token=finding.summary_token,
    )
