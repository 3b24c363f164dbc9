"""The memory of the sandbox payment provider: what a real one would keep on its own side, far from ours."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert

from commerce_api.persistence.sql import Connection, Row, Statement
from commerce_api.persistence.tables.cards import sandbox_operations as t

_ADD = Statement(
    insert(t)
    .values({column.name: bindparam(column.name, type_=column.type) for column in t.columns})
    .on_conflict_do_nothing()
    .returning(t)
)
_FIND = Statement(select(t).where(t.c.key == bindparam("key")))
_BY_REFERENCE = Statement(select(t).where(t.c.reference == bindparam("reference")))
_VOIDED = Statement(
    select(func.coalesce(func.sum(t.c.amount), 0)).where(
        t.c.kind == "VOID", t.c.parent_reference == bindparam("reference")
    )
)
_CHANGE = Statement(
    update(t)
    .where(t.c.key == bindparam("key"), t.c.status == bindparam("expected"))
    .values(status=bindparam("new_status", type_=t.c.status.type), code=bindparam("new_code", type_=t.c.code.type))
)


async def add(connection: Connection, values: dict[str, Any], *, at: datetime) -> Row:
    """Keep a request, and give back what is kept under its key: this one or an earlier one."""
    kept = await connection.fetch_one(_ADD, **values, created_at=at) or await find(connection, values["key"])
    assert kept is not None  # noqa: S101 - it was just written, and rows are never deleted
    return kept


async def find(connection: Connection, key: str) -> Row | None:
    return await connection.fetch_one(_FIND, key=key)


async def by_reference(connection: Connection, reference: str) -> Row | None:
    return await connection.fetch_one(_BY_REFERENCE, reference=reference)


async def voided(connection: Connection, reference: str) -> int:
    """How much of an authorization was let go."""
    amount = await connection.fetch_value(_VOIDED, reference=reference)
    return int(amount)


async def change(connection: Connection, key: str, *, expected: str, status: str, code: str | None = None) -> bool:
    """Move a request from one status to another; False if it is elsewhere by now."""
    return await connection.execute(_CHANGE, key=key, expected=expected, new_status=status, new_code=code) == 1
