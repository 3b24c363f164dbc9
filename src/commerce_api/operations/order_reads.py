"""Who of the staff has read an order, in its history, where the channel wants to know (S2-26)."""

from commerce_api.domain.actor import Attribution
from commerce_api.domain.decision import NotFound, Refused, refuse
from commerce_api.domain.ids import OrderId
from commerce_api.domain.value import value
from commerce_api.operations.execute import execute
from commerce_api.persistence.sql import Database
from commerce_api.persistence.stores.orders import OrderStore
from commerce_api.persistence.unit_of_work import UnitOfWork


@value
class OrderRead:
    """By whom and when the log says."""


async def note_read(database: Database, by: Attribution, order_id: OrderId) -> None:
    """Lists are no reading: what was searched for is in the log already."""
    await execute(database, by, _note, order_id)


async def _note(uow: UnitOfWork, order_id: OrderId) -> Refused | None:
    """Its history is a chain, so it is written while the order is locked. The order itself stays at its revision."""
    order = await OrderStore(uow).get(order_id)
    if order is None:
        return refuse(NotFound())
    await uow.events.record("ORDER", order.id, [OrderRead()])
    return None
