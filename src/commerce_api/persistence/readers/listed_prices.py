"""All prices of a list, page by page."""

from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Uuid, bindparam, func, select, tuple_

from commerce_api.domain.value import value
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Row, Statement
from commerce_api.persistence.tables.catalog import prices, variants

_MINE = (prices.c.price_list_id == bindparam("list_id", type_=Uuid()), variants.c.deleted_at.is_(None))
_LIVING = prices.join(variants, variants.c.id == prices.c.variant_id)
_COUNT = Statement(select(func.count()).select_from(_LIVING).where(*_MINE))


@value
class PricePage:
    """`position` is the variant and the quantity of the last price seen."""

    list_id: UUID
    limit: int
    backward: bool
    position: tuple[Any, ...] | None


@lru_cache(maxsize=4)
def _page(*, backward: bool, positioned: bool) -> Statement:
    order = (prices.c.variant_id, prices.c.min_quantity)
    page = select(prices, variants.c.sku).select_from(_LIVING).where(*_MINE).limit(bindparam("limit"))
    page = page.order_by(*(each.desc() if backward else each for each in order))
    if positioned:
        here = tuple_(bindparam("variant_id", type_=Uuid()), bindparam("min_quantity", type_=Integer()))
        page = page.where(tuple_(*order) < here if backward else tuple_(*order) > here)
    return Statement(page)


async def price_page(scope: Scope, page: PricePage) -> list[Row]:
    variant_id, min_quantity = page.position or (None, None)
    values = {"list_id": page.list_id, "limit": page.limit, "variant_id": variant_id, "min_quantity": min_quantity}
    async with scope.database.connection() as connection:
        return await connection.fetch(_page(backward=page.backward, positioned=page.position is not None), **values)


async def count_prices(scope: Scope, list_id: UUID) -> int:
    async with scope.database.connection() as connection:
        return int(await connection.fetch_value(_COUNT, list_id=list_id))
