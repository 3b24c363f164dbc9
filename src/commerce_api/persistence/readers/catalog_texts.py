"""Texts in the catalog's own language and in all others, for those who write and translate them."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select

from commerce_api.persistence.rows import among
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Row, Statement
from commerce_api.persistence.tables import catalog as t


def _of(*columns: ColumnElement[Any], key: ColumnElement[Any]) -> Statement:
    return Statement(select(*columns).where(among(key)).order_by(*columns[:2]))


_PRODUCT = ("title", "description_html", "option_names", "seo_title", "seo_description")
_PRODUCTS = _of(t.products.c.id, *(t.products.c[name] for name in _PRODUCT), key=t.products.c.id)
_PRODUCTS_SAID = _of(*t.product_translations.columns, key=t.product_translations.c.product_id)
_VARIANTS = _of(t.variants.c.id, t.variants.c.option_values, key=t.variants.c.id)
_VARIANTS_SAID = _of(*t.variant_translations.columns, key=t.variant_translations.c.variant_id)
_ARRANGED = tuple(
    _of(table.c.id, table.c.name, table.c.description_html, table.c.translations, key=table.c.id)
    for table in (t.categories, t.collections)
)


async def product_texts(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, Row]:
    """As they were written first."""
    return {row["id"]: row for row in await _fetch(scope, _PRODUCTS, ids)}


async def product_translations(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, list[Row]]:
    return _grouped(await _fetch(scope, _PRODUCTS_SAID, ids), "product_id")


async def variant_texts(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, Row]:
    """As they were written first."""
    return {row["id"]: row for row in await _fetch(scope, _VARIANTS, ids)}


async def variant_translations(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, list[Row]]:
    return _grouped(await _fetch(scope, _VARIANTS_SAID, ids), "variant_id")


async def arrangement_texts(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, Row]:
    """Of categories and collections: as they were written first, and all translations."""
    return {row["id"]: row for statement in _ARRANGED for row in await _fetch(scope, statement, ids)}


async def _fetch(scope: Scope, statement: Statement, ids: Sequence[UUID]) -> list[Row]:
    async with scope.database.connection() as connection:
        return await connection.fetch(statement, ids=list(ids))


def _grouped(rows: Sequence[Row], name: str) -> Mapping[UUID, list[Row]]:
    found: dict[UUID, list[Row]] = {}
    for row in rows:
        found.setdefault(row[name], []).append(row)
    return found
