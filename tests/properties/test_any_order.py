"""What is being bought has no steps: whatever is said of a cart, of a quote in writing or of an order that is edited comes, in
whatever order, to the same summary (S2-06).
"""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commerce_api.domain import cart
from commerce_api.domain.address import Address
from commerce_api.domain.agreeing import agreement_of
from commerce_api.domain.agreement import AgreementSource
from commerce_api.domain.cart import Purpose
from commerce_api.domain.decision import Refused
from commerce_api.domain.ids import PriceListId
from commerce_api.domain.line_requests import On
from commerce_api.domain.originals import originals_of
from commerce_api.domain.price_list import PriceFound
from commerce_api.domain.priced_cart import offers, price_cart
from commerce_api.domain.shipping_policy import AvailabilityChoice
from tests.domain.carts import BERLIN, KETTLE, MUG, NOON, ONE, POST, SOLD, a_cart, facts, line
from tests.domain.test_cart_adjusting import ANY, BY, deduct, extra, percent
from tests.domain.test_priced_cart import market, to, variant

VIENNA = Address(country="AT", city="Vienna")
MARKET = market(
    variant(KETTLE, weight=100),
    variant(MUG, weight=50),
    prices={
        (each, quantity): PriceFound(amount=amount, compare_at=None, price_list_id=PriceListId(UUID(int=1)))
        for each, amount in ((KETTLE, 1_000), (MUG, 200))
        for quantity in range(40)
    },
)


def adding(each, quantity, engraving):
    attributes = {"engraving": engraving} if engraving else {}
    return cart.AddLines(lines=(cart.AddLine(variant=each, quantity=quantity, attributes=attributes),))


buyers = st.builds(cart.SetBuyer, email=st.sampled_from(["ada@example.com", "grace@example.com"]), phone=st.just(""))
destinations = st.builds(cart.SetShippingAddress, address=st.sampled_from([BERLIN, VIENNA]))
bills = st.builds(cart.SetBillingAddress, address=st.sampled_from([BERLIN, VIENNA, None]))
notes = st.builds(cart.SetNote, note=st.text(max_size=5))
attributes = st.builds(cart.SetAttributes, attributes=st.dictionaries(st.sampled_from("ab"), st.just("x")))
choices = st.builds(cart.SetAvailabilityChoice, choice=st.sampled_from([None, *AvailabilityChoice][:3]))
wishes = st.builds(
    cart.SetShipGroupRequests,
    instructions=st.none() | st.just("Ring"),
    requested_ship_date=st.none() | st.builds(On, day=st.just(NOON.date())),
)
terms = st.just(cart.AcceptTerms(version="1"))
charges = st.builds(extra, amount=st.sampled_from([0, 350]), reason=st.just("GOODWILL"))
deductions = st.builds(deduct, st.builds(percent, st.sampled_from(["3", "12.5", "100"])))
kettles = st.builds(adding, st.just(KETTLE), st.integers(1, 4), st.sampled_from(["", "Ada"]))
mugs = st.builds(adding, st.just(MUG), st.sampled_from([2, 4]), st.sampled_from(["", "Ada"]))


def _ordered():
    """The draft of an order of two kettles at the price of some other day."""
    placed = a_cart(line(ONE, quantity=2), ship_groups=(to(BERLIN, shipping_method_id=POST),))
    dearer = {key: replace(price, amount=price.amount + 99) for key, price in MARKET.prices.items()}
    agreement = agreement_of(price_cart(placed, replace(MARKET, prices=dearer)), AgreementSource.KEPT)
    return replace(placed, purpose=Purpose.ORDER_EDIT, agreement=agreement)


BEGUN = {"a cart": a_cart(), "a quote": a_cart(purpose=Purpose.QUOTE), "an edit": _ordered()}
things = pytest.mark.parametrize("begun", BEGUN.values(), ids=BEGUN.keys())


@st.composite
def in_two_orders(draw):
    """Each thing is said once (what is said again replaces what was said), lines are added any number of times."""
    once = (buyers, destinations, bills, notes, attributes, choices, wishes, terms, charges, deductions)
    said = [draw(each) for each in once]
    added = draw(st.lists(kettles, min_size=1, max_size=4)) + draw(st.lists(mugs, max_size=2))
    ways = [*said, *added]
    return draw(st.permutations(ways)), draw(st.permutations(ways))


def told(begun, commands):
    """What comes of it after all of them. Terms are accepted with carts only."""
    state, ids = begun, iter(range(1_000, 10**9))
    for command in commands:
        if isinstance(command, cart.AcceptTerms) and begun.purpose is not Purpose.CART:
            continue
        money = cart.MoneyFacts(originals=originals_of(price_cart(state, MARKET), {}), reason=ANY)
        new_ids = tuple(UUID(int=next(ids)) for _ in range(8))
        known = facts(new_ids=new_ids, prices=None, variants=SOLD, author=BY, money=money)
        decided = cart.decide(state, command, known)
        assert not isinstance(decided, Refused), decided
        state = cart.evolved(state, decided)
    return state


def summary(state):
    """All that the buyer agrees to, without what only tells one cart from another."""
    state = chosen(state)
    priced = price_cart(state, MARKET)
    lines = sorted(
        (str(line.line.variant_id), sorted(line.line.attributes.items()), line.line.quantity, line.total.total)
        for line in priced.lines
    )
    totals = priced.totals
    return {
        "lines": lines,
        "totals": replace(totals, lines=(), charges=(), discounts=()),
        "charges": sorted((each.kind, each.name, each.amount, each.tax) for each in totals.charges),
        "discounts": [(each.name, each.amount) for each in totals.discounts],
        "buyer": (state.email, state.phone, state.billing_address, state.note, state.attributes, state.terms_version),
        "wishes": (
            state.availability_choice,
            state.ship_groups[0].instructions,
            state.ship_groups[0].requested_ship_date,
        ),
        "groups": [(group.group.address, group.chosen and group.chosen.price) for group in priced.groups],
        "estimated": priced.estimated,
    }


def chosen(state):
    """With a way of shipping, if it has none that was agreed on."""
    (group,) = state.ship_groups
    if group.shipping_method_id:
        return state
    known = facts(shipping=offers(state, group, MARKET))
    decided = cart.decide(state, cart.SetShippingMethod(shipping_method_id=POST), known)
    assert not isinstance(decided, Refused), decided
    return cart.evolved(state, decided)


@things
@settings(max_examples=40)
@given(in_two_orders())
def test_any_order_comes_to_the_same_summary(begun, orders):
    one, other = orders

    assert summary(told(begun, one)) == summary(told(begun, other))


@things
@settings(max_examples=40)
@given(in_two_orders())
def test_nothing_that_was_said_is_lost_on_the_way(begun, orders):
    """The summary holds what was said, so that two equal summaries are not two equally empty ones."""
    one, _ = orders
    state = told(begun, one)
    added = (line for command in one if isinstance(command, cart.AddLines) for line in command.lines)
    wanted = sum(line.quantity for line in (*begun.lines, *added))
    (destination,) = (command.address for command in one if isinstance(command, cart.SetShippingAddress))

    assert sum(line.quantity for line in state.lines) == wanted
    assert [group.address for group in state.ship_groups] == [destination]
    assert price_cart(chosen(state), MARKET).totals.subtotal > 0
