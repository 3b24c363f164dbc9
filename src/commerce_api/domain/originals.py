"""What is asked for a priced cart before anything about its money is adjusted: what adjustments are judged by."""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from commerce_api.domain.adjustment import OriginalLine, Originals, shared
from commerce_api.domain.ids import ProductId
from commerce_api.domain.limits import Lineage, Lowering
from commerce_api.domain.money import Rounding, divided
from commerce_api.domain.priced_cart import PricedCart, PricedLine
from commerce_api.domain.tax import TaxPolicy
from commerce_api.domain.totals import LineTotal
from commerce_api.domain.value import replace

Lineages: TypeAlias = Mapping[ProductId, tuple[Lineage, ...]]
"""The categories that products are in."""


def originals_of(priced: PricedCart, categories: Lineages) -> Originals:
    """What is asked before anything is adjusted."""
    return Originals(
        currency=priced.cart.currency,
        lines={line.line.id: _original(priced, line, line.total, categories) for line in priced.lines if line.total},
        charges={charge.id: charge.original_amount for charge in priced.totals.charges},
    )


def _original(priced: PricedCart, line: PricedLine, total: LineTotal, categories: Lineages) -> OriginalLine:
    cost = line.unit_cost(priced.cart.currency)
    return OriginalLine(
        unit_price=total.original_unit_price,
        quantity=total.quantity,
        worth=total.subtotal - sum(each.amount for each in total.discounts if each.adjustment_id is None),
        unit_cost=None if cost is None else _in_terms(cost, total, priced.policy),
        unit_lowest=line.lowest,
        categories=categories.get(line.variant.product_id, ()) if line.variant else (),
    )


def let_go(priced: PricedCart, originals: Originals) -> Iterator[Lowering]:
    """What goods and charges cost as they are, and what is asked for them instead: what a limit of quotes is about."""
    off = sum(each.amount for each in priced.totals.discounts if each.adjustment_id is not None)
    for line, lowering in zip(originals.lines.values(), shared(off, originals), strict=True):
        yield replace(lowering, original=line.unit_price * line.quantity)
    charges = priced.totals.charges
    yield Lowering(
        original=sum(charge.original_amount for charge in charges), new=sum(charge.amount for charge in charges)
    )


def _in_terms(cost: int, total: LineTotal, policy: TaxPolicy) -> int:
    """A cost as prices are told: with the taxes of the line, where those are contained."""
    if not policy.prices_include_tax or not total.net:
        return cost
    return divided(cost * total.total, total.net, Rounding.UP)
