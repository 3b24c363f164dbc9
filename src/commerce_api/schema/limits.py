"""How far a permission goes: limits of roles, of people, of whoever is asking."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final, Self
from uuid import UUID

import strawberry

from commerce_api.domain import limits as domain
from commerce_api.domain.currency import DIGITS
from commerce_api.domain.decision import NotFound, TooMany
from commerce_api.domain.ids import CategoryId
from commerce_api.domain.intake import Intake
from commerce_api.domain.money import minor_of
from commerce_api.domain.permissions import Permission
from commerce_api.persistence.readers.categories import categories_by_id
from commerce_api.schema.catalog import Category
from commerce_api.schema.context import Info
from commerce_api.schema.node import global_id, key_of
from commerce_api.schema.permissions import PermissionEnum, requires
from commerce_api.schema.scalars import Money, MoneyInput

LimitFloor = strawberry.enum(
    domain.Floor, name="LimitFloor", description="What a price may not go below, however large the limit."
)
_MOST_CURRENCIES: Final = 50
_WHOLE: Final = 100


_HOLDS: Final = (
    "Of those that fit, the narrowest hold: what names a category goes before what names one above it or none, what names the "
    "reason before what does not. Where several are left, as for a product in two categories, all of them hold, so that the "
    "strictest decides."
)
_MOST_EXCEPTIONS: Final = 20


@strawberry.type(
    description="What takes the place of a limit for a reason, for a category and all below it, or for both. It may allow less "
    "or more.",
    directives=[requires(Permission.STAFF_DESK)],
)
class LimitException:
    reason: str | None = strawberry.field(description="Code of the reason for changing something; null: any.")
    category_key: strawberry.Private[UUID | None]
    percent: Decimal | None = strawberry.field(description="How much less at most; null: any share.")
    amounts: list[Money] = strawberry.field(description="How much less at most, by currency.")
    floor: LimitFloor = strawberry.field(description="What prices stay above all the same.")  # type: ignore[valid-type]  # made by a call

    @strawberry.field(description="Of the category, even if it was deleted since; null: any.")
    def category_id(self) -> strawberry.ID | None:
        return strawberry.ID(global_id(Category.prefix, self.category_key)) if self.category_key else None

    @strawberry.field(description="The category; null for any, and if it was deleted since.")
    async def category(self, info: Info) -> Category | None:
        row = self.category_key and await info.context.load(categories_by_id, self.category_key)
        return Category.of(row) if row else None

    @classmethod
    def of(cls, exception: domain.LimitException) -> Self:
        return cls(reason=exception.reason, category_key=exception.category_id, **_terms(exception.limit))


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
    exceptions: list[LimitException] = strawberry.field(description=f"What takes its place in some cases. {_HOLDS}")

    @classmethod
    def of(cls, permission: Permission, limit: domain.Limit) -> Self:
        return cls(permission=permission, exceptions=list(map(LimitException.of, limit.exceptions)), **_terms(limit))

    @classmethod
    def list_of(cls, limits: domain.Limits) -> list[Self]:
        return [cls.of(permission, limit) for permission, limit in sorted(limits.items())]


def _terms(limit: domain.Limit) -> dict[str, Any]:
    return {
        "percent": None if limit.percent is None else limit.percent.normalize() + 0,
        "amounts": [Money.of(amount, currency) for currency, amount in limit.amounts],
        "floor": limit.floor,
    }


@strawberry.input(
    description="What takes the place of a limit for a reason, for a category and all below it, or for both. It may allow less "
    "or more. With percent and amounts, both hold."
)
class LimitExceptionInput:
    reason: str | None = strawberry.field(
        default=None, description="Code of one of the `overrideReasons`; null: any. Quotes as a whole have no reason."
    )
    category_id: strawberry.ID | None = strawberry.field(
        default=None, description="Of the category; null: any. Charges are in no category."
    )
    percent: Decimal | None = strawberry.field(
        default=None, description='How much less at most, 0 to 100: `"10"` is ten per cent; null: any share.'
    )
    amounts: list[MoneyInput] = strawberry.field(
        default_factory=list,
        description="How much less at most, each currency once. Without a percentage, nothing is allowed in other "
        "currencies; with neither, any amount is.",
    )
    floor: domain.Floor | None = strawberry.field(
        default=None, description="What prices stay above all the same; null: that of the limit."
    )

    def parse(self, intake: Intake, whole: "LimitInput", *path: Any) -> domain.LimitException:
        if self.reason is None and self.category_id is None:
            intake.invalid("An exception is for a reason, for a category, or for both.", *path)
        if self.reason is not None and whole.permission not in domain.BY_REASON:
            intake.invalid("This permission is not used for a reason.", *path, "reason")
        if self.category_id is not None and whole.permission not in domain.BY_CATEGORY:
            intake.invalid("This permission is not about products.", *path, "categoryId")
        key = key_of(self.category_id, Category.prefix) if self.category_id else None
        if self.category_id and key is None:
            intake.add(NotFound(path=tuple(map(str, (*path, "categoryId")))))
        return domain.LimitException(
            reason=self.reason,
            category_id=CategoryId(key) if key else None,
            limit=_parsed(self, self.floor or whole.floor, intake, *path),
        )


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

    exceptions: list[LimitExceptionInput] = strawberry.field(
        default_factory=list,
        description=f"What takes its place in some cases, at most {_MOST_EXCEPTIONS}. {_HOLDS}",
    )

    def parse(self, intake: Intake, *path: Any) -> domain.Limit:
        if self.permission not in domain.LIMITED:
            intake.invalid("This permission has no limits.", *path, "permission")
        return replace(
            _parsed(self, self.floor, intake, *path), exceptions=self._exceptions(intake, *path, "exceptions")
        )

    def _exceptions(self, intake: Intake, *path: Any) -> tuple[domain.LimitException, ...]:
        if len(self.exceptions) > _MOST_EXCEPTIONS:
            intake.add(TooMany(path=tuple(map(str, path)), most=_MOST_EXCEPTIONS))
        given = self.exceptions[:_MOST_EXCEPTIONS]
        found = tuple(each.parse(intake, self, *path, number) for number, each in enumerate(given))
        if len({(each.reason, each.category_id) for each in found}) < len(found):
            intake.invalid("Each reason with each category once, please.", *path)
        return found


def _parsed(given: LimitInput | LimitExceptionInput, floor: domain.Floor, intake: Intake, *path: Any) -> domain.Limit:
    if given.percent is not None and not 0 <= given.percent <= _WHOLE:
        intake.invalid("From 0 to 100 per cent.", *path, "percent")
    return domain.Limit(percent=given.percent, amounts=_amounts(intake, given.amounts, *path), floor=floor)


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
