"""A connection is ready for every statement when it opens."""

import asyncio
import importlib
import pkgutil

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
