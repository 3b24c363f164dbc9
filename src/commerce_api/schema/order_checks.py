"""What a channel wants looked at before an order goes on."""

from collections.abc import Sequence
from typing import Final, Self

import strawberry

from commerce_api.domain import blocks as domain
from commerce_api.domain.currency import DIGITS
from commerce_api.domain.intake import Intake
from commerce_api.domain.money import minor_of
from commerce_api.domain.permissions import Permission
from commerce_api.schema.permissions import requires
from commerce_api.schema.scalars import CurrencyCode, Money, MoneyInput

LONGEST: Final = 7 * 24 * 60
MOST_DECLINES: Final = 20
_ABOVE = "Orders above these amounts are blocked, at most one amount a currency."
_REVIEW = "Whether each order is blocked until somebody has reviewed it."
_DECLINES = "Orders paid only after so many declined payments are blocked; null: not for this."
_MINUTES = "Orders are blocked if the same buyer ordered the same less than so many minutes before; null: not for this."


@strawberry.type(
    description="What is looked at before an order goes on. The reasons say what the blocks stop.",
    directives=[requires(Permission.STAFF_DESK)],
)
class OrderChecks:
    value_limits: list[Money] = strawberry.field(description=_ABOVE)
    requires_review: bool = strawberry.field(description=_REVIEW)
    declined_attempts: int | None = strawberry.field(description=_DECLINES)
    duplicate_minutes: int | None = strawberry.field(description=_MINUTES)

    @classmethod
    def of(cls, checks: domain.OrderChecks) -> Self:
        return cls(
            value_limits=[Money.of(most, CurrencyCode(code)) for code, most in sorted(checks.value_limits.items())],
            requires_review=checks.requires_review,
            declined_attempts=checks.declined_attempts,
            duplicate_minutes=checks.duplicate_minutes,
        )


@strawberry.input(description="What is to be looked at before an order goes on.")
class OrderChecksInput:
    value_limits: list[MoneyInput] = strawberry.field(default_factory=list, description=_ABOVE)
    requires_review: bool = strawberry.field(default=False, description=_REVIEW)
    declined_attempts: int | None = strawberry.field(default=None, description=_DECLINES)
    duplicate_minutes: int | None = strawberry.field(default=None, description=_MINUTES)

    def parse(self, intake: Intake, *path: str) -> domain.OrderChecks:
        _within(intake, self.declined_attempts, MOST_DECLINES, *path, "declinedAttempts")
        _within(intake, self.duplicate_minutes, LONGEST, *path, "duplicateMinutes")
        return domain.OrderChecks(
            value_limits=_limits(intake, self.value_limits, *path, "valueLimits"),
            requires_review=self.requires_review,
            declined_attempts=self.declined_attempts,
            duplicate_minutes=self.duplicate_minutes,
        )


def _within(intake: Intake, number: int | None, most: int, *path: str) -> None:
    if number is not None and not 1 <= number <= most:
        intake.invalid(f"Between 1 and {most}, please.", *path)


def _limits(intake: Intake, given: Sequence[MoneyInput], *path: str) -> dict[str, int]:
    limits: dict[str, int] = {}
    for number, each in enumerate(given):
        minor = minor_of(each.amount, DIGITS[each.currency_code])
        if minor is None or minor < 0:
            intake.invalid("No less than zero, and no more digits than the currency has.", *path, number, "amount")
        if each.currency_code in limits:
            intake.invalid("Each currency once, please.", *path, number, "currencyCode")
        limits[str(each.currency_code)] = minor or 0
    return limits
