"""Single products, and what belongs to them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Boolean, ColumnElement, Text, Uuid, any_, bindparam, func, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by

from commerce_api.domain.permissions import Permission
from commerce_api.persistence.readers.assortment import (
    has_price,
    in_language,
    offer_of,
    on_sale,
    option_names,
    translated,
)
from commerce_api.persistence.readers.prices import scoped
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Row, Statement
from commerce_api.persistence.tables.catalog import (
    attributes,
    media,
    product_media,
    products,
    variant_translations,
    variants,
)
from commerce_api.persistence.tables.catalog import product_publications as publications
from commerce_api.persistence.tables.catalog import product_translations as translations

_IDS: ColumnElement[Any] = bindparam("ids", type_=ARRAY(Uuid()))

MEDIA_COLUMNS: Sequence[ColumnElement[Any]] = tuple(
    media.c[name] for name in ("id", "url", "sha256", "content_type", "width", "height")
)
"""What `schema.catalog_values.Image` is made of; never the content."""

PRODUCT_COLUMNS: Sequence[ColumnElement[Any]] = (
    *(products.c[name] for name in ("id", "handle", "vendor", "tags", "attributes", "product_type_id", "tax_class_id")),
    *(products.c[name] for name in ("status", "created_at", "updated_at", "revision")),
    translated("title"),
    option_names(),
)
"""What `schema.catalog.Product` is made of, with the offer's columns."""
OFFER_COLUMNS: Final = frozenset({"min_amount", "max_amount"})


def _products(condition: ColumnElement[bool]) -> Statement:
    offer = offer_of(products.c.id)
    published = (
        select(true())
        .where(publications.c.product_id == products.c.id, on_sale(), has_price(products.c.id))
        .correlate(products)
        .exists()
    )
    return Statement(
        select(*PRODUCT_COLUMNS, offer)
        .select_from(products.outerjoin(translations, in_language()).outerjoin(offer, true()))
        .where(condition, products.c.deleted_at.is_(None), or_(published, bindparam("unpublished", type_=Boolean())))
    )


_BY_ID = _products(products.c.id == any_(_IDS))
_BY_HANDLE = _products(products.c.handle == any_(bindparam("handles", type_=ARRAY(Text()))))
_TEXTS = Statement(
    select(products.c.id, translated("description_html"), translated("seo_title"), translated("seo_description"))
    .select_from(products.outerjoin(translations, in_language()))
    .where(products.c.id == any_(_IDS))
)
_MEDIA = Statement(
    select(product_media.c.product_id, product_media.c.alt, *MEDIA_COLUMNS)
    .join_from(product_media, media, media.c.id == product_media.c.media_id)
    .where(product_media.c.product_id == any_(_IDS))
    .order_by(product_media.c.position, media.c.id)
)
_MEDIA_BY_ID = Statement(select(*MEDIA_COLUMNS).where(media.c.id == any_(_IDS)))
_ATTRIBUTES = Statement(
    select(attributes)
    .where(attributes.c.product_type_id == any_(_IDS))
    .order_by(attributes.c.position, attributes.c.id)
)
_OPTION_VALUES = Statement(
    select(
        variants.c.product_id,
        func.array_agg(
            aggregate_order_by(
                func.to_jsonb(func.coalesce(variant_translations.c.option_values, variants.c.option_values)),
                variants.c.position,
                variants.c.id,
            )
        ).label("combinations"),
    )
    .select_from(
        variants.outerjoin(
            variant_translations,
            (variant_translations.c.variant_id == variants.c.id)
            & (variant_translations.c.language == bindparam("language")),
        )
    )
    .where(variants.c.product_id == any_(_IDS), variants.c.deleted_at.is_(None))
    .group_by(variants.c.product_id)
)


async def products_by_id(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, Row]:
    """Those that the channel sells to the caller now."""
    rows = await _fetch(scope, _BY_ID, ids=list(ids), unpublished=False, **scoped(scope))
    return {row["id"]: row for row in rows}


async def products_by_handle(scope: Scope, handles: Sequence[str]) -> Mapping[str, Row]:
    """Those that the channel sells to the caller now."""
    rows = await _fetch(scope, _BY_HANDLE, handles=list(handles), unpublished=False, **scoped(scope))
    return {row["handle"]: row for row in rows}


async def catalog_products_by_id(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, Row]:
    """Drafts and unpublished ones too, for those who work on the catalog."""
    unpublished = scope.actor.may(Permission.MANAGE_CATALOG)
    rows = await _fetch(scope, _BY_ID, ids=list(ids), unpublished=unpublished, **scoped(scope))
    return {row["id"]: row for row in rows}


async def catalog_products_by_handle(scope: Scope, handles: Sequence[str]) -> Mapping[str, Row]:
    """Drafts and unpublished ones too, for those who work on the catalog."""
    unpublished = scope.actor.may(Permission.MANAGE_CATALOG)
    rows = await _fetch(scope, _BY_HANDLE, handles=list(handles), unpublished=unpublished, **scoped(scope))
    return {row["handle"]: row for row in rows}


async def texts_of(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, Row]:
    """The long texts of products that the caller was shown."""
    return {row["id"]: row for row in await _fetch(scope, _TEXTS, ids=list(ids), language=scope.language)}


async def media_of(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, list[Row]]:
    """Pictures of products that the caller was shown, in their order."""
    return _grouped(await _fetch(scope, _MEDIA, ids=list(ids)), "product_id")


async def media_by_id(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, Row]:
    return {row["id"]: row for row in await _fetch(scope, _MEDIA_BY_ID, ids=list(ids))}


async def attributes_of(scope: Scope, product_type_ids: Sequence[UUID]) -> Mapping[UUID, list[Row]]:
    """What products of these types can say of themselves."""
    return _grouped(await _fetch(scope, _ATTRIBUTES, ids=list(product_type_ids)), "product_type_id")


async def option_values_of(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, list[list[str]]]:
    """The combinations of option values that a product's variants have."""
    rows = await _fetch(scope, _OPTION_VALUES, ids=list(ids), language=scope.language)
    return {row["product_id"]: row["combinations"] for row in rows}


async def _fetch(scope: Scope, statement: Statement, **values: Any) -> list[Row]:
    async with scope.database.connection() as connection:
        return await connection.fetch(statement, **values)


def _grouped(rows: Sequence[Row], name: str) -> Mapping[UUID, list[Row]]:
    found: dict[UUID, list[Row]] = {}
    for row in rows:
        found.setdefault(row[name], []).append(row)
    return found
