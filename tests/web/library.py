"""A small schema of its own, with everything that permissions, limits and errors can stand on."""

from enum import Enum

import strawberry
from strawberry.schema.config import StrawberryConfig

from commerce_api.contract import derive, for_shop
from commerce_api.domain.permissions import Permission
from commerce_api.schema.errors import BadInput
from commerce_api.schema.pagination import Connection, page_of
from commerce_api.schema.permissions import ALONE, PUBLIC, requires
from commerce_api.schema.scalars import SCALARS

WRITTEN = []


@strawberry.enum(description="Kinds.")
class Kind(Enum):
    NOVEL = "NOVEL"
    SECRET = strawberry.enum_value("SECRET", directives=[requires(Permission.READ_COSTS)])


@strawberry.type(description="Only staff.", directives=[requires(Permission.READ_COSTS)])
class Margin:
    percent: int


@strawberry.type(description="A book.")
class Book:
    title: str
    cost: int = strawberry.field(default=1, directives=[requires(Permission.READ_COSTS)])

    @strawberry.field
    def margin(self) -> Margin:
        return Margin(percent=10)

    @strawberry.field
    def similar(self) -> list["Book"]:
        return [Book(title="Again")]

    @strawberry.field
    def broken(self) -> str | None:
        raise RuntimeError("password=hunter2")

    @strawberry.field
    def refused(self) -> str | None:
        raise BadInput("a" * 900)


@strawberry.input(description="What to look for.")
class BookFilter:
    kind: Kind | None = None
    cost_below: int | None = strawberry.field(default=None, directives=[requires(Permission.READ_COSTS)])
    nested: list["BookFilter"] | None = None


@strawberry.type
class Query:
    @strawberry.field(directives=[requires(Permission.BROWSE_CATALOG)], metadata=PUBLIC)
    def book(self, title: str = "Emma") -> Book:
        return Book(title=title)

    @strawberry.field(directives=[requires(Permission.BROWSE_CATALOG)])
    def books(
        self, first: int | None = None, after: str | None = None, last: int | None = None, before: str | None = None
    ) -> Connection[Book]:
        page = page_of(first, after, last, before, of="books", width=1)

        async def count():
            return 1

        return Connection.of(page, ["Emma"], lambda title: Book(title=title), lambda title: [title], count)

    @strawberry.field(directives=[requires(Permission.BROWSE_CATALOG)], metadata=PUBLIC)
    def find(self, filter: BookFilter | None = None, kind: Kind | None = None) -> list[Book]:
        assert filter is None or kind is None
        return []

    @strawberry.field(directives=[requires(Permission.BROWSE_CATALOG)])
    def by_ids(self, ids: list[strawberry.ID]) -> list[Book | None]:
        return [Book(title=title) for title in ids]

    @strawberry.field(directives=[requires(Permission.BROWSE_CATALOG)])
    def newest(self, first: int = 3) -> list[Book]:
        return [Book(title="Emma")][:first]

    @strawberry.field(directives=[requires(Permission.OWN_ACCOUNT)])
    def mine(self) -> str:
        return "mine"

    @strawberry.field(directives=[requires(Permission.READ_COSTS)])
    def costs(self) -> list[int]:
        return [1]

    @strawberry.field(directives=[requires(Permission.BROWSE_CATALOG)], metadata=ALONE)
    def order_by_code(self, code: str) -> bool:
        return code == "right"


@strawberry.type
class Mutation:
    @strawberry.mutation(directives=[requires(Permission.BUY)])
    def write(self, text: str) -> str:
        WRITTEN.append(text)
        return text

    @strawberry.mutation(directives=[requires(Permission.BROWSE_CATALOG)], metadata=ALONE)
    def sign_in(self, password: str) -> bool:
        return password == "right"


FULL = strawberry.Schema(Query, Mutation, config=StrawberryConfig(scalar_map=SCALARS))._schema
SHOP = derive(FULL, for_shop)
