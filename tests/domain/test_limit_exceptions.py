"""Which limit holds for a reason and in a category, and who may give it (S2-10, C.7)."""

from dataclasses import replace
from decimal import Decimal
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce_api.domain.ids import CategoryId
from commerce_api.domain.limits import (
    Floor,
    Limit,
    LimitException,
    Lowering,
    beyond,
    categories_named,
    covers,
    parts,
)

KITCHEN, STOVES, GAS, OUTDOOR, TENTS = (CategoryId(UUID(int=number)) for number in range(1, 6))
TREE = {
    KITCHEN: (KITCHEN,),
    STOVES: (KITCHEN, STOVES),
    GAS: (KITCHEN, STOVES, GAS),
    OUTDOOR: (OUTDOOR,),
    TENTS: (OUTDOOR, TENTS),
}


def percent(number, *exceptions, **more):
    return Limit(percent=Decimal(number), exceptions=exceptions, **more)


def but(number, category_id=None, reason=None):
    return LimitException(reason=reason, category_id=category_id, limit=percent(number))


def lowering(new, *categories, reason="GOODWILL", **more):
    lineages = tuple(TREE[category] for category in categories)
    return Lowering(original=100, new=new, reason=reason, categories=lineages, **more)


def most(limit, *categories, reason="GOODWILL"):
    """The largest percentage that is within the limit."""
    return max(
        less for less in range(101) if not beyond([limit], "EUR", [lowering(100 - less, *categories, reason=reason)])
    )


@pytest.mark.parametrize(
    ("exceptions", "categories", "reason", "allowed"),
    [
        ([], [STOVES], "GOODWILL", 10),
        ([but(25, reason="MATCH")], [], "MATCH", 25),
        ([but(25, reason="MATCH")], [], "GOODWILL", 10),
        ([but(5, STOVES)], [STOVES], "GOODWILL", 5),
        ([but(5, STOVES)], [GAS], "GOODWILL", 5),
        ([but(5, STOVES)], [KITCHEN], "GOODWILL", 10),
        ([but(5, STOVES)], [], "GOODWILL", 10),
        ([but(0, STOVES)], [TENTS, STOVES], "GOODWILL", 0),
        ([but(50, STOVES)], [TENTS, STOVES], "GOODWILL", 50),
        # The nearest category holds, to more or to less.
        ([but(5, KITCHEN), but(30, STOVES)], [GAS], "GOODWILL", 30),
        ([but(5, KITCHEN), but(30, STOVES)], [KITCHEN], "GOODWILL", 5),
        ([but(30, KITCHEN), but(5, STOVES)], [GAS], "GOODWILL", 5),
        # In two categories, both hold, even if one is above the other on another way.
        ([but(5, KITCHEN), but(30, TENTS)], [TENTS, STOVES], "GOODWILL", 5),
        ([but(5, KITCHEN), but(30, STOVES)], [KITCHEN, STOVES], "GOODWILL", 5),
        # One for the reason and one for the category: both hold.
        ([but(25, reason="MATCH"), but(5, STOVES)], [STOVES], "MATCH", 5),
        ([but(5, reason="MATCH"), but(25, STOVES)], [STOVES], "MATCH", 5),
        # One for the reason in the category goes before those.
        ([but(25, reason="MATCH"), but(5, STOVES), but(15, STOVES, "MATCH")], [STOVES], "MATCH", 15),
        ([but(25, reason="MATCH"), but(5, STOVES), but(15, KITCHEN, "MATCH")], [STOVES], "MATCH", 5),
        ([but(25, reason="MATCH"), but(5, KITCHEN), but(15, STOVES, "MATCH")], [GAS], "MATCH", 15),
        ([but(15, STOVES, "MATCH")], [STOVES], "GOODWILL", 10),
        ([but(15, STOVES, "MATCH")], [TENTS], "MATCH", 10),
    ],
)
def test_the_narrowest_exceptions_hold_and_of_several_the_strictest(exceptions, categories, reason, allowed):
    for each in (exceptions, exceptions[::-1]):
        assert most(percent(10, *each), *categories, reason=reason) == allowed


def test_an_exception_says_all_anew():
    """What is said of amounts and of costs in general is not added to it."""
    dear = LimitException(reason="MATCH", limit=Limit(amounts=(("EUR", 40),)))
    limit = Limit(percent=Decimal(10), floor=Floor.COST, exceptions=(dear,))

    assert not beyond([limit], "EUR", [lowering(60, reason="MATCH", cost=70)])
    assert beyond([limit], "EUR", [lowering(59, reason="MATCH", cost=70)])
    assert beyond([limit], "USD", [lowering(99, reason="MATCH")])
    assert beyond([limit], "EUR", [lowering(95, cost=96)])


def test_what_each_exception_holds_for_is_judged_together_and_apart_from_the_rest():
    limit = percent(10, but(20, STOVES), but(5, TENTS))
    stove, tent, mug = lowering(80, STOVES), lowering(95, TENTS), lowering(90)

    assert not beyond([limit], "EUR", [stove, tent, mug])
    assert beyond([limit], "EUR", [stove, lowering(94, TENTS), mug])
    assert not beyond([limit], "EUR", [lowering(78, STOVES), lowering(82, GAS), mug])
    assert [(held, list(part)) for held, part in parts(limit, [stove, tent, mug, stove])] == [
        (percent(20), [stove, stove]),
        (percent(5), [tent]),
        (limit, [mug]),
    ]


def test_what_one_of_several_limits_allows_is_allowed_with_its_exceptions():
    near, far = percent(10, but(0, STOVES)), percent(5, but(30, reason="MATCH"))

    assert beyond([near, far], "EUR", [lowering(90, STOVES)])
    assert not beyond([near, far], "EUR", [lowering(90)])
    assert not beyond([near, far], "EUR", [lowering(95, STOVES)])
    assert not beyond([near, far], "EUR", [lowering(70, STOVES, reason="MATCH")])


@pytest.mark.parametrize(
    ("own", "given", "is_covered"),
    [
        (percent(10, but(25, reason="MATCH")), percent(10), True),
        (percent(10, but(25, reason="MATCH")), percent(10, but(25, reason="MATCH")), True),
        (percent(10, but(25, reason="MATCH")), percent(10, but(26, reason="MATCH")), False),
        (percent(10), percent(10, but(11, reason="MATCH")), False),
        (percent(10), percent(10, but(11, STOVES)), False),
        (percent(10), percent(5, but(10, STOVES)), True),
        # What one may less in a category is not given to others by leaving it out.
        (percent(10, but(0, STOVES)), percent(10), False),
        (percent(10, but(0, STOVES)), percent(0), True),
        (percent(10, but(0, STOVES)), percent(10, but(0, KITCHEN)), True),
        (percent(10, but(0, STOVES)), percent(10, but(0, GAS)), False),
        (percent(10, but(0, STOVES)), percent(10, but(0, STOVES), but(1, GAS)), False),
        (percent(10, but(0, STOVES)), percent(10, but(0, STOVES), but(1, TENTS)), True),
        (percent(10, but(0, STOVES)), percent(10, but(0, STOVES), but(5, reason="MATCH")), True),
        (percent(10, but(0, STOVES)), percent(10, but(0, STOVES), but(5, STOVES, "MATCH")), False),
        # What is in two categories escapes to the one where more is allowed, unless both are named.
        (percent(10, but(5, STOVES), but(50, TENTS)), percent(5, but(50, TENTS)), False),
        (percent(10, but(5, STOVES), but(50, TENTS)), percent(5, but(5, STOVES), but(50, TENTS)), True),
        # A category that was deleted is nobody's.
        (percent(10), percent(10, but(99, CategoryId(UUID(int=9)))), True),
        (Limit(), percent(10, but(99, STOVES)), True),
        (Limit(exceptions=(but(5, STOVES),)), percent(10), False),
        (Limit(floor=Floor.COST), percent(10, but(5, STOVES)), False),
    ],
)
def test_nobody_gives_more_than_they_have_in_any_case(own, given, is_covered):
    assert covers([own], given, TREE) is is_covered


kinds = list(product([None, "MATCH", "DAMAGED"], [None, *TREE]))
limits = st.builds(
    lambda general, exceptions: percent(general, *(but(each, *kind[::-1]) for kind, each in exceptions.items())),
    st.integers(0, 3),
    st.dictionaries(st.sampled_from(kinds[1:]), st.integers(0, 3), max_size=4),
)


@given(limits, limits, st.sets(st.sampled_from(list(TREE)), max_size=3), st.sampled_from(["MATCH", "DAMAGED", "OTHER"]))
def test_what_is_covered_allows_nothing_that_is_not_allowed(own, given_, categories, reason):
    if covers([own], given_, TREE):
        assert most(given_, *categories, reason=reason) <= most(own, *categories, reason=reason)


@given(limits)
def test_everybody_may_give_what_they_have(limit):
    assert covers([limit], limit, TREE)
    assert covers([limit], replace(limit, exceptions=limit.exceptions[::-1]), TREE)


def test_only_categories_that_are_named_have_to_be_looked_up():
    assert categories_named([percent(10), percent(5, but(1, STOVES), but(2, reason="MATCH"))]) == {STOVES}
    assert categories_named([percent(5, but(2, reason="MATCH"))]) == set()
