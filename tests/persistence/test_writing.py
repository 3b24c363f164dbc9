"""A transaction that begins when it has to, and what is written at its end."""

import asyncio

import pytest
from sqlalchemy import text

from commerce_api.persistence.sql import Database, Overtaken, Statement, connect_once
from tests.conftest import OneConnection

COLOR = Statement(text("SELECT color FROM cups WHERE id = :key"))
ADD = Statement(text("INSERT INTO cups (id, color) VALUES (:key, :color)"))
PAINT = Statement(text("UPDATE cups SET color = :color WHERE id = :key"))


@pytest.fixture
async def sent(dsn):
    """What goes to the database, and the database; the table is gone with the connection."""
    raw, sent = await connect_once(dsn), []
    await raw.execute("CREATE TEMPORARY TABLE cups (id int, color text)")
    raw.add_query_logger(lambda record: sent.append(record.query.partition(" ")[0].strip(";")))
    yield sent, Database(OneConnection(raw))
    await raw.close()


async def colors(database, *keys):
    async with database.connection() as connection:
        return [await connection.fetch_value(COLOR, key=key) for key in keys]


async def test_who_reads_ahead_and_writes_at_last_sends_nothing_else(sent):
    said, database = sent

    async with database.writing() as writing:
        assert await writing.ahead.fetch_value(COLOR, key=1) is None
        await writing.at_last(ADD, {"key": 1, "color": "red"})

    await asyncio.sleep(0)
    assert said == ["SELECT", "INSERT"]
    assert await colors(database, 1) == ["red"]


async def test_whatever_comes_after_what_is_written_at_last_finds_it_written_in_the_same_transaction(sent):
    said, database = sent

    async with database.writing() as writing:
        await writing.at_last(ADD, {"key": 1, "color": "red"})
        await writing.at_last(ADD, {"key": 2, "color": "blue"})
        found = await writing.fetch_value(COLOR, key=2)
        await writing.at_last(PAINT, {"key": 1, "color": "green"}, rows=1)

    await asyncio.sleep(0)
    assert found == "blue"
    assert said == ["BEGIN", "INSERT", "INSERT", "SELECT", "UPDATE", "COMMIT"]
    assert await colors(database, 1, 2) == ["green", "blue"]


async def test_nothing_of_a_transaction_stays_if_it_fails_or_was_overtaken(sent):
    said, database = sent

    async def fail():
        async with database.writing() as writing:
            await writing.at_last(ADD, {"key": 1, "color": "red"})
            raise ZeroDivisionError

    async def be_overtaken():
        async with database.writing() as writing:
            await writing.execute(ADD, key=1, color="red")
            await writing.at_last(PAINT, {"key": 2, "color": "green"}, rows=1)

    with pytest.raises(ZeroDivisionError):
        await fail()
    with pytest.raises(Overtaken):
        await be_overtaken()
    await asyncio.sleep(0)
    assert said == ["BEGIN", "INSERT", "UPDATE", "ROLLBACK"]
    assert await colors(database, 1, 2) == [None, None]


async def test_what_is_done_before_the_end_is_of_the_transaction(sent):
    said, database = sent

    async def add(key, last):
        async with database.writing() as writing:
            writing.before_the_end = lambda: last(writing)
            await writing.execute(ADD, key=key, color="red")

    async def paint(writing):
        await writing.execute(PAINT, color="blue", key=1)

    async def spill(writing):
        await paint(writing)
        raise ZeroDivisionError

    await add(1, last=paint)
    with pytest.raises(ZeroDivisionError):
        await add(2, last=spill)
    await asyncio.sleep(0)
    assert said == ["BEGIN", "INSERT", "UPDATE", "COMMIT", "BEGIN", "INSERT", "UPDATE", "ROLLBACK"]
    assert await colors(database, 1, 2) == ["blue", None]


async def test_a_savepoint_is_one_of_the_transaction(sent):
    said, database = sent

    async with database.writing() as writing, writing.savepoint():
        await writing.execute(ADD, key=1, color="red")

    await asyncio.sleep(0)
    assert said == ["BEGIN", "SAVEPOINT", "INSERT", "RELEASE", "COMMIT"]
    assert await colors(database, 1) == ["red"]
