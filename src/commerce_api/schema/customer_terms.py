"""Terms on which a customer may pay later."""

from collections.abc import Mapping
from typing import Final, Self

import strawberry

from commerce_api.domain import payment_offers as domain
from commerce_api.domain.currency import DIGITS
from commerce_api.domain.decision import NotFound, Refused
from commerce_api.domain.ids import CustomerId
from commerce_api.domain.intake import Intake
from commerce_api.domain.money import MAX_SUM, minor_of
from commerce_api.operations.customer_terms import SetCustomerTerms
from commerce_api.schema.node import key_of
from commerce_api.schema.scalars import CurrencyCode, Money, MoneyInput

MOST_DAYS: Final = 365
_DAYS = "Days to pay an invoice; null: as many as the channel gives."
_LIMITS = "How much may be open. Orders beyond it are placed, and held up until somebody decides."


@strawberry.type(description="How much may be open in a currency, and how much is.")
class CreditLimit:
    limit: Money = strawberry.field(description="So much may be open.")
    open: Money = strawberry.field(description="Accepted to be paid later, and not come in yet.")


@strawberry.type(description="Terms on which a customer may pay later.")
class CustomerTerms:
    days: int | None = strawberry.field(description=_DAYS)
    credit_limits: list[CreditLimit] = strawberry.field(description=_LIMITS)

    @classmethod
    def of(cls, terms: domain.CustomerTerms, open_: Mapping[str, int]) -> Self:
        return cls(
            days=terms.days,
            credit_limits=[
                CreditLimit(
                    limit=Money.of(limit, CurrencyCode(currency)),
                    open=Money.of(open_.get(currency, 0), CurrencyCode(currency)),
                )
                for currency, limit in sorted(terms.limits.items())
            ],
        )


@strawberry.input(description="Terms on which a customer may pay later.")
class CustomerTermsInput:
    days: int | None = strawberry.field(default=None, description=_DAYS)
    credit_limits: list[MoneyInput] = strawberry.field(description=f"{_LIMITS} At least one, each currency once.")

    def parse(self, intake: Intake) -> domain.CustomerTerms:
        if self.days is not None and not 1 <= self.days <= MOST_DAYS:
            intake.invalid(f"Between 1 and {MOST_DAYS}, please.", "terms", "days")
        if not self.credit_limits:
            intake.invalid("At least one, please.", "terms", "creditLimits")
        limits: dict[str, int] = {}
        for number, each in enumerate(self.credit_limits[: len(DIGITS)]):
            minor = minor_of(each.amount, DIGITS[each.currency_code])
            if minor is None or not 0 <= minor <= MAX_SUM:
                problem = "No less than zero, and no more digits than the currency has."
                intake.invalid(problem, "terms", "creditLimits", number, "amount")
            if each.currency_code in limits:
                intake.invalid("Each currency once, please.", "terms", "creditLimits", number, "currencyCode")
            limits[str(each.currency_code)] = minor or 0
        return domain.CustomerTerms(days=self.days, limits=limits)


@strawberry.input(description="What was agreed on with a customer.")
class SetCustomerTermsInput:
    id: strawberry.ID = strawberry.field(description="Of the customer.")
    terms: CustomerTermsInput | None = strawberry.field(
        default=None, description="Null: the customer cannot pay on terms any more. What was accepted stays so."
    )
    expected_revision: int | None = strawberry.field(
        default=None, description="Refuse if the customer is not at this revision."
    )
    idempotency_key: str | None = strawberry.field(
        default=None, description="A key of your own; with it the request can be repeated safely."
    )

    def parse(self) -> SetCustomerTerms | Refused:
        intake, key = Intake(), key_of(self.id, "cus")
        if key is None:
            intake.add(NotFound(path=("id",)))
        terms = self.terms.parse(intake) if self.terms else None
        if key is None or intake.problems:
            return intake.refused()
        return SetCustomerTerms(id=CustomerId(key), terms=terms, expected_revision=self.expected_revision)
