"""What clients send to quotes. Buyers name theirs by its id or by the token of a mailed link."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry

from commerce_api.domain.address_rules import parse_phone
from commerce_api.domain.currency import DIGITS
from commerce_api.domain.decision import NotFound, Refused
from commerce_api.domain.email import parse_email
from commerce_api.domain.ids import CartId, CustomerId, OrderId, QuoteId
from commerce_api.domain.intake import Intake
from commerce_api.domain.money import minor_of
from commerce_api.domain.origin import Origin
from commerce_api.domain.permissions import Permission
from commerce_api.domain.quote import Audience
from commerce_api.operations.carts import Asked
from commerce_api.operations.quote_answers import Accept, Answer, Counter, QuoteRef, Say
from commerce_api.operations.quote_carts import CartOfQuote
from commerce_api.operations.quote_conversion import Convert
from commerce_api.operations.quote_opening import CreateQuote, FromCart, FromOrder
from commerce_api.operations.quotes import ApplyToQuote, Approve, OfferQuote, ToQuote
from commerce_api.persistence.stores.quotes import Wish
from commerce_api.schema.errors import ErrorCode, acknowledged
from commerce_api.schema.node import key_of
from commerce_api.schema.order_origin import OrderOriginInput
from commerce_api.schema.ordering import OrderingActionInput, parse_actions
from commerce_api.schema.ordering_inputs import (
    CartLineInput,
    OrderTermsInput,
    PayWithInput,
    SetAddressesInput,
    SetBuyerInput,
    SetShippingMethodInput,
    check_count,
    parse_lines,
)
from commerce_api.schema.permissions import requires
from commerce_api.schema.scalars import CurrencyCode, MoneyInput

MOST_COMMENT, MOST_TERMS, MOST_WISHES = 2000, 5000, 200
_KEY = "A key of your own; with it the request can be repeated safely."


def quote_ref(quote_id: str | None, quote_token: str | None) -> QuoteRef:
    key = key_of(quote_id, "quo") if quote_id else None
    return QuoteRef(quote_id=QuoteId(key) if key else None, link=quote_token or None)


@strawberry.input(description="What all that staff do with a quote has in common.")
class QuoteDeskInput:
    quote_id: strawberry.ID = strawberry.field(description="Which quote.")
    expected_revision: int | None = strawberry.field(
        default=None, description="The revision that you have seen; if the quote is at another one, nothing happens."
    )
    idempotency_key: str | None = strawberry.field(default=None, description=_KEY)

    def head(self) -> dict[str, Any]:
        key = key_of(self.quote_id, "quo")
        return {"quote_id": QuoteId(key) if key else None, "expected_revision": self.expected_revision}


@strawberry.input(description="Which quote, and a word about it.")
class QuoteCommentedInput(QuoteDeskInput):
    comment: str | None = strawberry.field(default=None, description="At most 2,000 characters.")

    def parse(self) -> ToQuote | Refused:
        intake = Intake()
        comment = intake.text(self.comment, "comment", most=MOST_COMMENT)
        return intake.refused() if intake.problems else ToQuote(comment=comment, **self.head())


@strawberry.input(description="Change what a quote offers, by the same actions as a cart.")
class ApplyToQuoteInput(QuoteDeskInput):
    actions: list[OrderingActionInput] = strawberry.field(description="Between 1 and 100, done in their order.")
    acknowledge: list[ErrorCode] = strawberry.field(
        default_factory=list, description="Codes of warnings that you have seen and do it all the same."
    )

    def parse(self) -> ApplyToQuote | Refused:
        intake = Intake()
        actions = parse_actions(intake, self.actions, "actions")
        return (
            intake.refused()
            if intake.problems
            else ApplyToQuote(actions=actions, acknowledge=acknowledged(self.acknowledge), **self.head())
        )


@strawberry.input(description="What is promised, and until when.")
class OfferQuoteInput(QuoteDeskInput):
    valid_until: datetime = strawberry.field(description="Its prices hold until just before then.")
    terms: str | None = strawberry.field(default=None, description="What else is agreed on, at most 5,000 characters.")
    comment: str | None = strawberry.field(default=None, description="To the buyer, at most 2,000 characters.")

    def parse(self) -> OfferQuote | Refused:
        intake = Intake()
        terms = intake.text(self.terms, "terms", most=MOST_TERMS)
        comment = intake.text(self.comment, "comment", most=MOST_COMMENT)
        if intake.problems:
            return intake.refused()
        return OfferQuote(valid_until=self.valid_until, terms=terms, comment=comment, **self.head())


@strawberry.input(description="Approve exactly what was looked at.")
class ApproveQuoteInput(QuoteDeskInput):
    content_hash: str = strawberry.field(description="Of `approval`, as you have seen it.")
    comment: str | None = strawberry.field(default=None, description="For staff, at most 2,000 characters.")

    def parse(self) -> Approve | Refused:
        intake = Intake()
        comment = intake.text(self.comment, "comment", most=MOST_COMMENT)
        seen = intake.text(self.content_hash, "contentHash", most=100, required=True)
        return intake.refused() if intake.problems else Approve(seen=seen, comment=comment, **self.head())


@strawberry.input(description="A quote of a cart. The cart stays as it is.")
class QuoteOfCartInput:
    cart_id: strawberry.ID = strawberry.field(description="The cart.")
    comment: str | None = strawberry.field(default=None, description="At most 2,000 characters.")
    expected_revision: int | None = strawberry.field(default=None, description="Refuse if the cart has changed since.")
    idempotency_key: str | None = strawberry.field(default=None, description=_KEY)

    def parse(self) -> FromCart | Refused:
        intake = Intake()
        comment = intake.text(self.comment, "comment", most=MOST_COMMENT)
        key = key_of(self.cart_id, "crt")
        command = FromCart(
            cart_id=CartId(key) if key else None, expected_revision=self.expected_revision, comment=comment
        )
        return intake.refused() if intake.problems else command


@strawberry.input(description="A quote of what was ordered before.")
class QuoteOfOrderInput:
    order_id: strawberry.ID = strawberry.field(description="The order.")
    comment: str | None = strawberry.field(default=None, description="At most 2,000 characters.")
    idempotency_key: str | None = strawberry.field(default=None, description=_KEY)

    def parse(self) -> FromOrder | Refused:
        intake = Intake()
        comment = intake.text(self.comment, "comment", most=MOST_COMMENT)
        key = key_of(self.order_id, "ord")
        command = FromOrder(order_id=OrderId(key) if key else None, comment=comment)
        return intake.refused() if intake.problems else command


@strawberry.input(description="A new quote, for a customer or for a guest.")
class CreateQuoteInput:
    customer_id: strawberry.ID | None = strawberry.field(
        default=None, description="Who it is for, with what the account knows; null: a guest."
    )
    lines: list[CartLineInput] = strawberry.field(default_factory=list, description="What to begin with, at most 200.")
    currency: CurrencyCode | None = strawberry.field(default=None, description="Instead of the request's currency.")
    email: str | None = strawberry.field(default=None, description="Where it is sent.")
    phone: str | None = strawberry.field(default=None, description="Of the buyer, with + and the country's prefix.")
    idempotency_key: str | None = strawberry.field(default=None, description=_KEY)

    def parse(self, *, currency: str, language: str) -> CreateQuote | Refused:
        intake = Intake()
        check_count(intake, self.lines, "lines", least=0)
        customer_id = key_of(self.customer_id, "cus") if self.customer_id else None
        if self.customer_id and customer_id is None:
            intake.add(NotFound(path=("customerId",)))
        command = CreateQuote(
            customer_id=CustomerId(customer_id) if customer_id else None,
            currency=self.currency,
            usual_currency=currency,
            language=language,
            email=parse_email(intake, self.email, "email") if self.email else "",
            phone=parse_phone(intake, intake.text(self.phone, "phone", most=40), "ZZ", "phone"),
            lines=parse_lines(intake, self.lines),
        )
        return intake.refused() if intake.problems else command


@strawberry.input(description="Which quote: by its id if it is yours, or by a mailed link.")
class QuoteInput:
    quote_id: strawberry.ID | None = strawberry.field(default=None, description="The quote.")
    quote_token: str | None = strawberry.field(default=None, description="Or the token of the link in the mail.")
    idempotency_key: str | None = strawberry.field(default=None, description=_KEY)

    @property
    def ref(self) -> QuoteRef:
        return quote_ref(self.quote_id, self.quote_token)


@strawberry.input(description="Agree to a version of a quote.")
class AcceptQuoteInput(QuoteInput):
    version: int = strawberry.field(description="The version that was shown.")
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
        command = Accept(quote=self.ref, version=self.version, evidence=evidence, comment=comment)
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


@strawberry.input(description="Order what an accepted quote promises, with all that was left open when it was sent.")
class ConvertQuoteInput:
    quote_id: strawberry.ID | None = strawberry.field(default=None, description="The quote.")
    quote_token: str | None = strawberry.field(default=None, description="Or the token of the link in the mail.")
    version: int = strawberry.field(description="The version that was accepted.")
    expected_total: MoneyInput | None = strawberry.field(
        default=None, description="What the buyer was shown; if it comes to something else, nothing happens."
    )
    buyer: SetBuyerInput | None = strawberry.field(default=None, description="Who buys.")
    addresses: SetAddressesInput | None = strawberry.field(
        default=None,
        description="Where goods and bill go. Shipping to another place than the quote's costs what it does.",
    )
    shipping_method: SetShippingMethodInput | None = strawberry.field(default=None, description="How goods are sent.")
    payment: PayWithInput | None = strawberry.field(default=None, description="How it is paid.")
    terms: OrderTermsInput | None = strawberry.field(default=None, description="The terms that the buyer accepts.")
    origin: OrderOriginInput | None = strawberry.field(default=None, description="Where the order comes from.")
    idempotency_key: str = strawberry.field(
        description="A key of your own for this order. Repeat the request with the same key until there is an answer."
    )

    def parse(self, *, inline: bool) -> Convert | Refused:
        intake = Intake()
        origin = self.origin.parse(intake) if self.origin else Origin()
        intake.text(self.idempotency_key, "idempotencyKey", most=200, required=True)
        details = tuple(self._details(intake))
        expected = _expected(intake, self.expected_total)
        if intake.problems:
            return intake.refused()
        return Convert(
            quote=quote_ref(self.quote_id, self.quote_token),
            version=self.version,
            details=details,
            expected_total=expected,
            origin=origin,
            inline=inline,
        )

    def _details(self, intake: Intake) -> Iterator[Asked]:
        given: Sequence[tuple[str, Any]] = (
            ("buyer", self.buyer),
            ("addresses", self.addresses),
            ("shippingMethod", self.shipping_method),
            ("payment", self.payment),
            ("terms", self.terms),
        )
        for name, said in given:
            for command in said.commands(intake, name) if said else ():
                yield Asked(action=command, path=(name,))


def _expected(intake: Intake, raw: MoneyInput | None) -> tuple[int, str] | None:
    if raw is None:
        return None
    minor = minor_of(raw.amount, DIGITS[raw.currency_code])
    if minor is None:
        intake.invalid("An amount has no more digits than its currency.", "expectedTotal")
    return (minor or 0, raw.currency_code)
