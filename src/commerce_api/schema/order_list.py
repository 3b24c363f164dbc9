"""Lists of orders."""

from typing import Any
from uuid import UUID

from commerce_api.persistence.readers.order_list import OrderFilter, OrderSort, count_orders, orders_page
from commerce_api.schema.context import Context
from commerce_api.schema.order import Order
from commerce_api.schema.pagination import Connection, amount_of, instant_of, page_of

_BY_TIME = {OrderSort.NEWEST, OrderSort.OLDEST}


async def order_connection(
    context: Context, chosen: OrderFilter, sort: OrderSort, arguments: tuple[Any, Any, Any, Any]
) -> Connection[Order]:
    first, after, last, before = arguments
    page = page_of(first, after, last, before, of=f"orders {sort}", width=2)
    by_time = sort in _BY_TIME
    rows = await orders_page(
        context.scope,
        chosen,
        sort,
        position=page.keys(instant_of if by_time else amount_of, UUID),
        limit=page.limit,
        backward=page.backward,
    )
    return Connection.of(
        page,
        rows,
        Order.of,
        lambda row: (row["placed_at"] if by_time else row["total"], row["id"]),
        lambda: count_orders(context.scope, chosen),
    )
