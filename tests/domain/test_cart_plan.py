from dataclasses import replace
from datetime import date

import pytest

from commerce_api.domain.availability import Availability, StockPolicy
from commerce_api.domain.cart_plan import cart_plan, previewed, to_separate
from commerce_api.domain.line_requests import LineRequests
from commerce_api.domain.priced_cart import price_cart
from commerce_api.domain.shipping_plan import PlannedShipmentStatus
from commerce_api.domain.shipping_policy import AvailabilityChoice, ShippingPolicy
from tests.domain.carts import FAR, KETTLE, MUG, NEAR, ONE, PALLET, THREE, TWO, a_cart, group, line
from tests.domain.test_priced_cart import market, variant
from tests.domain.test_shipping_plan import told

TODAY, FRIDAY = date(2026, 3, 2), date(2026, 3, 6)
TOGETHER, AS_AVAILABLE, SEPARATE = AvailabilityChoice
READY, SCHEDULED, WAITING, UNAVAILABLE = PlannedShipmentStatus


def stock(available, policy=StockPolicy.BACKORDER):
    return Availability(policy=policy, available=available)


MARKET = market(
    variant(KETTLE, availability=stock(3)),
    variant(MUG, availability=stock(0, StockPolicy.UNTRACKED)),
    variant(PALLET, requires_shipping=False),
)


GONE = market(variant(KETTLE, availability=stock(0)))


def priced(*lines, facts=MARKET, **changes):
    return price_cart(a_cart(*lines, **changes), facts)


def planned(*lines, **changes):
    return told(cart_plan(priced(*lines, **changes), TODAY))


def test_a_cart_leaves_as_its_channel_does_until_something_is_chosen():
    lines = (line(ONE, KETTLE, 5), line(TWO, MUG, 2))
    early = replace(MARKET, shipping_policy=ShippingPolicy.AS_AVAILABLE)

    assert planned(*lines) == [(WAITING, {ONE: 5, TWO: 2}, {ONE: 2})]
    assert planned(*lines, facts=early)[0] == (READY, {ONE: 3, TWO: 2}, {})
    assert planned(*lines, facts=early, availability_choice=TOGETHER) == planned(*lines)


def test_several_lines_of_a_variant_share_what_is_here():
    assert planned(line(ONE, KETTLE, 2), line(TWO, KETTLE, 2), availability_choice=AS_AVAILABLE) == [
        (READY, {ONE: 2, TWO: 1}, {}),
        (WAITING, {TWO: 1}, {TWO: 1}),
    ]


@pytest.mark.parametrize(
    ("availability", "status"),
    [
        (stock(3, StockPolicy.DENY), UNAVAILABLE),
        (Availability(policy=StockPolicy.BACKORDER, available=3, backorder_left=1), UNAVAILABLE),
        (Availability(policy=StockPolicy.BACKORDER, available=3, backorder_left=2), WAITING),
    ],
)
def test_what_is_not_sold_before_it_is_here_is_promised_to_nobody(availability, status):
    facts = replace(MARKET, variants={**MARKET.variants, KETTLE: variant(KETTLE, availability=availability)})
    lines = (line(ONE, KETTLE, 5), line(TWO, MUG, 2))

    assert planned(*lines, facts=facts) == [(status, {ONE: 5, TWO: 2}, {ONE: 2})]
    assert planned(*lines, facts=facts, availability_choice=AS_AVAILABLE) == [
        (READY, {ONE: 3, TWO: 2}, {}),
        (status, {ONE: 2}, {ONE: 2}),
    ]


def test_only_goods_that_are_on_sale_leave():
    gone = replace(MARKET, variants={**MARKET.variants, KETTLE: variant(KETTLE, on_sale=False)})

    assert planned(line(ONE, KETTLE), line(TWO, PALLET), line(THREE, MUG), facts=gone) == [(READY, {THREE: 1}, {})]


def test_what_is_here_goes_to_the_first_ship_group_first_and_not_before_its_day():
    groups = (group(NEAR, {ONE: 2}, requested_ship_date=FRIDAY), group(FAR, {ONE: 2, TWO: 1}))
    asked = replace(
        line(ONE, KETTLE, 4), availability_choice=AS_AVAILABLE, requests=LineRequests(requested_ship_date=TODAY)
    )
    found = cart_plan(priced(asked, line(TWO, MUG), ship_groups=groups), TODAY)

    assert [(each.ship_group_id, each.status, each.ship_date) for each in found] == [
        (FAR, READY, None),
        (NEAR, SCHEDULED, FRIDAY),
        (FAR, WAITING, None),
    ]
    assert told(found) == [(READY, {ONE: 1, TWO: 1}, {}), (SCHEDULED, {ONE: 2}, {}), (WAITING, {ONE: 1}, {ONE: 1})]


def test_each_choice_is_shown_before_one_is_made():
    shown = previewed(priced(line(ONE, KETTLE, 5), line(TWO, MUG, 2)), None, TODAY)

    assert {choice: told(found) for choice, found in shown.items()} == {
        TOGETHER: [(WAITING, {ONE: 5, TWO: 2}, {ONE: 2})],
        AS_AVAILABLE: [(READY, {ONE: 3, TWO: 2}, {}), (WAITING, {ONE: 2}, {ONE: 2})],
        SEPARATE: [(READY, {ONE: 3, TWO: 2}, {}), (WAITING, {ONE: 2}, {ONE: 2})],
    }
    assert [each.separate_order for each in shown[SEPARATE]] == [False, True]


def test_a_choice_can_be_shown_for_some_lines():
    shown = previewed(priced(line(ONE, KETTLE, 5), line(TWO, MUG, 2)), [TWO], TODAY)

    assert told(shown[AS_AVAILABLE]) == [(READY, {TWO: 2}, {}), (WAITING, {ONE: 5}, {ONE: 2})]


def test_what_is_still_to_come_of_lines_for_another_order_is_to_be_taken_out():
    own = replace(line(ONE, KETTLE, 5), availability_choice=SEPARATE)

    assert to_separate(priced(own, line(TWO, MUG))) == [ONE]
    assert planned(own, line(TWO, MUG)) == [(READY, {ONE: 3, TWO: 1}, {}), (WAITING, {ONE: 2}, {ONE: 2})]
    assert to_separate(priced(line(ONE, KETTLE, 5), availability_choice=SEPARATE)) == [ONE]
    assert to_separate(priced(line(ONE, KETTLE, 2), facts=GONE, availability_choice=SEPARATE)) == []
    assert to_separate(priced(line(ONE, KETTLE, 3), availability_choice=SEPARATE)) == []
    assert to_separate(priced(line(ONE, KETTLE, 5))) == []
