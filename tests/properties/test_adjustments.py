"""Parts add up whatever staff change (D6): prices, charges, deductions, in each kind of currency, taxed and rounded in any way."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from commerce_api.domain.adjustment import deducted, exceeding
from commerce_api.domain.agreeing import agreement_of
from commerce_api.domain.agreement import AgreementSource
from commerce_api.domain.currency import DIGITS
from commerce_api.domain.limits import Limit
from commerce_api.domain.money import decimal_of
from commerce_api.domain.originals import originals_of
from commerce_api.domain.priced_cart import price_cart
from tests.domain import adjusted
from tests.domain.rates import STANDARD
from tests.properties.test_priced_carts import carts, markets

amounts = st.integers(0, 2_000_000)
percents = st.decimals(min_value=0, max_value=100, places=2)


@st.composite
def adjusted_carts(draw):
    """Any of its lines and ship groups, some charges, some deductions."""
    cart = draw(carts())
    changes = [adjusted.price(line.id, draw(amounts)) for line in cart.lines if draw(st.booleans())]
    changes += [adjusted.charge(group.id, draw(amounts)) for group in cart.ship_groups if draw(st.booleans())]
    changes += [
        adjusted.added(draw(amounts), tax_class_id=draw(st.sampled_from([None, STANDARD])))
        for _ in range(draw(st.integers(0, 2)))
    ]
    changes += [
        adjusted.deduction(draw(amounts), percent=draw(st.none() | percents), name=f"Deduction {number}")
        for number in range(draw(st.integers(0, 3)))
    ]
    numbered = (replace(change, id=UUID(int=7_000 + number)) for number, change in enumerate(changes))
    return replace(cart, adjustments=tuple(numbered))


@given(adjusted_carts(), markets())
def test_what_was_changed_adds_up_to_the_total(cart, facts):
    priced = price_cart(cart, facts)
    totals, policy = priced.totals, priced.policy

    def shown(minor):
        return decimal_of(minor, DIGITS[cart.currency])

    tax = 0 if policy.prices_include_tax else totals.tax_total
    parts = [totals.subtotal, -totals.discount_total, totals.shipping_total, totals.charge_total, tax]
    assert sum(map(shown, parts)) == shown(totals.total)
    for part in (*totals.lines, *totals.charges):
        assert part.net + part.tax == part.total
        assert min(part.net, part.tax, part.total) >= 0
    assert sum(part.total for part in (*totals.lines, *totals.charges)) == totals.total
    assert sum(tax.amount for tax in totals.taxes) == totals.tax_total


@given(adjusted_carts(), markets())
def test_deductions_are_shared_out_without_rest_and_never_beyond_what_there_is(cart, facts):
    priced = price_cart(cart, facts)
    totals, wanted = priced.totals, deducted(cart.adjustments, priced.totals.subtotal)

    assert totals.discount_total == min(wanted, totals.subtotal)
    assert priced.deducted_too_much is (wanted > totals.subtotal)
    assert sum(each.amount for each in totals.discounts) == totals.discount_total
    for line in totals.lines:
        assert sum(each.amount for each in line.discounts) == line.discount <= line.subtotal


@given(adjusted_carts(), markets())
def test_an_order_that_was_adjusted_and_is_edited_costs_what_it_cost(cart, facts):
    before = price_cart(cart, facts)
    draft = replace(cart, agreement=agreement_of(before, AgreementSource.KEPT))

    assert price_cart(draft, facts).totals == before.totals


@given(adjusted_carts(), markets(), percents)
def test_who_may_do_nothing_is_beyond_with_whatever_costs_less(cart, facts, percent):
    priced = price_cart(cart, facts)
    strict, free = (
        replace(cart, adjustments=tuple(replace(each, limits=limits) for each in cart.adjustments))
        for limits in ((Limit(percent=Decimal(0)),), (Limit(percent=percent), Limit()))
    )
    originals = originals_of(priced, {})

    lower = {
        *(
            a.id
            for a in cart.adjustments
            if a.target_id in originals.lines and a.amount < originals.lines[a.target_id].unit_price
        ),
        *(
            a.id
            for a in cart.adjustments
            if a.target_id in originals.charges and a.amount < originals.charges[a.target_id]
        ),
    }
    assert lower <= exceeding(strict.adjustments, originals)
    assert exceeding(free.adjustments, originals) == set()
