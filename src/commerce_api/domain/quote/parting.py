"""Ordering a quote in parts: what a part takes along, and what stays open (Q6).

Amounts that belong to several units are dealt between what is taken and what is left by largest remainder. Nothing is rounded
away: all parts together come to exactly what was quoted.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias
from uuid import UUID

from commerce_api.domain.decision import Path, Refusal, Refused
from commerce_api.domain.ids import CartLineId, ShipGroupId
from commerce_api.domain.money import share_out
from commerce_api.domain.quote.content import QuoteContent
from commerce_api.domain.totals import Discount
from commerce_api.domain.value import replace, value


@value
class QuoteUnitsNotOpen(Refusal):
    """Of this line only {open} can still be ordered."""

    open: int


@value
class WantedUnits:
    """Of a line of the version; `path` leads to where it is asked for."""

    line_id: CartLineId | None
    quantity: int
    path: Path = ()


@value
class OpenUnits:
    """Units of a line in a ship group, each at `unit_price`; `sent` are goods."""

    ship_group_id: ShipGroupId
    line_id: CartLineId
    sent: bool
    quantity: int
    unit_price: int

    @property
    def cost(self) -> int:
        return self.quantity * self.unit_price


@value
class SharedCharge:
    """Of a ship group it is for the goods in that, or else for all that there is. `original` is what was asked before staff changed it."""

    id: UUID
    ship_group_id: ShipGroupId | None
    amount: int
    original: int

    def is_for(self, units: OpenUnits) -> bool:
        return self.ship_group_id is None or (units.sent and self.ship_group_id == units.ship_group_id)


@value
class Share:
    """Units with what goes along with them: the discounts on their lines, and charges."""

    units: tuple[OpenUnits, ...]
    discounts: Mapping[CartLineId, tuple[Discount, ...]]
    charges: tuple[SharedCharge, ...]

    @property
    def quantities(self) -> Mapping[CartLineId, int]:
        """How many of which line."""
        found: Counter[CartLineId] = Counter()
        for each in self.units:
            found[each.line_id] += each.quantity
        return found

    def charge(self, id: UUID) -> SharedCharge | None:
        return next((charge for charge in self.charges if charge.id == id), None)

    def deducted(self, id: UUID) -> int:
        """What a deduction takes off all its lines."""
        return sum(d.amount for discounts in self.discounts.values() for d in discounts if d.adjustment_id == id)


def whole(content: QuoteContent) -> Share:
    """All of a version, before any of it was ordered."""
    return Share(
        units=tuple(_quoted(content)),
        discounts={CartLineId(total.id): total.discounts for total in content.totals.lines if total.discounts},
        charges=tuple(
            SharedCharge(
                id=charge.id,
                ship_group_id=charge.ship_group_id,
                amount=charge.amount,
                original=charge.original_amount,
            )
            for charge in content.totals.charges
        ),
    )


def _quoted(content: QuoteContent) -> Iterator[OpenUnits]:
    prices = {total.id: total.unit_price for total in content.totals.lines}
    goods = {line.id for line in content.lines if line.requires_shipping}
    for group in content.groups:
        for line_id, quantity in group.quantities:
            yield OpenUnits(
                ship_group_id=group.id,
                line_id=line_id,
                sent=line_id in goods,
                quantity=quantity,
                unit_price=prices[line_id],
            )


def against_taking(open: Share, wanted: Sequence[WantedUnits]) -> Iterator[Refusal]:
    """All that stands against ordering this much now."""
    left: Counter[CartLineId | None] = Counter(open.quantities)
    for units in wanted:
        many = left[units.line_id]
        if 1 <= units.quantity <= many:
            left[units.line_id] -= units.quantity
        else:
            yield QuoteUnitsNotOpen(path=(*units.path, "quantity"), open=many)


def parted(open: Share, wanted: Sequence[WantedUnits]) -> tuple[Share, Share] | Refused:
    """What is taken, and what is left: of a line in several ship groups the units of the first come first."""
    if reasons := tuple(against_taking(open, wanted)):
        return Refused(reasons=reasons)
    asked: Counter[CartLineId | None] = Counter()
    for units in wanted:
        asked[units.line_id] += units.quantity
    return _dealt(open, *_units(open.units, asked))


def _units(
    units: Iterable[OpenUnits], asked: Counter[CartLineId | None]
) -> tuple[tuple[OpenUnits, ...], tuple[OpenUnits, ...]]:
    taken, left = list[OpenUnits](), list[OpenUnits]()
    for each in units:
        many = min(each.quantity, asked[each.line_id])
        asked[each.line_id] -= many
        if many:
            taken.append(replace(each, quantity=many))
        if many < each.quantity:
            left.append(replace(each, quantity=each.quantity - many))
    return tuple(taken), tuple(left)


def _dealt(open: Share, taken: tuple[OpenUnits, ...], left: tuple[OpenUnits, ...]) -> tuple[Share, Share]:
    now, later = (Share(units=units, discounts={}, charges=()) for units in (taken, left))
    discounts = {
        id_: _discounts(found, now.quantities.get(id_, 0), later.quantities.get(id_, 0))
        for id_, found in open.discounts.items()
    }
    charges = [_charge(charge, taken, left) for charge in open.charges]
    return (
        replace(now, discounts=_given(discounts, 0), charges=tuple(pair[0] for pair in charges if pair[0])),
        replace(later, discounts=_given(discounts, 1), charges=tuple(pair[1] for pair in charges if pair[1])),
    )


_Discounts: TypeAlias = tuple[Discount, ...]


def _given(
    dealt: Mapping[CartLineId, tuple[_Discounts, _Discounts]], place: int
) -> Mapping[CartLineId, tuple[Discount, ...]]:
    return {id_: pair[place] for id_, pair in dealt.items() if pair[place]}


def _discounts(found: _Discounts, taken: int, left: int) -> tuple[_Discounts, _Discounts]:
    """All discounts of a line are dealt together first, so that no part has more taken off than it costs."""
    amounts = [discount.amount for discount in found]
    now = share_out(share_out(sum(amounts), [taken, left])[0], amounts)
    later = [amount - part for amount, part in zip(amounts, now, strict=True)]
    return _of(found, now), _of(found, later)


def _of(discounts: _Discounts, amounts: Iterable[int]) -> _Discounts:
    return tuple(replace(d, amount=amount) for d, amount in zip(discounts, amounts, strict=True) if amount)


def _charge(
    charge: SharedCharge, taken: Iterable[OpenUnits], left: Iterable[OpenUnits]
) -> tuple[SharedCharge | None, SharedCharge | None]:
    """By what the goods cost that it is for."""
    now, later = ([each.cost for each in units if charge.is_for(each)] for units in (taken, left))
    if not now or not later:
        return (charge, None) if now else (None, charge)
    weights = [sum(now), sum(later)]
    amounts, originals = share_out(charge.amount, weights), share_out(charge.original, weights)
    return (
        replace(charge, amount=amounts[0], original=originals[0]),
        replace(charge, amount=amounts[1], original=originals[1]),
    )
