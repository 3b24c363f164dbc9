"""S1-09: what is still to come in, moved to a cart of its own."""

from dataclasses import replace
from itertools import count
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from commerce_api.domain import cart
from commerce_api.domain.actor import ActorKind, Author
from commerce_api.domain.adjustment import Adjustment, AdjustmentKind
from commerce_api.domain.cart import AllBackordered, NothingBackordered, Supply, split_backorders
from commerce_api.domain.decision import Refused
from commerce_api.domain.ids import AdjustmentId
from commerce_api.domain.shipping_policy import AvailabilityChoice
from tests.domain.carts import (
    ADA,
    BERLIN,
    FAR,
    KETTLE,
    LATER,
    MUG,
    NEAR,
    NOON,
    ONE,
    POST,
    THREE,
    TWO,
    a_cart,
    facts,
    group,
    line,
)

BOXES = cart.QuantityRules(minimum=2, step=2)


def ids():
    return (UUID(int=number) for number in count(1_000))


def adjustment(number, kind=AdjustmentKind.DEDUCTION, **changes):
    values = {"kind": kind, "original": 1_000, "amount": 900, "name": "Goodwill", "reason": "GOODWILL", "at": NOON}
    by = Author(kind=ActorKind.STAFF, id=UUID(int=71))
    return Adjustment(id=AdjustmentId(UUID(int=number)), by=by, **{**values, **changes})


def split(original, supplies, worth=None):
    return split_backorders(original, supplies, worth or {}, facts(), ids(), LATER)


def parts(original, supplies, worth=None):
    """Both carts of what must not be refused."""
    done = split(original, supplies, worth)
    assert not isinstance(done, Refused), done
    return cart.evolved(original, done.to_first), done.second


def quantities(of):
    return [(each.variant_id, each.quantity) for each in of.lines]


def test_what_is_not_on_the_shelf_goes_and_lines_are_divided():
    original = a_cart(line(ONE, KETTLE, 5), line(TWO, MUG, 2), line(THREE, KETTLE, 2))

    first, second = parts(original, {KETTLE: Supply(on_shelf=3)})

    assert quantities(first) == [(KETTLE, 3), (MUG, 2)]
    assert quantities(second) == [(KETTLE, 2), (KETTLE, 2)]
    assert {each.id for each in second.lines}.isdisjoint({ONE, TWO, THREE})


def test_the_second_cart_is_for_the_same_buyer_and_checked_out_by_itself():
    card = cart.PaymentInstruction(id=UUID(int=5), method="CARD", card_token="card_1")
    fixed = replace(card, id=UUID(int=6), amount=500)
    known = {"customer_id": ADA, "email": "a@b.test", "phone": "1", "billing_address": BERLIN, "note": "Ring"}
    way = group(NEAR, address=BERLIN, shipping_method_id=POST)
    original = a_cart(
        line(ONE, quantity=3),
        **known,
        ship_groups=(way,),
        terms_version="1",
        payment_instructions=(fixed, card),
        state=cart.Checkout(until=LATER),
    )

    done = split(original, {KETTLE: Supply(on_shelf=1)})
    second = done.second

    assert {name: getattr(second, name) for name in known} == known
    assert second.ship_groups == (replace(way, id=second.id),)
    assert (second.state, second.terms_version, second.split_from_id) == (cart.Active(), None, original.id)
    assert [(each.card_token, each.amount) for each in second.payment_instructions] == [("card_1", None)]
    assert (second.created_at, second.updated_at, second.expires_at) == (NOON, original.updated_at, LATER)
    assert [type(each).__name__ for each in done.to_first] == ["CheckoutLeft", "CartLineChanged", "CartSplit"]


def test_units_leave_the_last_destination_first_and_go_to_the_same_one():
    near, far = group(NEAR, {ONE: 2, TWO: 1}, address=BERLIN), group(FAR, {ONE: 2, TWO: 1}, shipping_method_id=POST)
    original = a_cart(line(ONE, KETTLE, 4), line(TWO, MUG, 2), ship_groups=(near, far))

    first, second = parts(original, {KETTLE: Supply(on_shelf=1)})

    kettles = second.lines[0].id
    assert [(each.id, dict(each.quantities)) for each in first.ship_groups] == [
        (NEAR, {ONE: 1, TWO: 1}),
        (FAR, {TWO: 1}),
    ]
    assert [dict(each.quantities) for each in second.ship_groups] == [{kettles: 1}, {kettles: 2}]
    assert [each.shipping_method_id for each in second.ship_groups] == [None, POST]


def test_a_destination_that_is_left_without_anything_goes_whole():
    original = a_cart(
        line(ONE, KETTLE, 1), line(TWO, MUG, 2), ship_groups=(group(NEAR, {TWO: 2}), group(FAR, {ONE: 1}))
    )

    first, second = parts(original, {KETTLE: Supply(on_shelf=0)})

    assert first.ship_groups == (group(NEAR),)
    assert second.ship_groups == (replace(group(FAR), id=second.id),)


def test_both_parts_are_quantities_in_which_it_is_sold():
    boxes = a_cart(line(ONE, KETTLE, 8), line(TWO, MUG, 1))
    few = a_cart(line(ONE, KETTLE, 4), line(TWO, MUG, 1))

    assert quantities(parts(boxes, {KETTLE: Supply(on_shelf=5, rules=BOXES)})[0]) == [(KETTLE, 4), (MUG, 1)]
    assert quantities(parts(few, {KETTLE: Supply(on_shelf=1, rules=BOXES)})[0]) == [(MUG, 1)]


def test_what_was_added_on_goes_with_a_line_that_goes_whole():
    original = a_cart(line(ONE, KETTLE, 1), line(TWO, MUG, 1, parent=ONE), line(THREE, MUG, 1))

    first, second = parts(original, {KETTLE: Supply(on_shelf=-2)})

    kettle, wrapping = second.lines
    assert [each.id for each in first.lines] == [THREE]
    assert wrapping.parent_id == kettle.id


def test_what_was_added_on_goes_alone_if_it_is_what_is_missing():
    original = a_cart(line(ONE, KETTLE, 1), line(TWO, MUG, 1, parent=ONE))

    first, second = parts(original, {MUG: Supply(on_shelf=0)})

    assert (quantities(first), second.lines[0].parent_id) == ([(KETTLE, 1)], None)


def test_prices_that_staff_changed_go_along_and_charges_stay():
    price = adjustment(81, AdjustmentKind.LINE_PRICE, target_id=ONE)
    other = adjustment(82, AdjustmentKind.LINE_PRICE, target_id=TWO)
    shipping = adjustment(83, AdjustmentKind.CHARGE, target_id=NEAR)
    original = a_cart(line(ONE, KETTLE, 3), line(TWO, MUG, 1), adjustments=(price, other, shipping))

    first, second = parts(original, {KETTLE: Supply(on_shelf=1)})
    (copy,) = second.adjustments

    assert first.adjustments == (price, other, shipping)
    assert copy == replace(price, id=copy.id, target_id=second.lines[0].id)
    assert copy.id != price.id


def test_what_was_taken_off_is_shared_by_what_the_lines_cost():
    amount, percent = adjustment(81, amount=100), adjustment(82, amount=50, percent=10)
    original = a_cart(line(ONE, KETTLE, 3), line(TWO, MUG, 1), adjustments=(amount, percent))

    first, second = parts(original, {KETTLE: Supply(on_shelf=1)}, {ONE: 300, TWO: 100})

    assert [(each.id, each.amount, each.percent) for each in first.adjustments] == [
        (amount.id, 50, None),
        (percent.id, 50, 10),
    ]
    assert [(each.amount, each.percent) for each in second.adjustments] == [(50, None), (50, 10)]


def test_a_part_that_bears_nothing_has_no_deduction():
    original = a_cart(line(ONE, KETTLE, 1), line(TWO, MUG, 1), adjustments=(adjustment(81, amount=100),))

    first, second = parts(original, {KETTLE: Supply(on_shelf=0)}, {ONE: 0, TWO: 100})
    none_left, all_gone = parts(original, {KETTLE: Supply(on_shelf=0)}, {ONE: 100, TWO: 0})

    assert ([each.amount for each in first.adjustments], second.adjustments) == ([100], ())
    assert (none_left.adjustments, [each.amount for each in all_gone.adjustments]) == ((), [100])


def test_there_must_be_something_to_move_and_something_to_stay():
    some = a_cart(line(ONE, KETTLE, 2), line(TWO, MUG, 1))

    assert split(some, {KETTLE: Supply(on_shelf=2)}) == Refused(reasons=(NothingBackordered(),))
    assert split(some, {}) == Refused(reasons=(NothingBackordered(),))
    none = {KETTLE: Supply(on_shelf=0), MUG: Supply(on_shelf=0)}
    assert split(some, none) == Refused(reasons=(AllBackordered(),))


def test_a_cart_that_is_over_or_somebody_elses_to_change_is_left_alone():
    ordered = a_cart(line(ONE, KETTLE, 2), state=cart.Ordered())

    assert split(ordered, {KETTLE: Supply(on_shelf=1)}) == Refused(reasons=(cart.CartOrdered(),))


@given(
    st.lists(st.tuples(st.sampled_from([KETTLE, MUG]), st.integers(1, 9)), min_size=1, max_size=4),
    st.dictionaries(st.sampled_from([KETTLE, MUG]), st.integers(-1, 12)),
    st.integers(0, 500),
)
def test_no_unit_and_no_cent_is_lost_or_made(lines, shelves, amount):
    numbered = [line(UUID(int=number), variant, many) for number, (variant, many) in enumerate(lines, 21)]
    worth = {each.id: each.quantity * 100 for each in numbered}
    original = a_cart(*numbered, adjustments=(adjustment(81, amount=amount),))
    done = split(original, {variant: Supply(on_shelf=many) for variant, many in shelves.items()}, worth)
    if isinstance(done, Refused):
        return
    first = cart.evolved(original, done.to_first)

    for variant in (KETTLE, MUG):
        units = [sum(many for of, many in quantities(each) if of == variant) for each in (original, first, done.second)]
        assert units[0] == units[1] + units[2]
        if variant in shelves:
            assert units[1] == min(units[0], max(shelves[variant], 0))
    assert sum(each.amount for part in (first, done.second) for each in part.adjustments) == amount


def test_only_lines_that_were_to_become_an_order_of_their_own_go_if_there_are_any():
    separate = AvailabilityChoice.SEPARATE_ORDER
    chosen = replace(line(TWO, MUG, 4), availability_choice=separate)
    supplies = {KETTLE: Supply(on_shelf=1), MUG: Supply(on_shelf=2, rules=BOXES)}

    first, second = parts(a_cart(line(ONE, KETTLE, 3), chosen), supplies)
    whole = a_cart(line(ONE, KETTLE, 3), line(TWO, MUG, 4), availability_choice=separate)
    _, of_all = parts(whole, supplies)

    assert (quantities(first), quantities(second)) == ([(KETTLE, 3), (MUG, 2)], [(MUG, 2)])
    assert (quantities(of_all), of_all.availability_choice) == ([(KETTLE, 2), (MUG, 2)], None)
    assert [each.availability_choice for each in second.lines] == [None]
