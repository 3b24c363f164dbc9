"""Variants with their price and stock, in one statement."""

from collections.abc import Hashable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, Integer, Select, Text, Uuid, any_, bindparam, func, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY

from commerce_api.domain.permissions import Permission
from commerce_api.domain.value import value
from commerce_api.persistence.readers.assortment import in_language, on_sale, option_names, translated, translated_list
from commerce_api.persistence.readers.prices import price_of, scoped
from commerce_api.persistence.readers.product_parts import parts_of_variant
from commerce_api.persistence.readers.products import RowOf, by_key, columns_of
from commerce_api.persistence.readers.stock import stock_of
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Row, Statement
from commerce_api.persistence.tables.catalog import product_publications as publications
from commerce_api.persistence.tables.catalog import product_translations as product_texts
from commerce_api.persistence.tables.catalog import products, variants
from commerce_api.persistence.tables.catalog import variant_translations as texts

K = TypeVar("K", bound=Hashable)


@value
class VariantsOf:
    """Some of each product's variants in their order: `first` of them after the `skip`ped. `columns` None: all."""

    first: int
    skip: int
    columns: frozenset[str] | None = None


def _select(source: FromClause, variant: FromClause, *, only: frozenset[str] | None) -> Select[Any]:
    """Of `source`, which has products with their texts, and the variants that `variant` stands for: these with price and stock
    as the caller sees them, and those without a price only for staff. What is not in `only` is not read, but for what every
    reader needs.
    """
    v = variant.c
    stock, price = stock_of(v.id), price_of(v.id, v.min_quantity)
    option_values = translated_list(texts.c.option_values, v.option_values)
    said = (texts.c.variant_id == v.id) & (texts.c.language == bindparam("language"))
    own = (c for c in v if c is not v.option_values)
    columns = [*own, option_values, option_names(), _name(option_values), *price.c, *parts_of_variant(variant)]
    source = source.outerjoin(texts, said).outerjoin(price, true())
    if only is None or not only.isdisjoint(_OF_STOCK):
        source, columns = source.join(stock, true()), [*columns, *stock.c]
    return (
        select(*(c for c in columns if only is None or c.key in only or c.key in _ALWAYS))
        .select_from(source)
        .where(or_(price.c.amount.is_not(None), bindparam("unpriced")))
    )


def _name(option_values: ColumnElement[Any]) -> ColumnElement[Any]:
    """The option values, such as `Red / M`, or else the product's title."""
    return func.coalesce(func.nullif(func.array_to_string(option_values, " / "), ""), translated("title")).label("name")


_ALWAYS: Final = frozenset({"id", "product_id", "sku"})
_OF_STOCK: Final = frozenset(stock_of(variants.c.id).c.keys())


def _shown(only: frozenset[str] | None) -> dict[str, str]:
    """What the rows are of; of which variants they tell the stock."""
    stock = {} if only is not None and only.isdisjoint(_OF_STOCK) else {"stock": "id"}
    return {"prd": "product_id", **stock}


@lru_cache(maxsize=64)
def _of_products(columns: frozenset[str] | None) -> Statement:
    asked = func.unnest(bindparam("product_ids", type_=ARRAY(Uuid()))).table_valued("id").render_derived(name="asked")
    some = (
        select(variants)
        .where(variants.c.product_id == products.c.id, variants.c.deleted_at.is_(None))
        .order_by(variants.c.position, variants.c.id)
        .limit(bindparam("first", type_=Integer()))
        .offset(bindparam("skip", type_=Integer()))
        .correlate(products)
        .lateral("chosen")
    )
    source = asked.join(products, products.c.id == asked.c.id).outerjoin(product_texts, in_language())
    selected = _select(source.join(some, true()), some, only=columns).order_by(some.c.position, some.c.id)
    return Statement(selected, shows=_shown(columns))


@lru_cache(maxsize=64)
def _named(name: str, columns: frozenset[str] | None) -> Statement:
    """Variants of products that are on sale; staff who work on the catalog may ask for `unpublished` ones as well."""
    named = variants.c[name] == any_(bindparam("names", type_=ARRAY(Uuid() if name == "id" else Text())))
    published = select(true()).where(publications.c.product_id == products.c.id, on_sale()).correlate(products).exists()
    source = variants.join(products, products.c.id == variants.c.product_id).outerjoin(product_texts, in_language())
    living = _select(source, variants, only=columns).where(variants.c.deleted_at.is_(None))
    return Statement(living.where(named, or_(published, bindparam("unpublished"))), shows=_shown(columns))


def _values(scope: Scope) -> dict[str, Any]:
    return {**scoped(scope), "unpriced": scope.actor.may(Permission.MANAGE_CATALOG), "unpublished": False}


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
