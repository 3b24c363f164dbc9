"""The content of an order in two: units with their share of everything that was agreed on for them (S1-09, D6).

What either part costs adds up to what both did, to the last cent, and so does every discount and every tax. Shares go by units,
taxes by what bears them, charges of the whole order by what the lines cost. A delivery that goes whole takes its charge along;
one that is divided leaves it behind.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import ClassVar, TypeAlias
from uuid import UUID

from commerce_api.domain.adjustment import Adjustment, AdjustmentKind
from commerce_api.domain.canceling import LineAmounts, OrderedCharge, OrderedContent, OrderedLine, Units, deducted
from commerce_api.domain.decision import NotFound, Refusal, Refused, refuse
from commerce_api.domain.ids import AdjustmentId, OrderLineId, ShipGroupId
from commerce_api.domain.money import share_out
from commerce_api.domain.tax import Rate, TaxLine, TaxPolicy
from commerce_api.domain.totals import ChargeKind, Portion
from commerce_api.domain.value import replace, value

Shares: TypeAlias = Mapping[ShipGroupId, Mapping[OrderLineId, Portion]]


@value
class TooManyToMove(Refusal):
    """Only {open} of these are left in the order."""

    staff_only: ClassVar[bool] = True

    open: int


@value
class NothingToMove(Refusal):
    """Nothing of this order is still to come in."""

    staff_only: ClassVar[bool] = True


@value
class NothingWouldStay(Refusal):
    """Nothing would be left of the order; leave at least one unit, or let it be one order."""

    staff_only: ClassVar[bool] = True


@value
class InTwo:
    """What stays, and what goes; under the same ids."""

    left: OrderedContent
    moved: OrderedContent


def divide(content: OrderedContent, units: Sequence[Units] | None) -> InTwo | Refused:
    """Without `units` all that is still to come in goes."""
    lines = {line.id: line for line in content.lines}
    problems = [problem for each in units or () for problem in _problems(each, lines)]
    if problems:
        return Refused(reasons=tuple(problems))
    if units is None:
        gone = {line.id: line.backordered for line in content.lines if line.backordered}
    else:
        gone = {lines[each.line_id].id: each.quantity or lines[each.line_id].open for each in units if each.line_id}
    if not gone:
        return refuse(NothingToMove())
    if all(gone.get(line.id, 0) == line.open for line in content.lines):
        return refuse(NothingWouldStay())
    return _divided(content, gone)


def _problems(units: Units, lines: Mapping[OrderLineId, OrderedLine]) -> Iterator[Refusal]:
    line = lines.get(units.line_id) if units.line_id else None
    if line is None:
        yield NotFound(path=(*units.path, "lineId"))
    elif line.open < (units.quantity or 1):
        yield TooManyToMove(path=(*units.path, "quantity"), open=line.open)


def _divided(content: OrderedContent, gone: Mapping[OrderLineId, int]) -> InTwo:
    staying, going = _shares(content.shares, gone)
    left: list[OrderedLine] = []
    moved: list[OrderedLine] = []
    for line in content.lines:
        stays, goes = _line(line, gone.get(line.id, 0), staying, going, content)
        left += [stays] if stays.quantity else []
        moved += [goes] if goes.quantity else []
    parts = InTwo(
        left=replace(content, lines=tuple(left), shares=staying, charges=()),
        moved=replace(content, lines=tuple(moved), shares=going, charges=()),
    )
    kept, taken = _charges(content.charges, parts)
    return InTwo(left=replace(parts.left, charges=tuple(kept)), moved=replace(parts.moved, charges=tuple(taken)))


def _shares(shares: Shares, gone: Mapping[OrderLineId, int]) -> tuple[Shares, Shares]:
    """Units are taken out of the last destination first. Where nothing stays, or goes, there is no delivery."""
    to_take, staying, going = dict(gone), {}, {}
    for group_id, held in reversed(list(shares.items())):
        kept: dict[OrderLineId, Portion] = {}
        taken: dict[OrderLineId, Portion] = {}
        for line_id, portion in held.items():
            many = min(portion.quantity, to_take.get(line_id, 0))
            to_take[line_id] = to_take.get(line_id, 0) - many
            if many < portion.quantity:
                kept[line_id] = replace(portion, quantity=portion.quantity - many)
            if many:
                taken[line_id] = replace(portion, quantity=many)
        staying[group_id], going[group_id] = kept, taken
    in_order = list(shares)
    return (
        {id_: staying[id_] for id_ in in_order if staying[id_]},
        {id_: going[id_] for id_ in in_order if going[id_]},
    )


_NOTHING = LineAmounts(subtotal=0, discount=0, tax=0, total=0)


def _line(
    line: OrderedLine, gone: int, staying: Shares, going: Shares, content: OrderedContent
) -> tuple[OrderedLine, OrderedLine]:
    """What was canceled of a line stays. What is still to come in goes first. From here on shares are of what each has now."""
    if not gone:
        return line, replace(line, quantity=0)
    owed = min(gone, line.backordered)
    found = min(gone - owed, line.allocated)
    if gone == line.open:
        kept, taken = _NOTHING, line.now
    else:
        bearing = [_bearing(line.id, shares) for shares in (staying, going)]
        kept, taken = _amounts(line.now, (line.open - gone, gone), bearing, content.policy)
    return (
        replace(
            line,
            quantity=line.quantity - gone,
            allocated=line.allocated - found,
            backordered=line.backordered - owed,
            now=kept,
            whole=kept,
            fewer=line.canceled,
        ),
        replace(line, quantity=gone, canceled=0, allocated=found, backordered=owed, now=taken, whole=taken, fewer=0),
    )


def _bearing(line_id: OrderLineId, shares: Shares) -> Mapping[Rate, int]:
    """How many units of a line bear each tax."""
    units: dict[Rate, int] = {}
    for portion in (held[line_id] for held in shares.values() if line_id in held):
        for rate in portion.rates:
            units[rate] = units.get(rate, 0) + portion.quantity
    return units


def _amounts(
    now: LineAmounts, units: tuple[int, int], bearing: Sequence[Mapping[Rate, int]], policy: TaxPolicy
) -> tuple[LineAmounts, LineAmounts]:
    subtotals = share_out(now.subtotal, units)
    discounts = [share_out(each.amount, units) for each in now.discounts]
    shown = [subtotals[part] - sum(shares[part] for shares in discounts) for part in (0, 1)]
    taxes = [_tax(tax, units, bearing, shown, policy, alone=len(now.taxes) == 1) for tax in now.taxes]

    def part(of: int) -> LineAmounts:
        tax = sum(shares[of].amount for shares in taxes)
        return LineAmounts(
            subtotal=subtotals[of],
            discount=subtotals[of] - shown[of],
            tax=tax,
            total=shown[of] if policy.prices_include_tax else shown[of] + tax,
            taxes=tuple(shares[of] for shares in taxes if shares[of].base or shares[of].amount),
            discounts=tuple(
                replace(each, amount=shares[of])
                for each, shares in zip(now.discounts, discounts, strict=True)
                if shares[of]
            ),
        )

    return part(0), part(1)


def _tax(
    tax: TaxLine,
    units: tuple[int, int],
    bearing: Sequence[Mapping[Rate, int]],
    shown: Sequence[int],
    policy: TaxPolicy,
    *,
    alone: bool,
) -> tuple[TaxLine, TaxLine]:
    """By what bears it. The only tax of all units is on the net amount of either part."""
    rate = Rate(name=tax.name, rate=tax.rate)
    bear = [of.get(rate, 0) for of in bearing]
    if not any(bear):
        bear = list(units)
    weights = [bear[0] * shown[0] * units[1], bear[1] * shown[1] * units[0]]
    amounts, bases = share_out(tax.amount, weights), share_out(tax.base, weights)
    whole = sum(shown) - (tax.amount if policy.prices_include_tax else 0)
    if alone and tax.base == whole:
        bases = [
            part - amount if policy.prices_include_tax else part for part, amount in zip(shown, amounts, strict=True)
        ]
    kept, taken = (replace(tax, base=base, amount=amount) for base, amount in zip(bases, amounts, strict=True))
    return kept, taken


def _shown(lines: Iterable[OrderedLine]) -> int:
    return sum(line.now.subtotal - line.now.discount for line in lines)


def _charges(charges: Iterable[OrderedCharge], parts: InTwo) -> tuple[list[OrderedCharge], list[OrderedCharge]]:
    """Of a delivery that is divided the new part has a charge of nothing: so it is known that it was agreed on."""
    weights = [_shown(parts.left.lines), _shown(parts.moved.lines)]
    left: list[OrderedCharge] = []
    moved: list[OrderedCharge] = []
    for charge in charges:
        group_id = charge.ship_group_id
        if group_id is None:
            kept, taken = _charge(charge, weights if any(weights) else (1, 0))
            left += [kept] if kept.original or kept.amount else []
            moved += [taken] if taken.original or taken.amount else []
        elif parts.left.delivers(group_id):
            left.append(charge)
            moved += [nothing(charge)] if parts.moved.delivers(group_id) else []
        else:
            moved.append(charge)
    return left, moved


def nothing(charge: OrderedCharge) -> OrderedCharge:
    return replace(charge, amount=0, original=0, tax=0, taxes=())


def _charge(charge: OrderedCharge, weights: Sequence[int]) -> tuple[OrderedCharge, OrderedCharge]:
    amounts, originals = share_out(charge.amount, weights), share_out(charge.original, weights)
    taxes = [
        [replace(tax, base=base, amount=amount) for base, amount in zip(*shares, strict=True)]
        for tax in charge.taxes
        for shares in [(share_out(tax.base, amounts), share_out(tax.amount, amounts))]
    ]

    def part(of: int) -> OrderedCharge:
        mine = tuple(shares[of] for shares in taxes)
        return replace(
            charge, amount=amounts[of], original=originals[of], tax=sum(tax.amount for tax in mine), taxes=mine
        )

    return part(0), part(1)


def shared_adjustments(
    adjustments: Sequence[Adjustment], parts: InTwo, new_ids: Mapping[UUID, UUID]
) -> tuple[list[Adjustment], list[Adjustment]]:
    """What staff changed, as far as it is about each part; those of the part that goes under its `new_ids`. Each says what is
    asked of its part, so that editing either begins with what was agreed on.
    """
    left = [mine for each in adjustments if (mine := _about(each, parts.left, parts.moved))]
    moved = [_renamed(mine, new_ids) for each in adjustments if (mine := _about(each, parts.moved, None))]
    return left, moved


def _about(adjustment: Adjustment, part: OrderedContent, other: OrderedContent | None) -> Adjustment | None:
    """`other` is what goes, if the part is what stays."""
    match adjustment.kind:
        case AdjustmentKind.LINE_PRICE:
            return adjustment if any(line.id == adjustment.target_id for line in part.lines) else None
        case AdjustmentKind.DEDUCTION:
            return _deduction(adjustment, part, other)
        case _:
            about = adjustment.id if adjustment.kind is AdjustmentKind.EXTRA_CHARGE else adjustment.target_id
            charge = next((charge for charge in part.charges if charge.id == about), None)
            return _of_charge(adjustment, charge) if charge else None


def _of_charge(adjustment: Adjustment, charge: OrderedCharge) -> Adjustment | None:
    if adjustment.kind is AdjustmentKind.EXTRA_CHARGE:
        return replace(adjustment, amount=charge.original)
    nothing = charge.kind is ChargeKind.SHIPPING and not (charge.amount or charge.original)
    return None if nothing else replace(adjustment, original=charge.original, amount=charge.amount)


def _deduction(adjustment: Adjustment, part: OrderedContent, other: OrderedContent | None) -> Adjustment | None:
    """A percentage becomes the amount that it was: of either part it might be another one by a cent."""
    amount = deducted(adjustment, part)
    if other is not None and adjustment.percent is None:
        amount = adjustment.amount - deducted(adjustment, other)
    return replace(adjustment, amount=amount, percent=None) if amount else None


def _renamed(adjustment: Adjustment, new_ids: Mapping[UUID, UUID]) -> Adjustment:
    target = adjustment.target_id and new_ids[adjustment.target_id]
    return replace(adjustment, id=AdjustmentId(new_ids[adjustment.id]), target_id=target)
