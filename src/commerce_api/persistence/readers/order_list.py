"""The orders of customers."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from commerce_api.persistence.lists import Listed, Lists, Part
from commerce_api.persistence.readers.order_visibility import visibility, visible_orders
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Row
from commerce_api.persistence.tables.buying import orders

_ORDERS = Lists[None](
    rows=lambda _: select(orders).where(visible_orders()),
    parent=orders.c.customer_id,
    place=lambda _: ((orders.c.placed_at, orders.c.id), True),
)


async def orders_in(scope: Scope, parts: Sequence[Part[None]]) -> Mapping[Part[None], Sequence[Row]]:
    """Parts of customers' orders, the newest first."""
    async with scope.database.connection() as connection:
        return await _ORDERS.parts(connection, parts, **visibility(scope.actor))


async def count_orders(scope: Scope, lists: Sequence[Listed[None]]) -> Mapping[Listed[None], int]:
    async with scope.database.connection() as connection:
        return await _ORDERS.counts(connection, lists, **visibility(scope.actor))
