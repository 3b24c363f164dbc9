"""Units that are canceled, and what the rest of the order costs then (S2-17).

What units cost was fixed when they were ordered: their share of a discount goes with them, and nothing that stays becomes
cheaper or dearer because others go (D7). Shares are rounded so that in whatever steps units go, the same remains.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from commerce_api.domain.decision import NotFound, Refusal, Refused
from commerce_api.domain.ids import OrderLineId, ShipGroupId
from commerce_api.domain.money import Rounding, divided
from commerce_api.domain.tax import TaxLine
from commerce_api.domain.totals import ChargeKind, Discount
from commerce_api.domain.value import value


@value
class CancelReasonNotOffered(Refusal):
    """This reason is not offered; `cancelReasons` has those that are."""


@value
class TooManyToCancel(Refusal):
    """Only {open} of these have not been canceled yet."""

    open: int


@value
class LineAmounts:
    subtotal: int
    discount: int
    tax: int
    total: int
    taxes: tuple[TaxLine, ...] = ()
    discounts: tuple[Discount, ...] = ()


@value
class OrderedLine:
    """`whole` is what its units cost together before any of them was canceled, but for the `fewer` that were gone already when
    the line was edited last.
    """

    id: OrderLineId
    quantity: int
    canceled: int
    allocated: int
    backordered: int
    now: LineAmounts
    whole: LineAmounts
    fewer: int = 0

    @property
    def open(self) -> int:
        return self.quantity - self.canceled


@value
class OrderedCharge:
    id: UUID
    kind: ChargeKind
    amount: int
    tax: int
    ship_group_id: ShipGroupId | None = None


@value
class OrderedContent:
    """What of an order can be canceled. `shares` tell how many of which line go to which ship group, the first one first."""

    lines: tuple[OrderedLine, ...]
    shares: Mapping[ShipGroupId, Mapping[OrderLineId, int]]
    charges: tuple[OrderedCharge, ...]
    prices_include_tax: bool
    rounding: Rounding

    @property
    def empty(self) -> bool:
        return all(line.open == 0 for line in self.lines)


@value
class Units:
    """`quantity` units of a line; all that are left if it is None. `path` leads to them in the caller's input."""

    line_id: OrderLineId | None
    quantity: int | None = None
    path: tuple[str, ...] = ()


@value
class ContentTotals:
    subtotal: int
    discount_total: int
    shipping_total: int
    charge_total: int
    tax_total: int
    total: int


def without(content: OrderedContent, units: Sequence[Units]) -> OrderedContent | Refused:
    """What is left of an order, or all that is wrong with what is to be canceled."""
    lines = {line.id: line for line in content.lines}
    problems = [problem for each in units for problem in _problems(each, lines)]
    if problems:
        return Refused(reasons=tuple(problems))
    gone = {lines[each.line_id].id: each.quantity or lines[each.line_id].open for each in units if each.line_id}
    left = tuple(_fewer(line, gone.get(line.id, 0), content) for line in content.lines)
    shares = _left(content.shares, gone)
    kept = tuple(charge for charge in content.charges if charge.ship_group_id is None or shares[charge.ship_group_id])
    return replace(content, lines=left, shares=shares, charges=kept)


def _problems(units: Units, lines: Mapping[OrderLineId, OrderedLine]) -> Iterator[Refusal]:
    line = lines.get(units.line_id) if units.line_id else None
    if line is None:
        yield NotFound(path=(*units.path, "lineId"))
    elif line.open < (units.quantity or 1):
        yield TooManyToCancel(path=(*units.path, "quantity"), open=line.open)


def _fewer(line: OrderedLine, gone: int, content: OrderedContent) -> OrderedLine:
    """Units that are still to come in go first: those on the shelf are the ones that can be sent."""
    owed = min(gone, line.backordered)
    canceled = line.canceled + gone
    return replace(
        line,
        canceled=canceled,
        backordered=line.backordered - owed,
        allocated=max(line.allocated - (gone - owed), 0),
        now=_amounts(line, canceled, content) if gone else line.now,
    )


def _amounts(line: OrderedLine, canceled: int, content: OrderedContent) -> LineAmounts:
    def kept(amount: int) -> int:
        return amount - divided(amount * (canceled - line.fewer), line.quantity - line.fewer, content.rounding)

    whole = line.whole
    subtotal = kept(whole.subtotal)
    discounts = tuple(replace(each, amount=kept(each.amount)) for each in whole.discounts)
    discount = sum(each.amount for each in discounts)
    taxes = tuple(replace(each, base=kept(each.base), amount=kept(each.amount)) for each in whole.taxes)
    tax = sum(each.amount for each in taxes)
    shown = subtotal - discount
    net = shown - tax if content.prices_include_tax else shown
    if len(taxes) == 1:
        taxes = (replace(taxes[0], base=net),)
    return LineAmounts(subtotal=subtotal, discount=discount, tax=tax, total=net + tax, taxes=taxes, discounts=discounts)


def _left(
    shares: Mapping[ShipGroupId, Mapping[OrderLineId, int]], gone: Mapping[OrderLineId, int]
) -> Mapping[ShipGroupId, Mapping[OrderLineId, int]]:
    """Units are taken out of the last destination first."""
    to_take, left = dict(gone), {}
    for group_id, held in reversed(list(shares.items())):
        kept = {}
        for line_id, quantity in held.items():
            taken = min(quantity, to_take.get(line_id, 0))
            to_take[line_id] = to_take.get(line_id, 0) - taken
            if quantity > taken:
                kept[line_id] = quantity - taken
        left[group_id] = kept
    return {group_id: left[group_id] for group_id in shares}


def totals(content: OrderedContent) -> ContentTotals:
    """Everything added up."""
    lines, charges = content.lines, content.charges
    shipping = sum(charge.amount for charge in charges if charge.kind is ChargeKind.SHIPPING)
    others = sum(charge.amount for charge in charges) - shipping
    added = 0 if content.prices_include_tax else sum(charge.tax for charge in charges)
    return ContentTotals(
        subtotal=sum(line.now.subtotal for line in lines),
        discount_total=sum(line.now.discount for line in lines),
        shipping_total=shipping,
        charge_total=others,
        tax_total=sum(line.now.tax for line in lines) + sum(charge.tax for charge in charges),
        total=sum(line.now.total for line in lines) + shipping + others + added,
    )
