"""The catalog as those see it who work on it: drafts and all."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, Uuid, any_, bindparam, func, literal, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY

from commerce_api.domain.attribute import ProductType
from commerce_api.domain.price_list import Price, PriceList
from commerce_api.domain.product import Publication
from commerce_api.domain.value import value
from commerce_api.persistence.product_types import product_type_of
from commerce_api.persistence.readers.prices import scoped
from commerce_api.persistence.readers.products import select_products
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Row, Statement
from commerce_api.persistence.tables import catalog as t

_IDS: ColumnElement[Any] = bindparam("ids", type_=ARRAY(Uuid()))
_TYPES_BY_ID = Statement(select(t.product_types).where(t.product_types.c.id == any_(_IDS)))
_ATTRIBUTES = Statement(
    select(t.attributes)
    .where(t.attributes.c.product_type_id == any_(_IDS))
    .order_by(t.attributes.c.position, t.attributes.c.id)
)
_LISTS_BY_ID = Statement(select(t.price_lists).where(t.price_lists.c.id == any_(_IDS)))
_PUBLICATIONS = Statement(
    select(t.product_publications)
    .where(t.product_publications.c.product_id == any_(_IDS))
    .order_by(t.product_publications.c.channel_id)
)
_PRICES = Statement(
    select(t.prices)
    .where(t.prices.c.variant_id == any_(_IDS))
    .order_by(t.prices.c.price_list_id, t.prices.c.min_quantity)
)


@value
class WorkPage:
    """The latest products first: all, or those with a status, or with a text in title, handle or SKU; of these `columns`, or all."""

    limit: int
    backward: bool
    position: UUID | None
    status: str | None
    text: str | None
    columns: frozenset[str] | None = None


@lru_cache(maxsize=64)
def _pages(
    *, backward: bool, positioned: bool, with_status: bool, with_text: bool, columns: frozenset[str] | None
) -> tuple[Statement, Statement]:
    """The page, and the count of all."""
    conditions: list[ColumnElement[bool]] = [t.products.c.deleted_at.is_(None)]
    if with_status:
        conditions.append(t.products.c.status == bindparam("status"))
    if with_text:
        like = literal("%").concat(bindparam("text", type_=Text())).concat("%")
        skus = (
            select(true())
            .where(t.variants.c.product_id == t.products.c.id, t.variants.c.deleted_at.is_(None))
            .where(t.variants.c.sku.ilike(like))
            .correlate(t.products)
            .exists()
        )
        conditions.append(or_(t.products.c.title.ilike(like), t.products.c.handle.ilike(like), skus))
    count = select(func.count()).select_from(t.products).where(*conditions)
    id_ = t.products.c.id
    page = (
        select_products(t.products, columns)
        .where(*conditions)
        .order_by(id_ if backward else id_.desc())
        .limit(bindparam("limit"))
    )
    if positioned:
        last = bindparam("last_id", type_=Uuid())
        page = page.where(id_ > last if backward else id_ < last)
    return Statement(page), Statement(count)


def _asked(page: WorkPage) -> tuple[tuple[Statement, Statement], dict[str, Any]]:
    statements = _pages(
        backward=page.backward,
        positioned=page.position is not None,
        with_status=page.status is not None,
        with_text=page.text is not None,
        columns=page.columns,
    )
    values = {"status": page.status, "text": _literally(page.text), "last_id": page.position, "limit": page.limit}
    return statements, values


def _literally(text: str | None) -> str | None:
    """Without the special meaning that % and _ have."""
    return text and text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


async def work_page(scope: Scope, page: WorkPage) -> list[Row]:
    (statement, _), values = _asked(page)
    async with scope.database.connection() as connection:
        return await connection.fetch(statement, **scoped(scope), **values)


async def count_work(scope: Scope, page: WorkPage) -> int:
    (_, statement), values = _asked(page)
    async with scope.database.connection() as connection:
        return int(await connection.fetch_value(statement, **values))


async def product_types_by_id(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, ProductType]:
    async with scope.database.connection() as connection:
        rows = await connection.fetch(_TYPES_BY_ID, ids=list(ids))
        attributes = await connection.fetch(_ATTRIBUTES, ids=list(ids))
    return {
        row["id"]: product_type_of(row, [a for a in attributes if a["product_type_id"] == row["id"]]) for row in rows
    }


async def price_lists_by_id(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, PriceList]:
    async with scope.database.connection() as connection:
        return {row["id"]: PriceList(**dict(row)) for row in await connection.fetch(_LISTS_BY_ID, ids=list(ids))}


async def publications_of(scope: Scope, product_ids: Sequence[UUID]) -> Mapping[UUID, list[Publication]]:
    found: dict[UUID, list[Publication]] = {}
    async with scope.database.connection() as connection:
        for row in await connection.fetch(_PUBLICATIONS, ids=list(product_ids)):
            product_id = row["product_id"]
            publication = Publication(**{name: each for name, each in row.items() if name != "product_id"})
            found.setdefault(product_id, []).append(publication)
    return found


async def listed_prices_of(scope: Scope, variant_ids: Sequence[UUID]) -> Mapping[UUID, list[tuple[UUID, Price]]]:
    """All prices of variants, each with its list."""
    found: dict[UUID, list[tuple[UUID, Price]]] = {}
    async with scope.database.connection() as connection:
        for row in await connection.fetch(_PRICES, ids=list(variant_ids)):
            price = Price(**{name: row[name] for name in ("min_quantity", "amount", "compare_at", "lowest")})
            found.setdefault(row["variant_id"], []).append((row["price_list_id"], price))
    return found
