from datetime import UTC, datetime, timedelta

import pytest

from commerce_api.domain.custom_field import (
    CommercialField,
    FieldAccess,
    FieldNotYours,
    FieldOwner,
    NotOfVersions,
    Said,
    UnknownField,
    Writer,
    fitting,
    lacking,
    merged,
    said,
)
from commerce_api.domain.decision import InvalidValue, Refused
from commerce_api.domain.typed_value import AttributeKind, ValueType
from tests.domain.fields import ELSEWHERE, HERE, a_field, saying

SHOPPER, STAFF = Writer(staff=False), Writer(staff=True)
TEXT, NUMBER, BOOLEAN, DATE, CHOICE = AttributeKind
CENTER = a_field("cost_center", longest=5, commercial=True)
UNITS = a_field("units", kind=NUMBER, whole=True)
SHADE = a_field("shade", kind=CHOICE, choices=("red", "blue"))
SHADES = a_field("shades", kind=CHOICE, choices=("red", "blue"), several=True)
SCORE = a_field("score", kind=NUMBER, shoppers=FieldAccess.NONE)
RANK = a_field("rank", shoppers=FieldAccess.SEE)
ALL = (CENTER, UNITS, SHADE, SHADES, SCORE, RANK)


def problems(writer, **values):
    found = said({}, saying(**values), ALL, writer, ("fields",))
    assert isinstance(found, Refused)
    return [(type(reason), reason.path, getattr(reason, "problem", None)) for reason in found.reasons]


def test_what_is_named_is_said_and_the_rest_stays():
    before = {"cost_center": "K7", "units": "3"}

    after = said(before, saying(units=None, shade="red", shades=["red", "blue"]), ALL, SHOPPER, ())

    assert after == {"cost_center": "K7", "shade": "red", "shades": ["red", "blue"]}
    assert list(after) == sorted(after)


def test_all_that_is_wrong_is_told_at_once_where_it_stands():
    given = {"cost_center": "K-1000", "units": "1.5", "shade": ["red", "blue"], "shades": ["green"], "moon": "full"}

    assert problems(SHOPPER, **given) == [
        (InvalidValue, ("fields", "0", "value"), "At most {most} characters, please; these are {given}."),
        (InvalidValue, ("fields", "1", "value"), "This is a whole number."),
        (InvalidValue, ("fields", "2", "value"), "Choose one."),
        (InvalidValue, ("fields", "3", "value"), "Choose from what the attribute offers."),
        (UnknownField, ("fields", "4", "code"), None),
    ]


def test_shoppers_set_what_is_theirs_and_know_nothing_of_what_is_not():
    assert problems(SHOPPER, score="1", rank="gold") == [
        (UnknownField, ("fields", "0", "code"), None),
        (FieldNotYours, ("fields", "1", "code"), None),
    ]
    assert said({}, saying(score="1", rank="gold"), ALL, STAFF, ()) == {"rank": "gold", "score": "1"}


@pytest.mark.parametrize(
    ("commercial", "code", "expected"), [(True, "units", NotOfVersions), (False, "cost_center", CommercialField)]
)
def test_what_was_agreed_on_is_set_apart_from_the_rest(commercial, code, expected):
    writer = Writer(staff=True, commercial=commercial)

    assert problems(writer, **{code: "1"}) == [(expected, ("fields", "0", "code"), None)]


def test_what_does_not_fit_its_field_any_more_is_passed_over():
    values = {"cost_center": "much too long", "units": "3", "gone": "x", "rank": "gold"}

    assert [(field.code, raw) for field, raw in fitting(values, ALL)] == [("units", "3"), ("rank", "gold")]


def test_a_field_is_lacking_where_it_is_required_and_offered():
    here = a_field("here", required_in=frozenset({HERE}))
    empty = a_field("empty", kind=CHOICE, choices=("a",), required_in=frozenset({HERE}))
    said_already = a_field("said", required_in=frozenset({HERE}))
    elsewhere = a_field("elsewhere", required_in=frozenset({ELSEWHERE}))
    not_offered = a_field("not_offered", required_in=frozenset({HERE}), channel_ids=frozenset({ELSEWHERE}))
    retired = a_field("retired", required_in=frozenset({HERE}), active=False)
    fields = (here, empty, said_already, elsewhere, not_offered, retired)

    assert list(lacking({"said": "x", "empty": []}, fields, HERE)) == ["here", "empty"]


def test_false_is_an_answer():
    asked = a_field("insured", kind=BOOLEAN, required_in=frozenset({HERE}))

    assert list(lacking({"insured": False}, [asked], HERE)) == []


def test_of_an_edited_order_only_what_is_commercial_is_replaced():
    agreed, present = {"cost_center": "K8", "rank": "tin"}, {"cost_center": "K7", "rank": "gold", "gone": "x"}

    assert merged(agreed, present, ALL) == {"cost_center": "K8", "gone": "x", "rank": "gold"}
    assert merged({}, present, ALL) == {"gone": "x", "rank": "gold"}


def test_what_a_customer_says_is_kept_for_so_many_days_since_it_was_said():
    said_at = datetime(2026, 3, 28, 12, tzinfo=UTC)

    assert a_field("motto", FieldOwner.CUSTOMER, retention_days=2).kept_until(said_at) == said_at + timedelta(hours=48)
    assert a_field("motto", FieldOwner.CUSTOMER).kept_until(said_at) is None


@pytest.mark.parametrize(("raw", "empty"), [(None, True), ("", True), ([], True), (False, False), ("0", False)])
def test_nothing_is_said_by_nothing_and_something_by_no(raw, empty):
    assert Said(code="motto", value=raw).empty is empty


def test_a_text_without_a_limit_may_be_of_any_length():
    assert ValueType(kind=TEXT).problem_of("x" * 1_000) is None
    assert ValueType(kind=NUMBER, whole=True).problem_of("-7") is None
