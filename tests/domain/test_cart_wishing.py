from datetime import date, timedelta

import pytest

from commerce_api.domain import cart
from commerce_api.domain.actor import ActorKind, Author
from commerce_api.domain.cart import (
    Purpose,
    RequestForLine,
    SetAvailabilityChoice,
    SetLineRequests,
    SetShipGroupRequests,
    SetShipGroups,
    SetShippingAddress,
    SetTieGroups,
    ShipGroupPlan,
)
from commerce_api.domain.line_requests import LineRequests, On, RequestsChange, ShipDatePast
from commerce_api.domain.shipping_policy import AvailabilityChoice
from tests.domain.carts import (
    ADA,
    BERLIN,
    FAR,
    KETTLE,
    MUG,
    NEAR,
    NEW,
    NOON,
    ONE,
    THREE,
    TWO,
    a_cart,
    after,
    facts,
    group,
    line,
    reasons,
)

TODAY = NOON.date()
YESTERDAY = TODAY - timedelta(days=1)
CHRISTMAS = date(2026, 12, 24)
CUSTOMER = facts(author=Author(kind=ActorKind.CUSTOMER, id=ADA))
TOGETHER, AS_AVAILABLE, SEPARATE = AvailabilityChoice


def requests(*lines):
    return SetLineRequests(
        lines=tuple(RequestForLine(line_id=id_, change=RequestsChange(**said)) for id_, said in lines)
    )


def choices(state):
    return [each.availability_choice for each in state.lines]


def ties(state):
    return [each.tie_group for each in state.lines]


def three():
    return a_cart(line(ONE), line(TWO), line(THREE))


def test_something_is_asked_for_beside_a_line():
    state = after(three(), requests((ONE, {"gift_message": "For Bob", "expedite": True}), (TWO, {})))

    assert [each.requests for each in state.lines] == [
        LineRequests(gift_message="For Bob", expedite=True),
        LineRequests(),
        LineRequests(),
    ]
    assert cart.decide(state, requests((ONE, {"expedite": True})), facts()) == []


def test_all_that_is_wrong_with_requests_is_told():
    asked = requests(
        (ONE, {"requested_ship_date": On(day=YESTERDAY)}), (TWO, {"requested_ship_date": On(day=CHRISTMAS)})
    )

    assert reasons(a_cart(line(ONE)), asked) == [
        cart.LineNotFound(path=("lines", "1", "lineId")),
        ShipDatePast(path=("lines", "0", "requests", "requestedShipDate"), earliest=TODAY),
    ]


def test_today_is_that_of_the_place_where_it_is_sold():
    known = facts(at=NOON.replace(hour=23), time_zone="Europe/Berlin")

    assert reasons(a_cart(line(ONE)), requests((ONE, {"requested_ship_date": On(day=TODAY)})), known) == [
        ShipDatePast(path=("lines", "0", "requests", "requestedShipDate"), earliest=TODAY + timedelta(days=1))
    ]


def test_what_is_added_with_other_requests_is_a_line_of_its_own():
    def added(**said):
        return cart.AddLines(
            lines=(cart.AddLine(variant=KETTLE, quantity=1, attributes={}, requests=LineRequests(**said)),)
        )

    state = after(after(a_cart(), added()), added(gift_message="For Bob"), facts(new_ids=NEW[1:]))
    state = after(state, added(gift_message="For Bob"))

    assert [(each.quantity, each.requests.gift_message) for each in state.lines] == [(1, ""), (2, "For Bob")]
    assert reasons(state, added(requested_ship_date=YESTERDAY)) == [
        ShipDatePast(path=("lines", "0", "requests", "requestedShipDate"), earliest=TODAY)
    ]


def test_something_is_asked_for_beside_a_ship_group():
    state = after(a_cart(), SetShipGroupRequests(instructions="Ring", requested_ship_date=On(day=CHRISTMAS)))
    moved = after(state, SetShippingAddress(address=BERLIN))
    freed = after(moved, SetShipGroupRequests(requested_ship_date=On(day=None)))

    assert [(g.instructions, g.requested_ship_date) for g in moved.ship_groups] == [("Ring", CHRISTMAS)]
    assert [(g.instructions, g.requested_ship_date) for g in freed.ship_groups] == [("Ring", None)]
    assert after(moved, SetShippingAddress(address=BERLIN, instructions="")).ship_groups[0].instructions == ""
    assert cart.decide(moved, SetShipGroupRequests(instructions="Ring"), facts()) == []


def test_a_ship_group_is_named_where_there_are_several_and_its_day_is_to_come():
    divided = a_cart(line(ONE, quantity=2), ship_groups=(group(NEAR, {ONE: 1}), group(FAR, {ONE: 1})))
    late = On(day=YESTERDAY)

    assert reasons(divided, SetShipGroupRequests(instructions="x")) == [cart.ShipGroupNotFound(path=("shipGroupId",))]
    assert reasons(divided, SetShipGroupRequests(ship_group_id=FAR, requested_ship_date=late)) == [
        ShipDatePast(path=("requestedShipDate",), earliest=TODAY)
    ]


def test_ship_groups_are_set_with_their_days():
    def divided(day):
        return SetShipGroups(groups=(ShipGroupPlan(address=None, requested_ship_date=day, quantities={}),))

    assert after(a_cart(line()), divided(CHRISTMAS)).ship_groups[0].requested_ship_date == CHRISTMAS
    assert reasons(a_cart(line()), divided(YESTERDAY)) == [
        ShipDatePast(path=("groups", "0", "requestedShipDate"), earliest=TODAY)
    ]


def test_a_choice_is_made_for_all_or_for_some():
    state = after(three(), SetAvailabilityChoice(choice=SEPARATE), CUSTOMER)
    some = after(state, SetAvailabilityChoice(choice=TOGETHER, line_ids=(ONE, TWO)))
    back = after(some, SetAvailabilityChoice(choice=None, line_ids=(ONE,)))

    assert (state.availability_choice, choices(state)) == (SEPARATE, [None, None, None])
    assert (some.availability_choice, choices(some)) == (SEPARATE, [TOGETHER, TOGETHER, None])
    assert choices(back) == [None, TOGETHER, None]
    assert cart.decide(some, SetAvailabilityChoice(choice=SEPARATE), CUSTOMER) == []
    assert cart.decide(some, SetAvailabilityChoice(choice=TOGETHER, line_ids=(TWO,)), facts()) == []


def test_a_choice_is_for_lines_that_are_there():
    asked = SetAvailabilityChoice(choice=TOGETHER, line_ids=(ONE, TWO))

    assert reasons(a_cart(line(ONE)), asked) == [cart.LineNotFound(path=("lineIds", "1"))]


def test_a_guest_cannot_divide_a_cart():
    asked = SetAvailabilityChoice(choice=SEPARATE)

    assert reasons(three(), asked) == [cart.SeparateOrderNeedsAccount(path=("choice",))]


@pytest.mark.parametrize("purpose", [Purpose.QUOTE, Purpose.ORDER_EDIT])
def test_only_a_cart_can_become_several_orders(purpose):
    state = a_cart(line(ONE), purpose=purpose)

    assert reasons(state, SetAvailabilityChoice(choice=SEPARATE)) == [cart.SeparateOrderInCartsOnly(path=("choice",))]
    assert after(state, SetAvailabilityChoice(choice=AS_AVAILABLE)).availability_choice is AS_AVAILABLE


def test_lines_are_tied_and_the_former_groups_are_no_more():
    tied = after(three(), SetTieGroups(groups=((ONE, THREE),)))
    others = after(tied, SetTieGroups(groups=((TWO, THREE),)))

    assert (ties(tied), ties(others)) == ([1, None, 1], [None, 1, 1])
    assert ties(after(others, SetTieGroups(groups=()))) == [None, None, None]
    assert cart.decide(others, SetTieGroups(groups=((THREE, TWO),)), facts()) == []
    assert ties(after(others, cart.RemoveLines(line_ids=(TWO,)))) == [None, 1]


def test_only_lines_that_are_there_can_be_tied():
    asked = SetTieGroups(groups=((ONE, TWO), (MUG, THREE)))

    assert reasons(a_cart(line(ONE), line(TWO), line(THREE)), asked) == [
        cart.LineNotFound(path=("groups", "1", "lineIds", "0"))
    ]
