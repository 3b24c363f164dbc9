"""Jobs and what they report."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, bindparam, cast, func, select, update
from sqlalchemy.dialects.postgresql import JSONB

from commerce_api.domain.job import Job, JobState
from commerce_api.domain.product_csv.problems import Problem
from commerce_api.persistence.readers.jobs import job_of
from commerce_api.persistence.rows import by_id, insert_into
from commerce_api.persistence.sql import Connection, Statement
from commerce_api.persistence.tables.columns import moment
from commerce_api.persistence.tables.records import job_problems, jobs

_ADD = insert_into(jobs)
_FIND = by_id(jobs)
_LINE = func.coalesce(cast(jobs.c.result["line"].astext, BigInteger), 0)
_ADVANCE = Statement(
    update(jobs)
    .where(jobs.c.id == bindparam("job"), jobs.c.finished_at.is_(None), bindparam("line") == _LINE)
    .values(state=JobState.RUNNING, done=bindparam("progress"), result=bindparam("report", type_=JSONB()))
)
_FINISH = Statement(
    update(jobs)
    .where(jobs.c.id == bindparam("job"), jobs.c.finished_at.is_(None))
    .values(
        state=bindparam("outcome"),
        finished_at=bindparam("at", type_=moment("at").type),
        done=bindparam("progress"),
        total=bindparam("progress"),
        result=bindparam("report", type_=JSONB()),
        file_id=func.coalesce(bindparam("file"), jobs.c.file_id),
    )
)
_LAST_PROBLEM = Statement(
    select(func.coalesce(func.max(job_problems.c.position), 0)).where(job_problems.c.job_id == bindparam("job"))
)
_ADD_PROBLEM = insert_into(job_problems)


async def add_job(connection: Connection, job: Job) -> None:
    await connection.execute(_ADD, {name: getattr(job, name) for name in Job.__dataclass_fields__})


async def find_job(connection: Connection, id: UUID) -> Job | None:
    row = await connection.fetch_one(_FIND, id=id)
    return job_of(row) if row else None


async def advance_job(connection: Connection, id: UUID, *, line: int, done: int, report: dict[str, Any]) -> bool:
    """Write down how far it is; False if somebody else has gone on from `line` meanwhile."""
    return await connection.execute(_ADVANCE, job=id, line=line, progress=done, report=report) == 1


async def finish_job(
    connection: Connection,
    id: UUID,
    state: JobState,
    *,
    at: datetime,
    done: int,
    report: dict[str, Any],
    file_id: UUID | None = None,
) -> bool:
    """False if it was finished before."""
    return (
        await connection.execute(_FINISH, job=id, outcome=state, at=at, progress=done, report=report, file=file_id) == 1
    )


async def add_problems(connection: Connection, id: UUID, problems: Sequence[Problem]) -> None:
    if not problems:
        return
    last = await connection.fetch_value(_LAST_PROBLEM, job=id)
    await connection.execute_many(
        _ADD_PROBLEM,
        [
            {
                "job_id": id,
                "position": position,
                "line": problem.line,
                "column": problem.column,
                "code": problem.code,
                "message": problem.message,
            }
            for position, problem in enumerate(problems, last + 1)
        ],
    )
