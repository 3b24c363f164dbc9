from dataclasses import replace
from uuid import UUID

import pytest

from commerce_api.domain import cart
from commerce_api.domain.cart import AddLine, AddLines, ChangeBy, RemoveLines, SetTo, UpdateLine, UpdateLines
from commerce_api.domain.ids import CartLineId, VariantId
from commerce_api.domain.money import MAX_MINOR
from commerce_api.domain.totals import MoneyOverflow
from tests.domain.carts import (
    KETTLE,
    MUG,
    NEW,
    NOON,
    ONE,
    PALLET,
    PRICES,
    SOLD,
    THREE,
    TWO,
    AnyQuantity,
    a_cart,
    after,
    facts,
    line,
    reasons,
)


def add(variant, quantity=1, attributes=None, parent=None):
    return AddLine(variant=variant, quantity=quantity, attributes=attributes or {}, parent_line_id=parent)


def adding(*lines):
    return AddLines(lines=lines)


def updating(*updates):
    return UpdateLines(lines=tuple(UpdateLine(line_id=line_id, change=change) for line_id, change in updates))


def held(state):
    return [(line.variant_id, line.quantity) for line in state.lines]


def test_what_is_added_becomes_a_line():
    state = after(a_cart(), adding(add(KETTLE, 3, {"engraving": "Ada"})))

    assert state.lines == (
        cart.CartLine(
            id=CartLineId(NEW[0]),
            variant_id=KETTLE,
            quantity=3,
            attributes={"engraving": "Ada"},
            fields={},
            seen_unit_price=1_000,
            added_by=facts().author,
            added_at=NOON,
        ),
    )


def test_the_same_variant_with_the_same_attributes_joins_its_line():
    state = a_cart(line(ONE, KETTLE, 1, attributes={"engraving": "Ada"}))

    assert held(after(state, adding(add(KETTLE, 2, {"engraving": "Ada"})))) == [(KETTLE, 3)]
    assert held(after(state, adding(add(KETTLE, 2)))) == [(KETTLE, 1), (KETTLE, 2)]
    assert held(after(state, adding(add(KETTLE, 2, {"engraving": "Ada"}, parent=ONE)))) == [(KETTLE, 1), (KETTLE, 2)]


def test_equal_lines_of_one_request_join_each_other():
    assert held(after(a_cart(), adding(add("MUG", 2), add(MUG, 4)))) == [(MUG, 6)]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (add(VariantId(UUID(int=99))), cart.VariantNotFound(path=("lines", "0", "variantId"))),
        (add("NO-SUCH-SKU"), cart.VariantNotFound(path=("lines", "0", "sku"))),
        (add(PALLET), cart.NotSellableInChannel(path=("lines", "0", "variantId"))),
        (add(KETTLE, parent=THREE), cart.LineNotFound(path=("lines", "0", "parentLineId"))),
    ],
)
def test_what_cannot_be_bought_is_refused(wanted, expected):
    assert reasons(a_cart(), adding(wanted)) == [expected]


def test_what_has_no_price_in_the_currency_is_refused():
    known = facts(prices=AnyQuantity({MUG: 200}))

    assert reasons(a_cart(), adding(add(KETTLE)), known) == [
        cart.NotSellableInChannel(path=("lines", "0", "variantId"))
    ]


# of mugs: at least 2, at most 12, in steps of 2; of kettles: anything from 1 up
QUANTITIES = [
    (MUG, -1, [cart.QuantityBelowMin(path=("lines", "0", "quantity"), minimum=2)]),
    (MUG, 0, [cart.QuantityBelowMin(path=("lines", "0", "quantity"), minimum=2)]),
    (
        MUG,
        1,
        [
            cart.QuantityBelowMin(path=("lines", "0", "quantity"), minimum=2),
            cart.QuantityStep(path=("lines", "0", "quantity"), step=2),
        ],
    ),
    (MUG, 2, []),
    (MUG, 3, [cart.QuantityStep(path=("lines", "0", "quantity"), step=2)]),
    (MUG, 12, []),
    (
        MUG,
        13,
        [
            cart.QuantityAboveMax(path=("lines", "0", "quantity"), maximum=12),
            cart.QuantityStep(path=("lines", "0", "quantity"), step=2),
        ],
    ),
    (MUG, 14, [cart.QuantityAboveMax(path=("lines", "0", "quantity"), maximum=12)]),
    (KETTLE, -(2**31), [cart.QuantityBelowMin(path=("lines", "0", "quantity"), minimum=1)]),
    (KETTLE, 1, []),
    (KETTLE, cart.MAX_QUANTITY, []),
    (
        KETTLE,
        cart.MAX_QUANTITY + 1,
        [cart.QuantityAboveMax(path=("lines", "0", "quantity"), maximum=cart.MAX_QUANTITY)],
    ),
    (KETTLE, 2**31 - 1, [cart.QuantityAboveMax(path=("lines", "0", "quantity"), maximum=cart.MAX_QUANTITY)]),
]


@pytest.mark.parametrize(("variant", "quantity", "expected"), QUANTITIES)
def test_quantities_keep_the_rules_of_the_variant(variant, quantity, expected):
    decided = cart.decide(a_cart(), adding(add(variant, quantity)), facts())

    assert list(getattr(decided, "reasons", [])) == expected


def test_an_unknown_variant_in_no_quantity_is_told_as_both():
    assert reasons(a_cart(), adding(add("NO-SUCH-SKU", 0))) == [
        cart.VariantNotFound(path=("lines", "0", "sku")),
        cart.QuantityBelowMin(path=("lines", "0", "quantity"), minimum=1),
    ]


def test_rules_are_about_the_line_not_about_what_is_added():
    assert reasons(a_cart(line(ONE, MUG, 12)), adding(add(MUG, 2))) == [
        cart.QuantityAboveMax(path=("lines", "0", "quantity"), maximum=12)
    ]


def test_one_bad_line_keeps_all_out_and_every_problem_is_told():
    found = reasons(a_cart(), adding(add(KETTLE), add(PALLET), add(MUG, 3)))

    assert found == [
        cart.NotSellableInChannel(path=("lines", "1", "variantId")),
        cart.QuantityStep(path=("lines", "2", "quantity"), step=2),
    ]


def test_a_cart_is_full_at_some_time():
    lines = [line(CartLineId(UUID(int=1_000 + n)), KETTLE, attributes={"n": str(n)}) for n in range(cart.MAX_LINES - 1)]
    almost = a_cart(*lines)

    full = after(almost, adding(add(MUG, 2)))

    assert reasons(full, adding(add(KETTLE))) == [cart.CartFull(most=cart.MAX_LINES)]
    assert held(after(full, adding(add(MUG, 2))))[-1] == (MUG, 4)


def test_more_than_any_money_is_refused():
    dear = facts(prices=AnyQuantity({KETTLE: MAX_MINOR // 10}))

    assert held(after(a_cart(), adding(add(KETTLE, 9)), dear)) == [(KETTLE, 9)]
    assert reasons(a_cart(), adding(add(KETTLE, 10)), dear) == [MoneyOverflow()]


@pytest.mark.parametrize(
    ("change", "quantity"), [(SetTo(quantity=7), 7), (ChangeBy(delta=2), 5), (ChangeBy(delta=-2), 1)]
)
def test_a_quantity_is_set_or_changed_by_some(change, quantity):
    assert held(after(a_cart(line(ONE, KETTLE, 3)), updating((ONE, change)))) == [(KETTLE, quantity)]


@pytest.mark.parametrize("change", [SetTo(quantity=0), ChangeBy(delta=-3)])
def test_a_quantity_of_nothing_removes_the_line(change):
    assert held(after(a_cart(line(ONE, KETTLE, 3), line(TWO, MUG, 2)), updating((ONE, change)))) == [(MUG, 2)]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            SetTo(quantity=cart.MAX_QUANTITY + 1),
            [cart.QuantityAboveMax(path=("lines", "0", "change", "quantity"), maximum=cart.MAX_QUANTITY)],
        ),
        (
            ChangeBy(delta=2**31 - 1),
            [cart.QuantityAboveMax(path=("lines", "0", "change", "delta"), maximum=cart.MAX_QUANTITY)],
        ),
        (
            ChangeBy(delta=-(2**31)),
            [cart.QuantityBelowMin(path=("lines", "0", "change", "delta"), minimum=1)],
        ),
        (SetTo(quantity=-1), [cart.QuantityBelowMin(path=("lines", "0", "change", "quantity"), minimum=1)]),
        (ChangeBy(delta=-4), [cart.QuantityBelowMin(path=("lines", "0", "change", "delta"), minimum=1)]),
    ],
)
def test_less_than_nothing_and_more_than_can_be_is_refused_not_clamped(change, expected):
    assert reasons(a_cart(line(ONE, KETTLE, 3)), updating((ONE, change))) == expected


def test_the_quantity_that_it_has_already_is_no_event():
    assert cart.decide(a_cart(line(ONE, KETTLE, 3)), updating((ONE, SetTo(quantity=3))), facts()) == []


def test_a_line_that_is_not_there_cannot_be_changed():
    assert reasons(a_cart(line(ONE)), updating((ONE, SetTo(quantity=2)), (TWO, SetTo(quantity=2)))) == [
        cart.LineNotFound(path=("lines", "1", "lineId"))
    ]


@pytest.mark.parametrize("known", [facts(), facts(variants={})])
def test_of_what_is_no_longer_sold_less_is_possible_but_not_more(known):
    state = a_cart(line(ONE, PALLET, 3))

    assert held(after(state, updating((ONE, SetTo(quantity=2))), known)) == [(PALLET, 2)]
    assert reasons(state, updating((ONE, SetTo(quantity=4))), known) == [
        cart.NotSellableInChannel(path=("lines", "0", "lineId"))
    ]


def test_removing_a_line_removes_what_was_added_on_to_it():
    state = a_cart(line(ONE, KETTLE), line(TWO, MUG, 2, parent=ONE), line(THREE, MUG, 2))
    deep = a_cart(line(ONE, KETTLE), line(TWO, MUG, 2, parent=ONE), line(THREE, MUG, 2, parent=TWO))

    assert [kept.id for kept in after(state, RemoveLines(line_ids=(ONE,))).lines] == [THREE]
    assert after(deep, updating((ONE, SetTo(quantity=0)))).lines == ()


def test_removing_what_is_not_there_is_worth_a_notice_only():
    state, command = a_cart(line(ONE)), RemoveLines(line_ids=(TWO, ONE, ONE))

    assert after(state, command).lines == ()
    assert cart.notices(state, command) == (cart.LineMissing(path=("lineIds", "0")),)


def test_clearing_takes_everything_out_and_keeps_the_rest():
    state = a_cart(line(ONE, KETTLE), line(TWO, MUG, 2, parent=ONE), email="ada@example.com")

    assert after(state, cart.ClearCart()) == replace(state, lines=())


def test_the_price_of_a_new_quantity_counts_as_seen():
    tiers = {(KETTLE, 1): 1_000, (KETTLE, 10): 900}

    state = after(a_cart(line(ONE, KETTLE, 1, seen=1_000)), updating((ONE, SetTo(quantity=10))), facts(prices=tiers))

    assert state.lines[0].seen_unit_price == 900


def test_a_change_of_price_stays_unseen_while_the_quantity_changes():
    known = facts(prices=AnyQuantity({KETTLE: 1_200}))

    state = after(a_cart(line(ONE, KETTLE, 1, seen=1_000)), updating((ONE, SetTo(quantity=2))), known)

    assert state.lines[0].seen_unit_price == 1_000


def test_it_is_known_beforehand_which_prices_are_needed():
    state, unknown = a_cart(line(ONE, KETTLE, 3)), facts(prices=None)

    assert cart.prices_wanted(state, adding(add(MUG, 2), add(KETTLE, 1)), unknown) == {
        (MUG, 2),
        (KETTLE, 3),
        (KETTLE, 4),
    }
    assert cart.prices_wanted(state, updating((ONE, SetTo(quantity=5))), unknown) == {(KETTLE, 3), (KETTLE, 5)}
    assert cart.prices_wanted(state, adding(add("NO-SUCH-SKU")), unknown) == set()
    assert cart.prices_wanted(state, RemoveLines(line_ids=(ONE,)), unknown) == set()
    assert cart.prices_wanted(state, cart.AcknowledgeChanges(), unknown) == {(KETTLE, 3)}
    assert SOLD[KETTLE].rules.most == cart.MAX_QUANTITY
    assert PRICES[KETTLE, 7] == 1_000
