"""What staff send to quotes. `quote_answer_inputs` has what buyers do."""

from datetime import datetime
from typing import Any

import strawberry

from commerce_api.domain.address_rules import parse_phone
from commerce_api.domain.decision import NotFound, Refused
from commerce_api.domain.email import parse_email
from commerce_api.domain.ids import CartId, CustomerId, QuoteId
from commerce_api.domain.intake import Intake
from commerce_api.domain.permissions import Permission
from commerce_api.operations.quote_approvals import Approve
from commerce_api.operations.quote_opening import CreateQuote, FromCart
from commerce_api.operations.quote_sending import OfferQuote
from commerce_api.operations.quotes import ApplyToQuote, OfferChoices, ToQuote
from commerce_api.schema.errors import ErrorCode, acknowledged
from commerce_api.schema.node import key_of
from commerce_api.schema.ordering import OrderingActionInput, parse_actions
from commerce_api.schema.ordering_inputs import (
    CartLineInput,
    check_count,
    parse_lines,
)
from commerce_api.schema.permissions import requires
from commerce_api.schema.quote_choices import QuoteChoiceInput, parse_choices
from commerce_api.schema.scalars import CurrencyCode

MOST_COMMENT, MOST_TERMS = 2000, 5000
KEY = "A key of your own; with it the request can be repeated safely."


@strawberry.input(description="What all that staff do with a quote has in common.")
class QuoteDeskInput:
    quote_id: strawberry.ID = strawberry.field(description="Which quote.")
    expected_revision: int | None = strawberry.field(
        default=None, description="The revision that you have seen; if the quote is at another one, nothing happens."
    )
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)

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
    valid_until: datetime | None = strawberry.field(
        default=None, description="Its prices hold until just before then. Left out: as approved."
    )
    terms: str | None = strawberry.field(
        default=None, description="What else is agreed on, at most 5,000 characters. Left out: as approved, or nothing."
    )
    comment: str | None = strawberry.field(
        default=None, description="To the buyer, at most 2,000 characters. Left out: as approved."
    )
    reserve_until: datetime | None = strawberry.field(
        default=None,
        description="Stock is held for it until just before then, at most as long as it is valid. Left out: as approved, or "
        "not at all.",
        directives=[requires(Permission.RESERVE_FOR_QUOTES)],
    )
    partial: bool | None = strawberry.field(
        default=None,
        description="Whether the buyer may order some of it now and some later. Left out: as approved, or not.",
    )

    def parse(self) -> OfferQuote | Refused:
        intake = Intake()
        terms = None if self.terms is None else intake.text(self.terms, "terms", most=MOST_TERMS)
        comment = intake.text(self.comment, "comment", most=MOST_COMMENT)
        if intake.problems:
            return intake.refused()
        return OfferQuote(
            valid_until=self.valid_until,
            terms=terms,
            comment=comment,
            reserve_until=self.reserve_until,
            partial=self.partial,
            **self.head(),
        )


@strawberry.input(description="Say what the buyer chooses from. It takes the place of what was said before.")
class OfferQuoteChoicesInput(QuoteDeskInput):
    choices: list[QuoteChoiceInput] = strawberry.field(description="At most 50; a line stands in one of them at most.")

    def parse(self) -> OfferChoices | Refused:
        intake = Intake()
        choices = parse_choices(intake, self.choices, "choices")
        return intake.refused() if intake.problems else OfferChoices(choices=choices, **self.head())


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
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)

    def parse(self) -> FromCart | Refused:
        intake = Intake()
        comment = intake.text(self.comment, "comment", most=MOST_COMMENT)
        key = key_of(self.cart_id, "crt")
        command = FromCart(
            cart_id=CartId(key) if key else None, expected_revision=self.expected_revision, comment=comment
        )
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
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)

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
