"""All prices of price lists, page by page."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from commerce_api.persistence.lists import Listed, Lists, Part
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Row
from commerce_api.persistence.tables.catalog import prices, variants

_PRICES = Lists[None](
    rows=lambda _: (
        select(prices, variants.c.sku)
        .join(variants, variants.c.id == prices.c.variant_id)
        .where(variants.c.deleted_at.is_(None))
    ),
    parent=prices.c.price_list_id,
    place=lambda _: ((prices.c.variant_id, prices.c.min_quantity), False),
)


async def prices_in(scope: Scope, parts: Sequence[Part[None]]) -> Mapping[Part[None], Sequence[Row]]:
    async with scope.database.connection() as connection:
        return await _PRICES.parts(connection, parts)


async def count_prices(scope: Scope, lists: Sequence[Listed[None]]) -> Mapping[Listed[None], int]:
    async with scope.database.connection() as connection:
        return await _PRICES.counts(connection, lists)
