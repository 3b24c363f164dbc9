"""Faults put in where a program can be cut off: before any statement that it sends, or at the very commit."""

from contextlib import asynccontextmanager, contextmanager

import pytest

from commerce_api.persistence.sql import Connection

_SENDING = ("fetch", "fetch_one", "fetch_value", "execute", "execute_many")


class Fault(Exception):  # noqa: N818 - it is put in, not made by mistake
    pass


@contextmanager
def broken_before(number):
    """The statement of this number, counted from one, is not sent any more."""
    run = {name: getattr(Connection, name) for name in _SENDING}
    left = number

    def breaking(name):
        async def call(self, *arguments, **more):
            nonlocal left
            left -= 1
            if left == 0:
                raise Fault
            return await run[name](self, *arguments, **more)

        return call

    with pytest.MonkeyPatch.context() as patch:
        for name in run:
            patch.setattr(Connection, name, breaking(name))
        yield


@asynccontextmanager
async def broken_at_commit(database, table):
    """PostgreSQL itself refuses to commit a transaction that wrote a row of this table."""
    async with database.connection() as connection:
        await connection.raw.execute(
            "CREATE FUNCTION break() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'broken'; END $$;"
            f"CREATE CONSTRAINT TRIGGER broken AFTER INSERT ON {table} DEFERRABLE INITIALLY DEFERRED"
            " FOR EACH ROW EXECUTE FUNCTION break()"
        )
    try:
        yield
    finally:
        async with database.connection() as connection:
            await connection.raw.execute("DROP FUNCTION break CASCADE")
