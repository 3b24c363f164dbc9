"""Relay connections over keysets: stable while rows come and go, and as fast on page 1,000 as on page 1 (K13)."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Awaitable, Callable, Hashable, Sequence
from datetime import UTC, datetime
from typing import Any, Generic, Self, TypeAlias, TypeVar

import orjson
import strawberry

from commerce_api.domain.value import value
from commerce_api.persistence.lists import Listed, Part
from commerce_api.schema.context import Context, Question
from commerce_api.schema.errors import BadInput

MAX_PAGE = 100
DEFAULT_PAGE = 20
_FOREIGN_CURSOR = "This cursor is not from this list; take `endCursor` or `startCursor` of a page."
T = TypeVar("T")
C = TypeVar("C", bound=Hashable)

First: TypeAlias = int | None
After: TypeAlias = str | None
Last: TypeAlias = int | None
Before: TypeAlias = str | None


@strawberry.type(description="Where a page stands in the whole list.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="More follows after `endCursor`.")
    has_previous_page: bool = strawberry.field(description="More stands before `startCursor`.")
    start_cursor: str | None = strawberry.field(description="Cursor of the first edge.")
    end_cursor: str | None = strawberry.field(description="Cursor of the last edge.")


@strawberry.type(description="One entry of a page.")
class Edge(Generic[T]):
    node: T = strawberry.field(description="The object itself.")
    of: strawberry.Private[str]
    position: strawberry.Private[Sequence[Any]]

    @strawberry.field(description="Opaque position for `after` and `before`.")
    def cursor(self) -> str:
        return cursor_of(self.of, self.position)


@strawberry.type(description="A page of a list.")
class Connection(Generic[T]):
    edges: list[Edge[T]] = strawberry.field(description="The page's entries with their cursors.")
    page_info: PageInfo = strawberry.field(description="Where this page stands.")
    count: strawberry.Private[Callable[[], Awaitable[int]]]

    @strawberry.field(description="The page's objects without cursors.")
    def nodes(self) -> list[T]:
        return [edge.node for edge in self.edges]

    @strawberry.field(description="Length of the whole list. Counted only when selected.")
    async def total_count(self) -> int:
        return await self.count()

    @classmethod
    def of(
        cls,
        page: "Page",
        rows: Sequence[Any],
        node: Callable[[Any], T],
        position: Callable[[Any], Sequence[Any]],
        count: Callable[[], Awaitable[int]],
    ) -> Self:
        """Make a page of rows that were read with `page.limit`: one more than asked tells that more follows.

        Rows come in the direction of reading: backwards for `last`.
        """
        shown = list(rows[: page.size])
        more = len(rows) > page.size
        if page.backward:
            shown.reverse()
        edges = [Edge(node=node(row), of=page.of, position=position(row)) for row in shown]
        info = PageInfo(
            has_next_page=bool(page.position) if page.backward else more,
            has_previous_page=more if page.backward else bool(page.position),
            start_cursor=cursor_of(page.of, edges[0].position) if edges else None,
            end_cursor=cursor_of(page.of, edges[-1].position) if edges else None,
        )
        return cls(edges=edges, page_info=info, count=count)


async def listed(
    context: Context,
    questions: tuple["Question[Part[C], Sequence[Any]]", "Question[Listed[C], int]"],
    page: "Page",
    of: Listed[C],
    kinds: Sequence[Callable[[str], Any]],
    node: Callable[[Any], T],
    position: Callable[[Any], Sequence[Any]],
) -> Connection[T]:
    """A page of a list; lists of one level that differ only in what they belong to are read, and counted, together."""
    rows, count = questions
    part = Part(
        chosen=of.chosen, parent_id=of.parent_id, limit=page.limit, backward=page.backward, position=page.keys(*kinds)
    )

    async def counted() -> int:
        return await context.load(count, of) or 0

    return Connection.of(page, await context.load(rows, part) or (), node, position, counted)


@value
class Page:
    """What was asked for of the list `of`. `position` is the keyset to continue from, `backward` the direction."""

    of: str
    size: int
    backward: bool = False
    position: tuple[Any, ...] | None = None

    @property
    def limit(self) -> int:
        return self.size + 1

    def keys(self, *kinds: Callable[[str], Any]) -> tuple[Any, ...] | None:
        """The position with each value read as its kind: `page.keys(instant_of, UUID)`."""
        if self.position is None:
            return None
        try:
            return tuple(kind(str(value)) for kind, value in zip(kinds, self.position, strict=True))
        except (ValueError, OverflowError) as error:
            raise BadInput(_FOREIGN_CURSOR) from error


def page_of(first: int | None, after: str | None, last: int | None, before: str | None, *, of: str, width: int) -> Page:
    """Read the four Relay arguments. `of` names the list and its order, `width` is how many values tell a place in it."""
    if (first is not None or after is not None) and (last is not None or before is not None):
        raise BadInput("Take either `first` and `after`, or `last` and `before`.")
    backward = last is not None or before is not None
    size = last if last is not None else first
    size = DEFAULT_PAGE if size is None else size
    if not 0 <= size <= MAX_PAGE:
        raise BadInput(f"`first` and `last` are between 0 and {MAX_PAGE}.")
    cursor = before if backward else after
    return Page(of=of, size=size, backward=backward, position=None if cursor is None else _position(cursor, of, width))


def instant_of(text: str) -> datetime:
    """A time in a cursor, for `Page.keys`."""
    return datetime.fromisoformat(text).astimezone(UTC)


def text_of(text: str) -> str:
    """A name or a code in a cursor, for `Page.keys`. No text of the database holds a NUL."""
    return text.replace("\0", "")


def number_of(text: str) -> int:
    """A place or a running number in a cursor, for `Page.keys`."""
    return _within(int(text), 31)


def amount_of(text: str) -> int:
    """Minor units in a cursor, for `Page.keys`."""
    return _within(int(text), 63)


def _within(number: int, bits: int) -> int:
    if abs(number) >= 1 << bits:
        raise ValueError("beyond what a list is ordered by")
    return number


def cursor_of(of: str, position: Sequence[Any]) -> str:
    return urlsafe_b64encode(orjson.dumps([of, *position], default=str)).decode().rstrip("=")


def _position(cursor: str, of: str, width: int) -> tuple[Any, ...]:
    try:
        values = orjson.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, Base64Error, UnicodeError):
        values = None
    if not isinstance(values, list) or len(values) != 1 + width or values[0] != of:
        raise BadInput(_FOREIGN_CURSOR)
    return tuple(values[1:])
