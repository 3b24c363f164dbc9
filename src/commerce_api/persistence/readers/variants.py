"""Variants with their price and stock, in one statement."""

from collections.abc import Hashable, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Text, Uuid, any_, bindparam, func, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY

from commerce_api.domain.permissions import Permission
from commerce_api.persistence.readers.assortment import in_language, on_sale
from commerce_api.persistence.readers.prices import scoped
from commerce_api.persistence.readers.products import RowOf, by_key, columns_of
from commerce_api.persistence.readers.variant_rows import (
    VariantsOf,
    select_variants,
    some_variants,
    tells_stock,
    variant_values,
)
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Row, Statement
from commerce_api.persistence.tables.catalog import product_publications as publications
from commerce_api.persistence.tables.catalog import product_translations as product_texts
from commerce_api.persistence.tables.catalog import products, variants
from commerce_api.persistence.touched import Shown

K = TypeVar("K", bound=Hashable)


def _shown(only: frozenset[str] | None) -> dict[str, Shown]:
    """What the rows are of; of which variants they tell the stock."""
    return {"prd": "product_id", "stock": "id"} if tells_stock(only) else {"prd": "product_id"}


@lru_cache(maxsize=64)
def _of_products(columns: frozenset[str] | None) -> Statement:
    asked = func.unnest(bindparam("product_ids", type_=ARRAY(Uuid()))).table_valued("id").render_derived(name="asked")
    some = some_variants(products.c.id).lateral("chosen")
    source = asked.join(products, products.c.id == asked.c.id).outerjoin(product_texts, in_language())
    selected = select_variants(source.join(some, true()), some, columns).order_by(some.c.position, some.c.id)
    return Statement(selected, shows=_shown(columns))


@lru_cache(maxsize=64)
def _named(name: str, columns: frozenset[str] | None) -> Statement:
    """Variants of products that are on sale; staff who work on the catalog may ask for `unpublished` ones as well."""
    named = variants.c[name] == any_(bindparam("names", type_=ARRAY(Uuid() if name == "id" else Text())))
    published = select(true()).where(publications.c.product_id == products.c.id, on_sale()).correlate(products).exists()
    source = variants.join(products, products.c.id == variants.c.product_id).outerjoin(product_texts, in_language())
    living = select_variants(source, variants, columns).where(variants.c.deleted_at.is_(None))
    return Statement(living.where(named, or_(published, bindparam("unpublished"))), shows=_shown(columns))


def _values(scope: Scope) -> dict[str, Any]:
    return {**scoped(scope), **variant_values(scope), "unpublished": False}


async def variants_of(scope: Scope, product_ids: Sequence[UUID], asked: VariantsOf) -> Mapping[UUID, list[Row]]:
    """Of products that the caller was shown."""
    found: dict[UUID, list[Row]] = {id_: [] for id_ in product_ids}
    values = {**_values(scope), "product_ids": list(found), "first": asked.first, "skip": asked.skip}
    async with scope.database.connection() as connection:
        for row in await connection.fetch(_of_products(asked.columns), **values):
            found[row["product_id"]].append(row)
    return found


async def variants_by_id(scope: Scope, asked: Sequence[RowOf[UUID]]) -> Mapping[RowOf[UUID], Row]:
    """Those that the channel sells to the caller now."""
    return await _found(scope, "id", asked, _values(scope))


async def catalog_variants_by_id(scope: Scope, asked: Sequence[RowOf[UUID]]) -> Mapping[RowOf[UUID], Row]:
    """Those of products that are not on sale too, for those who work on the catalog."""
    unpublished = scope.actor.may(Permission.MANAGE_CATALOG)
    return await _found(scope, "id", asked, {**_values(scope), "unpublished": unpublished})


async def variants_by_sku(scope: Scope, asked: Sequence[RowOf[str]]) -> Mapping[RowOf[str], Row]:
    """Those that the channel sells to the caller now."""
    return await _found(scope, "sku", asked, _values(scope))


async def _found(
    scope: Scope, name: str, asked: Sequence[RowOf[K]], values: Mapping[str, Any]
) -> Mapping[RowOf[K], Row]:
    names = list({each.key for each in asked})
    async with scope.database.connection() as connection:
        rows = await connection.fetch(_named(name, columns_of(asked)), names=names, **values)
    return by_key(rows, name, asked)
