"""How far a permission goes: limits of roles, of people, of whoever is asking."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final, Self

import strawberry

from commerce_api.domain import limits as domain
from commerce_api.domain.currency import DIGITS
from commerce_api.domain.intake import Intake
from commerce_api.domain.money import minor_of
from commerce_api.domain.permissions import Permission
from commerce_api.schema.permissions import PermissionEnum, requires
from commerce_api.schema.scalars import Money, MoneyInput

LimitFloor = strawberry.enum(
    domain.Floor, name="LimitFloor", description="What a price may not go below, however large the limit."
)
_MOST_CURRENCIES: Final = 50
_WHOLE: Final = 100


@strawberry.type(
    description="How far a permission goes below what is asked. With percent and amounts, both hold.",
    directives=[requires(Permission.STAFF_DESK)],
)
class Limit:
    permission: PermissionEnum = strawberry.field(description="Of which permission.")  # type: ignore[valid-type]  # made by a call
    percent: Decimal | None = strawberry.field(
        description='How much less at most: `"10"` is ten per cent; null: any share.'
    )
    amounts: list[Money] = strawberry.field(
        description="How much less at most, by currency. Without a percentage, nothing is allowed in other currencies; "
        "with neither, any amount is."
    )
    floor: LimitFloor = strawberry.field(description="What prices stay above all the same.")  # type: ignore[valid-type]  # made by a call

    @classmethod
    def of(cls, permission: Permission, limit: domain.Limit) -> Self:
        return cls(
            permission=permission,
            percent=None if limit.percent is None else limit.percent.normalize() + 0,
            amounts=[Money.of(amount, currency) for currency, amount in limit.amounts],
            floor=limit.floor,
        )

    @classmethod
    def list_of(cls, limits: domain.Limits) -> list[Self]:
        return [cls.of(permission, limit) for permission, limit in sorted(limits.items())]


@strawberry.input(description="How far a permission goes below what is asked. With percent and amounts, both hold.")
class LimitInput:
    permission: PermissionEnum = strawberry.field(  # type: ignore[valid-type]  # made by a call
        description="APPROVE_QUOTES, AUTHOR_QUOTES, DEDUCT_AMOUNTS, OVERRIDE_CHARGES or OVERRIDE_PRICES, each once."
    )
    percent: Decimal | None = strawberry.field(
        default=None, description='How much less at most, 0 to 100: `"10"` is ten per cent; null: any share.'
    )
    amounts: list[MoneyInput] = strawberry.field(
        default_factory=list,
        description="How much less at most, each currency once. Without a percentage, nothing is allowed in other "
        "currencies; with neither, any amount is.",
    )
    floor: LimitFloor = strawberry.field(  # type: ignore[valid-type]  # made by a call
        default=domain.Floor.NONE, description="What prices stay above all the same."
    )

    def parse(self, intake: Intake, *path: Any) -> domain.Limit:
        if self.permission not in domain.LIMITED:
            intake.invalid("This permission has no limits.", *path, "permission")
        if self.percent is not None and not 0 <= self.percent <= _WHOLE:
            intake.invalid("From 0 to 100 per cent.", *path, "percent")
        return domain.Limit(percent=self.percent, amounts=_amounts(intake, self.amounts, *path), floor=self.floor)


def _amounts(intake: Intake, raw: Sequence[MoneyInput], *path: Any) -> tuple[tuple[str, int], ...]:
    amounts: dict[str, int] = {}
    for number, given in enumerate(raw):
        minor = minor_of(given.amount, DIGITS[given.currency_code])
        if minor is None or minor < 0:
            intake.invalid("An amount of this currency, not negative.", *path, "amounts", number, "amount")
        amounts[given.currency_code] = minor or 0
    if len(amounts) < len(raw) or len(raw) > _MOST_CURRENCIES:
        intake.invalid("Each currency once, please.", *path, "amounts")
    return tuple(sorted(amounts.items()))


def parse_limits(intake: Intake, raw: Sequence[LimitInput]) -> domain.Limits:
    limits = {given.permission: given.parse(intake, "limits", number) for number, given in enumerate(raw)}
    if len(limits) < len(raw):
        intake.invalid("Each permission once, please.", "limits")
    return limits
