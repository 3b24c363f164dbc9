"""What buyers choose of a quote, as clients see it."""

from typing import Any, Self

import strawberry

from commerce_api.domain.decision import Refused
from commerce_api.domain.ids import CartLineId
from commerce_api.domain.intake import Intake
from commerce_api.domain.priced_cart import PricedCart
from commerce_api.domain.quote.choices import Choice, ChoiceKind, Choices, ChooseOne
from commerce_api.domain.quote.content import QuoteContent, QuotedChoice, QuotedOption
from commerce_api.schema.errors import UserError, common, errors_of, present, result_of
from commerce_api.schema.node import global_id
from commerce_api.schema.ordering_inputs import check_count, parse_line_id
from commerce_api.schema.quote_lines import QuoteLine, Waiting
from commerce_api.schema.scalars import Money
from commerce_api.schema.totals import Totals

MOST_CHOICES, MOST_NAME = 50, 200

strawberry.enum(ChoiceKind, name="QuoteChoiceKind", description="How many of the lines of a choice are taken.")


@strawberry.type(description="A line that may be chosen.")
class QuoteOption:
    line_id: strawberry.ID = strawberry.field(description="To be given to `acceptQuote`.")
    lines: list[QuoteLine] = strawberry.field(
        description="The line with its add-ons, at what they cost if it is chosen."
    )
    difference: Money = strawberry.field(
        description="What the whole comes to more if this is chosen and nothing else is chosen otherwise; may be negative."
    )

    @classmethod
    def of(cls, option: QuotedOption, content: QuoteContent, waiting: Waiting) -> Self:
        totals = {total.id: total for total in option.totals}
        return cls(
            line_id=_line(option.line_id),
            lines=[QuoteLine.of(line, totals[line.id], content, waiting) for line in option.lines],
            difference=Money.of(option.difference, content.currency),
        )


@strawberry.type(description="Lines of a version that the buyer chooses from.")
class QuoteChoice:
    kind: ChoiceKind = strawberry.field(description="How many.")
    name: str = strawberry.field(description="What to write above it; may be empty.")
    options: list[QuoteOption] = strawberry.field(description="From what.")

    @classmethod
    def of(cls, choice: QuotedChoice, content: QuoteContent, waiting: Waiting) -> Self:
        return cls(
            kind=choice.kind,
            name=choice.name,
            options=[QuoteOption.of(option, content, waiting) for option in choice.options],
        )


@strawberry.type(description="Lines of a quote's draft that the buyer will choose from.")
class QuoteDraftChoice:
    kind: ChoiceKind = strawberry.field(description="How many.")
    name: str = strawberry.field(description="What buyers read above it; may be empty.")
    line_ids: list[strawberry.ID] = strawberry.field(description="From what.")

    @classmethod
    def of(cls, choice: Choice) -> Self:
        return cls(kind=choice.kind, name=choice.name, line_ids=[_line(line_id) for line_id in choice.line_ids])


@strawberry.input(description="Lines that the buyer chooses from.")
class QuoteChoiceInput:
    kind: ChoiceKind = strawberry.field(description="How many.")
    name: str | None = strawberry.field(
        default=None, description="What buyers read above it, at most 200 characters; needed with `ONE_OF`."
    )
    line_ids: list[strawberry.ID] = strawberry.field(
        description="From what. The first of `ONE_OF` is taken unless another one is chosen. Add-ons go with their lines."
    )

    def parse(self, intake: Intake, *path: Any) -> Choice:
        check_count(intake, self.line_ids, *path, "lineIds")
        required = self.kind is ChoiceKind.ONE_OF
        return Choice(
            kind=self.kind,
            name=intake.text(self.name, *path, "name", most=MOST_NAME, required=required),
            line_ids=parse_line_ids(intake, self.line_ids, *path, "lineIds"),
        )


def parse_line_ids(intake: Intake, raw: list[strawberry.ID], *path: Any) -> tuple[CartLineId, ...]:
    return tuple(parse_line_id(intake, line_id, *path, number) for number, line_id in enumerate(raw))


def parse_choices(intake: Intake, raw: list[QuoteChoiceInput], *path: Any) -> Choices:
    check_count(intake, raw, *path, least=0, most=MOST_CHOICES)
    return tuple(choice.parse(intake, *path, number) for number, choice in enumerate(raw[:MOST_CHOICES]))


@strawberry.type(description="What a quote comes to if that is chosen, or what is wrong with the choice.")
class QuoteTotalsPayload:
    totals: Totals | None = strawberry.field(description="Null if there are errors.")
    errors: list[UserError] = strawberry.field(description="All that is wrong.")

    @classmethod
    def of(cls, outcome: PricedCart | Refused) -> Self:
        priced = result_of(outcome)
        return cls(totals=_totals(priced) if priced else None, errors=errors_of(outcome))


def _totals(priced: PricedCart) -> Totals:
    included, currency = priced.policy.prices_include_tax, priced.cart.currency
    return Totals.of(priced.totals, currency, prices_include_tax=included, estimated=priced.estimated)


@strawberry.type(description="Not exactly one was chosen.")
class ChooseOneError(UserError):
    name: str = strawberry.field(description="What stands above the choice.")
    line_ids: list[strawberry.ID] = strawberry.field(description="Of these.")


@present.register
def _(finding: ChooseOne) -> UserError:
    return ChooseOneError(
        **common(finding), name=finding.name, line_ids=[_line(line_id) for line_id in finding.line_ids]
    )


def _line(line_id: CartLineId) -> strawberry.ID:
    return strawberry.ID(global_id("cln", line_id))
