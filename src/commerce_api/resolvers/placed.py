"""Orders as those see them who have just placed them, and perhaps see no others."""

from typing import Any

from commerce_api.domain import order as domain
from commerce_api.persistence.readers.orders import charges_of, ledgers_of, lines_of, whole_order
from commerce_api.schema.context import Context
from commerce_api.schema.errors import result_of
from commerce_api.schema.order import Order


async def placed(context: Context, outcome: Any) -> Order | None:
    """The order as the bank has left it."""
    order = result_of(outcome)
    return await _shown(context, order) if order else None


async def _shown(context: Context, order: domain.Order) -> Order:
    """What nearly every shop shows of it is read with it, but for its payments: these are known of an order that nobody has
    changed since.
    """
    async with context.database.connection() as connection:
        row, parts = await whole_order(connection, order.id)
    for question, rows in ((lines_of, parts["lines"]), (charges_of, parts["charges"])):
        context.knows(question, order.id, rows)
    if row["revision"] == order.revision:
        context.knows(ledgers_of, order.id, order.payments)
    return Order.of(row)
