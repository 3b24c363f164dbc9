"""Lists of orders."""

from typing import Any
from uuid import UUID

from commerce_api.persistence.lists import Listed
from commerce_api.persistence.readers.order_list import OrderFilter, OrderSort, count_orders, orders_in
from commerce_api.schema.context import Context
from commerce_api.schema.order import Order
from commerce_api.schema.pagination import Connection, amount_of, instant_of, listed, page_of

_BY_TIME = {OrderSort.NEWEST, OrderSort.OLDEST}


async def order_connection(
    context: Context,
    chosen: OrderFilter,
    sort: OrderSort,
    arguments: tuple[Any, Any, Any, Any],
    *,
    customer_id: UUID | None = None,
) -> Connection[Order]:
    by_time = sort in _BY_TIME
    return await listed(
        context,
        (orders_in, count_orders),
        page_of(*arguments, of=f"orders {sort}", width=2),
        Listed(chosen=(chosen, sort), parent_id=customer_id),
        (instant_of if by_time else amount_of, UUID),
        Order.of,
        lambda row: (row["placed_at"] if by_time else row["total"], row["id"]),
    )
