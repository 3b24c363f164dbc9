"""Jobs for those who wait for them."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import Integer, Uuid, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from commerce_api.domain.job import Job, JobKind, JobState
from commerce_api.domain.value import value
from commerce_api.persistence.rows import among
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Row, Statement
from commerce_api.persistence.tables.records import job_problems, jobs

_BY_ID = Statement(select(jobs).where(among(jobs.c.id)))
_COUNT = Statement(select(func.count()).select_from(jobs))
_COUNT_PROBLEMS = Statement(
    select(job_problems.c.job_id, func.count().label("number"))
    .where(among(job_problems.c.job_id))
    .group_by(job_problems.c.job_id)
)


def _problems(beyond: str, direction: str) -> Statement:
    page = f"""
        SELECT asked.position AS after, asked.most, page.*
        FROM unnest(:ids, :positions, :limits) AS asked (id, position, most)
        CROSS JOIN LATERAL (
            SELECT * FROM job_problems WHERE job_id = asked.id AND position {beyond} asked.position
            ORDER BY position {direction} LIMIT asked.most
        ) AS page
        ORDER BY page.job_id, page.position {direction}
        """  # noqa: S608 - of the constants below
    return Statement(
        text(page).bindparams(
            bindparam("ids", type_=ARRAY(Uuid())),
            bindparam("positions", type_=ARRAY(Integer())),
            bindparam("limits", type_=ARRAY(Integer())),
        )
    )


_AFTER, _BEFORE = _problems(">", "ASC"), _problems("<", "DESC")
_BEGINNING, _END = -1, 2**31 - 1


@value
class ProblemPage:
    """Problems of a job in the order of the file; those before `position` backwards."""

    job_id: UUID
    limit: int
    backward: bool = False
    position: int | None = None

    @property
    def edge(self) -> int:
        return (_END if self.backward else _BEGINNING) if self.position is None else self.position


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


async def problems_of(scope: Scope, pages: Sequence[ProblemPage]) -> Mapping[ProblemPage, list[Row]]:
    """In the direction of reading; one statement for each direction that is asked for."""
    found: dict[ProblemPage, list[Row]] = {page: [] for page in pages}
    async with scope.database.connection() as connection:
        for statement, backward in ((_AFTER, False), (_BEFORE, True)):
            asked = {(page.job_id, page.edge, page.limit): page for page in pages if page.backward is backward}
            if not asked:
                continue
            ids, positions, limits = (list(each) for each in zip(*asked, strict=True))
            for row in await connection.fetch(statement, ids=ids, positions=positions, limits=limits):
                found[asked[row["job_id"], row["after"], row["most"]]].append(row)
    return found


async def count_problems(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, int]:
    async with scope.database.connection() as connection:
        return {row["job_id"]: row["number"] for row in await connection.fetch(_COUNT_PROBLEMS, ids=list(ids))}


def job_of(row: Row) -> Job:
    return Job(**{**row, "kind": JobKind(row["kind"]), "state": JobState(row["state"])})
