"""Resolvers know whether others run beside them."""

import asyncio

import pytest
import strawberry
from graphql import parse

from commerce_api.compiled import Abreast, Operation


class Context:
    def __init__(self):
        self.abreast, self.seen = Abreast(), []


@strawberry.type
class Cup:
    name: str

    @strawberry.field
    async def cups(self, info: strawberry.Info, names: list[str]) -> list["Cup"]:
        await asyncio.sleep(0)
        info.context.seen.append((self.name, info.context.abreast.alone))
        return [Cup(name=name) for name in names]


@strawberry.type
class Query:
    @strawberry.field
    def cup(self) -> Cup:
        return Cup(name="top")


GRAPHQL = strawberry.Schema(Query)._schema


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ('{ cup { cups(names: ["a"]) { cups(names: ["b"]) { name } } } }', [("top", True), ("a", True)]),
        ('{ cup { cups(names: ["a", "b"]) { cups(names: []) { name } } } }', [("top", True), ("a", False), ("b", False)]),
        ("{ cup { cups(names: []) { name } more: cups(names: []) { name } } }", [("top", False), ("top", False)]),
        (
            '{ cup { cups(names: ["a"]) { cups(names: []) { name } } more: cups(names: []) { name } } }',
            [("top", False), ("top", False), ("a", False)],
        ),
    ],
)  # fmt: skip
async def test_who_runs_beside_others_is_not_alone(query, seen):
    context, document = Context(), parse(query)
    result = await Operation(GRAPHQL, document, document.definitions[0]).run({}, context)

    assert result.errors is None
    assert context.seen == seen


async def test_nobody_is_known_to_be_alone_where_graphql_core_runs():
    context, document = Context(), parse("{ __schema { description } cup { cups(names: []) { name } } }")
    result = await Operation(GRAPHQL, document, document.definitions[0]).run({}, context)

    assert result.errors is None
    assert context.seen == [("top", False)]


async def test_who_gathers_is_alone_again_afterwards():
    abreast, seen = Abreast(), []
    abreast.alone = True

    async def look(number):
        seen.append(abreast.alone)
        return 1 / number

    assert await abreast.gather([look(1), look(2)]) == [1, 0.5]
    with pytest.raises(ZeroDivisionError):
        await abreast.gather([look(1), look(0)])

    assert seen == [False] * 4
    assert abreast.alone
