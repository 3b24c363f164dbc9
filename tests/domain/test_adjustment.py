from decimal import Decimal
from uuid import UUID

import pytest

from commerce_api.domain.adjustment import (
    AdjustmentKind,
    Originals,
    OverrideReason,
    exceeding,
    in_currency,
    named,
    overridden,
    part,
    repriced,
    spread,
    subtotal_of,
)
from commerce_api.domain.limits import Floor, Limit
from commerce_api.domain.totals import ChargeKind, ChargeToTotal, Discount, LineToTotal, Portion
from tests.domain.adjusted import added, adjustment, charge, deduction, price

ONE, TWO, POST = (UUID(int=number) for number in (21, 22, 31))
TEN = Limit(percent=Decimal(10))


def line(id, quantity, unit_price, *discounts):
    return LineToTotal(id=id, unit_price=unit_price, portions=(Portion(quantity=quantity),), discounts=discounts)


def originals(**changes):
    values = {
        "currency": "EUR",
        "unit_prices": {ONE: 1_000},
        "costs": {},
        "charges": {POST: 490},
        "subtotal": 5_000,
        "cost": None,
    }
    return Originals(**{**values, **changes})


@pytest.mark.parametrize(
    ("whole", "percent", "expected"), [(999, "10", 99), (1_000, "10", 100), (1_001, "33.3333", 333), (5, "0", 0)]
)
def test_less_than_a_unit_of_a_percentage_stays_with_the_shop(whole, percent, expected):
    assert part(whole, Decimal(percent)) == expected


def test_a_line_with_another_price_keeps_the_original_one():
    lines = repriced([line(ONE, 2, 1_000), line(TWO, 1, 300)], [price(ONE, 900), deduction(5)])

    assert [(each.unit_price, each.original_unit_price) for each in lines] == [(900, 1_000), (300, None)]


def test_a_charge_with_another_amount_keeps_the_original_one():
    post, wrap = (ChargeToTotal(id=key, kind=ChargeKind.SHIPPING, name="", amount=490) for key in (POST, ONE))

    charges = overridden([post, wrap], [charge(POST, 0)])

    assert [(each.amount, each.original_amount) for each in charges] == [(0, 490), (490, None)]


def test_deductions_become_discounts_by_what_lines_still_cost():
    sale = Discount(name="Sale", amount=500)
    lines = spread(
        [line(ONE, 1, 1_000, sale), line(TWO, 3, 500)],
        [deduction(101, id=1), deduction(0, id=2, percent=Decimal(10), name="Ten")],
    )

    assert [each.discounts for each in lines] == [
        (
            sale,
            Discount(name="Goodwill", amount=25, adjustment_id=UUID(int=1)),
            Discount(name="Ten", amount=50, adjustment_id=UUID(int=2)),
        ),
        (
            Discount(name="Goodwill", amount=76, adjustment_id=UUID(int=1)),
            Discount(name="Ten", amount=150, adjustment_id=UUID(int=2)),
        ),
    ]
    assert subtotal_of(lines) == 2_000 - 101 - 200


def test_no_line_gives_more_than_it_costs_however_often_something_is_taken_off():
    lines = spread([line(ONE, 1, 1), line(TWO, 1, 99)], [deduction(n, id=n) for n in (34, 33, 32, 50)])

    assert [sum(discount.amount for discount in each.discounts) for each in lines] == [1, 99]
    assert spread([], [deduction(1)]) == []


def test_a_reason_has_a_name_in_the_language_or_in_english_or_in_any():
    def reason(**names):
        return OverrideReason(code="X", names=names, kinds=frozenset(), note_required=False)

    assert reason(en="Price match", de="Preisgarantie").name_in("de") == "Preisgarantie"
    assert reason(en="Price match", de="Preisgarantie").name_in("fr") == "Price match"
    assert reason(de="Preisgarantie").name_in("fr") == "Preisgarantie"
    assert reason().name_in("fr") == "X"


def test_charges_have_names_for_customers():
    assert named(ChargeKind.GIFT_WRAP, "de") == "Geschenkverpackung"
    assert [named(kind, "fr") for kind in ChargeKind] == [named(kind, "en") for kind in ChargeKind]
    assert all(named(kind, "de") for kind in ChargeKind)


@pytest.mark.parametrize(
    ("change", "beyond"),
    [
        (price(ONE, 900, limits=(TEN,)), False),
        (price(ONE, 899, limits=(TEN,)), True),
        (price(ONE, 899), False),
        (price(ONE, 899, limits=(TEN, Limit(percent=Decimal(20)))), False),
        (price(TWO, 1, limits=(TEN,)), False),
        (price(ONE, 999, beyond_limit=True), True),
        (charge(POST, 440, limits=(TEN,)), True),
        (charge(POST, 441, limits=(TEN,)), False),
        (charge(ONE, 0, limits=(TEN,)), False),
        (adjustment(AdjustmentKind.EXTRA_CHARGE, None, 5, limits=(TEN,)), False),
        (deduction(500, limits=(TEN,)), False),
        (deduction(501, limits=(TEN,)), True),
        (deduction(9_999, limits=(TEN,), percent=Decimal(10)), False),
        (deduction(0, limits=(TEN,), percent=Decimal("10.1")), True),
    ],
)
def test_what_is_asked_now_says_whether_a_limit_is_kept(change, beyond):
    assert exceeding([change], originals()) == ({change.id} if beyond else set())


def test_several_small_steps_are_one_large_one():
    first, second = deduction(500, id=1, limits=(TEN,)), deduction(1, id=2, limits=(TEN,))

    assert exceeding([first, second], originals()) == {second.id}
    assert exceeding([first, second], originals(subtotal=4_999)) == {first.id, second.id}


def test_no_price_goes_below_the_cost_where_that_is_the_floor():
    limits = (Limit(floor=Floor.COST),)

    assert exceeding([price(ONE, 700, limits=limits)], originals(costs={ONE: 701})) == {UUID(int=1)}
    assert exceeding([price(ONE, 701, limits=limits)], originals(costs={ONE: 701})) == set()
    assert exceeding([deduction(2_000, limits=limits)], originals(cost=3_001)) == {UUID(int=1)}
    assert exceeding([deduction(2_000, limits=limits)], originals(cost=3_000)) == set()


def test_only_amounts_are_in_a_currency():
    assert in_currency(price(ONE, 1))
    assert not in_currency(deduction(1, percent=Decimal(5)))


def test_an_adjustment_tells_by_how_much_it_lowered_what_was_asked():
    assert [each.lowered for each in (price(ONE, 700), charge(ONE, 0), deduction(100), added(50, original=0))] == [
        300,
        1_000,
        100,
        -50,
    ]
