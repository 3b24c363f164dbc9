from uuid import UUID

import pytest

from commerce_api.domain.attribute import (
    Attribute,
    AttributeKind,
    MissingAttribute,
    UnknownAttribute,
    problems,
)
from commerce_api.domain.decision import InvalidValue

TEXT, NUMBER, BOOLEAN, DATE, CHOICE = AttributeKind


def attribute(kind=TEXT, code="fabric", **more):
    return Attribute(id=UUID(int=1), code=code, name=code.title(), kind=kind, translations={}, **more)


def found(given, *definitions, of_variant=False):
    return list(problems(given, definitions, ("attributes",), of_variant=of_variant))


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (TEXT, ["wool", ""]),
        (NUMBER, ["1.5", "-3", "0", "007"]),
        (BOOLEAN, [True, False]),
        (DATE, ["2026-11-22", "2024-02-29"]),
        (CHOICE, ["red", ["red", "blue"], ("blue",), []]),
    ],
)
def test_values_of_the_attributes_kind_are_taken(kind, values):
    definition = attribute(kind, choices=("red", "blue"))

    assert [found({"fabric": raw}, definition) for raw in values] == [[]] * len(values)


@pytest.mark.parametrize(
    ("kind", "values", "problem"),
    [
        (TEXT, [1, None, ["wool"]], "This is a text."),
        (BOOLEAN, ["true", 1, None], "This is true or false."),
        (
            NUMBER,
            [1.5, "much", "NaN", "Infinity", "1e9", "1_000", " 1", "1.", "٣", "1,5", None],
            'This is a number as text, such as "1.5".',
        ),
        (
            DATE,
            ["22.11.2026", "2026-02-29", "20261122", "2026-W47-7", 20261122, None],
            'This is a day, such as "2026-11-22".',
        ),
        (
            CHOICE,
            ["green", ["red", "green"], None, 1, {"red": 1}, [{"red": 1}], [["red"]]],
            "Choose from what the attribute offers.",
        ),
    ],
)
def test_anything_else_is_told_what_is_wanted(kind, values, problem):
    definition = attribute(kind, choices=("red", "blue"))

    wrong = [InvalidValue(path=("attributes", "fabric"), problem=problem)]
    assert [found({"fabric": raw}, definition) for raw in values] == [wrong] * len(values)


def test_what_the_type_does_not_know_is_refused():
    assert found({"shade": "red"}, attribute()) == [UnknownAttribute(path=("attributes", "shade"))]


@pytest.mark.parametrize("of_variant", [False, True])
def test_products_and_variants_have_attributes_of_their_own(of_variant):
    definitions = (
        attribute(code="fabric", required=True),
        attribute(code="shade", required=True, of_variant=True),
    )
    own, others = ("shade", "fabric") if of_variant else ("fabric", "shade")

    assert found({own: "x"}, *definitions, of_variant=of_variant) == []
    assert found({others: "x"}, *definitions, of_variant=of_variant) == [
        UnknownAttribute(path=("attributes", others)),
        MissingAttribute(path=("attributes", own), attribute=own.title()),
    ]


def test_only_required_attributes_are_missed():
    assert found({}, attribute(code="fabric", required=True), attribute(code="care")) == [
        MissingAttribute(path=("attributes", "fabric"), attribute="Fabric")
    ]
