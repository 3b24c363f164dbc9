"""What staff change about the money of a cart, a quote or an order: another price, another charge, an amount taken off.

Each keeps what was asked originally, why, by whom and when, and the limits that it was judged by, so that it can be judged
again when what it was made for has changed: whoever goes round a limit in several steps has gone beyond it all the same.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from itertools import chain, takewhile
from typing import TypeAlias
from uuid import UUID

from commerce_api.domain.actor import Author
from commerce_api.domain.described import DescribedEnum
from commerce_api.domain.ids import AdjustmentId, TaxClassId
from commerce_api.domain.limits import Limit, Lineage, Lowering, beyond
from commerce_api.domain.money import share_out
from commerce_api.domain.permissions import Permission
from commerce_api.domain.totals import ChargeKind, ChargeToTotal, Discount, LineToTotal, Totals
from commerce_api.domain.value import replace, value


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
    return [_at(line, asked[line.id]) if line.id in asked else line for line in lines]


def _at(line: LineToTotal, unit_price: int) -> LineToTotal:
    """What was agreed to be taken off it may be more than it costs now; a line never costs less than nothing."""
    left, discounts = unit_price * sum(portion.quantity for portion in line.portions), []
    for discount in line.discounts:
        amount = min(discount.amount, left)
        left -= amount
        discounts += [replace(discount, amount=amount)] if amount else []
    return replace(line, unit_price=unit_price, original_unit_price=line.unit_price, discounts=tuple(discounts))


def overridden(charges: Iterable[ChargeToTotal], adjustments: Adjustments) -> list[ChargeToTotal]:
    """Charges at the amounts that are asked instead of their own."""
    asked = {a.target_id: a.amount for a in of_kind(adjustments, AdjustmentKind.CHARGE)}
    return [
        replace(charge, amount=asked[charge.id], original_amount=charge.amount) if charge.id in asked else charge
        for charge in charges
    ]


def spread(lines: Sequence[LineToTotal], adjustments: Adjustments) -> list[LineToTotal]:
    """Deductions as discounts on the lines, by what each still costs; together never more than that."""
    if not adjustments:
        return list(lines)
    if agreed := _agreed(lines, adjustments):
        return agreed
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


def _agreed(lines: Sequence[LineToTotal], adjustments: Adjustments) -> list[LineToTotal] | None:
    """Lines with what was taken off them before, if nothing that it depends on is another."""
    known = [(line, line.agreed_deductions) for line in lines]
    if any(agreed is None or agreed.worth != _cost(line) for line, agreed in known):
        return None
    shares = {line.id: agreed.shares for line, agreed in known if agreed}
    taken_off = Counter[AdjustmentId | None]()
    for share in chain.from_iterable(shares.values()):
        taken_off[share.adjustment_id] += share.amount
    deductions, subtotal = list(of_kind(adjustments, AdjustmentKind.DEDUCTION)), sum(map(_cost, lines))
    if taken_off.keys() - {each.id for each in deductions}:
        return None
    if not all(_gives(each, taken_off[each.id], subtotal) for each in deductions):
        return None
    return [replace(line, discounts=(*line.discounts, *shares[line.id])) for line in lines]


def _gives(deduction: Adjustment, taken_off: int, subtotal: int) -> bool:
    """Of units that went their share of a percentage went along, so that the rest may differ from it by a cent."""
    asked = deduction.off(subtotal)
    return asked == taken_off if deduction.percent is None else bool(asked) == bool(taken_off)


def _cost(line: LineToTotal) -> int:
    return subtotal_of((line,))


def subtotal_of(lines: Iterable[LineToTotal]) -> int:
    """What deductions are taken off: lines after all other discounts."""
    return sum(
        line.unit_price * sum(portion.quantity for portion in line.portions) - sum(d.amount for d in line.discounts)
        for line in lines
    )


@value
class OriginalLine:
    """A line as it is asked for now. `worth` is what deductions are taken off: at its adjusted price, after all other discounts.
    `unit_cost` is what one costs the shop, and `unit_lowest` the least that is to be asked for one, both in the same terms as
    its price, as far as known.
    """

    unit_price: int
    quantity: int
    worth: int
    unit_cost: int | None = None
    unit_lowest: int | None = None
    categories: tuple[Lineage, ...] = ()

    @property
    def cost(self) -> int | None:
        return None if self.unit_cost is None else self.unit_cost * self.quantity

    @property
    def lowest(self) -> int | None:
        return None if self.unit_lowest is None else self.unit_lowest * self.quantity


@value
class Originals:
    """What is asked as of now, before anything is adjusted."""

    currency: str
    lines: Mapping[UUID, OriginalLine]
    charges: Mapping[UUID, int]

    @property
    def subtotal(self) -> int:
        return sum(line.worth for line in self.lines.values())


def exceeding(adjustments: Adjustments, originals: Originals, former: Adjustments = ()) -> frozenset[AdjustmentId]:
    """Those that go beyond the limit of whoever made them, by what is asked now; and those that did so then.

    Deductions are judged together: each with those that were there before it. What went too far for one reason, as `former` ones
    say, does so as well if the same person does it again for another.
    """
    return frozenset(
        each.id
        for each in adjustments
        if each.beyond_limit
        or is_beyond(each, adjustments, originals)
        or any(is_beyond(said, adjustments, originals) for said in _excused(each, adjustments, former))
    )


def _excused(adjustment: Adjustment, among: Adjustments, former: Adjustments) -> Iterator[Adjustment]:
    """The same with the reasons that were given for it before, and the limits of then."""
    still_there = {each.id for each in among}
    for each in former:
        same = (each.kind, each.target_id, each.by) == (adjustment.kind, adjustment.target_id, adjustment.by)
        if same and each.beyond_limit and each.id not in still_there:
            yield replace(adjustment, reason=each.reason, limits=each.limits)


def is_beyond(adjustment: Adjustment, among: Adjustments, originals: Originals) -> bool:
    return beyond(adjustment.limits, originals.currency, tuple(_lowerings(adjustment, among, originals)))


def _lowerings(adjustment: Adjustment, among: Adjustments, originals: Originals) -> Iterator[Lowering]:
    reason = adjustment.reason
    match adjustment.kind, adjustment.target_id:
        case AdjustmentKind.LINE_PRICE, UUID() as id_ if line := originals.lines.get(id_):
            yield Lowering(
                original=line.unit_price,
                new=adjustment.amount,
                reason=reason,
                categories=line.categories,
                cost=line.unit_cost,
                lowest=line.unit_lowest,
            )
        case AdjustmentKind.CHARGE, UUID() as id_ if id_ in originals.charges:
            yield Lowering(original=originals.charges[id_], new=adjustment.amount, reason=reason)
        case AdjustmentKind.DEDUCTION, _:
            before = takewhile(lambda each: each.id != adjustment.id, among)
            yield from shared(deducted([*before, adjustment], originals.subtotal), originals, reason)
        case _:
            return


def shared(off: int, originals: Originals, reason: str = "") -> Iterator[Lowering]:
    """What is taken off the subtotal, by lines, to the fraction of a unit: each gives the same part of what it costs."""
    subtotal = originals.subtotal
    for id_, line in originals.lines.items():
        yield Lowering(
            line_id=id_,
            original=line.worth,
            new=line.worth - Fraction(off * line.worth, subtotal or 1),
            reason=reason,
            categories=line.categories,
            cost=line.cost,
            lowest=line.lowest,
        )


def conceded(adjustment: Adjustment, totals: Totals) -> int:
    """By how much less is asked because of it: for each unit of a line, for a charge, or for everything."""
    target = adjustment.target_id
    match adjustment.kind:
        case AdjustmentKind.LINE_PRICE:
            return sum(line.original_unit_price - line.unit_price for line in totals.lines if line.id == target)
        case AdjustmentKind.CHARGE:
            return sum(charge.original_amount - charge.amount for charge in totals.charges if charge.id == target)
        case AdjustmentKind.DEDUCTION:
            return sum(d.amount for d in totals.discounts if d.adjustment_id == adjustment.id)
        case AdjustmentKind.EXTRA_CHARGE:
            return 0


def conceded_in_all(adjustment: Adjustment, totals: Totals) -> int:
    """On all units of a line together."""
    line = totals.of_line(adjustment.target_id) if adjustment.target_id else None
    return conceded(adjustment, totals) * (line.quantity if line else 1)


def in_currency(adjustment: Adjustment) -> bool:
    """Whether it means an amount, which means nothing in another currency."""
    return adjustment.percent is None
