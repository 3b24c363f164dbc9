from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from commerce_api.domain import cart
from commerce_api.domain.cart import Active, Checkout, Merged, MergeStrategy, Saved
from commerce_api.domain.decision import Refused
from commerce_api.domain.ids import CartLineId
from commerce_api.domain.line_requests import LineRequests
from tests.domain.carts import ADA, KETTLE, LATER, MUG, NEW, ONE, THREE, TWO, AnyQuantity, a_cart, facts, line

SUM, MAX, KEEP_GUEST, DEFAULT = MergeStrategy


def merged(guest, own, strategy=DEFAULT, known=None):
    """Both carts after merging, and what is worth telling."""
    decided = cart.merge(guest, own, strategy, known or facts(), customer_id=ADA, name="Yesterday")
    assert not isinstance(decided, Refused), decided
    return cart.evolved(guest, decided.to_guest), own and cart.evolved(own, decided.to_own), decided.notices


def held(state):
    return {(line.variant_id, *line.attributes.items()): line.quantity for line in state.lines}


def guest_cart(*lines, **changes):
    return a_cart(*lines, id=1, **changes)


def own_cart(*lines, **changes):
    return a_cart(*lines, id=2, customer_id=ADA, **changes)


@pytest.mark.parametrize("strategy", MergeStrategy)
def test_without_a_cart_of_their_own_the_customer_gets_the_guests(strategy):
    guest, own, notices = merged(guest_cart(line()), None, strategy)

    assert (guest.customer_id, guest.state, held(guest)) == (ADA, Active(), {(KETTLE,): 1})
    assert (own, notices) == (None, ())


def test_what_was_asked_for_and_tied_comes_along():
    gift = replace(line(ONE, KETTLE, 1), requests=LineRequests(gift_message="For Bob"), tie_group=1)
    tied = replace(line(THREE, KETTLE, 2), tie_group=1)

    _, own, _ = merged(guest_cart(gift, line(TWO, MUG, 4, seen=200)), own_cart(tied), SUM)

    assert [(each.quantity, each.requests.gift_message, each.tie_group) for each in own.lines] == [
        (2, "", 1),
        (1, "For Bob", 2),
        (4, "", None),
    ]


# strategy, kettles of the customer, mugs of the customer, the guest's cart afterwards
OUTCOMES = [
    (SUM, 5, 4, Merged(), None),
    (MAX, 3, 4, Merged(), None),
    (DEFAULT, 3, 4, Saved(name="Yesterday"), ADA),
]


@pytest.mark.parametrize(("strategy", "kettles", "mugs", "guest_state", "guest_owner"), OUTCOMES)
def test_equal_lines_become_one(strategy, kettles, mugs, guest_state, guest_owner):
    guest, own, notices = merged(
        guest_cart(line(ONE, KETTLE, 3), line(TWO, MUG, 4, seen=200)), own_cart(line(THREE, KETTLE, 2)), strategy
    )

    assert held(own) == {(KETTLE,): kettles, (MUG,): mugs}
    assert (guest.state, guest.customer_id) == (guest_state, guest_owner)
    assert (own.state, notices) == (Active(), ())


def test_keeping_the_guests_cart_saves_the_customers():
    guest, own, _ = merged(guest_cart(line(ONE, KETTLE, 3)), own_cart(line(TWO, MUG, 2)), KEEP_GUEST)

    assert (guest.customer_id, guest.state, held(guest)) == (ADA, Active(), {(KETTLE,): 3})
    assert (own.state, held(own)) == (Saved(name="Yesterday"), {(MUG,): 2})


def test_nothing_is_saved_of_an_empty_cart():
    guest, own, _ = merged(guest_cart(), own_cart(line(TWO, MUG, 2)))

    assert (guest.state, held(own)) == (Merged(), {(MUG,): 2})


def test_the_customers_own_larger_quantity_stays():
    _, own, _ = merged(guest_cart(line(ONE, KETTLE, 1)), own_cart(line(TWO, KETTLE, 9)))

    assert held(own) == {(KETTLE,): 9}


def test_lines_with_other_attributes_stay_apart():
    _, own, _ = merged(guest_cart(line(ONE, attributes={"n": "1"})), own_cart(line(TWO)))

    assert held(own) == {(KETTLE, ("n", "1")): 1, (KETTLE,): 1}


def test_add_ons_follow_their_line():
    guest = guest_cart(line(ONE, KETTLE, 1), line(TWO, MUG, 2, parent=ONE, seen=200))

    _, own, _ = merged(guest, own_cart(line(THREE, KETTLE, 1)))
    _, empty, _ = merged(guest, own_cart())

    assert [(kept.id, kept.parent_id) for kept in own.lines] == [(THREE, None), (NEW[1], THREE)]
    assert [(kept.id, kept.parent_id) for kept in empty.lines] == [(NEW[0], None), (NEW[1], NEW[0])]


def test_more_together_than_can_be_bought_is_limited_and_told():
    _, own, notices = merged(guest_cart(line(ONE, MUG, 8, seen=200)), own_cart(line(TWO, MUG, 10, seen=200)), SUM)

    assert held(own) == {(MUG,): 12}
    assert notices == (cart.MergeLimited(line_id=TWO, wanted=18, taken=12),)


def test_what_is_no_longer_known_is_merged_as_it_is():
    _, own, _ = merged(guest_cart(line(ONE, KETTLE, 2, seen=None)), own_cart(), known=facts(variants={}))

    assert held(own) == {(KETTLE,): 2}


def test_a_checkout_is_left():
    checkout = Checkout(until=LATER)

    guest, own, _ = merged(guest_cart(line(ONE), state=checkout), own_cart(line(TWO, MUG, 2), state=checkout))
    used_up, untouched, _ = merged(guest_cart(line(ONE), state=checkout), own_cart(line(TWO), state=checkout), MAX)

    assert (guest.state, own.state) == (Saved(name="Yesterday"), Active())
    assert (used_up.state, untouched.state) == (Merged(), checkout)


def test_another_currency_is_told_once():
    dollars = facts(prices=AnyQuantity({KETTLE: 1_100}))

    _, own, notices = merged(guest_cart(line(ONE, KETTLE, 2)), own_cart(currency="USD"), known=dollars)

    assert notices == (cart.CurrencyChanged(before="EUR", after="USD"),)
    assert [kept.seen_unit_price for kept in own.lines] == [1_100]


def test_another_price_is_told_for_each_line():
    _, own, notices = merged(guest_cart(line(ONE, KETTLE, 2, seen=900)), own_cart())

    assert notices == (cart.PriceChanged(line_id=own.lines[0].id, before=900, after=1_000),)


def test_too_much_for_one_cart_is_refused():
    many = [line(CartLineId(UUID(int=1_000 + n)), attributes={"n": str(n)}) for n in range(cart.MAX_LINES)]
    decided = cart.merge(guest_cart(line(ONE)), own_cart(*many), DEFAULT, facts(), customer_id=ADA, name="Yesterday")

    assert decided == Refused(reasons=(cart.CartFull(most=cart.MAX_LINES),))


def test_prices_that_are_needed_can_be_told_from_the_events():
    guest, own = guest_cart(line(ONE, KETTLE, 3), line(TWO, MUG, 4)), own_cart(line(THREE, KETTLE, 2))

    decided = cart.merge(guest, own, SUM, facts(prices=None), customer_id=ADA, name="Yesterday")

    assert cart.prices_of(decided.to_own) == {(KETTLE, 2), (KETTLE, 5), (MUG, 4)}
    assert cart.prices_of(decided.to_guest) == set()
    assert timedelta(0) < own.expires_at - own.created_at
