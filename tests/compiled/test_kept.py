import pytest
import strawberry
from graphql import parse

from commerce_api import compiled
from commerce_api.compiled import Operation
from commerce_api.compiled.kept import Kept


@strawberry.type
class Query:
    @strawberry.field
    def name(self) -> str:
        return "a"

    @strawberry.field
    def other(self) -> str:
        return "b"


SCHEMA = strawberry.Schema(query=Query)._schema


@pytest.fixture(autouse=True)
def room_for_two(monkeypatch):
    monkeypatch.setattr(compiled, "_KEPT", Kept(45))


def _operation(text):
    document = parse(text)
    return Operation(SCHEMA, document, document.definitions[0])


async def _run(*operations):
    for each in operations:
        assert (await each.run({}, None)).data == {"name": "a", "other": "b"}


def _keeping(*operations):
    return [each.kept_fields for each in operations]


async def test_those_that_ran_last_keep_what_was_compiled_and_the_others_run_all_the_same():
    first, second, third = [_operation("{ name other }") for _ in range(3)]

    await _run(first, second, first, third)
    assert _keeping(first, second, third) == [22, 0, 22]

    await _run(second)
    assert _keeping(first, second, third) == [0, 22, 22]


async def test_each_plan_of_an_operation_is_counted():
    other, switched = _operation("{ name other }"), _operation("query ($a: Boolean!) { name other @include(if: $a) }")
    await _run(other)

    for given in (True, False):
        await switched.run({"a": given}, None)

    assert _keeping(other, switched) == [0, 43]


async def test_the_last_keeps_its_plans_however_large(monkeypatch):
    monkeypatch.setattr(compiled, "_KEPT", Kept(1))
    first, second = _operation("{ name other }"), _operation("{ name other }")

    await _run(first, second)

    assert _keeping(first, second) == [0, 22]


async def test_an_operation_that_nobody_holds_is_not_held_for_its_plans():
    first, second, third = [_operation("{ name other }") for _ in range(3)]
    await _run(first, second)

    del second
    await _run(third)

    assert _keeping(first, third) == [22, 22]
