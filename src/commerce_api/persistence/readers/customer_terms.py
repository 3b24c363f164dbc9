"""On which terms customers may pay later, and how much of that is open."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import case, func, select

from commerce_api.domain.ids import CustomerId
from commerce_api.domain.payment_offers import CustomerTerms
from commerce_api.domain.permissions import Permission
from commerce_api.persistence.readers.customers import visible_customers, visible_to
from commerce_api.persistence.rows import among
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Connection, Row, Statement
from commerce_api.persistence.tables.buying import orders, payment_transactions, payments
from commerce_api.persistence.tables.customer_desk import customer_terms as t
from commerce_api.persistence.tables.identity import customers

_BY_CUSTOMER = Statement(select(t).where(among(t.c.customer_id)))
_BY_CUSTOMERS = Statement(
    select(t).join(customers, customers.c.id == t.c.customer_id).where(among(t.c.customer_id), visible_customers())
)
_entry = payment_transactions.c
_signed = case(
    (_entry.kind == "AUTHORIZE", _entry.amount),
    (_entry.kind == "TAKE_OVER", _entry.amount),
    (_entry.kind == "REVERSAL", _entry.amount),
    (_entry.kind == "HAND_OVER", -_entry.amount),
    (_entry.kind == "VOID", -_entry.amount),
    (_entry.kind == "CAPTURE", -_entry.amount),
    else_=0,
)
_of_payment = (
    select(orders.c.customer_id, orders.c.currency, func.greatest(func.sum(_signed), 0).label("open"))
    .join(payments, payments.c.order_id == orders.c.id)
    .join(payment_transactions, _entry.payment_id == payments.c.id)
    .where(among(orders.c.customer_id), payments.c.method == "INVOICE", _entry.status == "SUCCEEDED")
    .group_by(orders.c.customer_id, orders.c.currency, payments.c.id)
    .subquery()
)
OPEN_AMOUNTS = Statement(
    select(_of_payment.c.customer_id, _of_payment.c.currency, func.sum(_of_payment.c.open).label("open"))
    .group_by(_of_payment.c.customer_id, _of_payment.c.currency)
    .order_by(_of_payment.c.currency)
)
"""What was accepted to be paid later, and has neither come in nor been let go."""


async def terms_of(connection: Connection, ids: Iterable[CustomerId]) -> Mapping[CustomerId, CustomerTerms]:
    return {row["customer_id"]: terms(row) for row in await connection.fetch(_BY_CUSTOMER, ids=list(ids))}


async def agreed_with(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, CustomerTerms]:
    """One's own terms, or for who may read payments those of the customers of their channels."""
    visible = visible_to(scope.actor, Permission.READ_PAYMENTS)
    async with scope.database.connection() as connection:
        rows = await connection.fetch(_BY_CUSTOMERS, ids=list(ids), **visible)
    return {row["customer_id"]: terms(row) for row in rows}


async def open_with(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, dict[str, int]]:
    """What customers whose terms are seen owe on them, by currency."""
    async with scope.database.connection() as connection:
        rows = await connection.fetch(OPEN_AMOUNTS, ids=list(ids))
    found: defaultdict[UUID, dict[str, int]] = defaultdict(dict)
    for row in rows:
        found[row["customer_id"]][row["currency"]] = int(row["open"])
    return found


def terms(row: Row) -> CustomerTerms:
    return CustomerTerms(days=row["days"], limits=row["limits"])
