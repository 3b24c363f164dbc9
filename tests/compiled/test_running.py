"""The compiled executor over a small schema of strawberry's: the same as graphql-core, whatever goes wrong where."""

from collections.abc import Sequence
from enum import Enum
from typing import Annotated, Any

import pytest
import strawberry
from graphql import GraphQLSchema, OperationDefinitionNode, parse, validate

from commerce_api.compiled import Operation, for_many
from tests.compiled.sameness import assert_same, both, told


class FellError(Exception):
    pass


@strawberry.enum
class Color(Enum):
    RED = "red"
    BLUE = "blue"


@strawberry.interface
class Thing:
    id: int


@strawberry.type
class Tag:
    name: str
    weight: int | None = None


@strawberry.input
class Size:
    width: int
    height: int = 5


@strawberry.type
class Bag(Thing):
    text: str

    @strawberry.field
    async def falls_later(self) -> str:
        raise FellError("later")


@strawberry.type
class Box(Thing):
    label: str
    color: Color
    tags: list[Tag]
    spare: list[Tag | None] | None = None
    rows: list[list[int | None]] | None = None

    @strawberry.field
    def twice(self, number: int = 3) -> int:
        return number * 2

    @strawberry.field
    def area(self, size: Size) -> int:
        return size.width * size.height

    @strawberry.field
    def falls(self) -> int:
        raise FellError("fell")

    @strawberry.field
    def own(self) -> "Box | None":
        return self

    @strawberry.field
    def may_fall(self) -> int | None:
        raise FellError("may fall")

    @strawberry.field
    async def next(self) -> "Box | None":
        return following(self)

    @strawberry.field
    async def sure_next(self) -> "Box":
        return following(self)  # type: ignore[return-value]

    @strawberry.field
    async def things(self) -> list[Thing]:
        return [Bag(id=9, text="bag"), box(self.id + 10)]

    @strawberry.field
    async def either(self) -> "Annotated[Bag | Tag, strawberry.union('Either')] | None":
        return Tag(name="tag") if self.id % 2 else Bag(id=7, text="bag")

    @for_many(description="Some of the same.")
    async def same(boxes: Sequence["Box"], info: strawberry.Info, most: int = 2) -> list[list["Box"] | None]:
        info.context.append(len(boxes))
        if most < 0:
            raise FellError("most")
        return [[each] * most or None if each.id != 2 else FellError("two") for each in boxes]  # type: ignore[misc]  # an error of one


def box(id_: int, **changed: Any) -> Box:
    return Box(**{"id": id_, "label": f"Box {id_}", "color": Color.RED, "tags": [Tag(name="t")]} | changed)


def following(one: Box) -> Box | None:
    match one.id:
        case 1:
            return None
        case 2:
            raise FellError("two")
        case _:
            return box(one.id + 1)


@strawberry.type
class Query:
    @strawberry.field
    def box(self) -> Box | None:
        wrong: Any = "many"
        return box(
            1,
            tags=(Tag(name="a"), Tag(name=None)),  # type: ignore[arg-type]  # wrong on purpose
            spare=[None, Tag(name="z", weight=wrong)],
            rows=[[1, None], [wrong]],
        )

    @strawberry.field
    def sure_box(self) -> Box:
        return None  # type: ignore[return-value]

    @strawberry.field
    def passing(self) -> list[int]:
        return (each for each in (1, 2))  # type: ignore[return-value]

    @strawberry.field
    async def boxes(self, count: int = 3) -> list[Box]:
        return [box(number) for number in range(count)]


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def add(self, info: strawberry.Info, number: int) -> int | None:
        info.context.append(number)
        if number < 0:
            raise FellError("negative")
        return sum(info.context)

    @strawberry.mutation
    async def must(self) -> int:
        raise FellError("must")


SCHEMA: GraphQLSchema = strawberry.Schema(Query, Mutation, types=[Bag])._schema


def operation(text: str) -> Operation:
    document = parse(text)
    assert not validate(SCHEMA, document)
    node = next(each for each in document.definitions if isinstance(each, OperationDefinitionNode))
    return Operation(SCHEMA, document, node)


@pytest.mark.parametrize(
    "text",
    [
        "{ box { id label color twice other: twice(number: 5) area(size: { width: 2 }) __typename } }",
        "{ box { tags { name weight } } }",
        "{ box { id tags { weight } } }",
        "{ box { spare { name weight } rows } }",
        "{ box { mayFall id } }",
        "{ box { falls id } }",
        "{ sureBox { id } box { id } }",
        "{ passing }",
        "{ box { mayFall spare { weight } } boxes { mayFall } }",
        "{ boxes(count: 1) { next { sureNext { sureNext { id } } } } }",
        "{ boxes(count: 1) { id next { id label next { id } } sureNext { id } } }",
        "{ boxes(count: 5) { id next { id next { id sureNext { id } } } } }",
        "{ boxes(count: 1) { things { __typename id ... on Bag { text } ... on Box { label } } } }",
        "{ boxes(count: 2) { either { ... on Bag { text } ... on Tag { name } } } }",
        "{ boxes(count: 1) { things { ... on Bag { fallsLater } } next { id } } }",
        "{ boxes { same { id same(most: 1) { label } } } }",
        "{ boxes { same(most: -1) { id } } }",
        "{ boxes(count: 1) { ...both ...both } } fragment both on Box { tags { name } tags { weight } }",
        "{ __typename boxes { __typename } }",
        "{ __schema { queryType { name } } box { id } }",
        "mutation { one: add(number: 1) two: add(number: -1) three: add(number: 3) __typename }",
        "mutation { one: add(number: 1) must two: add(number: 2) }",
    ],
)  # fmt: skip
async def test_like_graphql_core(text: str) -> None:
    document = parse(text)
    assert not validate(SCHEMA, document)
    walked, compiled = await both(SCHEMA, document, {})
    assert_same(walked, compiled, in_order="boxes" not in text)


@pytest.mark.parametrize("variables", [{"on": True, "n": 2}, {"on": False, "n": 0}, {"on": True, "n": "x"}, {"n": 1}])
async def test_variables_like_graphql_core(variables: dict[str, Any]) -> None:
    document = parse(
        """query ($on: Boolean!, $n: Int!, $size: Size = { width: 4 }) {
          boxes(count: $n) { id @skip(if: $on) label @include(if: $on) ...more }
        }
        fragment more on Box { twice(number: $n) area(size: $size) }"""
    )
    walked, compiled = await both(SCHEMA, document, variables)
    assert_same(walked, compiled, in_order=True)


@pytest.mark.parametrize("asked", ["id label", "mayFall", "falls", "next { id }"])
async def test_objects_in_objects_may_be_as_deep_as_one_likes(asked: str) -> None:
    document = parse(f"{{ box {{ {'own { id ' * 80}{asked}{' }' * 80} }} }}")
    walked, compiled = await both(SCHEMA, document, {})
    assert_same(walked, compiled, in_order=True)


async def test_a_field_for_many_is_asked_once_for_a_level() -> None:
    asked: list[int] = []
    result = await operation("{ boxes(count: 4) { same(most: 1) { id } } }").run({}, asked)
    assert asked == [4]
    assert result.data == {"boxes": [{"same": [{"id": each}] if each != 2 else None} for each in range(4)]}
    assert [error[:2] for error in told(result)] == [(["boxes", 2, "same"], "two")]


async def test_errors_come_level_by_level_in_the_order_of_the_answer() -> None:
    result = await operation("{ boxes(count: 3) { next { mayFall next { id } } mayFall } }").run({}, [])
    assert [error[0] for error in told(result)] == [
        ["boxes", 0, "mayFall"],
        ["boxes", 1, "mayFall"],
        ["boxes", 2, "mayFall"],
        ["boxes", 0, "next", "mayFall"],
        ["boxes", 2, "next"],
    ]


async def test_mutations_run_one_after_another() -> None:
    done: list[int] = []
    result = await operation("mutation { one: add(number: 1) two: add(number: -1) three: add(number: 3) }").run(
        {}, done
    )
    assert result.data == {"one": 1, "two": None, "three": 3}
    assert done == [1, -1, 3]
