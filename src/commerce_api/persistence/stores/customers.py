"""Customers, written."""

from dataclasses import replace

from sqlalchemy import bindparam, select, update

from commerce_api.persistence.readers.credentials import Login
from commerce_api.persistence.sql import Connection, Statement
from commerce_api.persistence.tables.identity import customers as t

_same_login = (t.c.id == bindparam("customer_id"), t.c.password_hash == bindparam("known"))
_LOCK_LOGIN = Statement(
    select(t.c.id)
    .where(*_same_login, t.c.status == "ENABLED", t.c.email_verified_at.is_not(None))
    .with_for_update(read=True)
)
_STRENGTHEN = Statement(update(t).where(*_same_login).values(password_hash=bindparam("stronger")))


async def lock_login(connection: Connection, login: Login) -> bool:
    """Whether the account may sign in and still has this password; it stays so until the transaction ends."""
    return await connection.fetch_value(_LOCK_LOGIN, customer_id=login.id, known=login.password_hash) is not None


async def strengthen(connection: Connection, login: Login, stronger: str) -> Login:
    """Keep the same password with a better hash, unless it was changed meanwhile."""
    changed = await connection.execute(_STRENGTHEN, customer_id=login.id, known=login.password_hash, stronger=stronger)
    return replace(login, password_hash=stronger) if changed else login
