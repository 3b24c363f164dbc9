from dataclasses import replace
from itertools import count
from uuid import UUID

from commerce_api.domain import cart
from commerce_api.domain.actor import ActorKind, Author
from commerce_api.domain.adjustment import Adjustment, AdjustmentKind
from commerce_api.domain.cart import Purpose, copied
from commerce_api.domain.ids import AdjustmentId
from commerce_api.domain.shipping_policy import AvailabilityChoice
from tests.domain.carts import ADA, BERLIN, FAR, LATER, MUG, NEAR, NOON, ONE, POST, TWO, a_cart, group, line


def adjustment(number, kind, target_id):
    return Adjustment(
        id=AdjustmentId(UUID(int=number)),
        kind=kind,
        target_id=target_id,
        original=1_000,
        amount=900,
        name="Goodwill",
        reason="GOODWILL",
        by=Author(kind=ActorKind.STAFF, id=UUID(int=71)),
        at=NOON,
    )


def test_only_a_cart_can_become_several_orders():
    separate = AvailabilityChoice.SEPARATE_ORDER
    own = replace(line(ONE), availability_choice=separate, tie_group=1)
    original = a_cart(own, availability_choice=separate)

    carts, quotes = (copied(original, ids(), purpose, NOON, LATER) for purpose in (Purpose.CART, Purpose.QUOTE))

    assert (carts.availability_choice, carts.lines[0].availability_choice) == (separate, separate)
    assert (quotes.availability_choice, quotes.lines[0].availability_choice) == (None, None)
    assert quotes.lines[0].tie_group == 1


def ids():
    return (UUID(int=number) for number in count(1_000))


def test_a_copy_has_the_same_content_under_new_ids():
    add_on = line(TWO, MUG, 2, parent=ONE)
    groups = (
        group(NEAR, {ONE: 1}, address=BERLIN, shipping_method_id=POST),
        group(FAR, {ONE: 2, TWO: 2}, address=BERLIN),
    )
    original = a_cart(line(ONE, quantity=3), add_on, ship_groups=groups, customer_id=ADA, note="Ring", email="a@b.test")

    copy = copied(original, ids(), Purpose.QUOTE, NOON, LATER)

    one, two = copy.lines
    assert (copy.purpose, copy.customer_id, copy.note, copy.email) == (Purpose.QUOTE, ADA, "Ring", "a@b.test")
    assert [(each.variant_id, each.quantity, each.parent_id) for each in copy.lines] == [
        (original.lines[0].variant_id, 3, None),
        (MUG, 2, one.id),
    ]
    assert [dict(each.quantities) for each in copy.ship_groups] == [{one.id: 1}, {one.id: 2, two.id: 2}]
    assert {copy.id, one.id, two.id}.isdisjoint({original.id, ONE, TWO})
    assert (copy.ship_groups[0].id, copy.ship_groups[0].shipping_method_id) == (copy.id, POST)
    assert (copy.created_at, copy.updated_at, copy.expires_at, copy.revision) == (NOON, NOON, LATER, 1)


def test_what_was_paid_accepted_and_locked_stays_behind():
    paying = cart.PaymentInstruction(id=UUID(int=5), method="CARD", card_token="card_1")
    lock = cart.CartLock(by=UUID(int=6), since=NOON, until=LATER)
    original = a_cart(
        line(), state=cart.Checkout(until=LATER), payment_instructions=(paying,), terms_version="1", lock=lock
    )

    copy = copied(original, ids(), Purpose.CART, NOON, LATER)

    assert (copy.state, copy.payment_instructions, copy.terms_version, copy.lock) == (cart.Active(), (), None, None)


def test_what_staff_changed_of_the_money_goes_into_quotes_under_their_names_and_never_into_carts():
    cheaper = adjustment(7, AdjustmentKind.LINE_PRICE, ONE)
    wrapping = adjustment(8, AdjustmentKind.EXTRA_CHARGE, UUID(int=8))
    taken_off = adjustment(9, AdjustmentKind.DEDUCTION, None)
    original = a_cart(line(ONE), adjustments=(cheaper, wrapping, taken_off))

    quoted, bought = (copied(original, ids(), purpose, NOON, LATER) for purpose in (Purpose.QUOTE, Purpose.CART))

    price, extra, deduction = quoted.adjustments
    assert (price.target_id, extra.target_id, deduction.target_id) == (quoted.lines[0].id, extra.id, None)
    assert {each.by for each in quoted.adjustments} == {cheaper.by}
    assert {each.id for each in quoted.adjustments}.isdisjoint({UUID(int=7), UUID(int=8), UUID(int=9)})
    assert bought.adjustments == ()


def test_a_charge_that_was_added_and_overridden_is_so_in_the_copy():
    extra = adjustment(1, AdjustmentKind.EXTRA_CHARGE, None)
    draft = a_cart(line(), adjustments=(extra, adjustment(2, AdjustmentKind.CHARGE, extra.id)))

    copy = copied(draft, ids(), Purpose.QUOTE, NOON, NOON)

    assert copy.adjustments[1].target_id == copy.adjustments[0].id != extra.id
