from uuid import UUID

import pytest

from commerce_api.domain import cart
from commerce_api.domain.cart import SetShipGroups, SetShippingAddress, SetShippingMethod, ShipGroupPlan
from commerce_api.domain.decision import NotFound
from commerce_api.domain.ids import ShipGroupId, TaxClassId
from commerce_api.domain.shipping import ShippingMethod, ShippingObstacle, ShippingOption
from tests.domain.carts import (
    BERLIN,
    FAR,
    KETTLE,
    MUG,
    NEAR,
    NEW,
    ONE,
    POST,
    THREE,
    TWO,
    a_cart,
    after,
    facts,
    group,
    line,
    reasons,
)

OPTION = ShippingOption(
    method=ShippingMethod(id=POST, code="post", name="Post", tax_class_id=TaxClassId(UUID(int=9)), rates=()), price=490
)


def plan(quantities=None, **changes):
    return ShipGroupPlan(**{"address": None, "quantities": quantities or {}, **changes})


def divided(*groups):
    return SetShipGroups(groups=groups)


def two_groups(*lines, near, far):
    return a_cart(*lines, ship_groups=(group(NEAR, near), group(FAR, far)))


def shares(state):
    return [dict(group.quantities) for group in state.ship_groups]


def test_a_line_is_divided_over_groups():
    state = after(a_cart(line(ONE, quantity=3)), divided(plan({ONE: 1}, address=BERLIN), plan({ONE: 2})))

    assert state.ship_groups == (
        group(ShipGroupId(NEW[0]), {ONE: 1}, address=BERLIN),
        group(ShipGroupId(NEW[1]), {ONE: 2}),
    )
    assert state.quantities_of(state.ship_groups[1]) == {ONE: 2}


def test_a_single_group_takes_everything_and_whatever_follows():
    state = after(a_cart(line(ONE, quantity=3)), divided(plan(address=BERLIN, instructions="Ring twice")))

    assert state.ship_groups == (group(ShipGroupId(NEW[0]), address=BERLIN, instructions="Ring twice"),)
    assert state.quantities_of(state.ship_groups[0]) == {ONE: 3}
    assert after(a_cart(line(ONE, quantity=3)), divided(plan({ONE: 3}))).ship_groups[0].quantities == {}


@pytest.mark.parametrize(
    ("near", "far", "expected"),
    [
        ({ONE: 1}, {ONE: 1}, [cart.ShipGroupQuantityMismatch(path=("groups",), line_id=ONE, expected=3, given=2)]),
        ({ONE: 2}, {ONE: 2}, [cart.ShipGroupQuantityMismatch(path=("groups",), line_id=ONE, expected=3, given=4)]),
        ({}, {}, [cart.ShipGroupQuantityMismatch(path=("groups",), line_id=ONE, expected=3, given=0)]),
        ({ONE: 3, TWO: 1}, {}, [cart.LineNotFound(path=("groups", "0", "lines", "1", "lineId"))]),
        ({ONE: 3}, {ONE: 0}, [cart.QuantityBelowMin(path=("groups", "1", "lines", "0", "quantity"), minimum=1)]),
    ],
)
def test_every_unit_goes_somewhere_and_none_goes_twice(near, far, expected):
    assert reasons(a_cart(line(ONE, quantity=3)), divided(plan(near), plan(far))) == expected


def test_a_method_of_a_group_must_be_one_of_the_channel():
    command = divided(plan(shipping_method_id=POST))

    assert reasons(a_cart(line()), command) == [NotFound(path=("groups", "0", "shippingMethodId"))]
    known = facts(shipping={POST: ShippingObstacle.NO_ADDRESS})
    assert after(a_cart(line()), command, known).ship_groups[0].shipping_method_id == POST


@pytest.mark.parametrize(("quantity", "near", "far"), [(5, 3, 2), (3, 1, 2), (2, 1, 1), (1, 1, 0)])
def test_groups_follow_the_line(quantity, near, far):
    state = two_groups(line(ONE, quantity=3), near={ONE: 1}, far={ONE: 2})
    command = cart.UpdateLines(lines=(cart.UpdateLine(line_id=ONE, change=cart.SetTo(quantity=quantity)),))

    assert shares(after(state, command)) == [{ONE: near}, {ONE: far} if far else {}]


def test_more_of_a_line_goes_where_it_went_first():
    state = two_groups(line(ONE, quantity=1), line(TWO, MUG, 2), near={TWO: 2}, far={ONE: 1})
    command = cart.UpdateLines(lines=(cart.UpdateLine(line_id=ONE, change=cart.SetTo(quantity=4)),))

    assert shares(after(state, command)) == [{TWO: 2}, {ONE: 4}]


def test_a_new_line_goes_with_the_first_group():
    state = two_groups(line(ONE, quantity=2), near={ONE: 1}, far={ONE: 1})

    changed = after(state, cart.AddLines(lines=(cart.AddLine(variant=MUG, quantity=2, attributes={}),)))

    assert shares(changed) == [{ONE: 1, NEW[0]: 2}, {ONE: 1}]


def test_a_removed_line_goes_nowhere():
    state = two_groups(line(ONE, KETTLE, 2), near={ONE: 1}, far={ONE: 1})

    assert shares(after(state, cart.ClearCart())) == [{}, {}]


def test_the_address_of_the_only_group_needs_no_id():
    state = after(a_cart(), SetShippingAddress(address=BERLIN, instructions="Ring twice"))

    assert state.ship_groups == (group(ShipGroupId(a_cart().id), address=BERLIN, instructions="Ring twice"),)
    assert cart.decide(state, SetShippingAddress(address=BERLIN, instructions="Ring twice"), facts()) == []


def test_of_several_groups_one_must_be_named():
    state = two_groups(line(ONE, quantity=2), near={ONE: 1}, far={ONE: 1})

    assert after(state, SetShippingAddress(ship_group_id=FAR, address=BERLIN)).ship_groups == (
        group(NEAR, {ONE: 1}),
        group(FAR, {ONE: 1}, address=BERLIN),
    )
    for named in (None, ShipGroupId(THREE)):
        expected = [cart.ShipGroupNotFound(path=("shipGroupId",))]
        assert reasons(state, SetShippingAddress(ship_group_id=named, address=BERLIN)) == expected
        assert reasons(state, SetShippingMethod(ship_group_id=named, shipping_method_id=POST)) == expected


@pytest.mark.parametrize("answer", [OPTION, ShippingObstacle.NO_ADDRESS])
def test_a_method_is_chosen_that_can_be_used_or_may_turn_out_to_be(answer):
    known = facts(shipping={POST: answer})

    chosen = after(a_cart(), SetShippingMethod(shipping_method_id=POST), known)

    assert chosen.ship_groups[0].shipping_method_id == POST
    assert cart.decide(chosen, SetShippingMethod(shipping_method_id=POST), known) == []
    assert after(chosen, SetShippingMethod(shipping_method_id=None), known) == a_cart()


def test_a_method_of_one_group_leaves_the_others_alone():
    state = two_groups(line(ONE, quantity=2), near={ONE: 1}, far={ONE: 1})

    changed = after(
        state, SetShippingMethod(ship_group_id=FAR, shipping_method_id=POST), facts(shipping={POST: OPTION})
    )

    assert [g.shipping_method_id for g in changed.ship_groups] == [None, POST]


@pytest.mark.parametrize(
    ("shipping", "expected"),
    [
        ({}, NotFound(path=("shippingMethodId",))),
        (
            {POST: ShippingObstacle.NOT_TO_THIS_PLACE},
            cart.ShippingMethodUnavailable(path=("shippingMethodId",), obstacle=ShippingObstacle.NOT_TO_THIS_PLACE),
        ),
    ],
)
def test_a_method_that_cannot_be_used_is_not_chosen(shipping, expected):
    assert reasons(a_cart(), SetShippingMethod(shipping_method_id=POST), facts(shipping=shipping)) == [expected]
