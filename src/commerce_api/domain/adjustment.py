"""What staff change about the money of a cart, a quote or an order: another price, another charge, an amount taken off.

Each keeps what was asked originally, why, by whom and when, and the limits that it was judged by, so that it can be judged
again when what it was made for has changed: whoever goes round a limit in several steps has gone beyond it all the same.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias
from uuid import UUID

from commerce_api.domain.actor import Author
from commerce_api.domain.described import DescribedEnum
from commerce_api.domain.ids import AdjustmentId, TaxClassId
from commerce_api.domain.limits import Limit, beyond
from commerce_api.domain.money import share_out
from commerce_api.domain.permissions import Permission
from commerce_api.domain.totals import ChargeKind, ChargeToTotal, Discount, LineToTotal
from commerce_api.domain.value import value


class AdjustmentKind(DescribedEnum):
    LINE_PRICE = "LINE_PRICE", "Another unit price of a line."
    CHARGE = "CHARGE", "Another amount of a charge, such as shipping."
    EXTRA_CHARGE = "EXTRA_CHARGE", "An amount added."
    DEDUCTION = "DEDUCTION", "An amount taken off the subtotal."


PERMISSION_FOR: Mapping[AdjustmentKind, Permission] = {
    AdjustmentKind.LINE_PRICE: Permission.OVERRIDE_PRICES,
    AdjustmentKind.CHARGE: Permission.OVERRIDE_CHARGES,
    AdjustmentKind.EXTRA_CHARGE: Permission.OVERRIDE_CHARGES,
    AdjustmentKind.DEDUCTION: Permission.DEDUCT_AMOUNTS,
}
"""Whose limit it is judged by."""


_NAMES: Mapping[str, Mapping[ChargeKind, str]] = {
    "en": {
        ChargeKind.SHIPPING: "Shipping",
        ChargeKind.HANDLING: "Handling",
        ChargeKind.GIFT_WRAP: "Gift wrapping",
        ChargeKind.SMALL_ORDER: "Small order",
        ChargeKind.DEPOSIT: "Deposit",
        ChargeKind.DUTY: "Duty",
        ChargeKind.CUSTOM: "Charge",
    },
    "de": {
        ChargeKind.SHIPPING: "Versand",
        ChargeKind.HANDLING: "Bearbeitung",
        ChargeKind.GIFT_WRAP: "Geschenkverpackung",
        ChargeKind.SMALL_ORDER: "Mindermengenzuschlag",
        ChargeKind.DEPOSIT: "Pfand",
        ChargeKind.DUTY: "Zoll",
        ChargeKind.CUSTOM: "Zuschlag",
    },
}


def named(kind: ChargeKind, language: str) -> str:
    """What customers read of a charge that nobody gave a name."""
    return _NAMES.get(language, _NAMES["en"])[kind]


@value
class ExtraCharge:
    """What an added charge is. Without a tax class it is not taxable."""

    kind: ChargeKind
    tax_class_id: TaxClassId | None
    refundable: bool
    mandatory: bool


@value
class Adjustment:
    """`target_id` is the line, or the charge: a ship group's has the id of the group, an added one that of its adjustment.

    `original` is what was asked: the unit price, the charge, or the subtotal, and nothing for what is added. `amount` is what is
    asked instead, or what is added or taken off; where a `percent` is taken off, it is that of the day.
    """

    id: AdjustmentId
    kind: AdjustmentKind
    target_id: UUID | None = None
    original: int
    amount: int
    percent: Decimal | None = None
    extra: ExtraCharge | None = None
    name: str
    reason: str
    note: str = field(default="", repr=False)
    by: Author
    at: datetime
    limits: tuple[Limit, ...] = ()
    beyond_limit: bool = False

    @property
    def lowered(self) -> int:
        """By how much it lowered what was asked."""
        return self.amount if self.kind is AdjustmentKind.DEDUCTION else self.original - self.amount

    def off(self, subtotal: int) -> int:
        """What a deduction takes off a subtotal."""
        return self.amount if self.percent is None else part(subtotal, self.percent)


@value
class OverrideReason:
    """Why staff may change something: data, with names by language. It fits some kinds of changes."""

    code: str
    names: Mapping[str, str]
    kinds: frozenset[AdjustmentKind]
    note_required: bool

    def name_in(self, language: str) -> str:
        return self.names.get(language) or self.names.get("en") or next(iter(self.names.values()), self.code)


Adjustments: TypeAlias = Sequence[Adjustment]


def part(whole: int, percent: Decimal) -> int:
    """A percentage of an amount; what is less than a unit stays with the shop."""
    return int(whole * Fraction(percent) / 100)


def of_kind(adjustments: Iterable[Adjustment], kind: AdjustmentKind) -> Iterator[Adjustment]:
    return (adjustment for adjustment in adjustments if adjustment.kind is kind)


def instead_of(adjustments: Iterable[Adjustment], kind: AdjustmentKind, target_id: UUID) -> Adjustment | None:
    """What is asked for a line or a charge in place of its own amount."""
    return next((a for a in of_kind(adjustments, kind) if a.target_id == target_id), None)


def deducted(adjustments: Adjustments, subtotal: int) -> int:
    """All that is to be taken off a subtotal, even if that is more than there is."""
    return sum(deduction.off(subtotal) for deduction in of_kind(adjustments, AdjustmentKind.DEDUCTION))


def repriced(lines: Iterable[LineToTotal], adjustments: Adjustments) -> list[LineToTotal]:
    """Lines at the prices that are asked instead of their own."""
    asked = {a.target_id: a.amount for a in of_kind(adjustments, AdjustmentKind.LINE_PRICE)}
    return [
        replace(line, unit_price=asked[line.id], original_unit_price=line.unit_price) if line.id in asked else line
        for line in lines
    ]


def overridden(charges: Iterable[ChargeToTotal], adjustments: Adjustments) -> list[ChargeToTotal]:
    """Charges at the amounts that are asked instead of their own."""
    asked = {a.target_id: a.amount for a in of_kind(adjustments, AdjustmentKind.CHARGE)}
    return [
        replace(charge, amount=asked[charge.id], original_amount=charge.amount) if charge.id in asked else charge
        for charge in charges
    ]


def spread(lines: Sequence[LineToTotal], adjustments: Adjustments) -> list[LineToTotal]:
    """Deductions as discounts on the lines, by what each still costs; together never more than that."""
    subtotal, left = sum(map(_cost, lines)), [_cost(line) for line in lines]
    discounts: list[list[Discount]] = [[] for _ in lines]
    for deduction in of_kind(adjustments, AdjustmentKind.DEDUCTION):
        shares = share_out(min(deduction.off(subtotal), sum(left)), left)
        for number, share in enumerate(shares):
            left[number] -= share
            if share:
                discounts[number].append(Discount(name=deduction.name, amount=share, adjustment_id=deduction.id))
    return [
        replace(line, discounts=(*line.discounts, *more)) if more else line
        for line, more in zip(lines, discounts, strict=True)
    ]


def _cost(line: LineToTotal) -> int:
    return subtotal_of((line,))


def subtotal_of(lines: Iterable[LineToTotal]) -> int:
    """What deductions are taken off: lines after all other discounts."""
    return sum(
        line.unit_price * sum(portion.quantity for portion in line.portions) - sum(d.amount for d in line.discounts)
        for line in lines
    )


@value
class Originals:
    """What is asked as of now, before anything is adjusted but `subtotal`, which is at the prices of the adjusted lines. `costs`
    are what units cost the shop, in the same terms as their prices, as far as known; `cost` is that of all lines.
    """

    currency: str
    unit_prices: Mapping[UUID, int]
    costs: Mapping[UUID, int]
    charges: Mapping[UUID, int]
    subtotal: int
    cost: int | None


def exceeding(adjustments: Adjustments, originals: Originals) -> frozenset[AdjustmentId]:
    """Those that go beyond the limit of whoever made them, by what is asked now; and those that did so then.

    Deductions are judged together: each with those that were there before it.
    """
    return frozenset(a.id for a in adjustments if a.beyond_limit or is_beyond(a, adjustments, originals))


def is_beyond(adjustment: Adjustment, among: Adjustments, originals: Originals) -> bool:
    match adjustment.kind, adjustment.target_id:
        case AdjustmentKind.LINE_PRICE, UUID() as id_ if id_ in originals.unit_prices:
            return _judged(
                adjustment, originals.unit_prices[id_], adjustment.amount, originals, originals.costs.get(id_)
            )
        case AdjustmentKind.CHARGE, UUID() as id_ if id_ in originals.charges:
            return _judged(adjustment, originals.charges[id_], adjustment.amount, originals, None)
        case AdjustmentKind.DEDUCTION, _:
            before = among[: among.index(adjustment)] if adjustment in among else among
            left = originals.subtotal - deducted([*before, adjustment], originals.subtotal)
            return _judged(adjustment, originals.subtotal, left, originals, originals.cost)
        case _:
            return False


def _judged(adjustment: Adjustment, original: int, new: int, originals: Originals, cost: int | None) -> bool:
    return beyond(adjustment.limits, original, new, originals.currency, cost)


def in_currency(adjustment: Adjustment) -> bool:
    """Whether it means an amount, which means nothing in another currency."""
    return adjustment.percent is None
