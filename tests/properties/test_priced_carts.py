"""Whole carts add up (D6, D10): wherever their lines go, however prices are taxed and rounded, in each kind of currency."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from commerce_api.domain.address import Address
from commerce_api.domain.channel import CrossBorder, RoundingLevel
from commerce_api.domain.checkout import Checkout, facts_of, read_summary_token, summary_token
from commerce_api.domain.currency import DIGITS
from commerce_api.domain.ids import PriceListId, ShipGroupId, ZoneId
from commerce_api.domain.money import decimal_of
from commerce_api.domain.payment_offers import Payer
from commerce_api.domain.price_list import PriceFound
from commerce_api.domain.priced_cart import price_cart
from commerce_api.domain.shipping import ShippingMethod, ShippingRate
from commerce_api.domain.tax import price_abroad, rates_for
from commerce_api.domain.zone import Area
from tests.domain.carts import KETTLE, MUG, NOON, PALLET, POST, a_cart, group, line
from tests.domain.rates import HOME, STANDARD, rate
from tests.domain.test_priced_cart import market, variant
from tests.properties.test_totals import policies

ZONES = {"DE": HOME, "AT": ZoneId(UUID(int=3)), "US": ZoneId(UUID(int=4))}
PLACES = {country: Address(country=country) for country in (*ZONES, "FR")}
VARIANTS = (KETTLE, MUG, PALLET)
percents = st.decimals(min_value=0, max_value=30, places=4)
prices = st.integers(0, 1_000_000)


@st.composite
def markets(draw):
    """Prices of three variants, and up to two rates of tax in each of three zones."""
    found = [draw(prices) for _ in VARIANTS]
    rates = [
        rate(draw(percents), name, zone=zone)
        for zone in ZONES.values()
        for name in draw(st.sampled_from(["", "A", "AB"]))
    ]
    shipping = tuple(ShippingRate(zone_id=zone, amount=draw(prices)) for zone in ZONES.values())
    return market(
        variant(KETTLE),
        variant(MUG, requires_shipping=False),
        variant(PALLET, tax_class_id=None),
        prices={
            (each, quantity): PriceFound(amount=amount, compare_at=None, price_list_id=PriceListId(UUID(int=1)))
            for each, amount in zip(VARIANTS, found, strict=True)
            for quantity in range(1, 101)
        },
        areas=tuple(Area(zone_id=zone, country=country) for country, zone in ZONES.items()),
        rates=tuple(rates),
        methods=(ShippingMethod(id=POST, code="post", name="Post", tax_class_id=STANDARD, rates=shipping),),
        policy=draw(policies),
        home=PLACES["DE"],
    )


@st.composite
def carts(draw):
    """Lines whose units are dealt out to up to three groups, with or without addresses."""
    quantities = draw(st.lists(st.integers(1, 100), min_size=1, max_size=4))
    lines = [line(UUID(int=n), VARIANTS[n % 3], quantity) for n, quantity in enumerate(quantities)]
    shares = [{} for _ in range(draw(st.integers(1, 3)))]
    for each in lines:
        left = each.quantity
        for share in shares[:-1]:
            taken = draw(st.integers(0, left))
            share.update({each.id: taken} if taken else {})
            left -= taken
        shares[-1].update({each.id: left} if left else {})
    groups = [
        group(
            ShipGroupId(UUID(int=900 + number)),
            share if len(shares) > 1 else {},
            address=draw(st.sampled_from([None, *PLACES.values()])),
            shipping_method_id=draw(st.sampled_from([None, POST])),
        )
        for number, share in enumerate(shares)
    ]
    currency = draw(st.sampled_from(["JPY", "EUR", "KWD"]))
    return a_cart(*lines, ship_groups=tuple(groups), currency=currency)


@given(carts(), markets())
def test_what_a_cart_shows_adds_up_to_its_total(cart, facts):
    """To the last digit that its currency has."""
    priced = price_cart(cart, facts)

    def shown(minor):
        return decimal_of(minor, DIGITS[cart.currency])

    totals = priced.totals
    on_top = 0 if facts.policy.prices_include_tax else totals.tax_total
    lines, charges = totals.lines, totals.charges
    assert sum(shown(each.total) for each in (*lines, *charges)) == shown(totals.total) == shown(totals.due)
    assert sum(shown(each.unit_price) * each.quantity for each in lines) == shown(totals.subtotal)
    assert sum(shown(each.amount) for each in charges) == shown(totals.shipping_total)
    assert shown(totals.subtotal) + shown(totals.shipping_total) + shown(on_top) == shown(totals.total)
    assert sum(shown(tax.amount) for tax in totals.taxes) == shown(totals.tax_total)
    assert [each.quantity for each in lines] == [each.quantity for each in cart.lines]


@given(carts(), markets())
def test_each_group_pays_for_its_own_way_and_for_no_other(cart, facts):
    priced = price_cart(cart, facts)

    chosen = {each.group.id: each.chosen.price for each in priced.groups if each.chosen}
    assert {charge.ship_group_id: charge.amount for charge in priced.totals.charges} == chosen
    for each in cart.lines:
        assert sum(one.quantities.get(each.id, 0) for one in priced.groups) == each.quantity


@given(carts(), markets())
def test_the_price_on_the_shelf_is_the_price_in_the_cart(cart, facts):
    """Or, where the net is kept, what it makes with the taxes of the first destination."""
    for each in price_cart(cart, facts).lines:
        first = next(one for one in cart.ship_groups if cart.quantities_of(one).get(each.line.id))
        where = (first.address or facts.home).country
        home, there = (
            rates_for(facts.rates, each.variant.tax_class_id, tuple(filter(None, [ZONES.get(country)])))
            for country in ("DE", where)
        )

        assert each.total.unit_price == price_abroad(each.price.amount, home, there, facts.policy)
        if facts.policy.cross_border is CrossBorder.KEEP_GROSS or where == "DE":
            assert each.total.unit_price == each.price.amount


@given(carts(), markets())
def test_the_summary_holds_exactly_what_the_cart_comes_to(cart, facts):
    priced = price_cart(cart, facts)
    told = facts_of(
        Checkout(priced=priced, email="", cards={}, payer=Payer(currency="EUR"), terms_version="1", at=NOON)
    )

    assert (told["total"], told["tax"], told["discount"]) == (priced.totals.total, priced.totals.tax_total, 0)
    assert sum(total for _, _, total, _, _ in told["lines"].values()) == sum(each.total for each in priced.totals.lines)
    assert sum(price for price, _ in told["shipping"].values()) == priced.totals.shipping_total
    assert read_summary_token(summary_token(told)) == told


@given(st.integers(1, 100), st.integers(1, 99), markets())
def test_a_line_costs_the_same_as_one_or_as_two_if_each_unit_is_rounded(quantity, cut, facts):
    """Rounding by the line may differ by what rounding is; rounding by the unit never does."""
    cut = min(cut, quantity - 1)
    whole = price_cart(a_cart(line(UUID(int=1), KETTLE, quantity)), facts).totals
    parts = [line(UUID(int=n), KETTLE, units) for n, units in enumerate((cut, quantity - cut)) if units]
    split = price_cart(a_cart(*parts), facts).totals

    assert split.subtotal == whole.subtotal
    if facts.policy.level is RoundingLevel.UNIT or len(parts) == 1:
        assert (split.total, split.tax_total) == (whole.total, whole.tax_total)
    else:
        assert abs(split.tax_total - whole.tax_total) <= 1
