"""Address books, under the lock of their customer."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, update

from commerce_api.domain.address_book import AddressBook
from commerce_api.domain.ids import CustomerId
from commerce_api.domain.permissions import Permission
from commerce_api.persistence.readers.customers import entry_of, visible_customers, visible_to
from commerce_api.persistence.rows import Children
from commerce_api.persistence.sql import Statement
from commerce_api.persistence.stores import customer_keys
from commerce_api.persistence.tables.identity import addresses, customers
from commerce_api.persistence.unit_of_work import UnitOfWork

_LOCK = Statement(
    select(customers.c.id).where(customers.c.id == bindparam("id"), visible_customers()).with_for_update()
)
_ENTRIES = Children(addresses, "customer_id")
_NO_DEFAULTS = Statement(
    update(addresses)
    .where(addresses.c.customer_id == bindparam("customer_id"))
    .values(default_shipping=False, default_billing=False)
)


class AddressBookStore:
    def __init__(self, uow: UnitOfWork) -> None:
        self._uow, self._connection = uow, uow.connection

    async def get(
        self, customer_id: UUID | None, permission: Permission = Permission.MANAGE_CUSTOMERS
    ) -> AddressBook | None:
        if customer_id is None:
            return None
        visible = visible_to(self._uow.by.actor, permission)
        if await self._connection.fetch_value(_LOCK, id=customer_id, **visible) is None:
            return None
        rows = await _ENTRIES.of(self._connection, [customer_id])
        return AddressBook(customer_id=CustomerId(customer_id), entries=tuple(entry_of(row) for row in rows))

    async def save(self, book: AddressBook, events: Sequence[Any]) -> None:
        if not events:
            return
        # no moment with two defaults: the indexes would not have it
        await self._connection.execute(_NO_DEFAULTS, customer_id=book.customer_id)
        rows: list[Mapping[str, Any]] = [
            {
                "id": entry.id,
                "customer_id": book.customer_id,
                "address": entry.address,
                "default_shipping": entry.default_shipping,
                "default_billing": entry.default_billing,
                "revision": entry.revision,
            }
            for entry in book.entries
        ]
        await _ENTRIES.replace(self._connection, book.customer_id, rows)
        await customer_keys.refresh(self._connection, [book.customer_id])
        await self._uow.events.record("CUSTOMER", book.customer_id, events)
