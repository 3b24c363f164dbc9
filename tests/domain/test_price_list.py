from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce_api.domain.decision import InvalidValue, refuse
from commerce_api.domain.money import MAX_MINOR
from commerce_api.domain.price_list import (
    Price,
    PriceFound,
    PriceList,
    PriceListInForce,
    check_deletion,
    in_force,
    precedence,
    price_for,
    price_problems,
)

NOON = datetime(2026, 6, 17, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
VIP = UUID(int=77)
NOBODY = frozenset()


def a_list(number, **changes):
    values = {"code": str(number), "name": "", "channel_id": UUID(int=1), "currency": "EUR", **changes}
    return PriceList(id=UUID(int=number), **values)


def found(amount, number, compare_at=None):
    return PriceFound(amount=amount, compare_at=compare_at, price_list_id=UUID(int=number))


def choose(*prices, quantity=1, groups=NOBODY, at=NOON):
    return price_for(quantity, prices, groups=groups, at=at)


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ((None, None), True),
        ((NOON, None), True),
        ((NOON + HOUR, None), False),
        ((None, NOON), False),
        ((None, NOON + HOUR), True),
        ((NOON - HOUR, NOON + HOUR), True),
    ],
)
def test_a_list_is_in_force_from_its_first_moment_until_before_its_last(dates, expected):
    assert in_force(a_list(1, valid_from=dates[0], valid_until=dates[1]), NOBODY, NOON) is expected


@pytest.mark.parametrize(("groups", "expected"), [(NOBODY, False), (frozenset({VIP}), True)])
def test_a_groups_list_is_for_its_members_only(groups, expected):
    assert in_force(a_list(1, customer_group_id=VIP), groups, NOON) is expected


def test_without_any_price_there_is_none():
    assert choose() is None


@pytest.mark.parametrize(("quantity", "expected"), [(1, 1000), (9, 1000), (10, 900), (99, 900), (100, 800)])
def test_the_greatest_quantity_that_is_reached_decides(quantity, expected):
    prices = [(a_list(1), Price(min_quantity=m, amount=a)) for m, a in ((100, 800), (1, 1000), (10, 900))]

    assert choose(*prices, quantity=quantity) == found(expected, 1)


def test_higher_priority_decides_even_if_it_is_dearer():
    cheap, dear = (a_list(1), Price(amount=500)), (a_list(2, priority=5), Price(amount=900, compare_at=1000))

    assert choose(cheap, dear) == found(900, 2, compare_at=1000)


def test_the_price_that_decides_says_what_the_lowest_is():
    few, many = Price(amount=900, lowest=800), Price(min_quantity=10, amount=700)

    assert [choose((a_list(1), few), (a_list(1), many), quantity=n).lowest for n in (9, 10)] == [800, None]


def test_of_equal_priority_the_groups_list_decides_and_then_the_older():
    older, group, younger = (
        (a_list(1), Price(amount=1)),
        (a_list(2, customer_group_id=VIP), Price(amount=2)),
        (a_list(3), Price(amount=3)),
    )

    assert choose(younger, group, older, groups=frozenset({VIP})) == found(2, 2)
    assert choose(younger, group, older) == found(1, 1)


def test_a_list_without_a_price_for_so_few_leaves_it_to_the_next():
    wholesale, usual = (a_list(1, priority=5), Price(min_quantity=10, amount=500)), (a_list(2), Price(amount=900))

    assert choose(wholesale, usual, quantity=9) == found(900, 2)
    assert choose(wholesale, usual, quantity=10) == found(500, 1)


@pytest.mark.parametrize(
    ("tiers", "wrong"),
    [
        ([Price(amount=0), Price(min_quantity=10, amount=5, compare_at=6)], None),
        ([Price(min_quantity=0, amount=5)], ("0", "minQuantity", "At least 1, and each quantity once.")),
        ([Price(amount=5), Price(amount=4)], ("1", "minQuantity", "At least 1, and each quantity once.")),
        ([Price(amount=-1)], ("0", "amount", "Zero or more, and not beyond all measure.")),
        ([Price(amount=MAX_MINOR)], ("0", "amount", "Zero or more, and not beyond all measure.")),
        ([Price(amount=5, compare_at=5)], ("0", "compareAt", "More than the price itself.")),
        ([Price(amount=5, compare_at=MAX_MINOR)], ("0", "compareAt", "More than the price itself.")),
        ([Price(amount=5, lowest=0), Price(min_quantity=2, amount=5, lowest=6)], None),
        ([Price(amount=5, lowest=-1)], ("0", "lowest", "Zero or more, and not beyond all measure.")),
        ([Price(amount=5, lowest=MAX_MINOR)], ("0", "lowest", "Zero or more, and not beyond all measure.")),
    ],
)
def test_what_is_wrong_with_a_price_is_told_at_its_place(tiers, wrong):
    expected = [InvalidValue(path=("prices", "3", "tiers", *wrong[:2]), problem=wrong[2])] if wrong else []

    assert list(price_problems(tiers, ("prices", "3"))) == expected


moments = st.none() | st.integers(-2, 2).map(lambda hours: NOON + hours * HOUR)
lists = st.builds(
    a_list,
    st.integers(1, 9),
    priority=st.integers(-1, 1),
    customer_group_id=st.sampled_from([None, VIP, UUID(int=78)]),
    valid_from=moments,
    valid_until=moments,
)


@st.composite
def priced_lists(draw):
    """Prices of one variant, as the tables hold them: a list has one price from each quantity on."""
    found_lists = draw(st.lists(lists, max_size=5, unique_by=lambda each: each.id))
    return [
        (of, Price(min_quantity=least, amount=draw(st.integers(0, 99))))
        for of in found_lists
        for least in draw(st.sets(st.integers(1, 4), max_size=3))
    ]


memberships = st.sampled_from([NOBODY, frozenset({VIP})])


@given(priced_lists(), st.randoms(use_true_random=False), st.integers(1, 5), memberships)
def test_the_order_in_which_prices_are_found_does_not_matter(prices, random, quantity, groups):
    shuffled = random.sample(prices, len(prices))

    assert choose(*shuffled, quantity=quantity, groups=groups) == choose(*prices, quantity=quantity, groups=groups)


@given(priced_lists(), lists, st.integers(0, 99), st.integers(1, 5), memberships)
def test_a_list_that_is_not_in_force_or_comes_later_in_order_never_changes_a_price(
    prices, late, amount, quantity, groups
):
    late = replace(late, id=UUID(int=10))
    before = choose(*prices, quantity=quantity, groups=groups)
    of = {each.id: each for each, _ in prices}

    after = choose(*prices, (late, Price(amount=amount)), quantity=quantity, groups=groups)

    if not in_force(late, groups, NOON) or (
        before is not None and precedence(of[before.price_list_id]) < precedence(late)
    ):
        assert after == before
    else:
        assert after == found(amount, 10)


@pytest.mark.parametrize("group", [None, VIP])
def test_a_list_in_force_with_prices_is_not_deleted(group):
    mine = a_list(1, customer_group_id=group, valid_until=NOON + HOUR)

    assert check_deletion(mine, 3, NOON) == refuse(PriceListInForce(path=("id",), count=3))
    assert check_deletion(mine, 0, NOON) is None
    assert check_deletion(mine, 3, NOON + HOUR) is None
