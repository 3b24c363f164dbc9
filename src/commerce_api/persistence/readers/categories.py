"""Categories, a tree, and collections; and which of them products are in."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, Text, Uuid, any_, bindparam, func, literal_column, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY

from commerce_api.domain.product_filter import Term
from commerce_api.domain.value import value
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Row, Statement
from commerce_api.persistence.tables.catalog import (
    categories,
    collection_products,
    collections,
    product_categories,
    product_relations,
)

_IDS: ColumnElement[Any] = bindparam("ids", type_=ARRAY(Uuid()))
_HANDLES: ColumnElement[Any] = bindparam("handles", type_=ARRAY(Text()))


def _said(table: Table, name: str) -> ColumnElement[Any]:
    said = table.c.translations[bindparam("language", type_=Text())][name].astext
    return func.coalesce(func.nullif(said, ""), table.c[name]).label(name)


def _columns(table: Table) -> list[ColumnElement[Any]]:
    spoken = ("name", "description_html")
    return [_said(table, c.name) if c.name in spoken else c for c in table.columns if c.name != "translations"]


_ORDER = (categories.c.position, categories.c.name, categories.c.id)
_BY_ID = Statement(select(*_columns(categories)).where(categories.c.id == any_(_IDS)))
_BY_HANDLE = Statement(select(*_columns(categories)).where(categories.c.handle == any_(_HANDLES)))
_ROOTS = Statement(select(*_columns(categories)).where(categories.c.parent_id.is_(None)).order_by(*_ORDER))
_CHILDREN = Statement(select(*_columns(categories)).where(categories.c.parent_id == any_(_IDS)).order_by(*_ORDER))
_OF_PRODUCTS = Statement(
    select(product_categories.c.product_id, *_columns(categories))
    .join_from(product_categories, categories, categories.c.id == product_categories.c.category_id)
    .where(product_categories.c.product_id == any_(_IDS))
    .order_by(*_ORDER)
)
_COLLECTIONS_BY_ID = Statement(select(*_columns(collections)).where(collections.c.id == any_(_IDS)))
_COLLECTIONS_BY_HANDLE = Statement(select(*_columns(collections)).where(collections.c.handle == any_(_HANDLES)))
_COLLECTIONS_OF_PRODUCTS = Statement(
    select(collection_products.c.product_id, *_columns(collections))
    .join_from(collection_products, collections, collections.c.id == collection_products.c.collection_id)
    .where(collection_products.c.product_id == any_(_IDS))
    .order_by(collections.c.name, collections.c.id)
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
        select(up.c.below, *_columns(categories))
        .join_from(up, categories, categories.c.id == up.c.parent_id)
        .order_by(up.c.below, up.c.steps.desc())
    )


_NAME = _said(categories, "name")
_NAMED = Statement(
    select(*_columns(categories))
    .where(func.lower(_NAME.element).op("~", is_comparison=True)(bindparam("wanted", type_=Text())))
    .order_by(*_ORDER)
    .limit(bindparam("most"))
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


async def categories_of(scope: Scope, product_ids: Sequence[UUID]) -> Mapping[UUID, list[Row]]:
    return _grouped(await _fetch(scope, _OF_PRODUCTS, ids=list(product_ids)), "product_id")


async def collections_by_id(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, Row]:
    return _keyed(await _fetch(scope, _COLLECTIONS_BY_ID, ids=list(ids)), "id")


async def collections_by_handle(scope: Scope, handles: Sequence[str]) -> Mapping[str, Row]:
    return _keyed(await _fetch(scope, _COLLECTIONS_BY_HANDLE, handles=list(handles)), "handle")


async def collections_of(scope: Scope, product_ids: Sequence[UUID]) -> Mapping[UUID, list[Row]]:
    return _grouped(await _fetch(scope, _COLLECTIONS_OF_PRODUCTS, ids=list(product_ids)), "product_id")


@value
class CollectionPage:
    """`limit` collections by name after a name and id, or before them if `backward`."""

    limit: int
    backward: bool
    position: tuple[str, UUID] | None


def _collection_page(*, backward: bool, positioned: bool) -> Statement:
    key = (collections.c.name, collections.c.id)
    page = select(*_columns(collections), collections.c.name.label("place"))
    page = page.order_by(*(part.desc() if backward else part for part in key)).limit(bindparam("limit"))
    if positioned:
        here = tuple_(bindparam("place", type_=Text()), bindparam("last_id", type_=Uuid()))
        page = page.where(tuple_(*key) < here if backward else tuple_(*key) > here)
    return Statement(page)


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
