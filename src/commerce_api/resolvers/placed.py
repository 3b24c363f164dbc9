"""Orders as those see them who have just placed them, and perhaps see no others."""

from typing import Any

from commerce_api.persistence.readers.orders import any_order_by_number
from commerce_api.schema.context import Context
from commerce_api.schema.errors import result_of
from commerce_api.schema.order import Order


async def placed(context: Context, outcome: Any) -> Order | None:
    """The order as the bank has left it."""
    order = result_of(outcome)
    if order is None:
        return None
    async with context.database.connection() as connection:
        row = await any_order_by_number(connection, order.number)
    return Order.of(row) if row else None
