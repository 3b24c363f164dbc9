"""Units that are canceled, and what the rest of the order costs then (S2-17).

What units cost was fixed when they were ordered: their share of a discount goes with them, and nothing that stays becomes
cheaper or dearer because others go (D7). Tax is that of the units that stay, where they go. Shares are rounded so that in
whatever steps units go, the same remains.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias
from uuid import UUID

from commerce_api.domain.adjustment import Adjustment, AdjustmentKind
from commerce_api.domain.decision import NotFound, Refusal, Refused
from commerce_api.domain.described import DescribedEnum
from commerce_api.domain.ids import OrderLineId, ShipGroupId
from commerce_api.domain.money import divided
from commerce_api.domain.tax import TaxLine, TaxPolicy
from commerce_api.domain.totals import ChargeKind, Discount, LineToTotal, Portion, line_total
from commerce_api.domain.value import replace, value


class Restock(DescribedEnum):
    """What becomes of canceled units that lie on a shelf."""

    ON_HAND = "ON_HAND", "They can be sold again."
    WRITTEN_OFF = "WRITTEN_OFF", "They are damaged or lost; the count of what is there goes down by them."


class RefundChoice(DescribedEnum):
    """What the customer is told about money that came in and is not owed any more. The order owes it either way."""

    ORIGINAL = "ORIGINAL", "It is given back the way it came; the mail says how much."
    LATER = "LATER", "Nothing is promised yet."


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
    the line was edited last. What is not `sent`, such as a voucher, bears no part of a delivery.
    """

    id: OrderLineId
    unit_price: int
    quantity: int
    canceled: int
    allocated: int
    backordered: int
    now: LineAmounts
    whole: LineAmounts
    fewer: int = 0
    sent: bool = True

    @property
    def open(self) -> int:
        return self.quantity - self.canceled


_Shares: TypeAlias = Mapping[ShipGroupId, Mapping[OrderLineId, Portion]]


@value
class OrderedCharge:
    id: UUID
    kind: ChargeKind
    amount: int
    tax: int
    ship_group_id: ShipGroupId | None = None
    original: int = 0
    taxes: tuple[TaxLine, ...] = ()


@value
class OrderedContent:
    """What of an order can be canceled. `shares` tell how many of which line go to which ship group, the first one first, and
    what taxes they bear.
    """

    lines: tuple[OrderedLine, ...]
    shares: _Shares
    charges: tuple[OrderedCharge, ...]
    policy: TaxPolicy

    def delivers(self, ship_group_id: ShipGroupId) -> bool:
        """Whether any goods go with this ship group."""
        sent = {line.id for line in self.lines if line.sent}
        return not sent.isdisjoint(self.shares.get(ship_group_id, {}))

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
    shares = _left(content.shares, gone)
    lines_left = tuple(_fewer(line, gone.get(line.id, 0), shares, content.policy) for line in content.lines)
    left = replace(content, lines=lines_left, shares=shares)
    of_deliveries = ((charge, charge.ship_group_id) for charge in content.charges)
    return replace(left, charges=tuple(each for each, of in of_deliveries if of is None or left.delivers(of)))


def _problems(units: Units, lines: Mapping[OrderLineId, OrderedLine]) -> Iterator[Refusal]:
    line = lines.get(units.line_id) if units.line_id else None
    if line is None:
        yield NotFound(path=(*units.path, "lineId"))
    elif line.open < (units.quantity or 1):
        yield TooManyToCancel(path=(*units.path, "quantity"), open=line.open)


def _fewer(line: OrderedLine, gone: int, shares: _Shares, policy: TaxPolicy) -> OrderedLine:
    """Units that are still to come in go first: those on the shelf are the ones that can be sent."""
    if not gone:
        return line
    owed = min(gone, line.backordered)
    canceled = line.canceled + gone
    portions = tuple(held[line.id] for held in shares.values() if line.id in held)
    return replace(
        line,
        canceled=canceled,
        backordered=line.backordered - owed,
        allocated=max(line.allocated - (gone - owed), 0),
        now=_amounts(line, canceled, portions, policy),
    )


def _amounts(line: OrderedLine, canceled: int, portions: tuple[Portion, ...], policy: TaxPolicy) -> LineAmounts:
    discounts = tuple(_kept(line.whole.discounts, canceled - line.fewer, line.quantity - line.fewer, policy))
    to_total = LineToTotal(id=line.id, unit_price=line.unit_price, portions=portions, discounts=discounts)
    found = line_total(to_total, policy)
    return LineAmounts(
        subtotal=found.subtotal,
        discount=found.discount,
        tax=found.tax,
        total=found.total,
        taxes=found.taxes,
        discounts=found.discounts,
    )


def _kept(discounts: Sequence[Discount], gone: int, of: int, policy: TaxPolicy) -> Iterator[Discount]:
    """Rounded in their sum, so that together they are never more than what is left costs."""
    before, kept_before = 0, 0
    for discount in discounts:
        before += discount.amount
        kept = before - divided(before * gone, of, policy.rounding)
        yield replace(discount, amount=kept - kept_before)
        kept_before = kept


def _left(shares: _Shares, gone: Mapping[OrderLineId, int]) -> _Shares:
    """Units are taken out of the last destination first."""
    to_take, left = dict(gone), {}
    for group_id, held in reversed(list(shares.items())):
        kept = {}
        for line_id, portion in held.items():
            taken = min(portion.quantity, to_take.get(line_id, 0))
            to_take[line_id] = to_take.get(line_id, 0) - taken
            if portion.quantity > taken:
                kept[line_id] = replace(portion, quantity=portion.quantity - taken)
        left[group_id] = kept
    return {group_id: left[group_id] for group_id in shares}


def still_deducted(adjustments: Sequence[Adjustment], left: OrderedContent) -> list[Adjustment]:
    """What staff changed, once so much is left: of an amount that they took off the share of units goes with these. A percentage
    stays one of whatever there is.
    """
    found = (_still(each, left) if each.kind is AdjustmentKind.DEDUCTION else each for each in adjustments)
    return [each for each in found if each]


def _still(deduction: Adjustment, left: OrderedContent) -> Adjustment | None:
    if deduction.percent is not None:
        return deduction
    amount = deducted(deduction, left)
    return replace(deduction, amount=amount) if amount else None


def deducted(deduction: Adjustment, content: OrderedContent) -> int:
    """What it takes off all lines together."""
    found = (each for line in content.lines for each in line.now.discounts if each.adjustment_id == deduction.id)
    return sum(discount.amount for discount in found)


def totals(content: OrderedContent) -> ContentTotals:
    """Everything added up."""
    lines, charges = content.lines, content.charges
    shipping = sum(charge.amount for charge in charges if charge.kind is ChargeKind.SHIPPING)
    others = sum(charge.amount for charge in charges) - shipping
    added = 0 if content.policy.prices_include_tax else sum(charge.tax for charge in charges)
    return ContentTotals(
        subtotal=sum(line.now.subtotal for line in lines),
        discount_total=sum(line.now.discount for line in lines),
        shipping_total=shipping,
        charge_total=others,
        tax_total=sum(line.now.tax for line in lines) + sum(charge.tax for charge in charges),
        total=sum(line.now.total for line in lines) + shipping + others + added,
    )
