from uuid import UUID

import pytest

from commerce_api.domain import cart
from commerce_api.domain.actor import ActorKind, Author
from commerce_api.domain.cart import (
    AddLine,
    AddLines,
    CartLineAdded,
    ParticularsSet,
    Purpose,
    SetLineFields,
    SetParticulars,
)
from commerce_api.domain.custom_field import FieldAccess, FieldOwner, NotOfVersions, UnknownField
from commerce_api.domain.decision import Refused
from commerce_api.domain.particulars import NOTHING_SAID, Particulars, Priority, joined
from tests.domain.carts import KETTLE, ONE, TWO, a_cart, facts, line
from tests.domain.fields import ELSEWHERE, a_field, saying

CENTER = a_field("cost_center", commercial=True)
SHELF = a_field("shelf", shoppers=FieldAccess.NONE)
ENGRAVING = a_field("engraving", owner=FieldOwner.ORDER_LINE, commercial=True)
THERE = a_field("there", channel_ids=frozenset({ELSEWHERE}))
FIELDS = (CENTER, SHELF, ENGRAVING, THERE)
STAFF = Author(kind=ActorKind.STAFF, id=UUID(int=9))


def decide(state, command, author=None, **more):
    by = {"author": author} if author else {}
    known = facts(fields=FIELDS, new_ids=(UUID(int=70), UUID(int=71)), **by, **more)
    return cart.decide(state, command, known)


def after(state, command, author=None):
    return cart.evolved(state, decide(state, command, author))


def codes(decided):
    assert isinstance(decided, Refused)
    return [(type(reason), reason.path) for reason in decided.reasons]


def test_what_is_said_is_kept_and_what_is_left_out_stays():
    said = SetParticulars(po_number="PO-7", gift=True, fields=saying(cost_center="K7"))
    first = after(a_cart(), said)

    second = after(first, SetParticulars(priority=Priority.HIGH, tags=("vip",), fields=saying(shelf="A")), STAFF)

    assert first.particulars == Particulars(po_number="PO-7", gift=True, fields={"cost_center": "K7"})
    assert second.particulars == Particulars(
        po_number="PO-7", gift=True, priority=Priority.HIGH, tags=("vip",), fields={"cost_center": "K7", "shelf": "A"}
    )


def test_staff_who_are_where_the_customer_is_say_what_the_customer_could():
    shelf, center = SetParticulars(fields=saying(shelf="A")), SetParticulars(fields=saying(cost_center="K7"))

    assert codes(decide(a_cart(), shelf, STAFF, assisting=True)) == [(UnknownField, ("fields", "0", "code"))]
    assert not isinstance(decide(a_cart(), center, STAFF, assisting=True), Refused)


def test_the_event_names_what_is_different():
    [event] = decide(a_cart(), SetParticulars(gift=True, fields=saying(cost_center="K7")))

    assert event == ParticularsSet(
        changed=("gift", "cost_center"), particulars=Particulars(gift=True, fields={"cost_center": "K7"})
    )
    assert decide(a_cart(), SetParticulars(gift=False, po_number="")) == []


def test_only_fields_that_are_offered_here_are_set():
    assert codes(decide(a_cart(), SetParticulars(fields=saying(there="x", engraving="y", shelf="z")))) == [
        (UnknownField, ("fields", "0", "code")),
        (UnknownField, ("fields", "1", "code")),
        (UnknownField, ("fields", "2", "code")),
    ]


def test_in_the_draft_of_a_version_only_what_makes_one_is_set():
    draft = a_cart(line(ONE), purpose=Purpose.ORDER_EDIT)

    assert codes(decide(draft, SetParticulars(priority=Priority.LOW, tags=(), fields=saying(shelf="A")), STAFF)) == [
        (NotOfVersions, ("priority",)),
        (NotOfVersions, ("tags",)),
        (NotOfVersions, ("fields", "0", "code")),
    ]
    assert after(draft, SetParticulars(po_number="PO-8", fields=saying(cost_center="K8")), STAFF).particulars == (
        Particulars(po_number="PO-8", fields={"cost_center": "K8"})
    )
    engraved = after(draft, SetLineFields(line_id=ONE, fields=saying(engraving="Ada")), STAFF)
    assert engraved.lines[0].fields == {"engraving": "Ada"}


def test_a_line_says_what_is_asked_of_lines():
    state = a_cart(line(ONE), line(TWO))

    engraved = after(state, SetLineFields(line_id=ONE, fields=saying(engraving="Ada")))

    assert [each.fields for each in engraved.lines] == [{"engraving": "Ada"}, {}]
    assert decide(engraved, SetLineFields(line_id=ONE, fields=saying(engraving="Ada"))) == []


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (SetLineFields(line_id=TWO, fields=()), (cart.LineNotFound, ("lineId",))),
        (SetLineFields(line_id=ONE, fields=saying(cost_center="K7")), (UnknownField, ("fields", "0", "code"))),
    ],
)
def test_nothing_is_said_of_what_is_not_there(command, expected):
    assert codes(decide(a_cart(line(ONE)), command)) == [expected]


def adding(**values):
    return AddLines(lines=(AddLine(variant=KETTLE, quantity=1, attributes={}, fields=saying(**values)),))


def test_lines_that_say_something_else_are_kept_apart():
    twice = after(after(a_cart(), adding(engraving="Ada")), adding(engraving="Ada"))
    apart = decide(after(a_cart(), adding(engraving="Ada")), adding())

    assert [(each.quantity, each.fields) for each in twice.lines] == [(2, {"engraving": "Ada"})]
    assert [(type(event), event.line.fields) for event in apart] == [(CartLineAdded, {})]


def test_a_new_line_says_only_what_is_asked():
    assert codes(decide(a_cart(), adding(shape="round"))) == [(UnknownField, ("lines", "0", "fields", "0", "code"))]


def test_what_two_carts_say_is_joined():
    own = Particulars(po_number="PO-7", tags=("vip",), fields={"a": "own"})
    other = Particulars(po_number="PO-8", gift=True, tags=("late", "vip"), fields={"a": "other", "b": "other"})

    assert joined(own, other) == Particulars(
        po_number="PO-7", gift=True, tags=("vip", "late"), fields={"a": "own", "b": "other"}
    )
    assert joined(NOTHING_SAID, other).po_number == "PO-8"
