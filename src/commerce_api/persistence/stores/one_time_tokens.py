"""Links sent by mail, and challenges: each opens one thing once."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, select, update

from commerce_api.persistence.rows import insert_into
from commerce_api.persistence.sql import Connection, Statement
from commerce_api.persistence.tables.identity import one_time_tokens as t


class Purpose(StrEnum):
    CHOOSE_PASSWORD = "CHOOSE_PASSWORD"  # noqa: S105 - a purpose, not a password
    OPEN_CART = "OPEN_CART"
    PAY_ORDER = "PAY_ORDER"
    READ_ORDER = "READ_ORDER"
    READ_QUOTE = "READ_QUOTE"
    RESET_PASSWORD = "RESET_PASSWORD"  # noqa: S105 - a purpose, not a password
    SECOND_FACTOR = "SECOND_FACTOR"
    VERIFY_EMAIL = "VERIFY_EMAIL"


_ADD = insert_into(t, "hash", "purpose", "subject_id", "data", "expires_at")
_FORGET = Statement(delete(t).where(t.c.purpose == bindparam("purpose"), t.c.subject_id == bindparam("subject_id")))
_valid = (
    t.c.hash == bindparam("hash"),
    t.c.purpose == bindparam("purpose"),
    t.c.expires_at > bindparam("at"),
    t.c.used_at.is_(None),
)
_FIND = Statement(select(t.c.subject_id).where(*_valid))
_USE = Statement(update(t).where(*_valid).values(used_at=bindparam("at")).returning(t.c.subject_id))


async def issue(
    connection: Connection,
    purpose: Purpose,
    subject_id: UUID,
    token_hash: bytes,
    *,
    expires_at: datetime,
    data: dict[str, Any] | None = None,
) -> None:
    """The only token of its purpose that is good."""
    await forget(connection, purpose, subject_id)
    await issue_another(connection, purpose, subject_id, token_hash, expires_at=expires_at, data=data)


async def issue_another(
    connection: Connection,
    purpose: Purpose,
    subject_id: UUID,
    token_hash: bytes,
    *,
    expires_at: datetime,
    data: dict[str, Any] | None = None,
) -> None:
    """Beside those that were issued before: whoever uses one up has the others forgotten."""
    await connection.execute(
        _ADD, hash=token_hash, purpose=purpose, subject_id=subject_id, data=data or {}, expires_at=expires_at
    )


async def forget(connection: Connection, purpose: Purpose, subject_id: UUID) -> None:
    await connection.execute(_FORGET, purpose=purpose, subject_id=subject_id)


async def use(connection: Connection, purpose: Purpose, token_hash: bytes, at: datetime) -> UUID | None:
    """Use a token up; of several at once, one gets its subject."""
    subject_id: UUID | None = await connection.fetch_value(_USE, hash=token_hash, purpose=purpose, at=at)
    return subject_id


async def find(connection: Connection, purpose: Purpose, token_hash: bytes, at: datetime) -> UUID | None:
    """What a token opens, without using it up."""
    subject_id: UUID | None = await connection.fetch_value(_FIND, hash=token_hash, purpose=purpose, at=at)
    return subject_id
