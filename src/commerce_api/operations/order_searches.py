"""Searches for orders that staff keep, and the trace that searching leaves in the log."""

from uuid import UUID

from commerce_api.domain.actor import Attribution
from commerce_api.domain.decision import NotFound, Refused, TooMany, refuse
from commerce_api.domain.ids import OrderSearchId
from commerce_api.domain.order.finding import Condition
from commerce_api.domain.order.searches import (
    MOST_SEARCHES,
    DeleteOrderSearch,
    OrderSearch,
    OrderSearchDeleted,
    OrderSearched,
    OrderSearchSaved,
    SaveOrderSearch,
    keys_asked,
)
from commerce_api.operations.execute import execute
from commerce_api.persistence.sql import Database
from commerce_api.persistence.stores.order_searches import OrderSearchStore
from commerce_api.persistence.unit_of_work import UnitOfWork


async def save(uow: UnitOfWork, command: SaveOrderSearch) -> OrderSearch | Refused:
    store = OrderSearchStore(uow)
    known = await store.names()
    if command.name not in known and len(known) >= MOST_SEARCHES:
        return refuse(TooMany(path=("name",), most=MOST_SEARCHES))
    search = OrderSearch(
        id=known.get(command.name) or OrderSearchId(uow.new_id()),
        owner_id=store.owner_id,
        name=command.name,
        shared=command.shared,
        find=command.find,
        sort=command.sort,
        updated_at=uow.by.at,
    )
    await store.save(search, OrderSearchSaved(shared=command.shared))
    return search


async def delete(uow: UnitOfWork, command: DeleteOrderSearch) -> DeleteOrderSearch | Refused:
    """One's own only."""
    store = OrderSearchStore(uow)
    if command.id not in (await store.names()).values():
        return refuse(NotFound(path=("id",)))
    await store.delete(command.id, OrderSearchDeleted())
    return command


async def load(uow: UnitOfWork, id: UUID) -> OrderSearch | Refused:
    return await OrderSearchStore(uow).get(id) or refuse(NotFound())


async def deleted(_: UnitOfWork, id: UUID) -> DeleteOrderSearch:
    """For a repeated request."""
    return DeleteOrderSearch(id=OrderSearchId(id))


async def note_search(database: Database, by: Attribution, condition: Condition, shown: int) -> None:
    """That somebody has searched. A list of all that there are is none."""
    if keys := keys_asked(condition):
        await execute(database, by, _note, OrderSearched(keys=keys, shown=shown))


async def _note(uow: UnitOfWork, searched: OrderSearched) -> None:
    """Each search is a thing of its own, so that nothing is waited for."""
    await uow.events.record("ORDER_SEARCH", uow.new_id(), [searched])
