"""Several imports at once, one whose process is killed, and what else the process does meanwhile."""

import asyncio
import io
import subprocess
import sys

import pytest

from commerce_api.adapters.clock import now
from commerce_api.adapters.ids import new_id
from commerce_api.domain.actor import SYSTEM, Attribution
from commerce_api.operations import product_import_run, product_jobs
from commerce_api.operations.import_products import import_products
from commerce_api.operations.services import Services
from commerce_api.persistence.stores import files, jobs
from commerce_api.persistence.unit_of_work import unit_of_work
from commerce_api.settings import Settings
from commerce_api.worker import Worker
from tests import given

HANDLES = [f"cup-{number}" for number in range(9)]
BATCH = 3
HEADER = "Handle,Title,Variant SKU,Variant Price,Image Src\n"
WORKER = f"""
import asyncio, sys
from commerce_api.adapters.clock import now
from commerce_api.operations import product_import_run
from commerce_api.operations.services import Services
from commerce_api.persistence.sql import connect
from commerce_api.settings import Settings
from commerce_api.worker import Worker

product_import_run._MOST_PRODUCTS = {BATCH}

async def work():
    database = await connect(sys.argv[1], size=4)
    await Worker(Services(settings=Settings(), database=database, now=now)).run_due()

asyncio.run(work())
"""
STUCK = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"


def by():
    return Attribution(actor=SYSTEM, at=now(), request_id="test")


def file(handles=HANDLES):
    lines = (f"{handle},The {handle},{handle.upper()},9.90,https://pictures.example/{handle}.jpg" for handle in handles)
    return (HEADER + "\n".join(lines)).encode()


@pytest.fixture
async def shop(committing):
    async with committing.connection() as connection:
        await given.channel(connection.raw)
    return committing


async def ask(database, sql, *arguments):
    async with database.connection() as connection:
        return await connection.raw.fetchval(sql, *arguments)


async def imported(database, content):
    report = await import_products(database, by(), io.BytesIO(content))
    return report.created, report.changed, report.unchanged, report.problems


async def test_the_same_file_twice_at_once_makes_each_product_once(shop, monkeypatch):
    monkeypatch.setattr(product_import_run, "_MOST_PRODUCTS", BATCH)
    backwards = list(reversed(HANDLES))

    reports = await asyncio.gather(*(imported(shop, file(handles)) for handles in (HANDLES, backwards, HANDLES)))

    assert sum(created for created, *_ in reports) == len(HANDLES)
    assert [created + unchanged for created, _, unchanged, _ in reports] == [len(HANDLES)] * 3
    assert [(changed, problems) for _, changed, _, problems in reports] == [(0, ())] * 3
    for table in ("products", "variants", "prices", "media", "events"):
        assert await ask(shop, f"SELECT count(*) FROM {table}") == len(HANDLES)


async def started(database, *, all_or_nothing):
    async def pieces():
        yield file()

    kept = files.File(id=new_id(), name="cups.csv", content_type="text/csv", size=None, owner_id=None, created_at=now())
    await files.keep_file(database, kept, pieces())
    command = product_jobs.StartImport(file_id=kept.id, channel=None, currency=None, all_or_nothing=all_or_nothing)
    async with unit_of_work(database, by(), new_id) as uow:
        job = await product_jobs.start_import(uow, command)
    return job.id


@pytest.mark.parametrize(("all_or_nothing", "kept"), [(False, 2 * BATCH), (True, 0)])
async def test_a_job_whose_process_is_killed_is_taken_up_and_counted_right(shop, dsn, all_or_nothing, kept):
    """The process is in its third batch, where it waits for a product that the test holds, when it is killed."""
    held = HANDLES[-1]
    await imported(shop, file([held]))
    id_ = await started(shop, all_or_nothing=all_or_nothing)

    async with shop.transaction() as holding:
        await holding.raw.execute("SELECT FROM products WHERE handle = $1 FOR UPDATE", held)
        process = subprocess.Popen([sys.executable, "-c", WORKER, dsn], env={"PYTHONPATH": "src"})
        try:
            while not await ask(shop, STUCK):
                assert process.poll() is None
                await asyncio.sleep(0.01)
        finally:
            process.kill()
            process.wait()
        assert await ask(shop, "SELECT count(*) FROM products") == 1 + kept

    await ask(shop, "UPDATE outbox SET due_at = created_at")  # its lease is over
    await Worker(Services(settings=Settings(), database=shop, now=now)).run_due()

    async with shop.connection() as connection:
        job = await jobs.find_job(connection, id_)
    assert (job.state, job.done) == ("DONE", len(file()))
    assert {name: job.result[name] for name in ("created", "changed", "unchanged", "refused")} == {
        "created": len(HANDLES) - 1,
        "changed": 0,
        "unchanged": 1,
        "refused": 0,
    }
    assert await ask(shop, "SELECT array_agg(handle ORDER BY handle) FROM products") == HANDLES
    assert await ask(shop, "SELECT count(DISTINCT entity_id) FROM events WHERE entity = 'PRODUCT'") == len(HANDLES)
    assert await ask(shop, "SELECT count(*) FROM events WHERE entity = 'PRODUCT'") == len(HANDLES)


async def test_reading_and_deciding_let_others_have_their_turn(monkeypatch):
    monkeypatch.setattr(product_import_run, "_LONGEST_TURN", -1)
    seen, turns = [], []

    async def other():
        while True:
            turns.append(len(seen))
            await asyncio.sleep(0)

    beside = asyncio.create_task(other())
    async for item in product_import_run._letting_others(range(5)):
        seen.append(item)  # noqa: PERF401 - others are to see it grow
    beside.cancel()

    assert seen == [0, 1, 2, 3, 4]
    assert turns == [1, 2, 3, 4, 5]
