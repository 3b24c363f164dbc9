from decimal import Decimal
from uuid import UUID

import pytest

from commerce_api.domain.actor import SYSTEM, Actor, ActorKind
from commerce_api.domain.grants import Grant, held_by, limited_to
from commerce_api.domain.limits import Bound, Floor, Limit, Lowering, beyond, bounds_in, changed, covers
from commerce_api.domain.permissions import Permission
from commerce_api.domain.staff import ExceedsOwnLimits, Role, limits_raised, may_limit

P = Permission
NORTH, SOUTH = UUID(int=11), UUID(int=12)
TEN, THIRTY = Limit(percent=Decimal(10)), Limit(percent=Decimal(30))
FIVE_EUROS = Limit(amounts=(("EUR", 500),))
ABOVE_COST = Limit(floor=Floor.COST)
ABOVE_LOWEST = Limit(floor=Floor.LOWEST_PRICE)
ABOVE_BOTH = Limit(floor=Floor.COST_AND_LOWEST_PRICE)
ANY = Limit()


@pytest.mark.parametrize(
    ("limits", "original", "new", "is_beyond"),
    [
        ((), 1000, 0, False),
        ((ANY,), 1000, 0, False),
        ((TEN,), 1000, 900, False),
        ((TEN,), 1000, 899, True),
        ((TEN,), 999, 900, False),
        ((TEN,), 1000, 2000, False),
        ((TEN,), 0, 0, False),
        ((Limit(percent=Decimal("0.5")),), 1000, 995, False),
        ((Limit(percent=Decimal("0.5")),), 1000, 994, True),
        ((FIVE_EUROS,), 1000, 500, False),
        ((FIVE_EUROS,), 1000, 499, True),
        ((Limit(percent=Decimal(10), amounts=(("EUR", 50),)),), 1000, 949, True),
        ((Limit(percent=Decimal(10), amounts=(("EUR", 500),)),), 1000, 899, True),
        ((Limit(percent=Decimal(10), amounts=(("USD", 1),)),), 1000, 900, False),
        ((Limit(amounts=(("USD", 500),)),), 1000, 999, True),
        ((ABOVE_COST,), 1000, 700, False),
        ((ABOVE_COST,), 1000, 699, True),
        ((Limit(percent=Decimal(50), floor=Floor.COST),), 1000, 699, True),
        ((TEN, THIRTY), 1000, 700, False),
        ((TEN, FIVE_EUROS), 1000, 500, False),
        ((TEN, FIVE_EUROS), 1000, 499, True),
    ],
)
def test_a_price_is_beyond_what_none_of_the_limits_allows(limits, original, new, is_beyond):
    assert beyond(limits, "EUR", [Lowering(original=original, new=new, cost=700)]) is is_beyond


def test_a_floor_of_cost_holds_nothing_up_where_the_cost_is_not_known():
    assert beyond((ABOVE_COST,), "EUR", [Lowering(original=1000, new=1)]) is False


@pytest.mark.parametrize(
    ("limit", "new", "is_beyond"),
    [
        (ABOVE_LOWEST, 800, False),
        (ABOVE_LOWEST, 799, True),
        (ABOVE_COST, 799, False),
        (ABOVE_BOTH, 799, True),
        (Limit(percent=Decimal(10), floor=Floor.LOWEST_PRICE), 899, True),
    ],
)
def test_a_floor_of_the_lowest_price_holds_what_is_asked_to_it(limit, new, is_beyond):
    assert beyond((limit,), "EUR", [Lowering(original=1000, new=new, cost=700, lowest=800)]) is is_beyond


@pytest.mark.parametrize("limit", [ABOVE_LOWEST, ABOVE_BOTH])
def test_a_floor_holds_nothing_up_that_has_no_lowest_price_and_no_cost(limit):
    assert beyond((limit,), "EUR", [Lowering(original=1000, new=1)]) is False


def test_a_floor_of_both_holds_by_what_there_is():
    assert beyond((ABOVE_BOTH,), "EUR", [Lowering(original=1000, new=699, cost=700)])
    assert beyond((ABOVE_BOTH,), "EUR", [Lowering(original=1000, new=799, lowest=800)])


def test_each_has_its_own_lowest_price_and_what_costs_less_already_is_not_lowered():
    """What one gives away below it, another does not bring in."""
    dear, cheap = Lowering(original=2000, new=1900, lowest=100), Lowering(original=1000, new=950, lowest=960)
    on_sale = Lowering(original=900, new=900, lowest=960)

    assert beyond((ABOVE_LOWEST,), "EUR", [dear, cheap])
    assert not beyond((ABOVE_LOWEST,), "EUR", [dear, on_sale])
    assert beyond((ABOVE_LOWEST,), "EUR", [dear, Lowering(original=900, new=899, lowest=960)])


@pytest.mark.parametrize(
    ("own", "given", "is_covered"),
    [
        ((), None, True),
        ((), TEN, True),
        ((TEN,), None, False),
        ((TEN,), ANY, False),
        ((TEN,), TEN, True),
        ((TEN,), THIRTY, False),
        ((TEN, THIRTY), THIRTY, True),
        ((TEN,), Limit(percent=Decimal(10), amounts=(("EUR", 9),)), True),
        ((TEN,), FIVE_EUROS, False),
        ((ANY,), FIVE_EUROS, True),
        ((FIVE_EUROS,), Limit(amounts=(("EUR", 400),)), True),
        ((FIVE_EUROS,), Limit(amounts=(("EUR", 501),)), False),
        ((FIVE_EUROS,), Limit(amounts=(("USD", 1),)), False),
        ((FIVE_EUROS,), TEN, False),
        ((FIVE_EUROS,), ANY, False),
        ((Limit(percent=Decimal(10), amounts=(("EUR", 5),)),), TEN, False),
        ((Limit(percent=Decimal(10), amounts=(("EUR", 5),)),), Limit(percent=Decimal(9), amounts=(("EUR", 5),)), True),
        ((ABOVE_COST,), ANY, False),
        ((ABOVE_COST,), Limit(percent=Decimal(90), floor=Floor.COST), True),
        ((THIRTY,), Limit(percent=Decimal(10), floor=Floor.COST), True),
        ((ABOVE_COST,), ABOVE_LOWEST, False),
        ((ABOVE_LOWEST,), ABOVE_COST, False),
        ((ABOVE_BOTH,), ABOVE_LOWEST, False),
        ((ABOVE_LOWEST,), ABOVE_BOTH, True),
        ((ABOVE_BOTH,), ABOVE_BOTH, True),
    ],
)
def test_a_limit_can_be_given_that_allows_nothing_beyond_ones_own(own, given, is_covered):
    assert covers(own, given, {}) is is_covered


def bound(limit, channel_id=None, permission=P.OVERRIDE_PRICES):
    return Bound(permission=permission, channel_id=channel_id, limit=limit)


def test_the_limits_of_a_channel_are_those_held_everywhere_and_there():
    bounds = [bound(TEN), bound(THIRTY, NORTH), bound(None, SOUTH), bound(FIVE_EUROS, None, P.DEDUCT_AMOUNTS)]

    assert bounds_in(bounds, P.OVERRIDE_PRICES, None) == (TEN,)
    assert bounds_in(bounds, P.OVERRIDE_PRICES, NORTH) == (TEN, THIRTY)
    assert bounds_in(bounds, P.OVERRIDE_PRICES, SOUTH) == ()
    assert bounds_in(bounds, P.AUTHOR_QUOTES, NORTH) == ()


def test_a_person_has_the_limits_of_their_roles_or_their_own():
    prices = frozenset({P.OVERRIDE_PRICES, P.READ_STOCK})
    grants = [
        Grant(permissions=prices, limits={P.OVERRIDE_PRICES: TEN}),
        Grant(permissions=prices | {P.OVERRIDE_CHARGES}, limits={}, channels=frozenset({NORTH})),
    ]

    assert held_by(grants, {}).bounds == {
        bound(TEN),
        bound(None, NORTH),
        bound(None, NORTH, P.OVERRIDE_CHARGES),
    }
    assert held_by(grants, {P.OVERRIDE_PRICES: FIVE_EUROS}).bounds == {
        bound(FIVE_EUROS),
        bound(FIVE_EUROS, NORTH),
        bound(None, NORTH, P.OVERRIDE_CHARGES),
    }


@pytest.mark.parametrize("channels", [None, frozenset({NORTH})])
def test_a_key_goes_no_further_than_its_issuer(channels):
    limits = {P.OVERRIDE_PRICES: TEN, P.OVERRIDE_CHARGES: TEN}
    issuer = held_by([Grant(permissions=frozenset(limits), limits=limits)], {})

    assert limited_to(frozenset({P.OVERRIDE_PRICES}), issuer, channels).bounds == {bound(TEN)}


def test_an_actor_without_bounds_goes_as_far_as_they_like():
    bounded = Actor(kind=ActorKind.STAFF, permissions=frozenset(), bounds=frozenset({bound(TEN)}))

    assert bounded.limits(P.OVERRIDE_PRICES, NORTH) == (TEN,)
    assert SYSTEM.limits(P.OVERRIDE_PRICES, NORTH) == ()


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        ({P.OVERRIDE_PRICES: TEN}, None),
        ({P.OVERRIDE_PRICES: THIRTY, P.OVERRIDE_CHARGES: None}, "OVERRIDE_PRICES"),
        ({P.OVERRIDE_PRICES: None, P.DEDUCT_AMOUNTS: TEN}, "DEDUCT_AMOUNTS, OVERRIDE_PRICES"),
    ],
)
def test_nobody_lets_others_go_further_than_they_may(given, answer):
    held = frozenset({P.OVERRIDE_PRICES, P.OVERRIDE_CHARGES})
    boss = Actor(kind=ActorKind.STAFF, permissions=held, bounds=frozenset({bound(TEN)}))

    assert may_limit(given, boss, {}, "limits") == (answer and ExceedsOwnLimits(path=("limits",), permissions=answer))


def test_what_is_new_in_a_role_or_goes_further_counts_as_raised():
    before = Role(
        id=UUID(int=1),
        code="CSR",
        name="CSR",
        permissions=frozenset({P.OVERRIDE_PRICES, P.OVERRIDE_CHARGES, P.AUTHOR_QUOTES}),
        limits={P.OVERRIDE_PRICES: TEN, P.OVERRIDE_CHARGES: THIRTY},
        revision=1,
    )
    permissions = before.permissions | {P.DEDUCT_AMOUNTS, P.READ_STOCK}
    after = {P.OVERRIDE_PRICES: THIRTY, P.OVERRIDE_CHARGES: TEN, P.AUTHOR_QUOTES: TEN, P.DEDUCT_AMOUNTS: TEN}

    assert limits_raised(permissions, before, after, {}) == {P.OVERRIDE_PRICES: THIRTY, P.DEDUCT_AMOUNTS: TEN}
    assert limits_raised(permissions, None, {}, {}) == dict.fromkeys(
        (P.OVERRIDE_PRICES, P.OVERRIDE_CHARGES, P.AUTHOR_QUOTES, P.DEDUCT_AMOUNTS)
    )


def test_limits_are_changed_that_came_went_or_are_others():
    before = {P.OVERRIDE_PRICES: TEN, P.OVERRIDE_CHARGES: TEN, P.AUTHOR_QUOTES: TEN}
    after = {P.OVERRIDE_PRICES: TEN, P.OVERRIDE_CHARGES: THIRTY, P.DEDUCT_AMOUNTS: TEN}

    assert changed(before, after) == {P.OVERRIDE_CHARGES, P.AUTHOR_QUOTES, P.DEDUCT_AMOUNTS}
