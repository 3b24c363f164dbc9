"""A connection is ready for every statement when it opens."""

import asyncio
import importlib
import pkgutil
import re

import asyncpg
import pytest

from commerce_api import persistence
from commerce_api.persistence.sql import Statement, connect, connect_once


def all_statements():
    modules = [
        importlib.import_module(m.name)
        for m in pkgutil.walk_packages(persistence.__path__, "commerce_api.persistence.")
    ]
    return {s.sql for module in modules for s in vars(module).values() if isinstance(s, Statement)}


async def questions_about_types(raw):
    """What asyncpg asks PostgreSQL for while it prepares all of our statements."""
    asked = []
    with raw.query_logger(lambda record: asked.append(record.query)):
        for sql in all_statements():
            await raw.prepare(sql)
        await asyncio.sleep(0)
    return asked


async def test_a_single_connection_knows_the_types_of_all_statements(dsn):
    raw = await connect_once(dsn)
    asked = await questions_about_types(raw)
    await raw.close()

    assert asked == []


async def test_a_connection_of_the_pool_knows_the_types_of_all_statements(dsn):
    database = await connect(dsn, size=1)
    async with database.connection() as connection:
        asked = await questions_about_types(connection.raw)
    await database.close()

    assert asked == []


async def test_giving_a_connection_back_costs_no_statement(dsn):
    asked = []
    database = await connect(dsn, size=1)
    async with database.connection() as connection:
        connection.raw.add_query_logger(lambda record: asked.append(record.query))
    async with database.connection():
        await asyncio.sleep(0)
    await database.close()

    assert asked == []


def test_no_statement_leaves_anything_in_the_session():
    """Such as a lock or a setting that outlives the transaction: nobody would undo it."""
    lasting = re.compile(
        r"\bpg_(try_)?advisory_lock|\bset_config\(|^\s*(SET|LISTEN|DECLARE|PREPARE)\b|\bTEMP\b", re.IGNORECASE
    )
    assert [sql for sql in all_statements() if lasting.search(sql)] == []


async def leave_behind(database):
    async with database.transaction() as connection:
        await connection.raw.execute("CREATE TABLE left_behind ()")
        await connection.raw.execute("SELECT 1 / 0")


async def test_a_transaction_that_was_left_open_is_rolled_back(dsn):
    database = await connect(dsn, size=1)
    with pytest.raises(asyncpg.DivisionByZeroError):
        await leave_behind(database)
    async with database.connection() as connection:
        assert await connection.raw.fetchval("SELECT to_regclass('left_behind')") is None
    await database.close()


async def test_plans_fit_the_values_until_the_transaction_ends(dsn):
    database = await connect(dsn, size=1)
    async with database.transaction() as connection:
        await connection.plan_for_values()
        meanwhile = await connection.raw.fetchval("SHOW plan_cache_mode")
    async with database.connection() as connection:
        afterwards = await connection.raw.fetchval("SHOW plan_cache_mode")
    await database.close()

    assert (meanwhile, afterwards) == ("auto", "force_generic_plan")
