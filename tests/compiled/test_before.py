"""What happens before a field is read happens in both executors, whatever way the field is resolved."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
import strawberry
from graphql import GraphQLSchema, parse

from commerce_api.compiled import before, for_many
from tests.compiled.sameness import assert_same, both


@strawberry.type
class Card:
    number: int

    @strawberry.field
    def doubled(self, text: str = "") -> str:
        return text * 2

    @strawberry.field
    async def later(self, text: str = "") -> str | None:
        return text

    @for_many(description="Of many.")
    async def together(cards: Sequence["Card"], info: strawberry.Info, text: str = "") -> list[str]:
        info.context.append(len(cards))
        return [f"{card.number}{text}" for card in cards]


@strawberry.type
class Query:
    @strawberry.field
    def cards(self) -> list[Card]:
        return [Card(number=number) for number in range(3)]


def schema(*firsts: Callable[[Any, Any, Any], Any]) -> GraphQLSchema:
    made: GraphQLSchema = strawberry.Schema(Query)._schema
    for field in made.type_map["Card"].fields.values():  # type: ignore[attr-defined]
        for first in firsts:
            before(field, first)
    return made


def stand_in(card: Card, _: Any, given: Any) -> str | int | None:
    if given.get("text") == "raise":
        raise ValueError("no such text")
    if card.number != 1:
        return None
    return "instead" if given else 7


@pytest.mark.parametrize(
    "text",
    [
        "{ cards { number } }",
        '{ cards { doubled(text: "a") } }',
        '{ cards { later(text: "a") } }',
        '{ cards { together(text: "a") } }',
        '{ cards { later(text: "raise") } }',
        '{ cards { together(text: "raise") } }',
        '{ cards { doubled(text: "raise") } }',
    ],
)
async def test_what_stands_in_and_what_is_raised_are_like_graphql_core(text: str) -> None:
    walked, compiled = await both(schema(stand_in), parse(text), {})
    assert_same(walked, compiled, in_order="doubled" in text)


async def test_what_is_answered_already_is_not_asked_for() -> None:
    asked: list[int] = []
    _, compiled = await both(schema(stand_in), parse("{ cards { together } }"), {}, lambda: asked)
    assert compiled.data == {"cards": [{"together": "0"}, {"together": "instead"}, {"together": "2"}]}
    assert asked == [1, 1, 2]  # graphql-core, one by one, then the two that are left


@pytest.mark.parametrize("field", ["number", "doubled", "later", "together"])
async def test_what_was_set_last_comes_first_and_each_is_told_the_object_the_context_and_the_arguments(
    field: str,
) -> None:
    def noting(name: str) -> Callable[[Any, Any, Any], None]:
        return lambda card, context, given: context.append((name, card.number, dict(given)))

    text = f'{{ cards {{ {field}(text: "t") }} }}' if field != "number" else "{ cards { number } }"
    told: list[list[Any]] = []

    def context() -> list[Any]:
        told.append([])
        return told[-1]

    await both(schema(noting("one"), noting("two")), parse(text), {}, context)
    given = {"text": "t"} if field != "number" else {}
    expected = [(name, number, given) for number in range(3) for name in ("two", "one")]
    for each in told:
        assert [one for one in each if isinstance(one, tuple)] == expected
