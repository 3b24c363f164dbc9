"""A connection is used by one at a time, and serves the next, whatever happened to who had it before."""

import asyncio
from contextlib import suppress
from random import Random

import asyncpg
import pytest

from commerce_api.persistence.sql import connect, connect_once

PID = "SELECT pg_backend_pid()"
OURS = "SELECT pid FROM pg_stat_activity WHERE application_name = 'taken'"
BUSY = f"{OURS} AND state = 'active' AND query LIKE '%pg_sleep%'"

LOST = (asyncpg.AdminShutdownError, asyncpg.ConnectionDoesNotExistError)


@pytest.fixture
async def opened(dsn):
    """Makes databases of a few connections."""
    made = []

    async def of(size):
        made.append(await connect(f"{dsn}{'&' if '?' in dsn else '?'}application_name=taken", size=size))
        return made[-1]

    yield of
    for database in made:
        await database.close()


async def pid_of_next(database):
    async with database.connection() as connection:
        return await connection.raw.fetchval(PID)


async def until(raw_connection, sql, *, there):
    while bool(await raw_connection.fetch(sql)) is not there:
        pass


def lost(connection):
    """Set when it is known here that the connection is no more, which may come later than an error that says so."""
    known = asyncio.Event()
    connection.raw.add_termination_listener(lambda _: known.set())
    return known


async def sleeping(database, raw_connection):
    """A task in the middle of a statement that does not end."""

    async def sleep():
        async with database.connection() as connection:
            ended = lost(connection)
            try:
                await connection.raw.execute("SELECT pg_sleep(600)")
            except LOST:
                await ended.wait()
                raise

    task = asyncio.create_task(sleep())
    await until(raw_connection, BUSY, there=True)
    return task


async def test_the_same_connection_is_taken_again_at_once(opened):
    database = await opened(2)
    async with database.connection() as first:
        once = first.raw
    turns = []
    asyncio.get_running_loop().call_soon(turns.append, "the event loop went on")
    async with database.connection() as second:
        again = second.raw

    assert again is once
    assert turns == []


async def test_usage_knows_who_is_open_and_who_is_idle(opened):
    database = await opened(2)
    before = database.usage
    async with database.connection():
        one = database.usage
        async with database.connection():
            both = database.usage
    after = database.usage

    assert [before, one, both, after] == [(1, 1, 2), (1, 0, 2), (2, 0, 2), (2, 2, 2)]


@pytest.mark.parametrize("size", [1, 2])
async def test_a_connection_lost_while_nobody_used_it_is_replaced(opened, raw_connection, size):
    database = await opened(size)
    async with database.connection() as connection:
        pid, ended = await connection.raw.fetchval(PID), lost(connection)
    await raw_connection.fetch("SELECT pg_terminate_backend($1)", pid)
    await ended.wait()

    assert await pid_of_next(database) != pid
    assert database.usage.open == database.usage.idle


async def test_a_connection_lost_while_it_was_used_is_replaced(opened, raw_connection):
    database = await opened(1)
    task = await sleeping(database, raw_connection)
    await raw_connection.fetch(f"SELECT pg_terminate_backend(pid) FROM ({BUSY}) busy")
    with pytest.raises(LOST):
        await task

    assert await pid_of_next(database)
    assert database.usage == (1, 1, 1)


async def test_a_connection_that_was_closed_by_who_had_it_is_replaced(opened):
    database = await opened(1)
    async with database.connection() as connection:
        await connection.raw.close()

    assert await pid_of_next(database)


async def test_who_is_canceled_in_the_middle_of_a_statement_leaves_nothing_running(opened, raw_connection):
    database = await opened(1)
    task = await sleeping(database, raw_connection)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert await pid_of_next(database)
    assert await raw_connection.fetch(BUSY) == []


async def test_who_gave_up_a_statement_and_went_on_leaves_nothing_running_either(opened, raw_connection):
    database = await opened(1)
    async with database.connection() as connection:
        with pytest.raises(TimeoutError):
            await connection.raw.execute("SELECT pg_sleep(1)", timeout=0.01)

    assert await pid_of_next(database)
    assert await raw_connection.fetch(BUSY) == []


async def test_an_open_transaction_is_not_handed_on(opened):
    database = await opened(1)
    reported = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context["message"]))
    async with database.connection() as connection:
        await connection.raw.execute("BEGIN")
    async with database.connection() as connection:
        assert not connection.raw.is_in_transaction()
    asyncio.get_running_loop().set_exception_handler(None)

    assert ["active transaction" in message for message in reported] == [True]


async def test_who_waits_comes_before_who_comes_later(opened):
    database = await opened(1)
    served, waiting = [], []

    async def taker(number):
        async with database.connection() as connection:
            served.append(number)
            await connection.raw.execute("SELECT 1")

    async with database.connection():
        for number in range(5):
            waiting.append(asyncio.create_task(taker(number)))
            await asyncio.sleep(0)
    await asyncio.gather(taker("late"), *waiting)

    assert served == [0, 1, 2, 3, 4, "late"]


async def test_who_waits_is_handed_the_connection_itself(opened):
    database = await opened(1)

    async def taker():
        async with database.connection() as connection:
            return connection.raw

    async with database.connection() as connection:
        first, waiting = connection.raw, asyncio.create_task(taker())
        await asyncio.sleep(0)

    assert await waiting is first


async def test_who_is_canceled_when_the_turn_has_come_hands_it_on(opened):
    database = await opened(1)
    async with database.connection():
        waiting = [asyncio.create_task(pid_of_next(database)) for _ in range(2)]
        await asyncio.sleep(0)
    waiting[0].cancel()  # it has the connection already, and does not know yet
    canceled, found = await asyncio.gather(*waiting, return_exceptions=True)

    assert (type(canceled), type(found)) == (asyncio.CancelledError, int)
    assert database.usage == (1, 1, 1)


async def test_who_waits_for_a_connection_that_is_lost_gets_another(opened, raw_connection):
    database = await opened(1)
    task = await sleeping(database, raw_connection)
    waiting = asyncio.create_task(pid_of_next(database))
    await raw_connection.fetch(f"SELECT pg_terminate_backend(pid) FROM ({BUSY}) busy")
    with pytest.raises(LOST):
        await task

    assert await waiting
    assert database.usage == (1, 1, 1)


async def test_who_is_canceled_while_waiting_takes_nothing_away(opened):
    database = await opened(1)
    async with database.connection():
        waiting = [asyncio.create_task(pid_of_next(database)) for _ in range(3)]
        await asyncio.sleep(0)
        waiting[0].cancel()
    waiting[1].cancel()
    found = await asyncio.gather(*waiting, return_exceptions=True)

    assert [isinstance(one, asyncio.CancelledError) for one in found] == [True, True, False]
    assert database.usage == (1, 1, 1)


async def test_after_many_uses_the_driver_has_its_turn(opened):
    database, taken = await opened(1), []
    for _ in range(1_001):
        async with database.connection() as connection:
            taken.append(connection.raw)

    assert [one is taken[0] for one in taken[:1_000]] == [True] * 1_000
    assert taken[-1] is not taken[0]


async def test_closing_waits_for_who_uses_a_connection_and_lets_nobody_in(opened, raw_connection):
    database = await opened(2)
    async with database.connection(), database.connection():
        pass
    async with database.connection() as connection:
        closing = asyncio.create_task(database.close())
        await asyncio.sleep(0)
        still = await connection.raw.fetchval("SELECT 1")
        with pytest.raises(asyncpg.InterfaceError):
            await pid_of_next(database)
    await closing

    assert still == 1
    await until(raw_connection, OURS, there=False)


class Crowd:
    """Takers of which some are canceled, fail, wait or lose their connection, at any time."""

    def __init__(self, database, random):
        self.database, self.random = database, random
        self.using, self.twice = set(), []

    async def takes(self):
        async with self.database.connection() as connection:
            pid = await connection.raw.fetchval(PID)
            if pid in self.using:
                self.twice.append(pid)
            self.using.add(pid)
            try:
                await self.uses(connection)
            finally:
                self.using.discard(pid)

    async def uses(self, connection):
        match self.random.randrange(8):
            case 0:
                await connection.raw.execute("SELECT 1 / 0")
            case 1:
                await connection.raw.execute("SELECT pg_terminate_backend(pg_backend_pid())")
            case 2:
                await connection.raw.execute("SELECT pg_sleep(0.1)", timeout=0.001)
            case 3:
                await connection.raw.execute("SELECT pg_sleep(0.002)")
            case turns:
                for _ in range(turns):
                    await asyncio.sleep(0)

    async def run(self):
        tasks = []
        for _ in range(60):
            tasks.append(asyncio.create_task(self.takes()))
            for _ in range(self.random.randrange(3)):
                await asyncio.sleep(0)
            if self.random.random() < 0.3:
                self.random.choice(tasks).cancel()
        found = await asyncio.gather(*tasks, return_exceptions=True)
        return [one for one in found if isinstance(one, BaseException)]


async def three_at_once(database):
    async with database.connection() as one, database.connection() as two, database.connection() as three:
        return {await each.raw.fetchval(PID) for each in (one, two, three)}


@pytest.mark.parametrize("seed", range(6))
async def test_no_connection_is_lost_or_given_to_two(opened, seed):
    database = await opened(3)
    crowd = Crowd(database, Random(seed))  # noqa: S311 - to be the same again
    fell = {type(one) for one in await crowd.run()}

    assert crowd.twice == []
    assert fell <= {asyncio.CancelledError, TimeoutError, asyncpg.DivisionByZeroError, *LOST}
    while True:
        with suppress(*LOST):  # the last may have lost theirs just now
            assert len(await three_at_once(database)) == 3
            break
    assert database.usage == (3, 3, 3)


async def test_who_is_canceled_while_a_single_connection_is_made_leaves_none(dsn, raw_connection):
    ours = "SELECT FROM pg_stat_activity WHERE application_name = 'made'"
    for turns in range(0, 60, 3):
        making = asyncio.create_task(connect_once(dsn, name="made"))
        while not making.done() and not await raw_connection.fetch(ours):
            pass
        for _ in range(turns):
            await asyncio.sleep(0)
        making.cancel()
        with suppress(asyncio.CancelledError):
            await (await making).close()

    await until(raw_connection, ours, there=False)
