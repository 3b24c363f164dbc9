"""The worker: at least once, side by side, later and later, woken at once."""

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from commerce_api.adapters.ids import new_id
from commerce_api.domain.actor import SYSTEM, Attribution
from commerce_api.operations.product_jobs import IMPORT_TOPIC
from commerce_api.operations.services import Services
from commerce_api.persistence.unit_of_work import unit_of_work
from commerce_api.settings import Settings
from commerce_api.worker import AT_ONCE, LEASE, TimedJob, Worker, pause_after


@pytest.fixture
def committing_services(committing, clock):
    return Services(settings=Settings(), database=committing, now=clock)


async def put(services, topic="greet", payload=None, **options):
    by = Attribution(actor=SYSTEM, at=services.now(), request_id="test")
    async with unit_of_work(services.database, by, new_id) as uow:
        uow.outbox.put(topic, payload or {}, **options)


async def tasks(services, *names):
    async with services.database.connection() as connection:
        rows = await connection.raw.fetch(f"SELECT {', '.join(names)} FROM outbox ORDER BY created_at, id")
    return [tuple(row) for row in rows]


async def fails(services, payload):
    raise ValueError("no luck")


class Heard:
    """A handler that remembers what it was given."""

    def __init__(self):
        self.payloads = []

    async def __call__(self, _, payload):
        self.payloads.append(payload)


async def test_a_task_is_done_once(services):
    heard = Heard()
    worker = Worker(services, {"greet": heard})
    await put(services, payload={"name": "Ada"}, dedupe_key="ada")
    await put(services, payload={"name": "Ada"}, dedupe_key="ada")

    assert [await worker.run_due(), await worker.run_due()] == [1, 0]
    assert heard.payloads == [{"name": "Ada", "dedupe_key": "ada"}]
    assert await tasks(services, "attempts", "done_at", "last_error") == [(1, services.now(), None)]


async def test_nothing_is_done_before_it_is_due(services, clock):
    heard = Heard()
    await put(services, due_at=clock() + timedelta(hours=1))

    assert await Worker(services, {"greet": heard}).run_due() == 0
    clock.advance(timedelta(hours=1))
    assert await Worker(services, {"greet": heard}).run_due() == 1


async def test_a_failure_is_kept_and_tried_again_later_and_later(services, clock):
    worker = Worker(services, {"greet": fails})
    await put(services)

    await worker.run_due()
    assert await tasks(services, "attempts", "due_at", "last_error") == [
        (1, clock() + timedelta(seconds=2), "ValueError: no luck")
    ]
    clock.advance(timedelta(seconds=2))
    await worker.run_due()
    assert await tasks(services, "attempts", "due_at") == [(2, clock() + timedelta(seconds=4))]


async def test_after_its_last_attempt_a_task_is_given_up_and_kept(services, clock):
    worker = Worker(services, {"greet": fails})
    await put(services)

    for attempt in range(1, 17):
        assert await worker.run_due() == 1
        clock.advance(pause_after(attempt))

    assert await worker.run_due() == 0
    [(attempts, failed_at, error)] = await tasks(services, "attempts", "failed_at", "last_error")
    assert (attempts, failed_at + pause_after(16), error) == (16, clock(), "ValueError: no luck")


async def test_a_topic_that_nobody_handles_waits_for_a_worker_that_does(services, clock):
    heard = Heard()
    await put(services)

    await Worker(services, {}).run_due()
    clock.advance(pause_after(1))
    await Worker(services, {"greet": heard}).run_due()

    assert len(heard.payloads) == 1


async def test_what_a_killed_worker_held_is_run_by_the_next_when_its_lease_is_over(services, clock):
    heard = Heard()
    await put(services)
    await Worker(services, {})._claim(1)  # and then it is killed

    assert await Worker(services, {"greet": heard}).run_due() == 0
    clock.advance(LEASE)
    assert await Worker(services, {"greet": heard}).run_due() == 1
    assert len(heard.payloads) == 1


async def test_one_whose_lease_is_over_does_not_undo_what_the_next_did(services, clock):
    late = Worker(services, {"greet": fails})
    await put(services)
    [task] = await late._claim(1)
    clock.advance(LEASE)
    await Worker(services, {"greet": Heard()}).run_due()

    await late._perform(task)

    assert await tasks(services, "done_at IS NOT NULL", "last_error") == [(True, None)]


async def test_two_workers_share_the_tasks(committing_services):
    heard = Heard()
    for _ in range(4 * AT_ONCE):
        await put(committing_services)
    workers = [Worker(committing_services, {"greet": heard}) for _ in range(4)]

    done = await asyncio.gather(*(worker.run_due() for worker in workers))

    assert sum(done) == 4 * AT_ONCE
    assert len({payload["dedupe_key"] for payload in heard.payloads}) == len(heard.payloads) == 4 * AT_ONCE


@asynccontextmanager
async def at_work(worker):
    """It runs meanwhile, and ends when told, whatever happens: one left running would take the tasks of other tests."""
    running = asyncio.create_task(worker.run())
    try:
        yield
    finally:
        worker.stop()
        await running


LISTENS = "SELECT 1 FROM pg_stat_activity WHERE query ILIKE 'LISTEN%' AND state = 'idle'"


async def test_a_running_worker_is_woken_by_a_commit_and_ends_when_told(committing_services, monkeypatch):
    monkeypatch.setattr("commerce_api.worker._POLL", 1_000)
    done = asyncio.Event()

    async def note(services, payload):
        done.set()

    async with at_work(Worker(committing_services, {"greet": note}, jobs=())):
        async with committing_services.database.connection() as connection:
            while not await connection.raw.fetchval(LISTENS):  # noqa: ASYNC110
                await asyncio.sleep(0)
        await put(committing_services)
        await done.wait()

    assert await tasks(committing_services, "done_at IS NOT NULL") == [(True,)]


async def test_a_slow_task_does_not_hold_up_the_others(committing_services):
    others_are_done = asyncio.Event()

    async def slow(services, payload):
        await others_are_done.wait()

    async def quick(services, payload):
        if payload["last"]:
            others_are_done.set()

    await put(committing_services, "slow")
    for number in range(3 * AT_ONCE):
        await put(committing_services, "quick", {"last": number == 3 * AT_ONCE - 1})

    async with at_work(Worker(committing_services, {"slow": slow, "quick": quick}, jobs=())):
        await others_are_done.wait()


async def test_a_timed_job_runs_once_in_its_interval_whoever_comes_first(services, clock):
    runs = []

    async def run(services):
        runs.append(services.now())

    job = TimedJob(name="sweep", every=timedelta(hours=1), run=run)
    first, second = Worker(services), Worker(services)

    await first._run_job(job, clock())
    await second._run_job(job, clock())
    clock.advance(timedelta(hours=1))
    await second._run_job(job, clock())
    await first._run_job(job, clock())

    assert runs == [clock() - timedelta(hours=1), clock()]


async def test_a_task_as_long_as_its_file_keeps_its_lease(committing_services, clock, monkeypatch):
    monkeypatch.setattr("commerce_api.worker._RENEWAL", 0)
    begun = clock()

    async def slow(services, payload):
        clock.advance(LEASE)
        while (await tasks(services, "due_at"))[0] < (begun + 2 * LEASE,):  # noqa: ASYNC110 - until it is renewed
            await asyncio.sleep(0)

    await put(committing_services, IMPORT_TOPIC)
    await Worker(committing_services, {IMPORT_TOPIC: slow}).run_due()

    assert await tasks(committing_services, "attempts", "done_at", "last_error") == [(1, begun + LEASE, None)]
