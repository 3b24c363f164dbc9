"""Importing and exporting products in the background: started by staff, done by a worker, picked up again if that dies."""

import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any, BinaryIO, Final
from uuid import UUID

from commerce_api.adapters.ids import new_id
from commerce_api.domain.actor import SYSTEM, Actor, ActorKind, Attribution
from commerce_api.domain.decision import NotFound, Refused, refuse
from commerce_api.domain.ids import JobId
from commerce_api.domain.job import Job, JobKind, JobQueued, JobState, UploadIncomplete
from commerce_api.domain.permissions import Permission
from commerce_api.domain.product_csv.problems import Problem
from commerce_api.domain.value import value
from commerce_api.operations.export_products import export_products
from commerce_api.operations.import_products import channel_and_currency
from commerce_api.operations.product_import_run import ImportReport, ImportRun
from commerce_api.operations.services import Services
from commerce_api.persistence.events import actor_document
from commerce_api.persistence.sql import Connection
from commerce_api.persistence.stores import files, jobs
from commerce_api.persistence.unit_of_work import UnitOfWork, unit_of_work

IMPORT_TOPIC: Final = "import_products"
EXPORT_TOPIC: Final = "export_products"
_SECONDS: Final = 45
"""After this time a worker lets others have a turn, and goes on with the next task of the same job."""


@value
class StartImport:
    file_id: UUID | None
    channel: str | None
    currency: str | None
    all_or_nothing: bool


@value
class StartExport:
    channel: str | None
    currency: str | None


class _Superseded(Exception):  # noqa: N818 - another worker went on with the job: there is nothing left to do
    pass


async def start_import(uow: UnitOfWork, command: StartImport) -> Job | Refused:
    file = await files.find_file(uow.connection, command.file_id, uow.by.actor.id) if command.file_id else None
    if file is None:
        return refuse(NotFound(path=("fileId",)))
    if file.size is None:
        return refuse(UploadIncomplete(path=("fileId",)))
    chosen = await channel_and_currency(uow.connection, command.channel, command.currency)
    if isinstance(chosen, Refused):
        return chosen
    channel, currency = chosen
    asked: dict[str, str | bool | None] = {
        "channel": channel.code,
        "currency": currency,
        "allOrNothing": command.all_or_nothing,
        "costs": uow.by.actor.may(Permission.READ_COSTS),
    }
    job = replace(_job(uow, JobKind.IMPORT_PRODUCTS, asked), file_id=file.id, total=file.size)
    return await _queued(uow, job, IMPORT_TOPIC)


async def start_export(uow: UnitOfWork, command: StartExport) -> Job | Refused:
    chosen = await channel_and_currency(uow.connection, command.channel, command.currency)
    if isinstance(chosen, Refused):
        return chosen
    channel, currency = chosen
    asked: dict[str, str | bool | None] = {
        "channel": channel.code,
        "currency": currency,
        "costs": uow.by.actor.may(Permission.READ_COSTS),
    }
    return await _queued(uow, _job(uow, JobKind.EXPORT_PRODUCTS, asked), EXPORT_TOPIC)


async def load_job(uow: UnitOfWork, id: UUID) -> Job | Refused:
    return await jobs.find_job(uow.connection, id) or refuse(NotFound())


def _job(uow: UnitOfWork, kind: JobKind, asked: dict[str, str | bool | None]) -> Job:
    by = actor_document(uow.by)
    return Job(
        id=JobId(uow.new_id()),
        kind=kind,
        state=JobState.QUEUED,
        input=asked,
        done=0,
        total=None,
        result={},
        file_id=None,
        actor={name: text and str(text) for name, text in by.items()},
        created_at=uow.by.at,
    )


async def _queued(uow: UnitOfWork, job: Job, topic: str) -> Job:
    await jobs.add_job(uow.connection, job)
    await uow.events.record("JOB", job.id, [JobQueued(kind=job.kind)])
    uow.outbox.put(topic, {"jobId": job.id}, dedupe_key=f"{topic}:{job.id}")
    return job


async def run_import(services: Services, payload: dict[str, Any]) -> None:
    """Go on where the job is. A worker that died has left it after its last whole batch."""
    job = await _find(services, payload)
    if job is None or job.finished_at or job.file_id is None:
        return
    by = _attribution(services, job)
    async with services.database.connection() as connection:
        chosen = await channel_and_currency(connection, _text(job, "channel"), _text(job, "currency"))
    if isinstance(chosen, Refused):
        await _finish(services, job, ImportReport(), JobState.FAILED)
        return
    channel, currency = chosen
    run = ImportRun(
        services.database, replace(by, channel_id=channel.id), channel, currency, services.settings.public_url
    )
    with tempfile.TemporaryFile() as source:
        await _fetch(services, job.file_id, source)
        try:
            await (_all_at_once if job.input["allOrNothing"] else _a_while)(services, job, run, source)
        except _Superseded:
            return


async def _a_while(services: Services, job: Job, run: ImportRun, source: BinaryIO) -> None:
    begun, until = _report_of(job), time.monotonic() + _SECONDS
    line = job.result.get("line", 0)

    async def write_down(uow: UnitOfWork, report: ImportReport, problems: Sequence[Problem]) -> None:
        nonlocal line
        kept: dict[str, Any] = {"line": line, "done": report.bytes_read, "report": _document(report)}
        if not await jobs.advance_job(uow.connection, job.id, **kept):
            raise _Superseded
        await jobs.add_problems(uow.connection, job.id, problems)
        line = report.line

    report = await run.in_batches(source, write_down, begun, lambda: time.monotonic() > until)
    if report.finished:
        await _finish(services, job, report, JobState.DONE)
        return
    async with unit_of_work(services.database, _attribution(services, job), new_id) as uow:
        uow.outbox.put(IMPORT_TOPIC, {"jobId": job.id}, dedupe_key=f"{IMPORT_TOPIC}:{job.id}:{report.line}")


async def _all_at_once(services: Services, job: Job, run: ImportRun, source: BinaryIO) -> None:
    """In one transaction, with the job's own end: who dies before it commits has done nothing, who dies after it all."""

    async def write_down(uow: UnitOfWork, report: ImportReport, _: Sequence[Problem]) -> None:
        if report.finished:
            await _finish_on(uow.connection, services, job, report, JobState.DONE, report.problems)

    report = await run.at_once(source, write_down)
    if report.rolled_back:
        await _finish(services, job, report, JobState.FAILED, report.problems)


async def run_export(services: Services, payload: dict[str, Any]) -> None:
    """Begins anew if a worker died: the file is kept only when it is complete."""
    job = await _find(services, payload)
    if job is None or job.finished_at:
        return
    by = _attribution(services, job)
    options: dict[str, Any] = {"channel_code": _text(job, "channel"), "currency": _text(job, "currency")}
    with tempfile.TemporaryFile() as target:
        written = await export_products(services.database, by, target, address=services.settings.public_url, **options)
        if isinstance(written, Refused):
            await _finish(services, job, ImportReport(), JobState.FAILED)
            return
        target.seek(0)
        owner = UUID(job.actor["id"]) if job.actor.get("id") else None
        file = files.File(
            id=new_id(),
            name=f"products-{job.input['channel']}.csv",
            content_type="text/csv; charset=utf-8",
            size=None,
            owner_id=owner,
            created_at=by.at,
        )
        await files.keep_file(services.database, file, _pieces(target))
    async with services.database.connection() as connection:
        done: dict[str, Any] = {"done": written, "report": {}, "file_id": file.id}
        await jobs.finish_job(connection, job.id, JobState.DONE, at=services.now(), **done)


async def _find(services: Services, payload: dict[str, Any]) -> Job | None:
    async with services.database.connection() as connection:
        return await jobs.find_job(connection, UUID(payload["jobId"]))


async def _finish(
    services: Services, job: Job, report: ImportReport, state: JobState, problems: Sequence[Problem] = ()
) -> None:
    async with services.database.transaction() as connection:
        await _finish_on(connection, services, job, report, state, problems)


async def _finish_on(
    connection: Connection,
    services: Services,
    job: Job,
    report: ImportReport,
    state: JobState,
    problems: Sequence[Problem],
) -> None:
    done: dict[str, Any] = {"done": report.bytes_read, "report": _document(report)}
    if not await jobs.finish_job(connection, job.id, state, at=services.now(), **done):
        raise _Superseded
    await jobs.add_problems(connection, job.id, problems)


def _attribution(services: Services, job: Job) -> Attribution:
    """Whoever started it, with what they might then of what a job can show or change."""
    id_, for_ = job.actor.get("id"), job.actor["kind"]
    held = frozenset({Permission.READ_COSTS} if job.input["costs"] else ())
    actor = Actor(kind=ActorKind(for_), id=UUID(id_), permissions=held) if id_ and for_ else SYSTEM
    return Attribution(actor=actor, at=services.now(), request_id=f"job-{job.id}")


def _text(job: Job, name: str) -> str | None:
    found = job.input.get(name)
    return str(found) if found else None


_COUNTED: Final = ("line", "bytes_read", "created", "changed", "unchanged", "refused", "problem_count", "rolled_back")


def _document(report: ImportReport) -> dict[str, int | bool]:
    return {name: getattr(report, name) for name in _COUNTED}


def _report_of(job: Job) -> ImportReport | None:
    counted: dict[str, Any] = dict(job.result)
    return ImportReport(**counted) if counted else None


async def _fetch(services: Services, file_id: UUID, target: BinaryIO) -> None:
    async for chunk in files.chunks_of(services.database, file_id):
        target.write(chunk)
    target.seek(0)


async def _pieces(source: BinaryIO) -> AsyncIterator[bytes]:
    while chunk := source.read(files.CHUNK):
        yield chunk
