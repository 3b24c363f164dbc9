"""Deletes rows that nobody needs any more."""

from datetime import datetime

from sqlalchemy import ColumnElement, Table, and_, bindparam, delete, func, or_, select

from commerce_api.persistence.readers.customer_fields import outlived
from commerce_api.persistence.sql import Connection, Statement
from commerce_api.persistence.tables.buying import carts
from commerce_api.persistence.tables.columns import moment
from commerce_api.persistence.tables.custom_fields import custom_fields, customer_fields
from commerce_api.persistence.tables.desk import order_edits
from commerce_api.persistence.tables.identity import one_time_tokens, sessions, throttles
from commerce_api.persistence.tables.records import files, idempotency_keys, outbox
from commerce_api.persistence.tables.search import search_counts

_before = bindparam("before", type_=moment("at").type)


def _delete(table: Table, condition: ColumnElement[bool]) -> Statement:
    return Statement(delete(table).where(condition))


_ANSWERS = _delete(idempotency_keys, idempotency_keys.c.created_at < _before)
_THROTTLES = _delete(throttles, throttles.c.window_ends_at < _before)
_TOKENS = _delete(one_time_tokens, one_time_tokens.c.expires_at < _before)
_SESSIONS = _delete(sessions, func.least(sessions.c.expires_at, sessions.c.ended_at) < _before)
_FILES = _delete(files, files.c.created_at < _before)
_TASKS = _delete(outbox, outbox.c.done_at < _before)

_abandoned = (
    delete(order_edits)
    .where(or_(order_edits.c.state == "OPEN", order_edits.c.state == "EXPIRED"), order_edits.c.expires_at <= _before)
    .returning(order_edits.c.draft_id)
    .cte("abandoned")
)
_EDITS = _delete(carts, carts.c.id.in_(select(_abandoned.c.draft_id)))
_FIELDS = _delete(
    customer_fields,
    and_(customer_fields.c.field_id == custom_fields.c.id, outlived(bindparam("at", type_=_before.type))),
)
_SEARCHES = _delete(search_counts, search_counts.c.day < _before)


async def delete_answers(connection: Connection, *, before: datetime) -> int:
    return await connection.execute(_ANSWERS, before=before)


async def delete_throttles(connection: Connection, *, before: datetime) -> int:
    return await connection.execute(_THROTTLES, before=before)


async def delete_tokens(connection: Connection, *, before: datetime) -> int:
    return await connection.execute(_TOKENS, before=before)


async def delete_sessions(connection: Connection, *, before: datetime) -> int:
    return await connection.execute(_SESSIONS, before=before)


async def delete_edits(connection: Connection, *, before: datetime) -> int:
    """Edits that nobody took up again, with their drafts. What came of others stays with the order."""
    return await connection.execute(_EDITS, before=before)


async def delete_tasks(connection: Connection, *, before: datetime) -> int:
    return await connection.execute(_TASKS, before=before)


async def delete_files(connection: Connection, *, before: datetime) -> int:
    return await connection.execute(_FILES, before=before)


async def delete_customer_fields(connection: Connection, *, at: datetime) -> int:
    """What customers said that is older than what it was said in keeps it."""
    return await connection.execute(_FIELDS, at=at)


async def delete_searches(connection: Connection, *, before: datetime) -> int:
    return await connection.execute(_SEARCHES, before=before)
