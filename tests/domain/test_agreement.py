"""What was agreed on before, beside what holds today."""

from dataclasses import replace
from uuid import UUID

import pytest

from commerce_api.domain.address import Address
from commerce_api.domain.agreeing import agreement_of
from commerce_api.domain.agreement import AgreedCharge, AgreedLine, AgreementSource, PricePolicy
from commerce_api.domain.cart import Purpose
from commerce_api.domain.channel import CrossBorder
from commerce_api.domain.ids import AdjustmentId
from commerce_api.domain.priced_cart import price_cart
from commerce_api.domain.totals import AgreedTax, Discount, Portion
from tests.domain.carts import FAR, KETTLE, MUG, NEAR, ONE, POST, THREE, TWO, a_cart, group, line
from tests.domain.rates import policy, rate
from tests.domain.test_priced_cart import AUSTRIA, GERMANY, METHOD, market, to, variant

KEPT, QUOTED = AgreementSource.KEPT, AgreementSource.QUOTED
DEARER = {key: replace(price, amount=2_380) for key, price in market().prices.items()}
CART = a_cart(line(ONE, KETTLE, 2), ship_groups=(to(GERMANY, shipping_method_id=POST),))


def draft(cart=CART, then=None, source=KEPT, **how):
    """What was bought as this cart, to be changed."""
    agreement = replace(agreement_of(price_cart(cart, then or market()), source), **how)
    return replace(cart, purpose=Purpose.ORDER_EDIT, agreement=agreement)


def amounts(cart, facts=None):
    """Of each line what a unit costs, and what all is sent for."""
    priced = price_cart(cart, facts or market(prices=DEARER))
    units = [each.total and each.total.unit_price for each in priced.lines]
    return units, priced.totals.shipping_total


def with_quantity(cart, quantity):
    return replace(cart, lines=(replace(cart.lines[0], quantity=quantity), *cart.lines[1:]))


@pytest.mark.parametrize(
    ("price_policy", "same", "more"),
    [
        (PricePolicy.KEEP, 1_190, 1_190),
        (PricePolicy.REPRICE_CHANGED, 1_190, 2_380),
        (PricePolicy.REPRICE_ALL, 2_380, 2_380),
    ],
)
def test_which_lines_keep_their_price_is_said_by_the_policy(price_policy, same, more):
    edited = draft(price_policy=price_policy)

    assert [amounts(with_quantity(edited, units))[0] for units in (2, 3)] == [[same], [more]]


def test_a_new_line_costs_what_it_costs_today():
    edited = draft()

    assert amounts(replace(edited, lines=(*edited.lines, line(TWO, MUG))))[0] == [1_190, 2_380]


@pytest.mark.parametrize("gone", [market(variant(KETTLE, on_sale=False)), market(variant(MUG)), market(prices={})])
def test_what_is_no_longer_sold_keeps_its_place_but_takes_no_more_of_it(gone):
    edited = draft(price_policy=PricePolicy.REPRICE_CHANGED)

    assert [amounts(with_quantity(edited, units), gone)[0] for units in (1, 2, 3)] == [[1_190], [1_190], [None]]


def test_shipping_costs_what_it_did_while_it_is_the_same_way_and_nothing_else_is_wanted():
    dearer = market(methods=(replace(METHOD, rates=tuple(replace(each, amount=900) for each in METHOD.rates)),))
    another = replace(draft(), ship_groups=(to(GERMANY),))

    assert [amounts(each, dearer)[1] for each in (draft(), draft(recalculate_shipping=True), another)] == [490, 900, 0]


def test_a_way_of_shipping_that_is_not_offered_any_more_is_kept():
    gone = market(methods=())

    priced = price_cart(draft(), gone)

    assert (priced.groups[0].chosen.method.name, priced.totals.shipping_total) == ("Post", 490)
    assert [tax.amount for tax in priced.totals.taxes] == [458]


def test_a_way_of_shipping_whose_id_is_gone_is_charged_all_the_same():
    edited = draft()
    (sent,) = edited.agreement.shipping
    agreement = replace(edited.agreement, shipping=(replace(sent, method_id=None),))
    orphaned = replace(edited, agreement=agreement, ship_groups=(to(GERMANY),))

    priced = price_cart(orphaned, market(methods=()))

    assert (priced.groups[0].chosen, priced.totals.shipping_total) == (None, 490)
    assert agreement_of(priced, KEPT).shipping == (replace(sent, method_id=None, code=""),)


def test_taxes_stay_at_the_old_place_and_are_those_of_the_day_at_another():
    now = market(rates=(rate("7"), rate("10", zone=market().areas[1].zone_id)))
    moved = replace(draft(), ship_groups=(to(AUSTRIA, shipping_method_id=POST),))

    taxes = [[tax.rate for tax in price_cart(each, now).totals.taxes] for each in (draft(), moved)]

    assert [[str(each) for each in rates] for rates in taxes] == [["0.19"], ["0.1"]]


def test_a_quote_promises_prices_and_bears_the_taxes_of_the_day():
    now = market(rates=(rate("7"),), prices=DEARER)

    priced = price_cart(draft(source=QUOTED), now)

    assert ([each.total.unit_price for each in priced.lines], priced.totals.shipping_total) == ([1_190], 490)
    assert [str(tax.rate) for tax in priced.totals.taxes] == ["0.07"]


def test_where_the_net_is_kept_an_order_that_moves_costs_what_it_would_have_cost_there():
    kept_net = market(policy=policy(cross_border=CrossBorder.KEEP_NET))
    moved = replace(draft(then=kept_net), ship_groups=(to(AUSTRIA, shipping_method_id=POST),))

    assert amounts(moved, kept_net)[0] == [1_200]


def test_units_that_go_to_several_places_keep_the_taxes_of_each():
    near, far = group(NEAR, {ONE: 1}, address=GERMANY), group(FAR, {ONE: 1}, address=AUSTRIA)
    divided = draft(a_cart(line(ONE, KETTLE, 2), ship_groups=(near, far)))

    priced = price_cart(divided, market(rates=()))

    assert [str(tax.rate) for tax in priced.totals.taxes] == ["0.19", "0.2"]


def test_what_was_goods_is_shipped_and_charged_for_whatever_the_catalog_says_now():
    download = market(variant(KETTLE, requires_shipping=False))
    only_downloads = draft(then=download)

    assert price_cart(draft(), download).totals.shipping_total == 490
    assert price_cart(only_downloads, market()).totals.shipping_total == 0


@pytest.mark.parametrize(("quantity", "left"), [(0, []), (1, [33]), (2, [67]), (3, [100]), (5, [100])])
def test_each_unit_has_its_share_of_a_discount(quantity, left):
    agreed = AgreedLine(
        line_id=ONE,
        quantity=3,
        unit_price=1_000,
        requires_shipping=True,
        discounts=(Discount(name="One off", amount=100),),
        taxes=(),
    )

    assert [discount.amount for discount in agreed.discounts_on(quantity)] == left


def test_a_line_without_taxes_costs_what_was_agreed_wherever_it_goes():
    edited = draft()
    (agreed,) = edited.agreement.lines
    untaxed = replace(edited.agreement, lines=(replace(agreed, taxes=()),))

    assert amounts(replace(edited, agreement=untaxed, ship_groups=(to(Address(country="FR")),)))[0] == [1_190]
    assert untaxed.line(THREE, 1) is None
    assert untaxed.unsold(THREE, 1) is None


def test_the_tax_of_a_charge_stays_at_the_old_place_unless_everything_is_priced_anew():
    id_, agreement = AdjustmentId(UUID(int=1)), draft().agreement
    here = agreement.lines[0].taxes[0].place
    tax = AgreedTax(portions=(Portion(quantity=1, rates=(rate("19"),)),), shown=500, taxes=())
    kept = replace(agreement, charges=(AgreedCharge(id=id_, place=here, tax=tax),))

    assert kept.tax_of_charge(id_, here) == tax
    assert kept.tax_of_charge(id_, replace(here, country="AT")) is None
    assert replace(kept, price_policy=PricePolicy.REPRICE_ALL).tax_of_charge(id_, here) is None
    assert tax.rates == (rate("19"),)
