"""Categories, a tree, and collections; and which of them products are in."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Label, Table, Text, Uuid, any_, bindparam, func, literal_column, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY

from commerce_api.domain.product_filter import Term
from commerce_api.domain.value import value
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Row, Statement
from commerce_api.persistence.tables.catalog import (
    categories,
    collections,
    product_relations,
)

_IDS: ColumnElement[Any] = bindparam("ids", type_=ARRAY(Uuid()))
_HANDLES: ColumnElement[Any] = bindparam("handles", type_=ARRAY(Text()))


def said(table: Table, name: str) -> Label[Any]:
    """A text in the caller's language, or else as it is."""
    translated = table.c.translations[bindparam("language", type_=Text())][name].astext
    return func.coalesce(func.nullif(translated, ""), table.c[name]).label(name)


def _columns(table: Table) -> list[ColumnElement[Any]]:
    spoken = ("name", "description_html")
    return [said(table, c.name) if c.name in spoken else c for c in table.columns if c.name != "translations"]


CATEGORY_COLUMNS, COLLECTION_COLUMNS = _columns(categories), _columns(collections)
_NAMES, _COLLECTION_NAMES = ([str(c.key) for c in columns] for columns in (CATEGORY_COLUMNS, COLLECTION_COLUMNS))
CATEGORY_ORDER: Final = (categories.c.position, categories.c.name, categories.c.id)
COLLECTION_ORDER: Final = (collections.c.name, collections.c.id)
_CATEGORIES: Final = {"cat": "id"}
_COLLECTIONS: Final = {"col": "id"}
_BY_ID = Statement(select(*CATEGORY_COLUMNS).where(categories.c.id == any_(_IDS)), shows=_CATEGORIES)
_BY_HANDLE = Statement(select(*CATEGORY_COLUMNS).where(categories.c.handle == any_(_HANDLES)), shows=_CATEGORIES)
_ROOTS = Statement(
    select(*CATEGORY_COLUMNS).where(categories.c.parent_id.is_(None)).order_by(*CATEGORY_ORDER), shows=_CATEGORIES
)
_CHILDREN = Statement(
    select(*CATEGORY_COLUMNS).where(categories.c.parent_id == any_(_IDS)).order_by(*CATEGORY_ORDER), shows=_CATEGORIES
)
_COLLECTIONS_BY_ID = Statement(select(*COLLECTION_COLUMNS).where(collections.c.id == any_(_IDS)), shows=_COLLECTIONS)
_COLLECTIONS_BY_HANDLE = Statement(
    select(*COLLECTION_COLUMNS).where(collections.c.handle == any_(_HANDLES)), shows=_COLLECTIONS
)


def _above() -> Statement:
    up = (
        select(categories.c.id.label("below"), categories.c.parent_id, literal_column("1").label("steps"))
        .where(categories.c.id == any_(_IDS))
        .cte("up", recursive=True)
    )
    parent = categories.alias("parent")
    up = up.union_all(
        select(up.c.below, parent.c.parent_id, up.c.steps + 1).join_from(up, parent, parent.c.id == up.c.parent_id)
    )
    return Statement(
        select(up.c.below, *CATEGORY_COLUMNS)
        .join_from(up, categories, categories.c.id == up.c.parent_id)
        .order_by(up.c.below, up.c.steps.desc()),
        shows=_CATEGORIES,
    )


_NAME = said(categories, "name")
_NAMED = Statement(
    select(*CATEGORY_COLUMNS)
    .where(func.lower(_NAME.element).op("~", is_comparison=True)(bindparam("wanted", type_=Text())))
    .order_by(*CATEGORY_ORDER)
    .limit(bindparam("most")),
    shows=_CATEGORIES,
)
_ABOVE = _above()
_RELATED = Statement(
    select(product_relations)
    .where(product_relations.c.product_id == any_(_IDS))
    .order_by(product_relations.c.position, product_relations.c.related_product_id)
)


async def categories_by_id(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, Row]:
    return _keyed(await _fetch(scope, _BY_ID, ids=list(ids)), "id")


async def categories_by_handle(scope: Scope, handles: Sequence[str]) -> Mapping[str, Row]:
    return _keyed(await _fetch(scope, _BY_HANDLE, handles=list(handles)), "handle")


async def categories_named(scope: Scope, terms: Sequence[Term], most: int) -> list[Row]:
    """Categories with all these words in their names; a word may go on."""
    wanted = "".join(rf"(?=.*\m({'|'.join(term.all_words)}))" for term in terms)
    return await _fetch(scope, _NAMED, wanted=f"^{wanted}", most=most)


async def root_categories(scope: Scope) -> list[Row]:
    return await _fetch(scope, _ROOTS)


async def categories_below(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, list[Row]]:
    """The children of each category in their order."""
    return _grouped(await _fetch(scope, _CHILDREN, ids=list(ids)), "parent_id")


async def categories_above(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, list[Row]]:
    """The way from the root to each category, without itself."""
    return _grouped(await _fetch(scope, _ABOVE, ids=list(ids)), "below")


async def collections_by_id(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, Row]:
    return _keyed(await _fetch(scope, _COLLECTIONS_BY_ID, ids=list(ids)), "id")


async def collections_by_handle(scope: Scope, handles: Sequence[str]) -> Mapping[str, Row]:
    return _keyed(await _fetch(scope, _COLLECTIONS_BY_HANDLE, handles=list(handles)), "handle")


@value
class CollectionPage:
    """`limit` collections by name after a name and id, or before them if `backward`."""

    limit: int
    backward: bool
    position: tuple[str, UUID] | None


def _collection_page(*, backward: bool, positioned: bool) -> Statement:
    key = COLLECTION_ORDER
    page = select(*COLLECTION_COLUMNS, collections.c.name.label("place"))
    page = page.order_by(*(part.desc() if backward else part for part in key)).limit(bindparam("limit"))
    if positioned:
        here = tuple_(bindparam("place", type_=Text()), bindparam("last_id", type_=Uuid()))
        page = page.where(tuple_(*key) < here if backward else tuple_(*key) > here)
    return Statement(page, shows=_COLLECTIONS)


_COLLECTION_PAGES = {
    (backward, positioned): _collection_page(backward=backward, positioned=positioned)
    for backward in (False, True)
    for positioned in (False, True)
}
_COLLECTION_COUNT = Statement(select(func.count()).select_from(collections))


async def collection_page(scope: Scope, page: CollectionPage) -> list[Row]:
    """Collections in the order of their own names, in the direction of reading."""
    place, last_id = page.position or (None, None)
    values = {"limit": page.limit} | ({"place": place, "last_id": last_id} if page.position else {})
    return await _fetch(scope, _COLLECTION_PAGES[page.backward, page.position is not None], **values)


async def count_collections(scope: Scope) -> int:
    async with scope.database.connection() as connection:
        return int(await connection.fetch_value(_COLLECTION_COUNT))


def categories_in(listed: Sequence[tuple[Any, ...]] | None) -> list[dict[str, Any]]:
    """From a list of `CATEGORY_COLUMNS`, what stands there under its names."""
    return [dict(zip(_NAMES, each, strict=True)) for each in listed or ()]


def collections_in(listed: Sequence[tuple[Any, ...]] | None) -> list[dict[str, Any]]:
    return [dict(zip(_COLLECTION_NAMES, each, strict=True)) for each in listed or ()]


async def relations_of(scope: Scope, product_ids: Sequence[UUID]) -> Mapping[UUID, list[Row]]:
    """Which products go with each, whatever the kind."""
    async with scope.database.connection() as connection:
        return _grouped(await connection.fetch(_RELATED, ids=list(product_ids)), "product_id")


async def _fetch(scope: Scope, statement: Statement, **values: Any) -> list[Row]:
    async with scope.database.connection() as connection:
        return await connection.fetch(statement, language=scope.language, **values)


def _keyed(rows: Sequence[Row], name: str) -> Mapping[Any, Row]:
    return {row[name]: row for row in rows}


def _grouped(rows: Sequence[Row], name: str) -> Mapping[UUID, list[Row]]:
    found: dict[UUID, list[Row]] = {}
    for row in rows:
        found.setdefault(row[name], []).append(row)
    return found
