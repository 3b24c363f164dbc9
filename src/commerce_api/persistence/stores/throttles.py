"""Counts of attempts, kept apart from the transaction of what is attempted."""

from datetime import datetime

from sqlalchemy import bindparam, case, delete, func, update
from sqlalchemy.dialects.postgresql import BYTEA, insert

from commerce_api.domain.throttle import Count
from commerce_api.persistence.sql import Connection, Database, Statement
from commerce_api.persistence.tables.identity import throttles as t

_new = insert(t).values(
    key=bindparam("key", type_=BYTEA()),
    attempts=1,
    window_ends_at=bindparam("window_ends_at", type_=t.c.window_ends_at.type),
)
_over = t.c.window_ends_at <= bindparam("at", type_=t.c.window_ends_at.type)
_COUNT = Statement(
    _new.on_conflict_do_update(
        index_elements=["key"],
        set_={
            "attempts": case((_over, 1), else_=t.c.attempts + 1),
            "window_ends_at": case((_over, _new.excluded.window_ends_at), else_=t.c.window_ends_at),
        },
    ).returning(t.c.attempts, t.c.window_ends_at)
)
_FORGET = Statement(delete(t).where(t.c.key == bindparam("key")))
_GIVE_BACK = Statement(update(t).where(t.c.key == bindparam("key")).values(attempts=func.greatest(t.c.attempts - 1, 0)))


async def count(database: Database, key: bytes, *, at: datetime, window_ends_at: datetime) -> Count:
    """Count one attempt, at once and for good. Parallel attempts each get a number of their own."""
    async with database.connection() as connection:
        row = await connection.fetch_one(_COUNT, key=key, at=at, window_ends_at=window_ends_at)
    assert row is not None  # noqa: S101 - an upsert always returns its row
    return Count(attempts=row["attempts"], window_ends_at=row["window_ends_at"])


async def forget(connection: Connection, key: bytes) -> None:
    await connection.execute(_FORGET, key=key)


async def give_back(connection: Connection, key: bytes) -> None:
    """Take one attempt off: it was right after all."""
    await connection.execute(_GIVE_BACK, key=key)
