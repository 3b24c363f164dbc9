from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest

from commerce_api.domain.money import MAX_MINOR
from commerce_api.domain.tax import TaxLine
from commerce_api.domain.totals import (
    AgreedTax,
    ChargeKind,
    ChargeTotal,
    ChargeToTotal,
    Discount,
    LineTotal,
    LineToTotal,
    MoneyOverflow,
    Portion,
    add_up,
    line_total,
    overflow,
)
from tests.domain.rates import policy, rate

STANDARD, REDUCED = rate("19"), rate("7")
ONE, TWO = UUID(int=1), UUID(int=2)


def line(id, quantity, unit_price, *rates, discounts=()):
    return LineToTotal(
        id=id, unit_price=unit_price, portions=(Portion(quantity=quantity, rates=rates),), discounts=discounts
    )


def test_everything_of_a_document_is_added_up():
    sale = Discount(name="Sale", amount=1_000)
    shipping = ChargeToTotal(id=ONE, kind=ChargeKind.SHIPPING, name="Post", amount=490, rates=(STANDARD,))
    handling = ChargeToTotal(id=TWO, kind=ChargeKind.HANDLING, name="Gift wrap", amount=200, original_amount=300)

    totals = add_up(
        [line(ONE, 2, 5_950, STANDARD, discounts=(sale,)), line(TWO, 1, 1_070, REDUCED)], [shipping, handling], policy()
    )

    assert totals.lines == (
        LineTotal(
            id=ONE,
            quantity=2,
            unit_price=5_950,
            original_unit_price=5_950,
            subtotal=11_900,
            discounts=(sale,),
            discount=1_000,
            net=9_160,
            tax=1_740,
            taxes=(TaxLine(name="VAT", rate=Decimal("0.19"), base=9_160, amount=1_740),),
            total=10_900,
        ),
        LineTotal(
            id=TWO,
            quantity=1,
            unit_price=1_070,
            original_unit_price=1_070,
            subtotal=1_070,
            discounts=(),
            discount=0,
            net=1_000,
            tax=70,
            taxes=(TaxLine(name="VAT", rate=Decimal("0.07"), base=1_000, amount=70),),
            total=1_070,
        ),
    )
    assert totals.charges[0] == ChargeTotal(
        id=ONE,
        kind=ChargeKind.SHIPPING,
        name="Post",
        ship_group_id=None,
        amount=490,
        original_amount=490,
        tax_class_id=None,
        refundable=True,
        net=412,
        tax=78,
        taxes=(TaxLine(name="VAT", rate=Decimal("0.19"), base=412, amount=78),),
        total=490,
    )
    assert totals.taxes == (
        TaxLine(name="VAT", rate=Decimal("0.19"), base=9_572, amount=1_818),
        TaxLine(name="VAT", rate=Decimal("0.07"), base=1_000, amount=70),
    )
    assert totals.discounts == (sale,)
    assert (totals.subtotal, totals.discount_total, totals.shipping_total, totals.charge_total) == (
        12_970,
        1_000,
        490,
        200,
    )
    assert (totals.tax_total, totals.total, totals.due) == (1_888, 12_660, 12_660)


def test_where_prices_do_not_include_tax_the_total_has_it_on_top():
    totals = add_up([line(ONE, 3, 1_000, rate("7.25"))], [], policy(inclusive=False))

    assert (totals.subtotal, totals.tax_total, totals.total) == (3_000, 218, 3_218)


def test_a_line_that_goes_to_two_places_bears_the_taxes_of_both():
    german, austrian = rate("19", "USt"), rate("20", "MwSt")
    divided = LineToTotal(
        id=ONE,
        unit_price=999,
        portions=(
            Portion(quantity=2, rates=(german,)),
            Portion(quantity=1, rates=(austrian,)),
        ),
        discounts=(Discount(name="Sale", amount=100),),
    )

    totals = add_up([divided], [], policy())

    assert totals.of_line(ONE) == LineTotal(
        id=ONE,
        quantity=3,
        unit_price=999,
        original_unit_price=999,
        subtotal=2_997,
        discounts=(Discount(name="Sale", amount=100),),
        discount=100,
        net=2_428,
        tax=469,
        taxes=(
            TaxLine(name="USt", rate=Decimal("0.19"), base=1_623, amount=308),
            TaxLine(name="MwSt", rate=Decimal("0.2"), base=805, amount=161),
        ),
        total=2_897,
    )


def test_taxes_that_were_agreed_on_hold_while_nothing_that_they_depend_on_is_another():
    """As the share of a line that was divided: 19 cents of three times 33, where 33 would bear 6."""
    portions = (Portion(quantity=1, rates=(STANDARD,)),)
    seven = TaxLine(name="VAT", rate=STANDARD.rate, base=33, amount=7)
    agreed = AgreedTax(portions=portions, shown=33, taxes=(seven,))
    kept = LineToTotal(id=ONE, unit_price=33, portions=portions, agreed_tax=agreed)
    changed = [
        replace(kept, unit_price=34),
        replace(kept, portions=(Portion(quantity=2, rates=(STANDARD,)),)),
        replace(kept, portions=(Portion(quantity=1, rates=(REDUCED,)),)),
        replace(kept, discounts=(Discount(name="Sale", amount=1),)),
    ]

    net, gross = [line_total(kept, policy(inclusive=inclusive)) for inclusive in (False, True)]

    assert (net.net, net.tax, net.taxes, net.total) == (33, 7, (seven,), 40)
    assert (gross.net, gross.tax, gross.total) == (26, 7, 33)
    assert [line_total(each, policy(inclusive=False)).tax for each in changed] == [6, 13, 2, 6]


def test_one_line_of_two_and_two_lines_of_one_cost_the_same():
    together = add_up([line(ONE, 2, 1_070, REDUCED)], [], policy())
    apart = add_up([line(ONE, 1, 1_070, REDUCED), line(TWO, 1, 1_070, REDUCED)], [], policy())

    assert (together.total, together.tax_total) == (apart.total, apart.tax_total) == (2_140, 140)


@pytest.mark.parametrize(
    ("rates", "taxes"),
    [((STANDARD, REDUCED), (9_032, 3_328)), ((rate("20"), rate("5.5")), (9_546, 2_625))],
)
def test_one_price_at_two_rates_is_shared_out_to_the_cent(rates, taxes):
    """599.00 at both rates at once: the tax is rounded once, its parts by largest remainder."""
    (totals,) = add_up([line(ONE, 1, 59_900, *rates)], [], policy()).lines

    assert tuple(tax.amount for tax in totals.taxes) == taxes
    assert totals.net + sum(taxes) == totals.total == 59_900


def test_discounts_of_one_name_are_told_once():
    sale = Discount(name="Sale", amount=10)

    totals = add_up(
        [line(ONE, 1, 100, discounts=(sale,)), line(TWO, 1, 100, discounts=(sale, Discount(name="Extra", amount=5)))],
        [],
        policy(),
    )

    assert totals.discounts == (Discount(name="Sale", amount=20), Discount(name="Extra", amount=5))


def test_what_is_not_there_has_no_total():
    assert add_up([], [], policy()).of_line(ONE) is None


def test_a_total_beyond_any_money_overflows():
    largest = add_up([line(ONE, 1, MAX_MINOR - 1)], [], policy())
    too_large = add_up([line(ONE, 1, MAX_MINOR)], [], policy())

    assert overflow(largest) is None
    assert overflow(too_large) == MoneyOverflow()
