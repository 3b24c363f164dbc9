"""What an operation reads of rows, as its resolvers are told."""

from collections.abc import Sequence
from typing import Annotated, Any

import pytest
import strawberry
from graphql import OperationDefinitionNode, parse

from commerce_api.compiled import Operation, column, columns_read, field_below, fields_asked, for_many, reading


@strawberry.interface
class Named:
    id: int


@strawberry.type
class Leaf(Named):
    row: strawberry.Private[dict[str, Any]]
    color: str = column("color", description="Its color.")

    @strawberry.field(description="Of two columns.", metadata=reading("high", "wide"))
    def area(self) -> int:
        return 1

    @strawberry.field(description="It does not tell.")
    def secret(self) -> int:
        return 1


@strawberry.type
class Twig(Named):
    @for_many(description="Its leaves.", columns=())
    async def leaves(twigs: Sequence["Twig"], info: strawberry.Info) -> list[list[Leaf]]:
        info.context.append((columns_read(info, "Leaf"), fields_asked(info)))
        return [[Leaf(id=1, row={"color": "red"})] for _ in twigs]


Part = Annotated[Leaf | Twig, strawberry.union("Part")]


@strawberry.type
class Query:
    @strawberry.field
    async def twig(self, info: strawberry.Info) -> Twig:
        info.context.append((columns_read(info, "Leaf"), fields_asked(info, "leaves")))
        return Twig(id=1)

    @strawberry.field
    async def part(self, info: strawberry.Info) -> Part:
        info.context.append((columns_read(info, "Leaf"), fields_asked(info)))
        return Leaf(id=1, row={"color": "red"})

    @strawberry.field
    async def named(self, info: strawberry.Info) -> list[Named]:
        info.context.append((columns_read(info, "Leaf"), fields_asked(info)))
        return [Leaf(id=1, row={"color": "red"})]


SCHEMA = strawberry.Schema(Query)._schema


async def told(text: str, **variables: Any) -> list[tuple[set[str] | None, set[str] | None]]:
    document = parse(text)
    node = next(each for each in document.definitions if isinstance(each, OperationDefinitionNode))
    seen: list[Any] = []
    result = await Operation(SCHEMA, document, node).run(variables, seen)
    assert result.errors is None
    return seen


async def test_columns_of_all_fields_below_are_told_at_each_level() -> None:
    assert await told("{ twig { id leaves { color area } } }") == [
        ({"color", "high", "wide"}, {"color", "area"}),
        ({"color", "high", "wide"}, {"color", "area"}),
    ]


async def test_a_field_that_does_not_tell_reads_everything() -> None:
    assert [columns for columns, _ in await told("{ twig { leaves { color secret } } }")] == [None, None]


async def test_nothing_is_read_where_nothing_is_asked() -> None:
    assert await told("{ twig { id } }") == [(set(), set())]


@pytest.mark.parametrize(
    ("text", "columns", "fields"),
    [
        ("{ part { ... on Leaf { color } ... on Twig { id } } }", {"color"}, {"color", "id"}),
        ("{ part { ... on Twig { leaves { area } } } }", {"high", "wide"}, {"leaves"}),
        ("{ part { ...leaf ...leaf } } fragment leaf on Leaf { color }", {"color"}, {"color"}),
        ("{ part { __typename } }", set(), set()),
        ("{ named { ... on Leaf { shade: color } } }", {"color"}, {"color"}),
    ],
)
async def test_fragments_aliases_and_abstract_types(text: str, columns: set[str], fields: set[str]) -> None:
    assert await told(text) == [(columns, fields)]


async def test_what_is_switched_off_is_not_read() -> None:
    text = "query ($on: Boolean!) { part { ... on Leaf { color @include(if: $on) area @skip(if: $on) } } }"
    assert [await told(text, on=on) for on in (True, False)] == [
        [({"color"}, {"color"})],
        [({"high", "wide"}, {"area"})],
    ]


async def test_graphql_core_does_not_know() -> None:
    """Introspection beside it, so that graphql-core runs the operation."""
    assert await told("{ __typename twig { leaves { color } } __schema { queryType { name } } }") == [
        (None, None),
        (None, None),
    ]


@strawberry.type
class Branch:
    @for_many(description="Some of its leaves.", columns=())
    async def leaves(branches: Sequence["Branch"], info: strawberry.Info, first: int = 9) -> list[list[Leaf]]:
        return [[Leaf(id=first, row={"color": info.field_name})] for _ in branches]


@strawberry.type
class Tree:
    @strawberry.field
    def branches(self) -> list[Branch]:
        return [Branch()]


@strawberry.type
class Forest:
    @strawberry.field
    async def tree(self, info: strawberry.Info) -> Tree:
        info.context.append(field_below(info, "Branch", "leaves", rows_of="Leaf"))
        return Tree()


FOREST = strawberry.Schema(Forest)._schema


async def below(text: str, **variables: Any) -> list[Any]:
    document = parse(text)
    seen: list[Any] = []
    await Operation(FOREST, document, document.definitions[0]).run(variables, seen)  # type: ignore[arg-type]
    return seen


async def test_a_field_below_is_known_with_its_arguments_and_what_is_read_below_it() -> None:
    assert await below("{ tree { branches { leaves { color area } } } }") == [
        ({"first": 9}, {"color", "high", "wide"}),
    ]
    asked = "query ($n: Int!) { tree { branches { some: leaves(first: $n) { id } } } }"
    assert [(each.arguments, "color" in (each.columns or ())) for each in await below(asked, n=3)] == [
        ({"first": 3}, False)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "{ tree { branches { __typename } } }",
        "{ tree { branches { leaves { color } more: leaves(first: 1) { color } } } }",
        "{ tree { one: branches { leaves { color } } two: branches { leaves { color } } } }",
    ],
)
async def test_a_field_below_that_is_not_asked_once_is_not_known(text: str) -> None:
    assert await below(text) == [None]


async def test_arguments_that_are_wrong_are_told_by_their_own_field() -> None:
    text = "query ($n: Int) { tree { branches { leaves(first: $n) { color } } } }"

    assert await below(text, n=None) == [None]


async def test_graphql_core_knows_no_field_below() -> None:
    assert await below("{ tree { branches { leaves { color } } } __schema { queryType { name } } }") == [None]
