"""What a channel sells at a moment, and from what to what it costs. All browsing goes through these fragments."""

from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    DateTime,
    FromClause,
    Uuid,
    and_,
    bindparam,
    func,
    literal_column,
    not_,
    or_,
    select,
    true,
)

from commerce_api.persistence.readers.prices import IN_SCOPE, price_of
from commerce_api.persistence.tables.catalog import product_publications as publications
from commerce_api.persistence.tables.catalog import product_translations as translations
from commerce_api.persistence.tables.catalog import products, variants
from commerce_api.persistence.tables.search import product_offers as offers

_AT = bindparam("at", type_=DateTime(timezone=True))
_LANGUAGE: ColumnElement[str] = bindparam("language")
NOTHING: ColumnElement[Any] = literal_column("'{}'::text[]")


def offer_of(product_id: Column[UUID]) -> FromClause:
    """To join: `min_amount` and `max_amount` of a product; no row if nothing of it has a price.

    The first list in force that has the product decides for all its variants, unless it lacks some of them and another
    list may have those: only then each variant is looked up.
    """
    first = (
        select(offers.c.min_amount, offers.c.max_amount, offers.c.complete, func.count().over().label("lists"))
        .join_from(offers, IN_SCOPE, IN_SCOPE.c.id == offers.c.price_list_id)
        .where(offers.c.product_id == product_id)
        .order_by(IN_SCOPE.c.precedence)
        .limit(1)
        .correlate(product_id.table)
        .lateral("first_offer")
    )
    variant = variants.alias("variant")
    price = price_of(variant.c.id, variant.c.min_quantity)
    decided = or_(first.c.complete, first.c.lists == 1)
    each = (
        select(func.min(price.c.amount).label("min_amount"), func.max(price.c.amount).label("max_amount"))
        .join_from(variant, price, true())
        .where(variant.c.product_id == product_id, variant.c.deleted_at.is_(None), not_(decided))
        .correlate(product_id.table, first)
        .lateral("each_offer")
    )
    return (
        select(
            func.coalesce(each.c.min_amount, first.c.min_amount).label("min_amount"),
            func.coalesce(each.c.max_amount, first.c.max_amount).label("max_amount"),
        )
        .join_from(first, each, true(), isouter=True)
        .correlate(product_id.table)
        .lateral("offer")
    )


def on_sale() -> ColumnElement[bool]:
    """Of products joined with publications: the channel sells it now."""
    return and_(
        products.c.status == "ACTIVE",
        products.c.deleted_at.is_(None),
        publications.c.channel_id == bindparam("channel_id", type_=Uuid()),
        publications.c.published_from <= _AT,
        or_(publications.c.published_until.is_(None), publications.c.published_until > _AT),
    )


def in_language() -> ColumnElement[bool]:
    return and_(translations.c.product_id == products.c.id, translations.c.language == _LANGUAGE)


def translated(name: str) -> ColumnElement[Any]:
    """A text of a product in the caller's language, or else as it is."""
    return func.coalesce(func.nullif(translations.c[name], ""), products.c[name]).label(name)


def translated_list(said: ColumnElement[Any], original: ColumnElement[Any]) -> ColumnElement[Any]:
    """The names in the caller's language, unless none are given in it."""
    return func.coalesce(func.nullif(said, NOTHING), original).label(original.key)


def option_names() -> ColumnElement[Any]:
    return translated_list(translations.c.option_names, products.c.option_names)


def has_price(product_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    """Whether anything of a product has a price: what `offer_of` has a row for, without working it out."""
    return (
        select(true())
        .select_from(offers.join(IN_SCOPE, IN_SCOPE.c.id == offers.c.price_list_id))
        .where(offers.c.product_id == product_id)
        .exists()
    )
