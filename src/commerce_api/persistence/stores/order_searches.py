"""Searches that staff keep."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, func, select

from commerce_api.domain.ids import OrderSearchId
from commerce_api.domain.order.searches import OrderSearch, OrderSearchDeleted, OrderSearchSaved
from commerce_api.persistence.readers.order_searches import search_of
from commerce_api.persistence.rows import upsert
from commerce_api.persistence.sql import Statement
from commerce_api.persistence.tables.finding import order_searches as t
from commerce_api.persistence.unit_of_work import UnitOfWork

_OWN = t.c.owner_id == bindparam("owner_id", type_=t.c.owner_id.type)
_ALONE = Statement(select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("about"), 0))))
_NAMES = Statement(select(t.c.name, t.c.id).where(_OWN))
_GET = Statement(select(t).where(t.c.id == bindparam("id"), _OWN))
_SAVE = upsert(t)
_DELETE = Statement(delete(t).where(t.c.id == bindparam("id"), _OWN))


class OrderSearchStore:
    """Those of the actor; to change them is for one at a time."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow, self._connection = uow, uow.connection

    @property
    def owner_id(self) -> UUID:
        """Only those who are somebody get here."""
        owner_id = self._uow.by.actor.id
        if owner_id is None:
            raise LookupError("nobody keeps searches")
        return owner_id

    async def names(self) -> Mapping[str, OrderSearchId]:
        """All of the actor's, who has them alone until the transaction ends."""
        await self._connection.execute(_ALONE, about=f"order searches of {self.owner_id}")
        rows = await self._connection.fetch(_NAMES, owner_id=self.owner_id)
        return {row["name"]: OrderSearchId(row["id"]) for row in rows}

    async def get(self, id: UUID) -> OrderSearch | None:
        row = await self._connection.fetch_one(_GET, id=id, owner_id=self.owner_id)
        return search_of(row) if row else None

    async def save(self, search: OrderSearch, event: OrderSearchSaved) -> None:
        row: dict[str, Any] = {name: getattr(search, name) for name in search.__dataclass_fields__}
        await self._connection.execute(_SAVE, row)
        await self._uow.events.record("ORDER_SEARCH", search.id, [event])

    async def delete(self, id: OrderSearchId, event: OrderSearchDeleted) -> None:
        await self._connection.execute(_DELETE, id=id, owner_id=self.owner_id)
        await self._uow.events.record("ORDER_SEARCH", id, [event])
