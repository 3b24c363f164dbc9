"""Who of the staff has read an order, in its history, where the channel wants to know (S2-26)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from commerce_api.domain.actor import Attribution
from commerce_api.domain.ids import OrderId
from commerce_api.domain.value import value
from commerce_api.operations.execute import execute
from commerce_api.persistence.sql import Database
from commerce_api.persistence.stores.order_reads import locked_unless_told
from commerce_api.persistence.unit_of_work import UnitOfWork

TOLD_EVERY: Final = timedelta(minutes=15)
"""How often it is told of one reader and one order: a desk asks for what it shows again and again."""


@value
class OrderRead:
    """By whom and when the log says."""


async def tell(database: Database, by: Attribution, order_ids: Sequence[OrderId]) -> None:
    await execute(database, by, _tell, order_ids)


async def _tell(uow: UnitOfWork, order_ids: Sequence[OrderId]) -> None:
    """The history of an order is a chain, so it is written while the order is locked. The order itself stays at its revision."""
    read = await locked_unless_told(uow, order_ids, OrderRead.__name__, since=uow.by.at - TOLD_EVERY)
    if read:
        await uow.events.record_each("ORDER", {order_id: [OrderRead()] for order_id in read})
