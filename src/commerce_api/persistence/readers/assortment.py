"""What a channel sells at a moment, and from what to what it costs. All browsing goes through these fragments."""

from typing import Any, Final
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
    literal,
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


def offer_of(product_id: Column[UUID], *only: ColumnElement[bool]) -> FromClause:
    """To join: `min_amount` and `max_amount` of a product; no row if nothing of it has a price.

    The first list in force that has the product decides for all its variants, unless it lacks some of them and another
    list may have those: only then each variant is looked up. Nothing is looked up unless `only` holds.
    """
    first = (
        select(offers.c.min_amount, offers.c.max_amount, offers.c.complete, func.count().over().label("lists"))
        .join_from(offers, IN_SCOPE, IN_SCOPE.c.id == offers.c.price_list_id)
        .where(offers.c.product_id == product_id, *only)
        .order_by(IN_SCOPE.c.precedence)
        .limit(1)
        .correlate_except(offers, IN_SCOPE)
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
        .correlate_except(first, each)
        .lateral("offer")
    )


def on_sale() -> ColumnElement[bool]:
    """Of products joined with publications: the channel sells it now."""
    return and_(products.c.status == "ACTIVE", products.c.deleted_at.is_(None), published())


def published() -> ColumnElement[bool]:
    """Of publications: they are in force in the channel now."""
    return and_(
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


class Offers:
    """What products cost, for lists that may be long: `source` joined with plain rows wherever those tell.

    The first lists in force are joined one by one, which PostgreSQL does as suits the number of products. Only for what
    these do not have, or not for all variants, each product is looked up as in `offer_of`.
    """

    def __init__(self, source: FromClause, product_id: Column[UUID]) -> None:
        lists = select(func.count()).select_from(IN_SCOPE).scalar_subquery()
        firsts = [offers.alias(f"offer{place}") for place in range(1, _PLAIN + 1)]
        for place, first in enumerate(firsts, 1):
            list_id = select(IN_SCOPE.c.id).where(IN_SCOPE.c.precedence == place).scalar_subquery()
            source = source.outerjoin(first, and_(first.c.product_id == product_id, first.c.price_list_id == list_id))
        whole = func.coalesce(*(first.c.complete for first in firsts), literal(value=False))
        looked_up = offer_of(product_id, lists > 1, not_(whole))
        self.source = source.outerjoin(looked_up, true())
        self.min_amount, self.max_amount = (
            func.coalesce(looked_up.c[name], *(first.c[name] for first in firsts))
            for name in ("min_amount", "max_amount")
        )


_PLAIN: Final = 3
"""Such as that of a sale, that of a customer's group and the usual one."""


def has_price(product_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    """Whether anything of a product has a price: what `offer_of` has a row for, without working it out."""
    return (
        select(true())
        .select_from(offers.join(IN_SCOPE, IN_SCOPE.c.id == offers.c.price_list_id))
        .where(offers.c.product_id == product_id)
        .exists()
    )
