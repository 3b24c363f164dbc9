"""Lines, discounts, charges and taxes added up: the only place that adds (D6).

Amounts are minor units of the document's one currency. Whatever is shown next to each other adds up exactly:
`total = subtotal - discounts + shipping + other charges (+ tax, where prices do not include it)`.
"""

from collections.abc import Iterable
from enum import StrEnum
from uuid import UUID

from commerce_api.domain.decision import Refusal
from commerce_api.domain.ids import AdjustmentId, ShipGroupId, TaxClassId
from commerce_api.domain.money import MAX_MINOR, share_out
from commerce_api.domain.tax import Rate, Taxed, TaxLine, TaxPolicy, gathered, taxed
from commerce_api.domain.value import value


class ChargeKind(StrEnum):
    SHIPPING = "SHIPPING"
    HANDLING = "HANDLING"
    GIFT_WRAP = "GIFT_WRAP"
    SMALL_ORDER = "SMALL_ORDER"
    DEPOSIT = "DEPOSIT"
    DUTY = "DUTY"
    CUSTOM = "CUSTOM"


@value
class MoneyOverflow(Refusal):
    """The total would be beyond any amount that can be paid; take less."""


@value
class Discount:
    """One reason why something costs less; `amount` is positive. Staff who took it off did so by an adjustment."""

    name: str
    amount: int
    adjustment_id: AdjustmentId | None = None


@value
class Portion:
    """Units of a line that go to one destination and bear its taxes."""

    quantity: int
    rates: tuple[Rate, ...] = ()


@value
class AgreedTax:
    """What taxes were agreed on for these units, which cost `shown` after discounts; a charge is one unit. Of what was divided
    they are a share of what the whole bore, and may differ by a digit from what they would be anew.
    """

    portions: tuple[Portion, ...]
    shown: int
    taxes: tuple[TaxLine, ...]

    @property
    def rates(self) -> tuple[Rate, ...]:
        """Those of the first destination."""
        return self.portions[0].rates

    def on(self, portions: tuple[Portion, ...], shown: int) -> tuple[TaxLine, ...] | None:
        """What was agreed on, if it is for just this."""
        return self.taxes if (self.portions, self.shown) == (portions, shown) else None


@value
class AgreedDeductions:
    """What staff took off a line that came to `worth` before. Of what was divided they are the share that went along with it."""

    worth: int
    shares: tuple[Discount, ...]


@value
class LineToTotal:
    """All its units have one price, wherever they go. `discounts` are on the whole line and never more than it costs.
    `original_unit_price` is what was asked before staff changed it; what was agreed on holds while nothing it depends on is
    another.
    """

    id: UUID
    unit_price: int
    original_unit_price: int | None = None
    portions: tuple[Portion, ...]
    discounts: tuple[Discount, ...] = ()
    agreed_tax: AgreedTax | None = None
    agreed_deductions: AgreedDeductions | None = None


@value
class ChargeToTotal:
    """`original_amount` is what was asked before staff changed it; `agreed_tax` holds while nothing it depends on is another."""

    id: UUID
    kind: ChargeKind
    name: str
    amount: int
    original_amount: int | None = None
    tax_class_id: TaxClassId | None = None
    refundable: bool = True
    rates: tuple[Rate, ...] = ()
    ship_group_id: ShipGroupId | None = None
    agreed_tax: AgreedTax | None = None


@value
class LineTotal:
    """`subtotal` is before discounts, `net` and `total` after; `total` is what is paid for the line, tax included."""

    id: UUID
    quantity: int
    unit_price: int
    original_unit_price: int
    subtotal: int
    discounts: tuple[Discount, ...]
    discount: int
    net: int
    tax: int
    taxes: tuple[TaxLine, ...]
    total: int


@value
class ChargeTotal:
    """`amount` is as prices are shown, with or without tax; `total` is what is paid for it."""

    id: UUID
    kind: ChargeKind
    name: str
    ship_group_id: ShipGroupId | None
    amount: int
    original_amount: int
    tax_class_id: TaxClassId | None
    refundable: bool
    net: int
    tax: int
    taxes: tuple[TaxLine, ...]
    total: int


@value
class Totals:
    """`due` is what remains to be paid by payment instructions."""

    lines: tuple[LineTotal, ...]
    charges: tuple[ChargeTotal, ...]
    discounts: tuple[Discount, ...]
    taxes: tuple[TaxLine, ...]
    subtotal: int
    discount_total: int
    shipping_total: int
    charge_total: int
    tax_total: int
    total: int

    @property
    def due(self) -> int:
        return self.total

    def of_line(self, id: UUID) -> LineTotal | None:
        return next((line for line in self.lines if line.id == id), None)


def add_up(lines: Iterable[LineToTotal], charges: Iterable[ChargeToTotal], policy: TaxPolicy) -> Totals:
    """All totals of a document, from unit prices and rates to the amount due."""
    line_totals = tuple(line_total(line, policy) for line in lines)
    charge_totals = tuple(_charge(charge, policy) for charge in charges)
    parts: tuple[LineTotal | ChargeTotal, ...] = (*line_totals, *charge_totals)
    return Totals(
        lines=line_totals,
        charges=charge_totals,
        discounts=itemized(discount for line in line_totals for discount in line.discounts),
        taxes=gathered(tax for part in parts for tax in part.taxes),
        subtotal=sum(line.subtotal for line in line_totals),
        discount_total=sum(line.discount for line in line_totals),
        shipping_total=sum(c.amount for c in charge_totals if c.kind is ChargeKind.SHIPPING),
        charge_total=sum(c.amount for c in charge_totals if c.kind is not ChargeKind.SHIPPING),
        tax_total=sum(part.tax for part in parts),
        total=sum(part.total for part in parts),
    )


def overflow(totals: Totals) -> MoneyOverflow | None:
    """The reason why a document of this size is not accepted, if it is too large (D33)."""
    return MoneyOverflow() if totals.total >= MAX_MINOR or totals.subtotal >= MAX_MINOR else None


def line_total(line: LineToTotal, policy: TaxPolicy) -> LineTotal:
    quantity = sum(portion.quantity for portion in line.portions)
    discount = sum(discount.amount for discount in line.discounts)
    taxes = _taxes(line, discount, policy)
    tax, shown = sum(each.amount for each in taxes), line.unit_price * quantity - discount
    net = shown - tax if policy.prices_include_tax else shown
    return LineTotal(
        id=line.id,
        quantity=quantity,
        unit_price=line.unit_price,
        original_unit_price=_or(line.original_unit_price, line.unit_price),
        subtotal=line.unit_price * quantity,
        discounts=line.discounts,
        discount=discount,
        net=net,
        tax=tax,
        taxes=taxes,
        total=net + tax,
    )


def _taxes(line: LineToTotal, discount: int, policy: TaxPolicy) -> tuple[TaxLine, ...]:
    shown = line.unit_price * sum(portion.quantity for portion in line.portions) - discount
    agreed = line.agreed_tax.on(line.portions, shown) if line.agreed_tax else None
    if agreed is not None:
        return agreed
    return gathered(tax for part in _taxed_portions(line, discount, policy) for tax in part.lines)


def _taxed_portions(line: LineToTotal, discount: int, policy: TaxPolicy) -> list[Taxed]:
    """Each portion bears its share of the discount by what it costs, and so never more than that."""
    amounts = [line.unit_price * portion.quantity for portion in line.portions]
    shares = share_out(discount, amounts)
    return [
        taxed(amount - share, portion.quantity, portion.rates, policy)
        for portion, amount, share in zip(line.portions, amounts, shares, strict=True)
    ]


def _charge(charge: ChargeToTotal, policy: TaxPolicy) -> ChargeTotal:
    taxes = _taxes_of_charge(charge, policy)
    tax = sum(each.amount for each in taxes)
    net = charge.amount - tax if policy.prices_include_tax else charge.amount
    return ChargeTotal(
        id=charge.id,
        kind=charge.kind,
        name=charge.name,
        ship_group_id=charge.ship_group_id,
        amount=charge.amount,
        original_amount=_or(charge.original_amount, charge.amount),
        tax_class_id=charge.tax_class_id,
        refundable=charge.refundable,
        net=net,
        tax=tax,
        taxes=taxes,
        total=net + tax,
    )


def _taxes_of_charge(charge: ChargeToTotal, policy: TaxPolicy) -> tuple[TaxLine, ...]:
    alone = (Portion(quantity=1, rates=charge.rates),)
    agreed = charge.agreed_tax.on(alone, charge.amount) if charge.agreed_tax else None
    return taxed(charge.amount, 1, charge.rates, policy).lines if agreed is None else agreed


def _or(amount: int | None, other: int) -> int:
    return other if amount is None else amount


def itemized(discounts: Iterable[Discount]) -> tuple[Discount, ...]:
    """Discounts on lines added up to those on the whole."""
    sums: dict[tuple[str, AdjustmentId | None], int] = {}
    for discount in discounts:
        key = (discount.name, discount.adjustment_id)
        sums[key] = sums.get(key, 0) + discount.amount
    return tuple(Discount(name=name, amount=amount, adjustment_id=of) for (name, of), amount in sums.items())
