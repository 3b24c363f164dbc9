"""What accounts of customers and of staff have in common."""

from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, literal_column, select

from commerce_api.domain.session import SessionKind
from commerce_api.domain.value import value
from commerce_api.persistence.sql import Connection, Statement
from commerce_api.persistence.tables.identity import customers, staff
from commerce_api.persistence.unit_of_work import UnitOfWork

_name = func.coalesce(func.nullif(customers.c.first_name, literal_column("''")), customers.c.last_name).label("name")
_LOCKED = {
    SessionKind.CUSTOMER: Statement(
        select(customers.c.id, customers.c.email, _name, customers.c.language, customers.c.status)
        .where(customers.c.id == bindparam("id"))
        .with_for_update()
    ),
    SessionKind.STAFF: Statement(
        select(staff.c.id, staff.c.email, staff.c.name, literal_column("NULL").label("language"), staff.c.status)
        .where(staff.c.id == bindparam("id"))
        .with_for_update()
    ),
}


@value
class Account:
    """`language` is None where nobody has said."""

    kind: SessionKind
    id: UUID
    email: str
    name: str
    language: str | None
    status: str


async def locked(connection: Connection, kind: SessionKind, id: UUID) -> Account | None:
    row = await connection.fetch_one(_LOCKED[kind], id=id)
    return row and Account(kind=kind, **row)


async def open_one(connection: Connection, kind: SessionKind, id: UUID) -> Account | None:
    """An account that may sign in, locked."""
    account = await locked(connection, kind, id)
    return account if account and account.status == "ENABLED" else None


async def record(uow: UnitOfWork, account: Account, event: Any) -> None:
    await uow.events.record(account.kind, account.id, [event])
