"""On which terms customers may pay later, and how much of that is open."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, delete, select

from commerce_api.domain.ids import CustomerId
from commerce_api.domain.payment_offers import CustomerTerms
from commerce_api.persistence.readers.customer_terms import OPEN_AMOUNTS, terms
from commerce_api.persistence.rows import upsert
from commerce_api.persistence.sql import Connection, Statement
from commerce_api.persistence.tables.customer_desk import customer_terms as t

_LOCK = Statement(select(t).where(t.c.customer_id == bindparam("customer_id")).with_for_update())
_PUT = upsert(t)
_DELETE = Statement(delete(t).where(t.c.customer_id == bindparam("customer_id")))


class CustomerTermsStore:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def lock(self, customer_id: UUID) -> CustomerTerms | None:
        """Whoever else wants to know what is open waits until this transaction ends."""
        row = await self._connection.fetch_one(_LOCK, customer_id=customer_id)
        return terms(row) if row else None

    async def open_amounts(self, customer_id: UUID) -> Mapping[str, int]:
        """What has not come in yet of accepted invoices, by currency."""
        rows = await self._connection.fetch(OPEN_AMOUNTS, ids=[customer_id])
        return {row["currency"]: int(row["open"]) for row in rows}

    async def put(self, customer_id: CustomerId, agreed: CustomerTerms | None, at: datetime) -> None:
        if agreed is None:
            await self._connection.execute(_DELETE, customer_id=customer_id)
        else:
            values = {"days": agreed.days, "limits": agreed.limits, "agreed_at": at}
            await self._connection.execute(_PUT, values, customer_id=customer_id)
