"""What an operation reads of rows, as its resolvers are told."""

from collections.abc import Sequence
from typing import Annotated, Any

import pytest
import strawberry
from graphql import OperationDefinitionNode, parse

from commerce_api.compiled import Operation, column, columns_read, fields_asked, for_many, reading


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
