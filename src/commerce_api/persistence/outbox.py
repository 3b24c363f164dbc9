"""The worker's side of the outbox: claim what is due, and write down how it went.

A claim is a lease: it moves the task's due time forward and commits at once, so that no lock is held while the work is done
and a worker that dies loses nothing. `attempts` tells the lease: who comes back after his has run out changes nothing.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Text, bindparam, cast, func, null, select, text, update
from sqlalchemy.dialects.postgresql import insert

from commerce_api.domain.value import value
from commerce_api.persistence.sql import Connection, Statement
from commerce_api.persistence.tables.columns import moment
from commerce_api.persistence.tables.records import outbox, timed_jobs

CHANNEL = "outbox"
"""What PostgreSQL's NOTIFY calls out when something was put in."""

_MOMENT = moment("at").type
_waiting = outbox.c.done_at.is_(None) & outbox.c.failed_at.is_(None)
_due = (
    select(outbox.c.id)
    .where(_waiting, outbox.c.due_at <= bindparam("at", type_=_MOMENT))
    .order_by(outbox.c.due_at, outbox.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
    .cte("due")
    .prefix_with("MATERIALIZED")
)
_CLAIM = Statement(
    update(outbox)
    .where(outbox.c.id == _due.c.id)
    .values(attempts=outbox.c.attempts + 1, due_at=bindparam("until", type_=_MOMENT))
    .returning(
        outbox.c.id,
        outbox.c.topic,
        outbox.c.payload,
        outbox.c.attempts,
        func.coalesce(outbox.c.dedupe_key, cast(outbox.c.id, Text)).label("key"),
    )
)
_mine = (outbox.c.id == bindparam("task")) & (outbox.c.attempts == bindparam("attempt")) & _waiting
_DONE = Statement(
    update(outbox)
    .where(_mine)
    .values(done_at=bindparam("at", type_=_MOMENT), last_error=null(), payload=text("'{}'::jsonb"))
)
"""The payload goes: it may hold personal data, or the token of a mailed link."""
_LATER = Statement(
    update(outbox).where(_mine).values(due_at=bindparam("due", type_=_MOMENT), last_error=bindparam("error"))
)
_HOLD = Statement(update(outbox).where(_mine).values(due_at=bindparam("until", type_=_MOMENT)))
_FAILED = Statement(
    update(outbox).where(_mine).values(failed_at=bindparam("at", type_=_MOMENT), last_error=bindparam("error"))
)
_RETRY = Statement(
    update(outbox)
    .where(outbox.c.failed_at.is_not(None))
    .values(failed_at=null(), attempts=0, due_at=bindparam("at", type_=_MOMENT))
)
_DEPTH = Statement(
    select(
        func.count().filter(_waiting).label("waiting"),
        func.count().filter(outbox.c.failed_at.is_not(None)).label("failed"),
        func.min(outbox.c.created_at)
        .filter(_waiting, outbox.c.due_at <= bindparam("at", type_=_MOMENT))
        .label("oldest"),
    ).where(outbox.c.done_at.is_(None))
)
_turn = insert(timed_jobs).values(name=bindparam("name"), due_at=bindparam("next", type_=_MOMENT))
_TURN = Statement(
    _turn.on_conflict_do_update(
        index_elements=["name"],
        set_={"due_at": _turn.excluded.due_at},
        where=timed_jobs.c.due_at <= bindparam("at", type_=_MOMENT),
    ).returning(timed_jobs.c.name)
)


@value
class Task:
    """`key` is the same for every attempt, and for every repetition with the same dedupe key."""

    id: UUID
    topic: str
    payload: dict[str, Any]
    attempts: int
    key: str


@value
class Depth:
    """How far behind the workers are: tasks not done yet, tasks given up, and since when the oldest due one waits."""

    waiting: int
    failed: int
    oldest: datetime | None


async def claim(connection: Connection, *, at: datetime, most: int, lease: timedelta) -> list[Task]:
    rows = await connection.fetch(_CLAIM, at=at, until=at + lease, most=most)
    return [Task(**row) for row in rows]


async def done(connection: Connection, task: Task, *, at: datetime) -> None:
    await connection.execute(_DONE, task=task.id, attempt=task.attempts, at=at)


async def later(connection: Connection, task: Task, *, due: datetime, error: str) -> None:
    await connection.execute(_LATER, task=task.id, attempt=task.attempts, due=due, error=error)


async def hold(connection: Connection, task: Task, *, until: datetime) -> None:
    """Renew the lease of a task that takes longer."""
    await connection.execute(_HOLD, task=task.id, attempt=task.attempts, until=until)


async def give_up(connection: Connection, task: Task, *, at: datetime, error: str) -> None:
    """Leave it for people to look at."""
    await connection.execute(_FAILED, task=task.id, attempt=task.attempts, at=at, error=error)


async def retry_failed(connection: Connection, *, at: datetime) -> int:
    """Try everything again that was given up."""
    return await connection.execute(_RETRY, at=at)


async def depth(connection: Connection, *, at: datetime) -> Depth:
    row = await connection.fetch_one(_DEPTH, at=at)
    return Depth(**row) if row else Depth(waiting=0, failed=0, oldest=None)


async def take_turn(connection: Connection, name: str, *, at: datetime, every: timedelta) -> bool:
    """Whether it is this worker that runs a timed job now; all others wait for the next time."""
    return await connection.fetch_value(_TURN, name=name, next=at + every, at=at) is not None
