"""Making an agreement of what was priced: an order that is placed, a quote that is sent."""

from commerce_api.domain.agreement import AgreedLine, AgreedShipping, Agreement, AgreementSource, RatesAt
from commerce_api.domain.priced_cart import PricedCart, PricedGroup, PricedLine, ships
from commerce_api.domain.tax import Rate
from commerce_api.domain.totals import ChargeKind, ChargeTotal, LineTotal


def agreement_of(priced: PricedCart, source: AgreementSource) -> Agreement:
    """All prices as they stand now, to be held to later, but for what staff changed: that goes along as the adjustments of the
    cart, or it would count twice.
    """
    shipping = {charge.ship_group_id: charge for charge in priced.totals.charges if charge.kind is ChargeKind.SHIPPING}
    return Agreement(
        source=source,
        policy=priced.policy,
        lines=tuple(_agreed_line(priced, line, line.total) for line in priced.lines if line.total),
        shipping=tuple(
            _agreed_shipping(group, charge) for group in priced.groups if (charge := shipping.get(group.group.id))
        ),
    )


def _agreed_line(priced: PricedCart, line: PricedLine, total: LineTotal) -> AgreedLine:
    id_ = line.line.id
    return AgreedLine(
        line_id=id_,
        quantity=total.quantity,
        unit_price=total.original_unit_price,
        requires_shipping=ships(line.variant, line.agreed),
        discounts=tuple(discount for discount in total.discounts if discount.adjustment_id is None),
        taxes=tuple(RatesAt(place=g.place, rates=g.rates[id_]) for g in priced.groups if id_ in g.rates),
    )


def _agreed_shipping(priced: PricedGroup, charge: ChargeTotal) -> AgreedShipping:
    method = priced.chosen.method if priced.chosen else None
    return AgreedShipping(
        ship_group_id=priced.group.id,
        method_id=method.id if method else None,
        code=method.code if method else "",
        name=charge.name,
        amount=charge.original_amount,
        tax_class_id=charge.tax_class_id,
        taxes=RatesAt(place=priced.place, rates=tuple(Rate(name=tax.name, rate=tax.rate) for tax in charge.taxes)),
    )
