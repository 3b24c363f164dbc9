from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce_api.domain.availability import StockPolicy
from commerce_api.domain.decision import Refused, refuse
from commerce_api.domain.stock import (
    MOST_UNITS,
    AdjustStock,
    AllocatedStock,
    BackorderLimitReached,
    Demand,
    InsufficientStock,
    Shelves,
    Slice,
    StockBelowZero,
    StockChanged,
    StockLevel,
    StockRule,
    StockSource,
    StockStatus,
    TooMuchStock,
    adjusted,
    allocate,
    available,
    stock_status,
)

MUG, TEA = UUID(int=1), UUID(int=2)
NORTH, SOUTH, EAST = UUID(int=11), UUID(int=12), UUID(int=13)
LINE = UUID(int=21)
DENY = StockRule(policy=StockPolicy.DENY)


def level(on_hand, location=NORTH, variant=MUG, **more):
    return StockLevel(variant_id=variant, location_id=location, on_hand=on_hand, **more)


def shelves(*levels, backordered=0):
    return Shelves(levels=levels, backordered=backordered)


def want(quantity, variant=MUG, line=LINE, path=()):
    return Demand(line_id=line, variant_id=variant, quantity=quantity, path=path)


def given_slice(quantity, location=NORTH, source=StockSource.ON_HAND, line=LINE, variant=MUG):
    return Slice(line_id=line, variant_id=variant, location_id=location, quantity=quantity, source=source)


def deal(demands, rule, found):
    return allocate(demands, {MUG: rule, TEA: rule}, found, [NORTH, SOUTH])


def test_what_is_kept_for_others_is_not_free():
    assert level(10, unavailable=1, safety_stock=2, allocated=3, reserved=1).free == 3
    assert level(1, safety_stock=2).free == 0


def test_a_line_comes_from_one_place_if_one_has_it_all():
    found = {MUG: shelves(level(2), level(5, SOUTH))}

    assert deal([want(4)], DENY, found) == [given_slice(4, SOUTH)]


def test_else_it_is_filled_in_the_order_of_the_locations():
    found = {MUG: shelves(level(2), level(0, EAST), level(3, SOUTH))}

    assert deal([want(4)], DENY, found) == [given_slice(2), given_slice(2, SOUTH)]


def test_two_lines_of_one_variant_share_the_shelf():
    other = UUID(int=22)
    found = {MUG: shelves(level(3))}

    assert deal([want(2), want(1, line=other)], DENY, found) == [given_slice(2), given_slice(1, line=other)]
    assert deal([want(2), want(2, line=other, path=("lines", "1"))], DENY, found) == refuse(
        InsufficientStock(path=("lines", "1"), variant_id=MUG, requested=4, available=3)
    )


def test_every_variant_that_falls_short_is_told():
    demands = [want(1), want(2, TEA)]

    assert deal(demands, DENY, {TEA: shelves(level(1, variant=TEA))}) == refuse(
        InsufficientStock(variant_id=MUG, requested=1, available=0),
        InsufficientStock(variant_id=TEA, requested=2, available=1),
    )


def test_what_may_be_backordered_is_owed_by_the_first_location():
    rule = StockRule(policy=StockPolicy.BACKORDER)

    assert deal([want(3)], rule, {MUG: shelves(level(1, SOUTH))}) == [
        given_slice(1, SOUTH),
        given_slice(2, NORTH, StockSource.BACKORDER),
    ]
    assert deal([want(3)], rule, {}) == [given_slice(3, NORTH, StockSource.BACKORDER)]


def test_no_more_is_owed_than_the_limit_allows():
    rule = StockRule(policy=StockPolicy.BACKORDER, backorder_limit=4)
    found = {MUG: shelves(level(1), backordered=2)}

    assert deal([want(4)], rule, found) == refuse(BackorderLimitReached(variant_id=MUG, requested=4, available=3))
    assert available(rule, found[MUG]) == 3


def test_what_is_not_counted_can_always_be_had():
    rule = StockRule(policy=StockPolicy.UNTRACKED)

    assert deal([want(1000)], rule, {}) == [given_slice(1000, NORTH, StockSource.UNTRACKED)]
    assert available(rule, shelves()) is None


@given(
    st.lists(st.tuples(st.sampled_from([MUG, TEA]), st.integers(1, 9)), min_size=1, max_size=6),
    st.lists(st.tuples(st.sampled_from([MUG, TEA]), st.sampled_from([NORTH, SOUTH]), st.integers(0, 20)), max_size=4),
    st.sampled_from(StockPolicy),
    st.none() | st.integers(0, 9),
)
def test_each_unit_is_dealt_once_and_none_that_is_not_there(wanted, stocked, policy, limit):
    demands = [want(q, v, UUID(int=100 + n)) for n, (v, q) in enumerate(wanted)]
    on_hand = {(v, place): q for v, place, q in stocked}
    found = {v: shelves(*(level(q, place, v) for (of, place), q in on_hand.items() if of == v)) for v in (MUG, TEA)}

    dealt = deal(demands, StockRule(policy=policy, backorder_limit=limit), found)

    if isinstance(dealt, Refused):
        assert policy is not StockPolicy.UNTRACKED
        return
    for demand in demands:
        assert sum(s.quantity for s in dealt if s.line_id == demand.line_id) == demand.quantity
    for (variant, place), quantity in on_hand.items():
        taken = [
            s.quantity for s in dealt if (s.variant_id, s.location_id) == (variant, place) and s.source == "ON_HAND"
        ]
        assert sum(taken) <= quantity
    for variant in (MUG, TEA):
        owed = sum(s.quantity for s in dealt if s.variant_id == variant and s.source is StockSource.BACKORDER)
        assert owed == 0 or policy is StockPolicy.BACKORDER
        assert limit is None or owed <= limit


@pytest.mark.parametrize(
    ("allocated", "backordered", "open_units", "status"),
    [
        (0, 0, 0, StockStatus.NOT_ALLOCATED),
        (0, 0, 2, StockStatus.NOT_ALLOCATED),
        (2, 0, 2, StockStatus.ALLOCATED),
        (1, 1, 2, StockStatus.PARTLY_BACKORDERED),
        (0, 2, 2, StockStatus.BACKORDERED),
    ],
)
def test_the_stock_status_is_read_off_the_buckets(allocated, backordered, open_units, status):
    assert stock_status(allocated, backordered, open_units) is status


def count(**how):
    return AdjustStock(variant_id=MUG, location_id=NORTH, reason="COUNT", **how)


def test_a_count_moves_the_level():
    assert adjusted(level(5), count(delta=-2)) == level(3, revision=2)
    assert adjusted(level(5), count(on_hand=9, expected=5)) == level(9, revision=2)
    assert adjusted(level(5), count(unavailable=1, safety_stock=2)) == level(
        5, unavailable=1, safety_stock=2, revision=2
    )


def test_a_count_that_cannot_be_is_refused():
    assert adjusted(level(5), count(on_hand=9, expected=4)) == StockChanged(expected=4, current=5)
    assert adjusted(level(5), count(delta=-6)) == StockBelowZero(current=5)
    assert adjusted(level(5), count(delta=MOST_UNITS)) == TooMuchStock(current=5, most=MOST_UNITS)
    assert adjusted(level(5, allocated=3), count(delta=-3)) == AllocatedStock(allocated=3)
    assert adjusted(level(5, allocated=3), count(unavailable=3)) == AllocatedStock(allocated=3)
