"""First capture and later edits follow the same patterns (S2-02): what is done to a cart and to an edit of an order with the
same content comes to the same.
"""

from dataclasses import replace
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from commerce_api.domain import cart
from commerce_api.domain.agreeing import agreement_of
from commerce_api.domain.agreement import AgreementSource
from commerce_api.domain.decision import Refused
from commerce_api.domain.priced_cart import price_cart
from tests.domain.carts import POST, SOLD, facts
from tests.domain.test_priced_cart import METHOD
from tests.properties.test_any_order import BEGUN, MARKET, in_two_orders, kettles, mugs, notes, told

ROOMY = replace(
    MARKET, methods=(replace(METHOD, rates=tuple(replace(each, max_weight=None) for each in METHOD.rates)),)
)


def sent(state):
    (group,) = state.ship_groups
    return replace(state, ship_groups=(replace(group, shipping_method_id=POST),))


@st.composite
def changes(draw):
    """More is added, a quantity is set, a line is taken out, a note is written; lines are named by where they stand."""
    added = draw(st.lists(kettles | mugs, max_size=3))
    places = st.integers(0, 3)
    set_to = draw(st.lists(st.tuples(places, st.sampled_from([2, 4, 6])), max_size=2))
    removed = draw(st.lists(places, max_size=1))
    return draw(st.permutations([*added, *set_to, *removed, draw(notes)]))


def carried_out(state, wanted):
    """What was wrong goes for both."""
    ids, refused = iter(range(5_000, 10**9)), []
    for number, each in enumerate(wanted):
        known = facts(new_ids=tuple(UUID(int=next(ids)) for _ in range(8)), prices=None, variants=SOLD)
        decided = cart.decide(state, command_of(state, each), known)
        if isinstance(decided, Refused):
            refused.append((number, decided))
        else:
            state = cart.evolved(state, decided)
    return state, refused


def command_of(state, wanted):
    match wanted:
        case (place, quantity):
            line = state.lines[place % len(state.lines)].id if state.lines else UUID(int=0)
            return cart.UpdateLines(lines=(cart.UpdateLine(line_id=line, change=cart.SetTo(quantity=quantity)),))
        case int(place):
            return cart.RemoveLines(line_ids=tuple(line.id for line in state.lines[place : place + 1]))
        case _:
            return wanted


@given(in_two_orders(), changes())
def test_the_same_actions_on_a_cart_and_on_an_edit_come_to_the_same(said, wanted):
    content = sent(told(BEGUN["a cart"], said[0]))
    agreement = agreement_of(price_cart(content, ROOMY), AgreementSource.KEPT)
    draft = replace(content, purpose=cart.Purpose.ORDER_EDIT, agreement=agreement)

    (of_cart, refused), (of_edit, refused_of_edit) = carried_out(content, wanted), carried_out(draft, wanted)

    assert refused == refused_of_edit
    assert of_edit == replace(of_cart, purpose=cart.Purpose.ORDER_EDIT, agreement=agreement)
    assert price_cart(of_edit, ROOMY).totals == price_cart(of_cart, ROOMY).totals
