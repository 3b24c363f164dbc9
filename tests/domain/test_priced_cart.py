from decimal import Decimal
from uuid import UUID

import pytest

from commerce_api.domain.address import Address
from commerce_api.domain.adjustment import OriginalLine, Originals
from commerce_api.domain.availability import Availability, StockPolicy
from commerce_api.domain.cart import QuantityRules
from commerce_api.domain.channel import CrossBorder
from commerce_api.domain.ids import CategoryId, PriceListId, ProductId, ShippingMethodId, ZoneId
from commerce_api.domain.line_changes import ChangeKind, LineChange
from commerce_api.domain.originals import originals_of
from commerce_api.domain.price_list import PriceFound
from commerce_api.domain.priced_cart import MarketFacts, VariantFacts, offers, price_cart
from commerce_api.domain.shipping import ShippingMethod, ShippingObstacle, ShippingOption, ShippingRate
from commerce_api.domain.totals import ChargeKind, Discount
from commerce_api.domain.zone import Area
from tests.domain import adjusted
from tests.domain.carts import FAR, KETTLE, MUG, NEAR, ONE, PALLET, POST, THREE, TWO, a_cart, group, line
from tests.domain.rates import HOME, STANDARD, policy, rate

ABROAD = ZoneId(UUID(int=3))
HERE = a_cart().ship_groups[0].id
GERMANY, AUSTRIA, FRANCE = (Address(country=country) for country in ("DE", "AT", "FR"))
METHOD = ShippingMethod(
    id=POST,
    code="post",
    name="Post",
    tax_class_id=STANDARD,
    rates=(ShippingRate(zone_id=HOME, amount=490, max_weight=2_000), ShippingRate(zone_id=ABROAD, amount=1_290)),
)


def variant(id, **changes):
    values = {
        "id": id,
        "product_id": ProductId(UUID(int=1)),
        "sku": None,
        "title": "Thing",
        "options": (),
        "image_url": None,
        "weight": 900,
        "requires_shipping": True,
        "tax_class_id": STANDARD,
        "on_sale": True,
        "rules": QuantityRules(),
        "availability": Availability(policy=StockPolicy.DENY, available=5),
    }
    return VariantFacts(**{**values, **changes})


def market(*variants, prices=None, **changes):
    found = PriceFound(amount=1_190, compare_at=None, price_list_id=PriceListId(UUID(int=1)))
    known = {(each, quantity): found for each in (KETTLE, MUG, PALLET) for quantity in range(10)}
    values = {
        "variants": {v.id: v for v in variants or (variant(KETTLE), variant(MUG))},
        "prices": known if prices is None else prices,
        "areas": (Area(zone_id=HOME, country="DE"), Area(zone_id=ABROAD, country="AT")),
        "rates": (rate("19"), rate("20", zone=ABROAD)),
        "methods": (METHOD,),
        "policy": policy(),
        "home": GERMANY,
    }
    return MarketFacts(**{**values, **changes})


def to(address, **changes):
    return group(a_cart().ship_groups[0].id, address=address, **changes)


def test_without_an_address_tax_is_estimated_as_at_home():
    priced = price_cart(a_cart(line(ONE, quantity=2, seen=1_190)), market())

    assert priced.estimated
    assert (priced.totals.total, priced.totals.tax_total) == (2_380, 380)
    assert priced.groups[0].obstacle is ShippingObstacle.NO_ADDRESS
    assert priced.changes == ()


@pytest.mark.parametrize(
    ("address", "billing", "tax"), [(AUSTRIA, GERMANY, 198), (None, AUSTRIA, 198), (None, None, 190), (FRANCE, None, 0)]
)
def test_tax_is_due_where_the_goods_go_or_else_where_the_buyer_is(address, billing, tax):
    priced = price_cart(a_cart(line(ONE), ship_groups=(to(address),), billing_address=billing), market())

    assert priced.totals.tax_total == tax


@pytest.mark.parametrize(
    ("cross_border", "unit_price", "net"),
    [(CrossBorder.KEEP_GROSS, 1_190, 2_975), (CrossBorder.KEEP_NET, 1_200, 3_000)],
)
def test_abroad_the_price_or_the_net_stays(cross_border, unit_price, net):
    state = a_cart(line(ONE, quantity=3), ship_groups=(to(AUSTRIA),))

    total = price_cart(state, market(policy=policy(cross_border=cross_border))).lines[0].total

    assert (total.unit_price, total.subtotal, total.net) == (unit_price, 3 * unit_price, net)


def test_a_line_has_one_price_that_of_its_first_destination():
    near, far = group(NEAR, {ONE: 1}, address=GERMANY), group(FAR, {ONE: 2}, address=AUSTRIA)
    kept_net = market(policy=policy(cross_border=CrossBorder.KEEP_NET))

    at_home_first = price_cart(a_cart(line(ONE, quantity=3), ship_groups=(near, far)), kept_net).lines[0].total
    abroad_first = price_cart(a_cart(line(ONE, quantity=3), ship_groups=(far, near)), kept_net).lines[0].total

    assert (at_home_first.unit_price, at_home_first.subtotal) == (1_190, 3_570)
    assert (abroad_first.unit_price, abroad_first.subtotal) == (1_200, 3_600)


def test_each_group_is_taxed_and_shipped_for_itself():
    near = group(NEAR, {ONE: 1}, address=GERMANY, shipping_method_id=POST)
    far = group(FAR, {ONE: 2}, address=AUSTRIA, shipping_method_id=POST)

    priced = price_cart(a_cart(line(ONE, quantity=3), ship_groups=(near, far)), market())

    assert [one.chosen.price for one in priced.groups] == [490, 1_290]
    assert [(charge.ship_group_id, charge.amount) for charge in priced.totals.charges] == [(NEAR, 490), (FAR, 1_290)]
    assert [tax.rate for tax in priced.totals.taxes] == [Decimal("0.19"), Decimal("0.2")]
    assert priced.totals.total == 3 * 1_190 + 490 + 1_290


def test_what_is_no_goods_needs_no_shipping():
    download = variant(KETTLE, requires_shipping=False)

    priced = price_cart(
        a_cart(line(ONE), ship_groups=(to(GERMANY, shipping_method_id=POST),)), market(download)
    ).groups[0]

    assert (priced.requires_shipping, priced.options, priced.obstacle, priced.chosen) == (False, (), None, None)


def test_a_method_that_cannot_be_used_any_more_is_not_charged():
    heavy = variant(KETTLE, weight=2_000)

    priced = price_cart(a_cart(line(ONE), ship_groups=(to(GERMANY, shipping_method_id=POST),)), market(heavy))

    assert (priced.groups[0].chosen, priced.groups[0].obstacle) == (None, ShippingObstacle.NOT_THIS_WEIGHT)
    assert priced.totals.shipping_total == 0


def test_what_staff_changed_is_taxed_as_what_it_took_the_place_of():
    changes = (
        adjusted.price(ONE, 1_000),
        adjusted.charge(HERE, 119, id=2),
        adjusted.added(238, id=3, tax_class_id=STANDARD),
        adjusted.added(100, id=4, kind=ChargeKind.DUTY),
        adjusted.charge(UUID(int=4), 50, id=5),
        adjusted.deduction(0, id=6, percent=Decimal(10)),
    )
    state = a_cart(
        line(ONE, quantity=2, seen=1_000),
        line(TWO, MUG, seen=1_190),
        ship_groups=(to(GERMANY, shipping_method_id=POST),),
        adjustments=changes,
    )

    priced = price_cart(state, market(variant(KETTLE, weight=1), variant(MUG, weight=1)))

    totals, [one, two] = priced.totals, priced.totals.lines
    assert (one.unit_price, one.original_unit_price, one.subtotal, one.discount, one.tax) == (
        1_000,
        1_190,
        2_000,
        200,
        287,
    )
    assert (two.unit_price, two.original_unit_price, two.discount) == (1_190, 1_190, 119)
    assert totals.discounts == (Discount(name="Goodwill", amount=319, adjustment_id=UUID(int=6)),)
    assert [(c.kind, c.amount, c.original_amount, c.tax) for c in totals.charges] == [
        (ChargeKind.SHIPPING, 119, 490, 19),
        (ChargeKind.GIFT_WRAP, 238, 238, 38),
        (ChargeKind.DUTY, 50, 100, 0),
    ]
    assert totals.total == 2_000 + 1_190 - 319 + 119 + 238 + 50
    assert priced.changes == ()


@pytest.mark.parametrize(("inclusive", "cost"), [(True, 833), (False, 700)])
def test_adjustments_are_judged_by_what_is_asked_without_them(inclusive, cost):
    changes = (adjusted.price(ONE, 1_000), adjusted.charge(HERE, 0, id=2), adjusted.deduction(500, id=3))
    state = a_cart(
        line(ONE, quantity=2),
        line(TWO, MUG),
        line(THREE, PALLET),
        ship_groups=(to(GERMANY, shipping_method_id=POST),),
        adjustments=changes,
    )
    kettle = variant(KETTLE, weight=1, cost=(700, "EUR"))
    mug = variant(MUG, weight=1, cost=(100, "USD"), product_id=ProductId(UUID(int=2)))
    facts = market(kettle, mug, policy=policy(inclusive=inclusive))

    stoves = ((CategoryId(UUID(int=1)), CategoryId(UUID(int=2))),)
    kettles = OriginalLine(unit_price=1_190, quantity=2, worth=2_000, unit_cost=cost, categories=stoves)
    mugs = OriginalLine(unit_price=1_190, quantity=1, worth=1_190)

    found = originals_of(price_cart(state, facts), {kettle.product_id: stoves})

    assert found == Originals(currency="EUR", lines={ONE: kettles, TWO: mugs}, charges={HERE: 490})
    assert (found.subtotal, kettles.cost, mugs.cost) == (3_190, 2 * cost, None)


def test_what_costs_nothing_any_more_has_the_cost_that_it_had():
    kettle = variant(KETTLE, cost=(700, "EUR"))
    free = price_cart(a_cart(line(ONE), adjustments=(adjusted.deduction(1_190),)), market(kettle))

    assert originals_of(free, {}).lines[ONE].unit_cost == 700


@pytest.mark.parametrize(
    ("address", "lowest"), [(GERMANY, 952), (AUSTRIA, 960)], ids=["at home", "abroad, where the net stays"]
)
def test_the_lowest_price_of_a_line_is_told_as_its_price_is(address, lowest):
    found = PriceFound(amount=1_190, compare_at=None, price_list_id=PriceListId(UUID(int=1)), lowest=952)
    facts = market(prices={(KETTLE, 2): found}, policy=policy(cross_border=CrossBorder.KEEP_NET))

    priced = price_cart(a_cart(line(ONE, quantity=2), ship_groups=(to(address),)), facts)

    assert priced.lines[0].lowest == lowest
    assert (originals_of(priced, {}).lines[ONE].unit_lowest, originals_of(priced, {}).lines[ONE].lowest) == (
        lowest,
        2 * lowest,
    )


@pytest.mark.parametrize("facts", [market(), market(prices={}), market(variant(KETTLE, on_sale=False))])
def test_what_has_none_today_has_no_lowest_price(facts):
    assert price_cart(a_cart(line(ONE)), facts).lines[0].lowest is None


@pytest.mark.parametrize(
    "facts",
    [
        market(variant(KETTLE, on_sale=False), variant(MUG)),
        market(variant(MUG)),
        market(prices={(MUG, 2): PriceFound(amount=1_190, compare_at=None, price_list_id=PriceListId(UUID(int=1)))}),
    ],
)
def test_what_cannot_be_bought_stays_but_adds_nothing(facts):
    state = a_cart(line(ONE, KETTLE, 1, seen=1_190), line(TWO, MUG, 2, seen=1_190))

    priced = price_cart(state, facts)

    assert [one.sold for one in priced.lines] == [False, True]
    assert priced.totals.total == 2_380
    assert priced.changes == (LineChange(line_id=ONE, kind=ChangeKind.NO_LONGER_SOLD, before=1_190, after=None),)


@pytest.mark.parametrize(
    ("seen", "kinds"),
    [(1_000, [ChangeKind.PRICE_INCREASED]), (1_200, [ChangeKind.PRICE_DECREASED]), (1_190, []), (None, [])],
)
def test_a_change_of_price_is_told(seen, kinds):
    priced = price_cart(a_cart(line(ONE, seen=seen)), market())

    assert [change.kind for change in priced.changes] == kinds


def test_whether_the_stock_covers_a_line_is_told():
    priced = price_cart(a_cart(line(ONE, KETTLE, 5), line(TWO, MUG, 6), line(FAR, PALLET)), market())

    assert [one.in_stock for one in priced.lines] == [True, False, False]


def test_each_method_answers_for_a_group():
    state = a_cart(line(ONE), ship_groups=(to(GERMANY),))
    other = ShippingMethod(id=ShippingMethodId(UUID(int=42)), code="x", name="X", tax_class_id=STANDARD, rates=())

    assert offers(state, state.ship_groups[0], market(methods=(METHOD, other))) == {
        POST: ShippingOption(method=METHOD, price=490),
        other.id: ShippingObstacle.NOT_TO_THIS_PLACE,
    }
    assert offers(state, None, market()) == {POST: ShippingObstacle.NO_ADDRESS}
    assert offers(a_cart(line(ONE)), a_cart().ship_groups[0], market()) == {POST: ShippingObstacle.NO_ADDRESS}


def test_each_line_is_taxed_where_its_group_goes():
    near, far = group(NEAR, {ONE: 1}, address=GERMANY), group(FAR, {TWO: 1}, address=AUSTRIA)
    priced = price_cart(a_cart(line(ONE), line(TWO, MUG), ship_groups=(near, far)), market())

    assert [(each.total.total, each.total.tax) for each in priced.lines] == [(1_190, 190), (1_190, 198)]
