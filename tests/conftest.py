"""A real PostgreSQL for each test process; each test in a transaction that is rolled back, or with tables wiped after it."""

# ruff: noqa: PLC0415 - what takes seconds to load is loaded by the fixtures that need it: tests of the domain do not

import asyncio
import gc
import io
import logging
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from inspect import isasyncgenfunction, iscoroutinefunction

import httpx
import pytest
from argon2 import PasswordHasher

from commerce_api.adapters import logs
from commerce_api.adapters.postgres_server import PostgresServer
from tests import log_output
from tests.api.client import Api
from tests.clock import Clock
from tests.passwords import CountedPasswords

pytest_plugins = ["tests.patience"]

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

gc.disable()
log_output.plain()


def pytest_runtestloop():
    """Nothing that loading and collecting made is garbage; the collector never looks through it."""
    gc.freeze()
    gc.enable()


def pytest_asyncio_loop_factories():
    """The event loop that the store runs on."""
    import uvloop

    return {"uvloop": uvloop.new_event_loop}


def pytest_collection_modifyitems(items):
    """A test that is not asynchronous would have them on another loop, and all that is kept for the session made anew."""
    for item in items:
        made = [fixture.func for fixtures in item._fixtureinfo.name2fixturedefs.values() for fixture in fixtures]
        if not iscoroutinefunction(item.function) and any(map(isasyncgenfunction, made)):
            raise pytest.UsageError(f"{item.nodeid} has asynchronous fixtures, and so is to be asynchronous itself.")


@pytest.fixture(scope="session")
def dsn(tmp_path_factory):
    """Where the test process's own PostgreSQL answers, with all migrations applied."""
    from commerce_api.persistence.migrate import migrate

    with PostgresServer(tmp_path_factory.mktemp("postgres"), scratch=True) as server:
        asyncio.run(migrate(server.dsn))
        yield server.dsn


class OneConnection:
    """A pool of one, used by one at a time: what all the test's code shares and the test's end takes back."""

    def __init__(self, raw):
        self._raw, self._free = raw, asyncio.Lock()

    @asynccontextmanager
    async def acquire(self):
        async with self._free:
            yield self._raw

    def get_size(self):
        return 1

    get_idle_size = get_max_size = get_size

    async def close(self):
        pass


@pytest.fixture(scope="session")
async def raw_connection(dsn):
    from commerce_api.persistence.sql import connect_once

    raw = await connect_once(dsn)
    yield raw
    await raw.close()


@pytest.fixture
async def empty_database(raw_connection, dsn):
    """The address of another database, in which nothing is."""
    await raw_connection.execute("CREATE DATABASE empty")
    yield dsn.replace("/commerce?", "/empty?")
    await raw_connection.execute("DROP DATABASE empty WITH (FORCE)")


@pytest.fixture
async def connection(raw_connection):
    """The connection under `database`, for looking at tables directly."""
    transaction = raw_connection.transaction()
    await transaction.start()
    yield raw_connection
    await transaction.rollback()


@pytest.fixture
def database(connection):
    """Nothing that a test does through it outlives the test."""
    from commerce_api.persistence.sql import Database

    return Database(OneConnection(connection))


@pytest.fixture(scope="session")
async def committing_pool(dsn):
    from commerce_api.persistence.sql import connect

    database = await connect(dsn, size=20)
    yield database
    await database.close()


_TABLES = """SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
AND relname <> 'alembic_version'"""


@pytest.fixture(scope="session")
async def which_hold_rows(raw_connection):
    """A statement that names the tables with rows."""
    tables = [name for (name,) in await raw_connection.fetch(_TABLES)]
    return " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in tables)


@pytest.fixture
async def committing(committing_pool, which_hold_rows):
    """Really commits, over many connections: for tests of locks and concurrency. All tables are emptied afterwards,
    those alone that hold rows: emptying one costs as much as writing a hundred rows.
    """
    yield committing_pool
    async with committing_pool.transaction() as transaction:
        filled = await transaction.raw.fetch(which_hold_rows)
        deletions = (f"DELETE FROM {name};" for (name,) in filled)
        await transaction.raw.execute(f"SET LOCAL session_replication_role = replica; {' '.join(deletions)}")


@pytest.fixture
def clock():
    """What time it is in a test: noon of a Monday, until the test moves it."""
    return Clock(NOON)


@pytest.fixture(scope="session")
def cheap_passwords():
    """Real argon2id with parameters for tests."""
    passwords = CountedPasswords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    yield passwords
    passwords.close()


@pytest.fixture
def actors():
    """Actors by token, beside those whom the database knows: what `api.allowed` puts there."""
    return {}


@pytest.fixture
def passwords(cheap_passwords):
    cheap_passwords.computed = 0
    return cheap_passwords


@pytest.fixture(scope="session")
def settings():
    """What a module of tests may have otherwise."""
    from commerce_api.settings import Settings

    return Settings(rate_limit=0)


@pytest.fixture
async def app(settings, database, clock, passwords, actors):
    app = application(settings, database, clock, passwords, actors)
    yield app
    await app.aside.settle()


def application(settings, database, clock, passwords, actors):
    from commerce_api.app import App
    from commerce_api.operations.channels import ChannelDirectory

    app = App(
        settings=settings,
        database=database,
        channels=ChannelDirectory(database),
        now=clock,
        passwords=passwords,
    )

    async def authenticate(database, *, token, **rest):
        return actors.get(token) or await app.authenticate(database, token=token, **rest)

    return replace(app, authenticate=authenticate)


@pytest.fixture
def services(app):
    """What handlers of the outbox are given."""
    return app.services


@pytest.fixture
def logged():
    """All that is logged of now, as it would be written, at the most talkative level; not what the test's client says."""
    client, stream = logging.getLogger("httpx"), io.StringIO()
    with log_output.as_before():
        client.disabled = True
        logs.configure("debug", text=False, stream=stream)
        yield stream.getvalue
    client.disabled = False


@pytest.fixture
def work(services):
    """`await work()` does all that is due in the outbox, as a worker would, and returns how much that was."""
    from commerce_api.worker import Worker

    async def run():
        worker, done = Worker(services), 0
        while tasks := await worker.run_due():
            done += tasks
        return done

    return run


@pytest.fixture(scope="session")
def contracts():
    """A document that many tests ask with is read and validated once."""
    from commerce_api.asgi import contracts_of
    from commerce_api.settings import Settings

    return contracts_of(Settings())


def client_of(app, contracts, **peer):
    from commerce_api.asgi import web_application

    transport = httpx.ASGITransport(app=web_application(app, contracts), **peer)
    return httpx.AsyncClient(transport=transport, base_url="http://shop.test")


@pytest.fixture
async def http(app, contracts):
    async with client_of(app, contracts) as client:
        yield client


@pytest.fixture
def api(http, actors):
    """`await api.shop(document, **variables)` or `await api.staff(...)`: the `data` of an answer without errors."""
    return Api(http, actors)


@pytest.fixture
async def committing_api(settings, committing, clock, passwords, actors, contracts):
    """Like `api`, but what it does is committed, over many connections."""
    app = application(settings, committing, clock, passwords, actors)
    async with client_of(app, contracts, client=("127.0.0.1", 1)) as client:
        yield Api(client, actors)
    await app.aside.settle()


class Statements(list):
    """SQL as it ran, transaction control left out."""

    async def of(self, work):
        """Await `work` and hold its statements only. The driver reports each one a turn of the loop later."""
        await asyncio.sleep(0)
        self.clear()
        result = await work
        await asyncio.sleep(0)
        return result


@pytest.fixture
def statements(connection):
    """The SQL that ran since the fixture was made, or during `await statements.of(work)`."""
    seen = Statements()

    def note(record):
        if not record.query.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")):
            seen.append(record.query)

    connection.add_query_logger(note)
    yield seen
    connection.remove_query_logger(note)
