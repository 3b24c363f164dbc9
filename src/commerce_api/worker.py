"""Runs what the outbox holds, and the timed jobs. Several workers may run at once, on several machines.

Every task is run at least once: a worker that dies in the middle of one leaves it to the next, so handlers are idempotent.
A task that fails is tried again, later and later, and is given up after a day or so for people to look at.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

import asyncpg
import structlog

from commerce_api.adapters.logs import redacted
from commerce_api.domain.value import value
from commerce_api.operations import (
    account_mail,
    assisted_sessions,
    block_reminders,
    edit_charging,
    mail,
    order_access,
    payment_reminders,
    payments,
    product_jobs,
)
from commerce_api.operations.purge import purge
from commerce_api.operations.services import Services
from commerce_api.persistence import outbox
from commerce_api.persistence.outbox import Task

Handler: TypeAlias = Callable[[Services, dict[str, Any]], Awaitable[None]]
"""Given the payload; its `dedupe_key` is the same at every attempt."""


@value
class TimedJob:
    """One worker runs it each `every`; killed in the middle, it runs again the next time."""

    name: str
    every: timedelta
    run: Callable[[Services], Awaitable[None]]


HANDLERS: Final[dict[str, Handler]] = {
    block_reminders.TOPIC: block_reminders.handle,
    account_mail.TOPIC: account_mail.send,
    assisted_sessions.TOPIC: assisted_sessions.handle,
    product_jobs.EXPORT_TOPIC: product_jobs.run_export,
    product_jobs.IMPORT_TOPIC: product_jobs.run_import,
    "mail": mail.deliver,
    order_access.TOPIC: order_access.handle,
    payments.ADVANCE: payments.handle_advance,
    payments.CHARGE_ANSWERED: edit_charging.handle,
    payment_reminders.TOPIC: payment_reminders.handle,
    payment_reminders.BALANCE: payment_reminders.handle_balance,
    payments.TIMEOUT: payments.handle_timeout,
}
"""By topic, in the alphabet's order."""

JOBS: Final = (TimedJob(name="purge", every=timedelta(hours=1), run=purge),)

AT_ONCE = 5
"""Tasks of one worker that run side by side; each may hold a database connection."""
LEASE = timedelta(seconds=120)
_LONGEST = 100
"""Seconds a handler may take: it must be over before its lease is."""
UNHURRIED: Final = frozenset((product_jobs.EXPORT_TOPIC, product_jobs.IMPORT_TOPIC))
"""Topics whose handlers take as long as the files are: their leases are renewed meanwhile."""
_RENEWAL = 30.0
_ATTEMPTS = 16
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=2), timedelta(hours=6)
_POLL = 1.0
"""Seconds between two looks at the outbox while nobody calls."""
_SECONDS_TO_FINISH = 20

log = structlog.get_logger("worker")


def pause_after(attempts: int) -> timedelta:
    """Twice as long after each failure, which spreads the attempts over most of a day."""
    return min(_FIRST_PAUSE * (1 << attempts - 1), _LONGEST_PAUSE)


class Worker:
    """`run()` until `stop()`; or `run_due()` for one batch."""

    def __init__(
        self, services: Services, handlers: Mapping[str, Handler] = HANDLERS, jobs: Sequence[TimedJob] = JOBS
    ) -> None:
        self._services, self._handlers, self._jobs = services, handlers, jobs
        self._wake = asyncio.Event()
        self._stopping = False

    async def run_due(self) -> int:
        """Claim one batch of what is due, run it, and return how many there were."""
        tasks = await self._claim(AT_ONCE)
        await asyncio.gather(*(self._perform(task) for task in tasks))
        return len(tasks)

    async def run(self) -> None:
        beside = [asyncio.create_task(self._keep(work)) for work in (self._listen, self._run_jobs)]
        try:
            await self._keep(self._relay)
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)

    def stop(self) -> None:
        """Claim nothing more; `run` returns when what was begun is done."""
        self._stopping = True
        self._wake.set()

    async def _keep(self, work: Callable[[], Awaitable[None]]) -> None:
        """Begin again when the database was away for a while."""
        while not self._stopping:
            try:
                await work()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("database away", error=type(error).__name__)
                await self._rest()

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(_POLL):  # `wait_for` forgets that it was canceled if it is woken at that moment
                await self._wake.wait()
        except TimeoutError:
            return

    async def _relay(self) -> None:
        """Always as many tasks at once as may be, so that a slow one does not hold up the others."""
        running: set[asyncio.Task[None]] = set()
        try:
            while not self._stopping:
                self._wake.clear()
                claimed = await self._claim(AT_ONCE - len(running))
                running |= {asyncio.create_task(self._perform(task)) for task in claimed}
                if len(running) == AT_ONCE:
                    await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                elif not claimed:
                    await self._rest()
                running = {task for task in running if not self._is_over(task)}
        finally:
            if running:
                await asyncio.wait(running, timeout=_SECONDS_TO_FINISH)

    def _is_over(self, task: asyncio.Task[None]) -> bool:
        if task.done() and (error := task.exception()):
            log.error("outcome not written down", exc_info=error)  # the task is run again when its lease is over
        return task.done()

    async def _claim(self, most: int) -> list[Task]:
        async with self._services.database.connection() as connection:
            return await outbox.claim(connection, at=self._services.now(), most=most, lease=LEASE)

    async def _perform(self, task: Task) -> None:
        """Run the handler outside of any transaction, then write down how it went."""
        try:
            handler = self._handlers[task.topic]
            async with self._held(task):
                await handler(self._services, {**task.payload, "dedupe_key": task.key})
        except Exception as error:  # noqa: BLE001 - whatever it is, the task is kept and the others go on
            await self._put_off(task, error)
        else:
            async with self._services.database.connection() as connection:
                await outbox.done(connection, task, at=self._services.now())

    @asynccontextmanager
    async def _held(self, task: Task) -> AsyncGenerator[None]:
        """While the task is this worker's."""
        if task.topic not in UNHURRIED:
            async with asyncio.timeout(_LONGEST):
                yield
            return
        renewing = asyncio.create_task(self._renew(task))
        try:
            yield
        finally:
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)

    async def _renew(self, task: Task) -> None:
        while True:
            await asyncio.sleep(_RENEWAL)
            async with self._services.database.connection() as connection:
                await outbox.hold(connection, task, until=self._services.now() + LEASE)

    async def _put_off(self, task: Task, error: Exception) -> None:
        at, said = self._services.now(), redacted(f"{type(error).__name__}: {error}"[:500])
        about = {"topic": task.topic, "task": str(task.id), "attempts": task.attempts}
        async with self._services.database.connection() as connection:
            if task.attempts < _ATTEMPTS:
                log.warning("task failed", **about, exc_info=error)
                await outbox.later(connection, task, due=at + pause_after(task.attempts), error=said)
            else:
                log.error("task given up", **about, exc_info=error)
                await outbox.give_up(connection, task, at=at, error=said)

    async def _listen(self) -> None:
        """Be told of new tasks at once, on a connection kept for it."""
        async with self._services.database.connection() as connection:
            ended = asyncio.Event()
            connection.raw.add_termination_listener(lambda _: ended.set())
            await connection.raw.add_listener(outbox.CHANNEL, self._hear)
            try:
                await ended.wait()
            finally:
                await connection.raw.remove_listener(outbox.CHANNEL, self._hear)
        raise ConnectionResetError

    def _hear(self, *_: object) -> None:
        self._wake.set()

    async def _run_jobs(self) -> None:
        """The first to come takes a job's turn; there is no need for a leader."""
        next_look: dict[str, datetime] = {}
        while not self._stopping:
            for job in self._jobs:
                if next_look.get(job.name, at := self._services.now()) <= at:
                    next_look[job.name] = at + min(job.every, timedelta(minutes=1))
                    await self._run_job(job, at)
            await asyncio.sleep(_POLL)

    async def _run_job(self, job: TimedJob, at: datetime) -> None:
        async with self._services.database.connection() as connection:
            if not await outbox.take_turn(connection, job.name, at=at, every=job.every):
                return
        try:
            await job.run(self._services)
        except Exception:  # the other jobs go on, this one at its next time
            log.exception("timed job failed", job=job.name)
