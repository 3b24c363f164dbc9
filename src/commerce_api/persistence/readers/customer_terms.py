"""On which terms customers may pay later."""

from uuid import UUID

from sqlalchemy import bindparam, select

from commerce_api.domain.payment_offers import CustomerTerms
from commerce_api.persistence.sql import Connection, Row, Statement
from commerce_api.persistence.tables.customer_desk import customer_terms as t

_BY_CUSTOMER = Statement(select(t).where(t.c.customer_id == bindparam("customer_id")))


async def terms_of(connection: Connection, customer_id: UUID) -> CustomerTerms | None:
    row = await connection.fetch_one(_BY_CUSTOMER, customer_id=customer_id)
    return terms(row) if row else None


def terms(row: Row) -> CustomerTerms:
    return CustomerTerms(days=row["days"], limits=row["limits"])
