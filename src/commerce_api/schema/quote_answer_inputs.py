"""What buyers send to quotes. They name theirs by its id or by the token of a mailed link."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import strawberry

from commerce_api.domain.cart import MAX_LINES
from commerce_api.domain.currency import DIGITS
from commerce_api.domain.decision import Refused
from commerce_api.domain.ids import CartLineId, QuoteId
from commerce_api.domain.intake import Intake
from commerce_api.domain.money import minor_of
from commerce_api.domain.origin import Origin
from commerce_api.domain.permissions import Permission
from commerce_api.domain.quote import Audience
from commerce_api.domain.quote.parting import WantedUnits
from commerce_api.operations.carts import Asked
from commerce_api.operations.quote_answers import Accept, Answer, Counter, QuoteRef, Say
from commerce_api.operations.quote_carts import CartOfQuote
from commerce_api.operations.quote_conversion import Convert
from commerce_api.operations.quote_totals import Choosing
from commerce_api.persistence.stores.quotes import Wish
from commerce_api.schema.errors import ErrorCode, acknowledged
from commerce_api.schema.expected import parse_expected
from commerce_api.schema.node import key_of
from commerce_api.schema.order_origin import OrderOriginInput
from commerce_api.schema.ordering_inputs import (
    OrderTermsInput,
    PayWithInput,
    SetAddressesInput,
    SetAttributesInput,
    SetBuyerInput,
    SetShippingMethodInput,
    check_count,
)
from commerce_api.schema.permissions import requires
from commerce_api.schema.quote_choices import parse_line_ids
from commerce_api.schema.quote_inputs import KEY, MOST_COMMENT
from commerce_api.schema.scalars import MoneyInput

MOST_WISHES = 200


def quote_ref(quote_id: str | None, quote_token: str | None) -> QuoteRef:
    key = key_of(quote_id, "quo") if quote_id else None
    return QuoteRef(quote_id=QuoteId(key) if key else None, link=quote_token or None)


@strawberry.input(description="Which quote: by its id if it is yours, or by a mailed link.")
class QuoteInput:
    quote_id: strawberry.ID | None = strawberry.field(default=None, description="The quote.")
    quote_token: str | None = strawberry.field(default=None, description="Or the token of the link in the mail.")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)

    @property
    def ref(self) -> QuoteRef:
        return quote_ref(self.quote_id, self.quote_token)


@strawberry.input(description="Agree to a version of a quote.")
class AcceptQuoteInput(QuoteInput):
    version: int = strawberry.field(description="The version that was shown.")
    chosen_line_ids: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="What is chosen where the version leaves something to choose, at most 200."
    )
    comment: str | None = strawberry.field(default=None, description="At most 2,000 characters.")
    evidence: str | None = strawberry.field(
        default=None,
        description="How the buyer agreed, such as the number of a call; needed where staff accept for them.",
        directives=[requires(Permission.ACT_FOR_CUSTOMERS)],
    )

    def parse(self) -> Accept | Refused:
        intake = Intake()
        comment = intake.text(self.comment, "comment", most=MOST_COMMENT)
        evidence = intake.text(self.evidence, "evidence", most=MOST_COMMENT)
        chosen = parse_chosen(intake, self.chosen_line_ids)
        command = Accept(quote=self.ref, version=self.version, chosen=chosen, evidence=evidence, comment=comment)
        return intake.refused() if intake.problems else command


def parse_chosen(intake: Intake, raw: list[strawberry.ID]) -> tuple[CartLineId, ...]:
    check_count(intake, raw, "chosenLineIds", least=0)
    return parse_line_ids(intake, raw, "chosenLineIds")


def choosing(quote_id: str | None, quote_token: str | None, chosen: list[strawberry.ID]) -> Choosing | Refused:
    intake = Intake()
    command = Choosing(quote=quote_ref(quote_id, quote_token), chosen=parse_chosen(intake, chosen))
    return intake.refused() if intake.problems else command


@strawberry.input(description="Say no to a quote.")
class DeclineQuoteInput(QuoteInput):
    expected_revision: int | None = strawberry.field(default=None, description="Refuse if it has changed since.")
    reason: str | None = strawberry.field(default=None, description="At most 2,000 characters.")

    def parse(self) -> Answer | Refused:
        intake = Intake()
        reason = intake.text(self.reason, "reason", most=MOST_COMMENT)
        command = Answer(quote=self.ref, expected_revision=self.expected_revision, comment=reason)
        return intake.refused() if intake.problems else command


@strawberry.input(description="What a buyer would rather have of a line.")
class QuoteWishInput:
    line_id: strawberry.ID = strawberry.field(description="Which line of the version.")
    quantity: int | None = strawberry.field(default=None, description="How many instead.")
    wished_unit_price: MoneyInput | None = strawberry.field(default=None, description="At which price instead.")

    def parse(self, intake: Intake, *path: Any) -> Wish:
        key, price = key_of(self.line_id, "cln"), self.wished_unit_price
        minor = minor_of(price.amount, DIGITS[price.currency_code]) if price else None
        if key is None:
            intake.invalid("There is no such line.", *path, "lineId")
        if price and (minor is None or minor < 0):
            intake.invalid("A positive amount with no more digits than the currency has.", *path, "wishedUnitPrice")
        if self.quantity is not None and not 0 <= self.quantity <= MOST_QUANTITY:
            intake.invalid("Not negative, and not beyond what can be bought.", *path, "quantity")
        return Wish(line_id=key or UUID(int=0), quantity=self.quantity, unit_price=minor)


MOST_QUANTITY = 1_000_000


@strawberry.input(description="Ask for something else than a quote offers.")
class CounterQuoteInput(QuoteInput):
    expected_revision: int | None = strawberry.field(default=None, description="Refuse if it has changed since.")
    comment: str | None = strawberry.field(default=None, description="At most 2,000 characters.")
    wishes: list[QuoteWishInput] = strawberry.field(default_factory=list, description="Line by line, at most 200.")

    def parse(self) -> Counter | Refused:
        intake = Intake()
        check_count(intake, self.wishes, "wishes", least=0, most=MOST_WISHES)
        comment = intake.text(self.comment, "comment", most=MOST_COMMENT, required=not self.wishes)
        wishes = tuple(wish.parse(intake, "wishes", number) for number, wish in enumerate(self.wishes))
        command = Counter(quote=self.ref, expected_revision=self.expected_revision, comment=comment, wishes=wishes)
        return intake.refused() if intake.problems else command


@strawberry.input(description="Say something about a quote.")
class CommentOnQuoteInput(QuoteInput):
    comment: str = strawberry.field(description="At most 2,000 characters.")
    audience: Audience | None = strawberry.field(
        default=None,
        description="Who reads it: staff only, unless told.",
        directives=[requires(Permission.READ_QUOTES, Permission.AUTHOR_QUOTES, Permission.APPROVE_QUOTES)],
    )

    def parse(self) -> Say | Refused:
        intake = Intake()
        comment = intake.text(self.comment, "comment", most=MOST_COMMENT, required=True)
        command = Say(quote=self.ref, comment=comment, audience=self.audience)
        return intake.refused() if intake.problems else command


@strawberry.input(description="Buy what a quote offered that has expired.")
class CreateCartFromQuoteInput(QuoteInput):
    reprice: bool = strawberry.field(description="Must be `true`: the prices are those of today, not the quote's.")

    def parse(self) -> CartOfQuote:
        return CartOfQuote(quote=self.ref, reprice=self.reprice)


@strawberry.input(description="Units of a line of a quote.")
class QuoteUnitsInput:
    line_id: strawberry.ID = strawberry.field(description="Which line of the version.")
    quantity: int = strawberry.field(description="How many of it.")

    def parse(self, number: int) -> WantedUnits:
        key = key_of(self.line_id, "cln")
        return WantedUnits(
            line_id=CartLineId(key) if key else None, quantity=self.quantity, path=("lines", str(number))
        )


@strawberry.input(description="Order what an accepted quote promises, with all that was left open when it was sent.")
class ConvertQuoteInput:
    quote_id: strawberry.ID | None = strawberry.field(default=None, description="The quote.")
    quote_token: str | None = strawberry.field(default=None, description="Or the token of the link in the mail.")
    version: int = strawberry.field(description="The version that was accepted.")
    lines: list[QuoteUnitsInput] | None = strawberry.field(
        default=None,
        description="Which units, of a quote that may be ordered in parts, 1 to 500 lines. Left out: all that are still open.",
    )
    expected_total: MoneyInput | None = strawberry.field(
        default=None, description="What the buyer was shown; if it comes to something else, nothing happens."
    )
    buyer: SetBuyerInput | None = strawberry.field(default=None, description="Who buys.")
    addresses: SetAddressesInput | None = strawberry.field(
        default=None,
        description="Where goods and bill go. Shipping to another place than the quote's costs what it does.",
    )
    shipping_method: SetShippingMethodInput | None = strawberry.field(default=None, description="How goods are sent.")
    attributes: SetAttributesInput | None = strawberry.field(
        default=None, description="The number of the buyer's own order, custom fields, and what else is said of it."
    )
    payment: PayWithInput | None = strawberry.field(default=None, description="How it is paid.")
    terms: OrderTermsInput | None = strawberry.field(default=None, description="The terms that the buyer accepts.")
    origin: OrderOriginInput | None = strawberry.field(default=None, description="Where the order comes from.")
    acknowledge: list[ErrorCode] = strawberry.field(
        default_factory=list, description="Codes of warnings that you have seen and do it all the same."
    )
    idempotency_key: str = strawberry.field(
        description="A key of your own for this order. Repeat the request with the same key until there is an answer."
    )

    def parse(self, *, inline: bool) -> Convert | Refused:
        intake = Intake()
        origin = self.origin.parse(intake) if self.origin else Origin()
        intake.text(self.idempotency_key, "idempotencyKey", most=200, required=True)
        check_count(intake, self.lines or (), "lines", least=0 if self.lines is None else 1, most=MAX_LINES)
        details = tuple(self._details(intake))
        expected = parse_expected(intake, self.expected_total, "expectedTotal")
        if intake.problems:
            return intake.refused()
        return Convert(
            quote=quote_ref(self.quote_id, self.quote_token),
            version=self.version,
            units=None if self.lines is None else tuple(each.parse(n) for n, each in enumerate(self.lines)),
            details=details,
            expected_total=expected,
            acknowledge=acknowledged(self.acknowledge),
            origin=origin,
            inline=inline,
        )

    def _details(self, intake: Intake) -> Iterator[Asked]:
        given: Sequence[tuple[str, Any]] = (
            ("buyer", self.buyer),
            ("addresses", self.addresses),
            ("shippingMethod", self.shipping_method),
            ("attributes", self.attributes),
            ("payment", self.payment),
            ("terms", self.terms),
        )
        for name, said in given:
            for command in said.commands(intake, name) if said else ():
                yield Asked(action=command, path=(name,))
