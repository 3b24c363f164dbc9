"""Resolvers know whether others run beside them."""

import asyncio

import pytest
import strawberry
from graphql import parse

from commerce_api.compiled import Abreast, Operation, at_hand


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


def is_known(jar, context):
    if jar.known is None:
        raise ValueError("nobody knows")
    return jar.known


@strawberry.type
class Jar:
    known: strawberry.Private[bool | None]

    @strawberry.field(metadata=at_hand(is_known))
    async def label(self) -> str:
        return "plums"

    @strawberry.field(metadata=at_hand(is_known))
    async def lid(self, info: strawberry.Info) -> Cup:
        return Cup(name=f"lid {info.context.abreast.alone}")

    @strawberry.field
    async def age(self) -> int:
        return 3


@strawberry.type
class Shelf:
    @strawberry.field
    def jars(self, known: list[bool | None]) -> list[Jar]:
        return [Jar(known=each) for each in known]


SHELF = strawberry.Schema(Shelf)._schema


async def tasks_started_by(query):
    """And what it gave."""
    started, loop = [], asyncio.get_running_loop()

    def start(loop, coroutine, **kwargs):
        started.append(coroutine)
        return asyncio.Task(coroutine, loop=loop, **kwargs)

    document = parse(query)
    operation = Operation(SHELF, document, document.definitions[0])
    loop.set_task_factory(start)
    try:
        result = await operation.run({}, Context())
    finally:
        loop.set_task_factory(None)
    assert result.errors is None
    return len(started), result.data["jars"]


@pytest.mark.parametrize(
    ("query", "tasks"),
    [
        ("{ jars(known: [true]) { label lid { name } } }", 0),
        ("{ jars(known: [true, true]) { label lid { name } } }", 0),
        ("{ jars(known: [true, false]) { label } }", 2),
        ("{ jars(known: [true, false]) { label lid { name } } }", 6),
        ("{ jars(known: [false]) { label lid { name } } }", 2),
        ("{ jars(known: [null]) { label lid { name } } }", 2),
        ("{ jars(known: [true]) { label age } }", 2),
        ("{ jars(known: [true]) { label lid { name cups(names: []) { name } } } }", 2),
    ],
)
async def test_what_is_at_hand_is_read_without_a_task(query, tasks):
    started, jars = await tasks_started_by(query)

    assert (started, {jar["label"] for jar in jars}) == (tasks, {"plums"})


async def test_who_is_read_after_others_is_alone():
    _, [jar] = await tasks_started_by("{ jars(known: [true]) { label lid { name } } }")

    assert jar["lid"] == {"name": "lid True"}
