"""Edits of orders. Whoever reads one here has locked the order, so that nobody else does."""

from uuid import UUID

from sqlalchemy import bindparam, or_, select

from commerce_api.domain.ids import OrderId
from commerce_api.domain.order import UNDER_WAY, EditState, OrderEdit
from commerce_api.persistence.readers.order_edits import OWNED, edit_of
from commerce_api.persistence.rows import upsert
from commerce_api.persistence.sql import Row, Statement
from commerce_api.persistence.tables.desk import order_edits
from commerce_api.persistence.unit_of_work import UnitOfWork

_BY_ID = Statement(OWNED.where(order_edits.c.id == bindparam("id")))
_OPEN = Statement(
    OWNED.where(
        order_edits.c.order_id == bindparam("order_id"), or_(*(order_edits.c.state == state for state in UNDER_WAY))
    )
)
_LAST = Statement(
    select(order_edits.c.id)
    .where(order_edits.c.order_id == bindparam("order_id"), order_edits.c.state == EditState.COMMITTED)
    .order_by(order_edits.c.base_version.desc())
    .limit(1)
)
_ORDER = Statement(select(order_edits.c.order_id).where(order_edits.c.id == bindparam("id")))
_WRITE = upsert(order_edits)


class EditStore:
    def __init__(self, uow: UnitOfWork) -> None:
        self._connection = uow.connection

    async def order_of(self, id: UUID) -> OrderId | None:
        """Which order to lock."""
        found = await self._connection.fetch_value(_ORDER, id=id)
        return OrderId(found) if found else None

    async def get(self, id: UUID) -> tuple[OrderEdit, str] | None:
        """With the name of its owner."""
        return _named(await self._connection.fetch_one(_BY_ID, id=id))

    async def open_of(self, order_id: OrderId) -> tuple[OrderEdit, str] | None:
        """The one that has not been closed; it may have expired."""
        return _named(await self._connection.fetch_one(_OPEN, order_id=order_id))

    async def last_of(self, order_id: OrderId) -> UUID | None:
        """The one that was committed last."""
        found: UUID | None = await self._connection.fetch_value(_LAST, order_id=order_id)
        return found

    async def save(self, edit: OrderEdit) -> None:
        row = {name: getattr(edit, name) for name in OrderEdit.__dataclass_fields__ if name != "owner"}
        await self._connection.execute(_WRITE, {**row, "owner_id": edit.owner})


def _named(row: Row | None) -> tuple[OrderEdit, str] | None:
    return (edit_of(row), row["owner_name"]) if row else None
