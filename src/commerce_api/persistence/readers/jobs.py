"""Jobs for those who wait for them."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import func, select

from commerce_api.domain.job import Job, JobKind, JobState
from commerce_api.persistence.lists import Listed, Lists, Part
from commerce_api.persistence.rows import among
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Row, Statement
from commerce_api.persistence.tables.records import job_problems, jobs

_BY_ID = Statement(select(jobs).where(among(jobs.c.id)))
_COUNT = Statement(select(func.count()).select_from(jobs))
_PROBLEMS = Lists[None](
    rows=lambda _: select(job_problems),
    parent=job_problems.c.job_id,
    place=lambda _: ((job_problems.c.position,), False),
)


async def jobs_by_id(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, Job]:
    async with scope.database.connection() as connection:
        return {row["id"]: job_of(row) for row in await connection.fetch(_BY_ID, ids=list(ids))}


async def all_jobs(scope: Scope, *, position: tuple[UUID, ...] | None, limit: int, backward: bool) -> list[Job]:
    """The newest first; from `position` on."""
    query = select(jobs)
    if position:
        query = query.where(jobs.c.id > position[0] if backward else jobs.c.id < position[0])
    query = query.order_by(jobs.c.id if backward else jobs.c.id.desc()).limit(limit)
    async with scope.database.connection() as connection:
        return [job_of(row) for row in await connection.fetch(Statement(query))]


async def count_jobs(scope: Scope) -> int:
    async with scope.database.connection() as connection:
        counted: int = await connection.fetch_value(_COUNT)
    return counted


async def problems_in(scope: Scope, parts: Sequence[Part[None]]) -> Mapping[Part[None], Sequence[Row]]:
    """Parts of jobs' problems in the order of the file."""
    async with scope.database.connection() as connection:
        return await _PROBLEMS.parts(connection, parts)


async def count_problems(scope: Scope, lists: Sequence[Listed[None]]) -> Mapping[Listed[None], int]:
    async with scope.database.connection() as connection:
        return await _PROBLEMS.counts(connection, lists)


def job_of(row: Row) -> Job:
    return Job(**{**row, "kind": JobKind(row["kind"]), "state": JobState(row["state"])})
