"""Single products, each with what is asked of it."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from sqlalchemy import Boolean, ColumnElement, FromClause, Select, Text, Uuid, and_, any_, bindparam, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY

from commerce_api.domain.permissions import Permission
from commerce_api.domain.value import value
from commerce_api.persistence.readers.assortment import (
    has_price,
    in_language,
    offer_of,
    on_sale,
    option_names,
    translated,
)
from commerce_api.persistence.readers.prices import scoped
from commerce_api.persistence.readers.product_parts import PARTS_OF_PRODUCT
from commerce_api.persistence.readers.variant_rows import VariantsOf, beside_values, shown_beside, variants_beside
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Row, Statement
from commerce_api.persistence.tables.catalog import media, products
from commerce_api.persistence.tables.catalog import product_publications as publications
from commerce_api.persistence.tables.catalog import product_translations as translations

K = TypeVar("K", bound=Hashable)
_PLAIN = ("vendor", "tags", "product_type_id", "tax_class_id", "status", "created_at", "updated_at", "revision")
_TEXTS = ("title", "description_html", "seo_title", "seo_description")
_COLUMNS: Sequence[ColumnElement[Any]] = (
    *(products.c[name] for name in _PLAIN),
    *(translated(name) for name in _TEXTS),
    option_names(),
    *PARTS_OF_PRODUCT,
)
_OF_OFFER: Final = frozenset({"min_amount", "max_amount"})
_MEDIA_BY_ID = Statement(
    select(*(media.c[name] for name in ("id", "url", "sha256", "content_type", "width", "height"))).where(
        media.c.id == any_(bindparam("ids", type_=ARRAY(Uuid())))
    )
)


@value
class RowOf(Generic[K]):
    """What is named by a key, and of its row these `columns`, or all; with a product come the variants `beside` it."""

    key: K
    columns: frozenset[str] | None = None
    beside: VariantsOf | None = None


def columns_of(asked: Iterable[RowOf[Any]]) -> frozenset[str] | None:
    """What one statement is to read that answers all of them."""
    read: set[str] = set()
    for each in asked:
        if each.columns is None:
            return None
        read |= each.columns
    return frozenset(read)


def select_products(source: FromClause, only: frozenset[str] | None, *more: ColumnElement[Any]) -> Select[Any]:
    """`source` has the products. What `schema.catalog.Product` is made of: the columns in `only`, or all, and the names."""
    columns = [column for column in _COLUMNS if only is None or column.key in only]
    source = source.outerjoin(translations, in_language())
    if only is None or not only.isdisjoint(_OF_OFFER):
        offer = offer_of(products.c.id)
        source, columns = source.outerjoin(offer, true()), [*columns, *offer.c]
    return select(products.c.id, products.c.handle, *more, *columns).select_from(source)


@lru_cache(maxsize=64)
def _named(name: str, columns: frozenset[str] | None, beside: frozenset[str] | None) -> Statement:
    """`beside`: what is asked of variants that come with each."""
    named = products.c[name]
    published = select(true()).where(publications.c.product_id == products.c.id, on_sale()).correlate(products).exists()
    return Statement(
        select_products(products, columns, *variants_beside(beside)).where(
            named == any_(bindparam("names", type_=ARRAY(Uuid() if name == "id" else Text()))),
            products.c.deleted_at.is_(None),
            or_(and_(published, has_price(products.c.id)), bindparam("unpublished", type_=Boolean())),
        ),
        shows={"prd": "id", **shown_beside(beside)},
    )


async def products_by_id(scope: Scope, asked: Sequence[RowOf[UUID]]) -> Mapping[RowOf[UUID], Row]:
    """Those that the channel sells to the caller now."""
    return await _found(scope, "id", asked, unpublished=False)


async def products_by_handle(scope: Scope, asked: Sequence[RowOf[str]]) -> Mapping[RowOf[str], Row]:
    """Those that the channel sells to the caller now."""
    return await _found(scope, "handle", asked, unpublished=False)


async def catalog_products_by_id(scope: Scope, asked: Sequence[RowOf[UUID]]) -> Mapping[RowOf[UUID], Row]:
    """Drafts and unpublished ones too, for those who work on the catalog."""
    return await _found(scope, "id", asked, unpublished=scope.actor.may(Permission.MANAGE_CATALOG))


async def catalog_products_by_handle(scope: Scope, asked: Sequence[RowOf[str]]) -> Mapping[RowOf[str], Row]:
    """Drafts and unpublished ones too, for those who work on the catalog."""
    return await _found(scope, "handle", asked, unpublished=scope.actor.may(Permission.MANAGE_CATALOG))


async def _found(scope: Scope, name: str, asked: Sequence[RowOf[K]], *, unpublished: bool) -> Mapping[RowOf[K], Row]:
    found: dict[RowOf[K], Row] = {}
    async with scope.database.connection() as connection:
        for beside in {each.beside for each in asked}:
            alike = [each for each in asked if each.beside == beside]
            values = {**scoped(scope), **beside_values(scope, beside), "unpublished": unpublished}
            statement = _named(name, columns_of(alike), beside and beside.columns)
            rows = await connection.fetch(statement, names=list({each.key for each in alike}), **values)
            found |= by_key(rows, name, alike)
    return found


def by_key(rows: Sequence[Row], name: str, asked: Sequence[RowOf[K]]) -> Mapping[RowOf[K], Row]:
    """The rows by what was asked for; `name` is the column with the key."""
    named = {row[name]: row for row in rows}
    return {each: named[each.key] for each in asked if each.key in named}


async def media_by_id(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, Row]:
    async with scope.database.connection() as connection:
        return {row["id"]: row for row in await connection.fetch(_MEDIA_BY_ID, ids=list(ids))}
