"""What was agreed on stays (D7, D12): whatever becomes of catalog, taxes and shipping, an order that nobody changes costs
what it cost, to the last digit of its currency.
"""

from dataclasses import replace

import orjson
from hypothesis import given
from hypothesis import strategies as st

from commerce_api.domain.agreeing import agreement_of
from commerce_api.domain.agreement import AgreedLine, AgreementSource, PricePolicy
from commerce_api.domain.cart import Purpose
from commerce_api.domain.priced_cart import price_cart
from commerce_api.domain.totals import AgreedTax, Discount, Portion
from commerce_api.persistence.parameters import json_of
from commerce_api.persistence.readers.agreements import agreement_of_document
from tests.domain.carts import ONE
from tests.properties.test_priced_carts import carts, markets

KEPT, QUOTED = AgreementSource.KEPT, AgreementSource.QUOTED


def edited(cart, facts, source=KEPT, **how):
    """A draft of what was placed as this cart."""
    agreement = agreement_of(price_cart(cart, facts), source)
    return replace(cart, purpose=Purpose.ORDER_EDIT, agreement=replace(agreement, **how))


def off_sale(facts):
    """The same market when nothing of it is sold any more."""
    gone = {id_: replace(variant, on_sale=False) for id_, variant in facts.variants.items()}
    return replace(facts, variants=gone, methods=(), prices={})


@given(carts(), markets(), markets())
def test_an_order_that_nobody_changes_costs_what_it_cost(cart, then, now):
    draft = edited(cart, then)

    before = price_cart(cart, then)
    for today in (now, off_sale(now)):
        after = price_cart(draft, today)
        assert after.totals == before.totals
        assert agreement_of(after, KEPT).lines == draft.agreement.lines


@given(carts(), markets(), markets())
def test_a_quote_keeps_its_prices_whatever_the_taxes(cart, then, now):
    before, after = price_cart(cart, then).totals, price_cart(edited(cart, then, QUOTED), now).totals

    assert [line.unit_price for line in after.lines] == [line.unit_price for line in before.lines]
    assert [charge.amount for charge in after.charges] == [charge.amount for charge in before.charges]
    if before.lines and agreement_of(price_cart(cart, then), QUOTED).policy.prices_include_tax:
        assert after.total == before.total


@given(carts(), markets(), markets())
def test_what_is_priced_anew_costs_what_it_costs_today(cart, then, now):
    """By the rounding and the kind of prices that the order was placed with."""
    draft = edited(cart, then, price_policy=PricePolicy.REPRICE_ALL, recalculate_shipping=True)
    same_rules = replace(now, policy=draft.agreement.policy)

    assert price_cart(draft, now).totals == price_cart(cart, same_rules).totals


@given(carts(), markets())
def test_an_agreement_reads_back_as_it_was_written(cart, facts):
    priced = price_cart(cart, facts)
    taxes = [
        AgreedTax(portions=(Portion(quantity=total.quantity, rates=()),), shown=total.net, taxes=total.taxes)
        for total in priced.totals.lines
    ]
    found = agreement_of(priced, KEPT)
    lines = (replace(line, agreed_tax=tax) for line, tax in zip(found.lines, [None, *taxes[1:]], strict=False))
    agreement = replace(found, lines=tuple(lines))

    assert agreement_of_document(orjson.loads(json_of(agreement))) == agreement


@given(st.integers(0, 10**9), st.integers(1, 500), st.data())
def test_what_stays_and_what_goes_share_a_discount_without_rest(amount, quantity, data):
    line = AgreedLine(
        line_id=ONE,
        quantity=quantity,
        unit_price=amount,
        requires_shipping=True,
        discounts=(Discount(name="Ten off", amount=amount),),
        taxes=(),
    )
    kept = data.draw(st.integers(0, quantity))

    def share(units):
        return sum(discount.amount for discount in line.discounts_on(units))

    assert 0 <= share(kept) <= amount == share(quantity) == share(quantity + 1)
    assert abs(share(kept) * quantity - amount * kept) <= quantity / 2
    assert share(min(kept + 1, quantity)) >= share(kept)
