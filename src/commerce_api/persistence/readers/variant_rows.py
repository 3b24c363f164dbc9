"""What is read of variants with their price and stock: as rows, or as one value beside the row of their product."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

import orjson
from asyncpg.pgproto.pgproto import UUID  # as rows have them, read in a tenth of the time of Python's own
from sqlalchemy import ColumnElement, FromClause, Integer, Label, Select, Uuid, bindparam, func, or_, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by

from commerce_api.domain.permissions import Permission
from commerce_api.domain.value import value
from commerce_api.persistence.readers.assortment import option_names, translated, translated_list
from commerce_api.persistence.readers.prices import price_of
from commerce_api.persistence.readers.product_parts import JSON, ROWS, Form, parts_of_variant
from commerce_api.persistence.readers.stock import stock_of
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.tables.catalog import product_translations as product_texts
from commerce_api.persistence.tables.catalog import products, variants
from commerce_api.persistence.tables.catalog import variant_translations as texts
from commerce_api.persistence.touched import Shown

_ALWAYS: Final = frozenset({"id", "product_id", "sku"})
_ALWAYS_BESIDE: Final = frozenset({"id", "sku"})
_OF_STOCK: Final = frozenset(stock_of(variants.c.id).c.keys())


@value
class VariantsOf:
    """Some of each product's variants in their order: `first` of them after the `skip`ped. `columns` None: all."""

    first: int
    skip: int
    columns: frozenset[str] | None = None


def select_variants(source: FromClause, variant: FromClause, only: frozenset[str] | None) -> Select[Any]:
    """Of `source`, which has products with their texts, and the variants that `variant` stands for: these with price and stock
    as the caller sees them, and those without a price only for staff. What is not in `only` is not read, but for what every
    reader needs.
    """
    source, columns, priced = _columns(source, variant, None if only is None else only | _ALWAYS, ROWS)
    return select(*columns).select_from(source).where(priced)


def _columns(
    source: FromClause, variant: FromClause, only: frozenset[str] | None, form: Form
) -> tuple[FromClause, list[ColumnElement[Any]], ColumnElement[bool]]:
    """From where to select what, and of which."""
    v = variant.c
    stock, price = stock_of(v.id), price_of(v.id, v.min_quantity)
    option_values = translated_list(texts.c.option_values, v.option_values)
    said = (texts.c.variant_id == v.id) & (texts.c.language == bindparam("language"))
    own = (c for c in v if c is not v.option_values)
    columns = [*own, option_values, option_names(), _name(option_values), *price.c, *parts_of_variant(variant, form)]
    source = source.outerjoin(texts, said).outerjoin(price, true())
    if tells_stock(only):
        source, columns = source.join(stock, true()), [*columns, *stock.c]
    asked = [c for c in columns if only is None or c.key in only]
    return source, asked, or_(price.c.amount.is_not(None), bindparam("unpriced"))


def some_variants(product_id: ColumnElement[Any]) -> Select[Any]:
    """`first` variants of a product after the `skip`ped, in their order."""
    return (
        select(variants)
        .where(variants.c.product_id == product_id, variants.c.deleted_at.is_(None))
        .order_by(variants.c.position, variants.c.id)
        .limit(bindparam("first", type_=Integer()))
        .offset(bindparam("skip", type_=Integer()))
        .correlate(products)
    )


def _name(option_values: ColumnElement[Any]) -> ColumnElement[Any]:
    """The option values, such as `Red / M`, or else the product's title."""
    return func.coalesce(func.nullif(func.array_to_string(option_values, " / "), ""), translated("title")).label("name")


def tells_stock(only: frozenset[str] | None) -> bool:
    return only is None or not only.isdisjoint(_OF_STOCK)


def variant_values(scope: Scope) -> dict[str, Any]:
    """What statements about variants take besides the values of `scoped`."""
    return {"unpriced": scope.actor.may(Permission.MANAGE_CATALOG)}


def variants_beside(only: frozenset[str] | None) -> Sequence[ColumnElement[Any]]:
    """For a statement about products with their texts: a column with the variants of each, for `variants_in`; none if nothing is
    asked of them. It takes the values of `beside_values`.
    """
    return () if only is None else (_beside(only),)


def _beside(only: frozenset[str]) -> Label[Any]:
    """As JSON, which costs both sides less than as many rows."""
    some = some_variants(products.c.id).subquery("chosen")
    source, columns, priced = _columns(some, some, only | _ALWAYS_BESIDE, JSON)
    listed = func.json_agg(aggregate_order_by(func.json_build_array(*columns), some.c.position, some.c.id))
    question = select(listed).select_from(source).where(priced).correlate(products, product_texts)
    return question.scalar_subquery().label("variants")


def beside_values(scope: Scope, beside: VariantsOf | None) -> dict[str, Any]:
    return {**variant_values(scope), "first": beside.first, "skip": beside.skip} if beside else {}


def shown_beside(only: frozenset[str] | None) -> dict[str, Shown]:
    """Of which variants the rows of products tell the stock."""
    if only is None or not tells_stock(only):
        return {}
    return {"stock": lambda row: (each["id"] for each in variants_in(row["variants"], only))}


def variants_in(listed: str | None, only: frozenset[str]) -> list[dict[str, Any]]:
    """The rows of variants that stand beside a product."""
    names, ids, pictures = _names(only)
    rows = [dict(zip(names, each, strict=True)) for each in orjson.loads(listed or "[]")]
    for row in rows:
        for name in ids:
            row[name] = row[name] and UUID(row[name])
        for name in pictures:
            if row[name]:
                row[name][0] = UUID(row[name][0])
    return rows


@lru_cache(maxsize=64)
def _names(only: frozenset[str]) -> tuple[list[str], list[str], list[str]]:
    """Of all columns in their order, of those with ids, and of those with pictures, which begin with their id."""
    some = variants.alias("chosen")
    _, columns, _ = _columns(some, some, only | _ALWAYS_BESIDE, JSON)
    names = [str(column.key) for column in columns]
    ids = [str(column.key) for column in columns if isinstance(column.type, Uuid)]
    return names, ids, [name for name in names if name in ("picture", "own_picture")]
