"""Pages of what staff have set up."""

from collections.abc import Callable
from typing import TypeAlias, TypeVar
from uuid import UUID

from commerce_api.persistence.readers.by_code import ByCode
from commerce_api.persistence.sql import Row
from commerce_api.schema.context import Context
from commerce_api.schema.pagination import Connection, page_of, text_of

T = TypeVar("T")
Arguments: TypeAlias = tuple[int | None, str | None, int | None, str | None]


async def connection_by_code(
    context: Context, listed: ByCode, node: Callable[[Row], T], arguments: Arguments
) -> Connection[T]:
    first, after, last, before = arguments
    page, scope = page_of(first, after, last, before, of=listed.name, width=2), context.scope
    rows = await listed.page(scope, position=page.keys(text_of, UUID), limit=page.limit, backward=page.backward)
    return Connection.of(page, rows, node, lambda row: (row["code"], row["id"]), lambda: listed.count(scope))
