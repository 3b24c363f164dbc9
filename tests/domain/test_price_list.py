from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from commerce_api.domain.price_list import Price, PriceFound, PriceList, in_force, price_for

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
