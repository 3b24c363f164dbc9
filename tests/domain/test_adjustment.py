from dataclasses import replace
from decimal import Decimal
from functools import partial
from uuid import UUID

import pytest

from commerce_api.domain.actor import ActorKind, Author
from commerce_api.domain.adjustment import (
    AdjustmentKind,
    OriginalLine,
    Originals,
    OverrideReason,
    conceded_in_all,
    exceeding,
    in_currency,
    named,
    overridden,
    part,
    repriced,
    spread,
    subtotal_of,
)
from commerce_api.domain.ids import AdjustmentId, CategoryId
from commerce_api.domain.limits import Floor, Limit, LimitException
from commerce_api.domain.totals import (
    AgreedDeductions,
    ChargeKind,
    ChargeToTotal,
    Discount,
    LineToTotal,
    Portion,
    add_up,
)
from tests.domain.adjusted import added, adjustment, charge, deduction, price
from tests.domain.rates import policy

ONE, TWO, POST = (UUID(int=number) for number in (21, 22, 31))
TEN = Limit(percent=Decimal(10))


def line(id, quantity, unit_price, *discounts):
    return LineToTotal(id=id, unit_price=unit_price, portions=(Portion(quantity=quantity),), discounts=discounts)


def originals(**changes):
    kettles = OriginalLine(**{"unit_price": 1_000, "quantity": 5, "worth": 5_000, **changes})
    return Originals(currency="EUR", lines={ONE: kettles}, charges={POST: 490})


@pytest.mark.parametrize(
    ("whole", "percent", "expected"), [(999, "10", 99), (1_000, "10", 100), (1_001, "33.3333", 333), (5, "0", 0)]
)
def test_less_than_a_unit_of_a_percentage_stays_with_the_shop(whole, percent, expected):
    assert part(whole, Decimal(percent)) == expected


def test_a_line_with_another_price_keeps_the_original_one():
    lines = repriced([line(ONE, 2, 1_000), line(TWO, 1, 300)], [price(ONE, 900), deduction(5)])

    assert [(each.unit_price, each.original_unit_price) for each in lines] == [(900, 1_000), (300, None)]


@pytest.mark.parametrize(
    ("asked", "taken_off", "total"), [(400, [500, 200], 100), (300, [500, 100], 0), (250, [500], 0), (0, [], 0)]
)
def test_what_was_taken_off_before_is_never_more_than_a_line_with_another_price_costs(asked, taken_off, total):
    before = line(ONE, 2, 1_000, Discount(name="Sale", amount=500), Discount(name="Club", amount=200))

    (after,) = repriced([before], [price(ONE, asked)])

    assert [each.amount for each in after.discounts] == taken_off
    assert add_up([after], [], policy()).lines[0].total == total


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


def taken_off(line, amount):
    """The line with so much of the first deduction as it had before."""
    share = Discount(name="Goodwill", amount=amount, adjustment_id=UUID(int=1))
    return replace(line, agreed_deductions=AgreedDeductions(worth=subtotal_of([line]), shares=(share,)))


@pytest.mark.parametrize(
    "given", [deduction(101), deduction(0, percent=Decimal(4))], ids=["an amount", "a part of it, but for a cent"]
)
def test_what_was_taken_off_before_stays_where_it_was_while_nothing_is_another(given):
    lines = spread([taken_off(line(ONE, 1, 1_000), 26), taken_off(line(TWO, 3, 500), 75)], [given])

    assert [[each.amount for each in one.discounts] for one in lines] == [[26], [75]]


@pytest.mark.parametrize(
    ("first", "given", "anew"),
    [
        (taken_off(line(ONE, 1, 1_000), 26), [], [[], []]),
        (taken_off(line(ONE, 1, 1_000), 26), [deduction(101, id=2)], [[40], [61]]),
        (taken_off(line(ONE, 1, 1_000), 26), [deduction(100)], [[40], [60]]),
        (replace(taken_off(line(ONE, 1, 1_000), 26), unit_price=500), [deduction(101)], [[25], [76]]),
        (line(ONE, 1, 1_000), [deduction(101)], [[40], [61]]),
    ],
    ids=[
        "it was taken back",
        "another is in its place",
        "it is another amount",
        "a line costs something else",
        "a line is new",
    ],
)
def test_what_was_taken_off_is_dealt_out_anew_when_something_is_another(first, given, anew):
    lines = spread([first, taken_off(line(TWO, 3, 500), 75)], given)

    assert [[each.amount for each in one.discounts] for one in lines] == anew


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
    assert exceeding([first, second], originals(worth=4_999)) == {first.id, second.id}


def test_no_price_goes_below_the_cost_where_that_is_the_floor():
    limits = (Limit(floor=Floor.COST),)

    assert exceeding([price(ONE, 700, limits=limits)], originals(unit_cost=701)) == {UUID(int=1)}
    assert exceeding([price(ONE, 701, limits=limits)], originals(unit_cost=701)) == set()
    assert exceeding([deduction(2_000, limits=limits)], originals(unit_cost=3_001, quantity=1)) == {UUID(int=1)}
    assert exceeding([deduction(2_000, limits=limits)], originals(unit_cost=3_000, quantity=1)) == set()


def test_no_price_goes_below_the_lowest_where_that_is_the_floor():
    """Two kettles of 1,000: what is taken off the whole is off each of them."""
    limits = (Limit(floor=Floor.LOWEST_PRICE),)
    two = originals(worth=2_000, quantity=2, unit_lowest=900)

    assert exceeding([price(ONE, 899, limits=limits)], two) == {UUID(int=1)}
    assert exceeding([price(ONE, 900, limits=limits)], two) == set()
    assert exceeding([deduction(201, limits=limits)], two) == {UUID(int=1)}
    assert exceeding([deduction(200, limits=limits)], two) == set()
    assert exceeding([deduction(2_000, limits=limits)], originals(worth=2_000, quantity=2)) == set()


def test_the_floor_is_for_those_goods_whose_cost_is_known():
    """Of 5,000 for kettles and 1,000 for a mug 600 are taken off: a sixth of that is off the mug, which costs 901."""
    mug = OriginalLine(unit_price=1_000, quantity=1, worth=1_000, unit_cost=901)
    both = replace(originals(), lines={**originals().lines, TWO: mug})
    off = deduction(600, limits=(Limit(floor=Floor.COST),))

    assert exceeding([off], both) == {off.id}
    assert exceeding([replace(off, amount=594)], both) == set()
    assert exceeding([off], replace(both, lines={**both.lines, TWO: replace(mug, unit_cost=900)})) == set()


def test_what_is_taken_off_the_whole_is_judged_by_what_holds_for_each_part_of_it():
    """Ten per cent in general, five for mugs, of which each unit may be two cheaper: each part gives the same share."""
    mugs = CategoryId(UUID(int=5))
    strict = LimitException(category_id=mugs, limit=Limit(percent=Decimal(5)))
    limits = (replace(TEN, exceptions=(strict,)),)
    both = replace(
        originals(),
        lines={**originals().lines, TWO: OriginalLine(unit_price=1, quantity=1, worth=1, categories=((mugs,),))},
    )

    assert exceeding([deduction(250, limits=limits)], both) == set()
    assert exceeding([deduction(251, limits=limits)], both) == {UUID(int=1)}
    assert exceeding([deduction(500, limits=limits)], originals()) == set()
    assert exceeding([deduction(0, limits=limits)], replace(both, lines={})) == set()


def test_a_change_is_judged_by_what_holds_for_its_reason():
    generous = LimitException(reason="DAMAGED", limit=Limit(percent=Decimal(50)))
    limits = (replace(TEN, exceptions=(generous,)),)
    for change in (price(ONE, 500), charge(POST, 245), deduction(2_500)):
        assert exceeding([replace(change, limits=limits, reason="DAMAGED")], originals()) == set()
        assert exceeding([replace(change, limits=limits)], originals()) == {change.id}


@pytest.mark.parametrize("kind", [partial(price, ONE), deduction])
def test_another_reason_excuses_nothing_that_its_author_did_before(kind):
    """Half of it goes too far for goodwill, and not for damages."""
    generous = LimitException(reason="DAMAGED", limit=Limit(percent=Decimal(50)))
    limits, half = (replace(TEN, exceptions=(generous,)),), 500 if kind is not deduction else 2_500
    before = kind(half, limits=limits, beyond_limit=True)
    after = replace(before, id=AdjustmentId(UUID(int=2)), reason="DAMAGED", beyond_limit=False)
    little = replace(after, amount=900 if kind is not deduction else 500)
    somebody_else = replace(after, by=Author(kind=ActorKind.STAFF, id=UUID(int=53)))

    assert exceeding([after], originals(), [before]) == {after.id}
    assert exceeding([after], originals(), [replace(before, beyond_limit=False)]) == set()
    assert exceeding([little], originals(), [before]) == set()
    assert exceeding([somebody_else], originals(), [before]) == set()
    assert exceeding([after], originals(), []) == set()


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


def test_what_is_let_go_of_a_line_counts_for_all_its_units():
    lowered, post = price(ONE, 900), charge(POST, 100)
    charges = overridden([ChargeToTotal(id=POST, kind=ChargeKind.SHIPPING, name="", amount=490)], [post])
    totals = add_up(repriced([line(ONE, 3, 1_000)], [lowered]), charges, policy())

    assert [conceded_in_all(each, totals) for each in (lowered, post)] == [300, 390]
