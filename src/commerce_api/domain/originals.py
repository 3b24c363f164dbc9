"""What is asked for a priced cart before anything about its money is adjusted: what adjustments are judged by."""

from uuid import UUID

from commerce_api.domain.adjustment import Originals
from commerce_api.domain.money import Rounding, divided
from commerce_api.domain.priced_cart import PricedCart
from commerce_api.domain.tax import TaxPolicy
from commerce_api.domain.totals import LineTotal


def originals_of(priced: PricedCart) -> Originals:
    """What is asked before anything is adjusted."""
    totals, policy, currency = priced.totals, priced.policy, priced.cart.currency
    sold = [(line, line.total) for line in priced.lines if line.total]
    known: dict[UUID, int] = {
        line.line.id: _in_terms(cost, total, policy)
        for line, total in sold
        if (cost := line.unit_cost(currency)) is not None
    }
    return Originals(
        currency=currency,
        unit_prices={line.id: line.original_unit_price for line in totals.lines},
        costs=known,
        charges={charge.id: charge.original_amount for charge in totals.charges},
        subtotal=priced.to_deduct_from,
        cost=sum(known[total.id] * total.quantity for _, total in sold if total.id in known) if known else None,
    )


def _in_terms(cost: int, total: LineTotal, policy: TaxPolicy) -> int:
    """A cost as prices are told: with the taxes of the line, where those are contained."""
    if not policy.prices_include_tax or not total.net:
        return cost
    return divided(cost * total.total, total.net, Rounding.UP)
