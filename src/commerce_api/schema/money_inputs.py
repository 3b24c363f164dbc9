"""What staff say of the money of carts, quotes and orders: other prices, other charges, amounts taken off."""

from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import strawberry

from commerce_api.domain import cart as domain
from commerce_api.domain.cart import AmountOff, Change, NewAmount, PercentOff
from commerce_api.domain.currency import DIGITS
from commerce_api.domain.decision import NotFound
from commerce_api.domain.ids import CartLineId, TaxClassId
from commerce_api.domain.intake import Intake
from commerce_api.domain.money import minor_of
from commerce_api.domain.totals import ChargeKind
from commerce_api.operations.carts import Action
from commerce_api.schema.node import key_of
from commerce_api.schema.ordering_inputs import Content, parse_line_id
from commerce_api.schema.scalars import MoneyInput

_NOTHING: Final = UUID(int=0)
_WHOLE: Final = 100
_REASON: Final = "Code of one of `overrideReasons` that fits."
_NOTE: Final = "What else to say of it, at most 1,000 characters; some reasons need it. Customers do not see it."


def _amount(intake: Intake, raw: MoneyInput, least: int, *path: Any) -> int:
    digits = DIGITS[raw.currency_code]
    minor = minor_of(raw.amount, digits)
    if minor is None:
        intake.invalid(f"{raw.currency_code} has {digits} digits after the point, and an amount has an end.", *path)
    elif minor < least:
        intake.invalid("Not less than nothing, please." if least == 0 else "More than nothing, please.", *path)
    return minor or 0


def _percent(intake: Intake, percent: Decimal, *path: Any) -> PercentOff:
    if not 0 < percent <= _WHOLE:
        intake.invalid("More than 0, and 100 per cent at most.", *path)
    return PercentOff(percent=percent)


@strawberry.input(one_of=True, description="What to ask instead: an amount, or less than originally.")
class AmountChangeInput:
    amount: strawberry.Maybe[MoneyInput] = strawberry.field(description="So much.")
    amount_off: strawberry.Maybe[MoneyInput] = strawberry.field(description="So much less than originally.")
    percent_off: strawberry.Maybe[Decimal] = strawberry.field(
        description='So much less than originally: `"10"` is ten per cent.'
    )

    def parse(self, intake: Intake, *path: Any) -> tuple[Change, str | None]:
        """With the currency, if it is told."""
        if self.amount is not None:
            given = self.amount.value
            return NewAmount(amount=_amount(intake, given, 0, *path, "amount")), given.currency_code
        if self.amount_off is not None:
            given = self.amount_off.value
            return AmountOff(amount=_amount(intake, given, 1, *path, "amountOff")), given.currency_code
        assert self.percent_off is not None  # noqa: S101 - exactly one is given
        return _percent(intake, self.percent_off.value, *path, "percentOff"), None


@strawberry.input(one_of=True, description="How much to take off.")
class DeductionInput:
    amount: strawberry.Maybe[MoneyInput] = strawberry.field(description="So much.")
    percent: strawberry.Maybe[Decimal] = strawberry.field(
        description='Of whatever the subtotal is: `"10"` is ten per cent.'
    )

    def parse(self, intake: Intake, *path: Any) -> tuple[AmountOff | PercentOff, str | None]:
        if self.amount is not None:
            given = self.amount.value
            return AmountOff(amount=_amount(intake, given, 1, *path, "amount")), given.currency_code
        assert self.percent is not None  # noqa: S101 - exactly one is given
        return _percent(intake, self.percent.value, *path, "percent"), None


@strawberry.input(description="Why the money is changed.")
class ReasonedInput(Content):
    reason: str = strawberry.field(description=_REASON)
    note: str | None = strawberry.field(default=None, description=_NOTE)

    def why(self, intake: Intake, *path: Any) -> dict[str, str]:
        return {
            "reason": intake.text(self.reason, *path, "reason", most=50, required=True),
            "note": intake.text(self.note, *path, "note", most=1_000),
        }


@strawberry.input(description="Ask another price for each unit of a line.")
class OverrideLinePriceInput(ReasonedInput):
    line_id: strawberry.ID = strawberry.field(description="Which line.")
    change: AmountChangeInput = strawberry.field(description="What to ask for a unit.")

    def commands(self, intake: Intake, *path: Any) -> tuple[Action, ...]:
        line_id = parse_line_id(intake, self.line_id, *path, "lineId")
        change, currency = self.change.parse(intake, *path, "change")
        why = self.why(intake, *path)
        return (domain.OverrideLinePrice(line_id=CartLineId(line_id), change=change, currency=currency, **why),)


def _charge_id(intake: Intake, raw: str, *path: Any) -> UUID:
    key = key_of(raw, "chg")
    if key is None:
        intake.add(domain.ChargeNotFound(path=tuple(map(str, (*path, "chargeId")))))
    return key or _NOTHING


@strawberry.input(description="Ask another amount for shipping, or for another charge.")
class OverrideChargeInput(ReasonedInput):
    charge_id: strawberry.ID = strawberry.field(description="Which of the charges among the totals.")
    change: AmountChangeInput = strawberry.field(description="What to ask for it.")

    def commands(self, intake: Intake, *path: Any) -> tuple[Action, ...]:
        charge_id = _charge_id(intake, self.charge_id, *path)
        change, currency = self.change.parse(intake, *path, "change")
        why = self.why(intake, *path)
        return (domain.OverrideCharge(charge_id=charge_id, change=change, currency=currency, **why),)


@strawberry.input(description="Add an amount that is no product.")
class AddChargeInput(ReasonedInput):
    kind: ChargeKind = strawberry.field(description="What it is for; shipping comes from the shipping method.")
    name: str | None = strawberry.field(
        default=None, description="For the customer, at most 100 characters; needed for CUSTOM."
    )
    amount: MoneyInput = strawberry.field(description="How much, with or without tax as the channel's prices are.")
    tax_class_id: strawberry.ID | None = strawberry.field(default=None, description="How it is taxed; null: not.")
    refundable: bool = strawberry.field(default=True, description="Whether it is given back when the order is.")
    mandatory: bool = strawberry.field(default=False, description="That nobody removes it again.")

    def commands(self, intake: Intake, *path: Any) -> tuple[Action, ...]:
        if self.kind is ChargeKind.SHIPPING:
            intake.invalid("Shipping comes from the shipping method; override that.", *path, "kind")
        tax_class = key_of(self.tax_class_id, "txc") if self.tax_class_id else None
        if self.tax_class_id and tax_class is None:
            intake.add(NotFound(path=tuple(map(str, (*path, "taxClassId")))))
        command = domain.AddCharge(
            kind=self.kind,
            name=intake.text(self.name, *path, "name", most=100, required=self.kind is ChargeKind.CUSTOM),
            amount=_amount(intake, self.amount, 1, *path, "amount"),
            currency=self.amount.currency_code,
            tax_class_id=TaxClassId(tax_class) if tax_class else None,
            refundable=self.refundable,
            mandatory=self.mandatory,
            **self.why(intake, *path),
        )
        return (command,)


@strawberry.input(description="Remove a charge that was added. Shipping and mandatory ones can only be overridden.")
class RemoveChargeInput(ReasonedInput):
    charge_id: strawberry.ID = strawberry.field(description="Which of the charges among the totals.")

    def commands(self, intake: Intake, *path: Any) -> tuple[Action, ...]:
        return (domain.RemoveCharge(charge_id=_charge_id(intake, self.charge_id, *path), **self.why(intake, *path)),)


@strawberry.input(description="Take something off the subtotal; the lines share it by what they cost.")
class DeductInput(ReasonedInput):
    off: DeductionInput = strawberry.field(description="How much.")

    def commands(self, intake: Intake, *path: Any) -> tuple[Action, ...]:
        off, currency = self.off.parse(intake, *path, "off")
        return (domain.Deduct(off=off, currency=currency, **self.why(intake, *path)),)


@strawberry.input(description="Take back what was changed about the money.")
class RemoveAdjustmentInput(Content):
    adjustment_id: strawberry.ID = strawberry.field(description="Which of the `adjustments`.")

    def commands(self, intake: Intake, *path: Any) -> tuple[Action, ...]:
        key = key_of(self.adjustment_id, "adj")
        if key is None:
            intake.add(NotFound(path=tuple(map(str, (*path, "adjustmentId")))))
        return (domain.RemoveAdjustment(adjustment_id=key or _NOTHING),)
