from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest

from commerce_api.domain.channel import BEFORE_SETUP, CrossBorder, RoundingLevel
from commerce_api.domain.ids import TaxClassId, ZoneId
from commerce_api.domain.money import Rounding
from commerce_api.domain.tax import Taxed, TaxLine, TaxPolicy, gathered, price_abroad, rates_for, taxed
from tests.domain.rates import HOME, STANDARD, policy, rate

NEAR, FAR = ZoneId(UUID(int=10)), ZoneId(UUID(int=11))
BOOKS = TaxClassId(UUID(int=12))

# (country, rate in percent, price shown, net, tax)
INCLUSIVE = [
    ("DE", "19", 11_900, 10_000, 1_900),
    ("DE, a price that does not come out even", "19", 59_900, 50_336, 9_564),
    ("DE, reduced", "7", 1_070, 1_000, 70),
    ("AT", "20", 59_900, 49_917, 9_983),
    ("FR", "20", 999, 832, 167),
    ("FR, press", "2.1", 999, 978, 21),
    ("HU", "27", 999, 787, 212),
    ("CH", "8.1", 999, 924, 75),
    ("JP, no minor unit", "10", 1_100, 1_000, 100),
    ("KW, three digits", "0", 12_345, 12_345, 0),
]
EXCLUSIVE = [
    ("US-CA", "7.25", 1_000, 1_000, 73),
    ("US-NY", "8.875", 1_999, 1_999, 177),
    ("US-OR", "0", 1_999, 1_999, 0),
    ("CA-QC", "14.975", 1_999, 1_999, 299),
]


@pytest.mark.parametrize(("country", "percent", "price", "net", "tax"), INCLUSIVE)
def test_where_prices_include_tax_the_gross_is_the_truth(country, percent, price, net, tax):
    part = taxed(price, 1, [rate(percent)], policy())

    assert (part.net, part.tax, part.gross) == (net, tax, price)


@pytest.mark.parametrize(("country", "percent", "price", "net", "tax"), EXCLUSIVE)
def test_where_prices_do_not_include_tax_it_is_added(country, percent, price, net, tax):
    part = taxed(price, 1, [rate(percent)], policy(inclusive=False))

    assert (part.net, part.tax, part.gross) == (net, tax, price + tax)


@pytest.mark.parametrize(
    ("mode", "tax"), [(Rounding.HALF_UP, 13), (Rounding.HALF_EVEN, 12), (Rounding.UP, 13), (Rounding.DOWN, 12)]
)
def test_tax_is_rounded_by_the_declared_mode(mode, tax):
    part = taxed(50, 1, [rate("25")], policy(inclusive=False, rounding=mode))  # 12.5

    assert part.tax == tax


def test_tax_rounded_by_line_and_by_unit_may_differ():
    rates = [rate("7")]

    by_line = taxed(2 * 1_070 + 2 * 5, 2, rates, policy())  # 10.75 each
    by_unit = taxed(2 * 1_070 + 2 * 5, 2, rates, policy(level=RoundingLevel.UNIT))

    assert (by_line.tax, by_unit.tax) == (141, 140)


def test_units_that_cost_a_cent_more_than_others_are_rounded_for_themselves():
    part = taxed(100, 3, [rate("19")], policy(inclusive=False, level=RoundingLevel.UNIT))  # 33 + 33 + 34

    assert part.tax == 6 + 6 + 6


def test_several_rates_of_a_class_add_up_and_share_the_rounded_tax():
    state, county, city = rate("6", "State"), rate("0.25", "County"), rate("1", "City")

    part = taxed(1_001, 1, [state, county, city], policy(inclusive=False))

    assert part == Taxed(
        net=1_001,
        tax=73,
        lines=(
            TaxLine(name="State", rate=Decimal("0.06"), base=1_001, amount=60),
            TaxLine(name="County", rate=Decimal("0.0025"), base=1_001, amount=3),
            TaxLine(name="City", rate=Decimal("0.01"), base=1_001, amount=10),
        ),
    )


def test_without_rates_there_is_no_tax():
    assert taxed(1_000, 1, [], policy()) == Taxed(net=1_000, tax=0, lines=())


def test_the_nearest_zone_that_taxes_the_class_counts():
    here, there, books = rate("7", zone=NEAR), rate("19", zone=FAR), rate("5", zone=FAR, tax_class=BOOKS)

    assert rates_for([there, here, books], STANDARD, (NEAR, FAR)) == (here,)
    assert rates_for([there, here, books], BOOKS, (NEAR, FAR)) == (books,)
    assert rates_for([there, here, books], STANDARD, (FAR,)) == (there,)
    assert rates_for([there, here, books], STANDARD, ()) == ()
    assert rates_for([there, here, books], None, (NEAR, FAR)) == ()


@pytest.mark.parametrize(
    ("cross_border", "inclusive", "price"),
    [
        (CrossBorder.KEEP_GROSS, True, 11_900),  # the shelf price stays, the margin changes
        (CrossBorder.KEEP_NET, True, 12_000),  # the margin stays, the shelf price changes
        (CrossBorder.KEEP_NET, False, 11_900),
    ],
)
def test_a_channel_declares_what_stays_the_same_abroad(cross_border, inclusive, price):
    rule = policy(inclusive=inclusive, cross_border=cross_border)

    assert price_abroad(11_900, [rate("19")], [rate("20")], rule) == price


def test_tax_lines_of_one_name_and_rate_are_gathered():
    reduced, standard = Decimal("0.07"), Decimal("0.19")
    lines = [
        TaxLine(name="VAT", rate=standard, base=100, amount=19),
        TaxLine(name="VAT", rate=reduced, base=100, amount=7),
        TaxLine(name="VAT", rate=standard, base=200, amount=38),
    ]

    assert gathered(lines) == (
        TaxLine(name="VAT", rate=standard, base=300, amount=57),
        TaxLine(name="VAT", rate=reduced, base=100, amount=7),
    )


def test_rates_know_six_digits():
    assert rate("8.875").millionths == 88_750
    assert rate("1").zone_id == HOME


def test_a_channel_declares_how_it_taxes():
    channel = replace(
        BEFORE_SETUP,
        prices_include_tax=True,
        rounding=Rounding.DOWN,
        rounding_level=RoundingLevel.UNIT,
        cross_border=CrossBorder.KEEP_NET,
    )

    assert TaxPolicy.of(channel) == policy(
        rounding=Rounding.DOWN, level=RoundingLevel.UNIT, cross_border=CrossBorder.KEEP_NET
    )
