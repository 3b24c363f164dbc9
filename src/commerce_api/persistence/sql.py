"""SQL built by SQLAlchemy Core, run by asyncpg directly.

SQLAlchemy's async layer costs more per statement than PostgreSQL does on a hot read, so it only builds: a `Statement` is
compiled once, and then is a string with numbered parameters. See docs/decisions/0002.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy import ClauseElement
from sqlalchemy.dialects.postgresql import asyncpg as asyncpg_dialect

from commerce_api.persistence.connections import Connections, Pool, PoolUsage
from commerce_api.persistence.parameters import Take, json_of, taking
from commerce_api.persistence.touched import Changes, Reads, Shows, Thing, read_in, written_in

_SECONDS_TO_CLOSE = 5
_DIALECT = asyncpg_dialect.dialect()  # type: ignore[no-untyped-call]

Row: TypeAlias = asyncpg.Record
T = TypeVar("T")
Tell: TypeAlias = Callable[[asyncpg.Connection, frozenset[Thing]], Awaitable[None]]
_NOTHING: Final[Shows] = MappingProxyType({})


class _Compiled(NamedTuple):
    sql: str
    take: Take


class Statement:
    """SQL with the names of its parameters in the order of their numbers. It is compiled once, when it is first run: a
    process has hundreds of statements, and compiling all of them would keep its first answer waiting.

    `shows` says where in its rows the ids of what they are of stand, by kind; `stock_told` says that whoever runs it tells
    whose stock it writes (`Connection.stock_changed`), unless its rows show it (`{"stock": column}`): see `touched`.
    """

    def __init__(self, clause: ClauseElement, *, shows: Shows = _NOTHING, stock_told: bool = False) -> None:
        self._clause = clause
        self.shows, self.stock_told = shows, stock_told or "stock" in shows

    @cached_property
    def _compiled(self) -> _Compiled:
        compiled: Any = self._clause.compile(dialect=_DIALECT)
        if compiled.post_compile_params:
            raise TypeError(
                "A set is passed as an array, `column == any_(bindparam(..., type_=ARRAY(...)))`, not with in_()"
            )
        constants = {name: bind.effective_value for bind, name in compiled.bind_names.items() if not bind.required}
        del self._clause  # many times as large as what was made of it
        return _Compiled(str(compiled), taking(compiled.positiontup or (), constants))

    @property
    def sql(self) -> str:
        return self._compiled.sql

    @cached_property
    def reads(self) -> frozenset[str]:
        return read_in(self.sql)

    @cached_property
    def writes(self) -> frozenset[str]:
        return written_in(self.sql)

    def arguments(self, values: Mapping[str, Any]) -> Sequence[Any]:
        """Values in order. A name without a value is a bug and raises KeyError."""
        return self._compiled.take(values)


class Connection:
    """One asyncpg connection that takes statements and named values. It knows what was changed through it, and notes what is
    read if it was given `reads`.
    """

    __slots__ = ("_reads", "_ready", "changes")

    def __init__(self, raw: asyncpg.Connection | None, reads: Reads | None = None) -> None:
        self._ready, self._reads = raw, reads
        self.changes: Changes | None = None

    async def fetch(self, statement: Statement, **values: Any) -> list[Row]:
        raw = self._ready or await self._made_ready()
        rows: list[Row] = await raw.fetch(statement.sql, *statement.arguments(values))
        self._note(statement, rows)
        return rows

    async def fetch_one(self, statement: Statement, **values: Any) -> Row | None:
        raw = self._ready or await self._made_ready()
        row: Row | None = await raw.fetchrow(statement.sql, *statement.arguments(values))
        self._note(statement, (row,) if row else ())
        return row

    async def fetch_value(self, statement: Statement, **values: Any) -> Any:
        raw = self._ready or await self._made_ready()
        value = await raw.fetchval(statement.sql, *statement.arguments(values))
        self._note(statement)
        return value

    async def execute(self, statement: Statement, values: Mapping[str, Any] | None = None, **more: Any) -> int:
        """Run it and return how many rows it touched."""
        raw = self._ready or await self._made_ready()
        status = await raw.execute(statement.sql, *statement.arguments({**(values or {}), **more}))
        self._note(statement)
        return int(status.rsplit(" ", 1)[-1]) if status[-1].isdigit() else 0

    async def execute_many(self, statement: Statement, rows: Iterable[Mapping[str, Any]]) -> None:
        """Run it once per row, in one round trip."""
        raw = self._ready or await self._made_ready()
        await raw.executemany(statement.sql, [statement.arguments(row) for row in rows])
        self._note(statement)

    async def copy_in(self, table: str, columns: Sequence[str], records: Iterable[tuple[Any, ...]]) -> None:
        """Many rows at once, by COPY."""
        raw = self._ready or await self._made_ready()
        await raw.copy_records_to_table(table, columns=columns, records=records)
        self._changed().write((table,))

    def stock_changed(self, variant_ids: Iterable[UUID]) -> None:
        """Of these variants, by a statement that is `stock_told`."""
        self._changed().stock_of(variant_ids)

    def _note(self, statement: Statement, rows: Sequence[Row] | None = None) -> None:
        if statement.writes:
            self._changed().add(statement, rows)
        if self._reads is not None:
            self._reads.add(statement, rows)

    def _changed(self) -> Changes:
        if self.changes is None:
            self.changes = Changes()
        return self.changes

    async def plan_for_values(self) -> None:
        """Until the transaction ends, plan statements for the values that they have: for thousands of keys at once."""
        raw = self._ready or await self._made_ready()
        await raw.execute("SET LOCAL plan_cache_mode = auto")

    @property
    def raw(self) -> asyncpg.Connection:
        """The driver's own connection, for what only it can do (COPY, LISTEN)."""
        assert self._ready is not None  # noqa: S101 - of a transaction, it comes after the first statement
        return self._ready

    @asynccontextmanager
    async def savepoint(self) -> AsyncGenerator[None]:
        raw = self._ready or await self._made_ready()
        async with raw.transaction():
            yield

    async def _made_ready(self) -> asyncpg.Connection:
        raise NotImplementedError


class Overtaken(Exception):  # noqa: N818 - it is not an error but a reason to begin again
    """Somebody else wrote first what this was decided about."""


class Writing(Connection):
    """A transaction that begins with its first statement.

    `ahead` is for what is read before: each statement sees what is committed when it starts, and does so within a transaction
    too. What is written `at_last` is one statement, which is atomic by itself. So who reads ahead and writes at last pays
    for neither BEGIN nor COMMIT. What is set as `before_the_end` is awaited before the commit.
    """

    __slots__ = ("_at_last", "_raw", "_transaction", "ahead", "before_the_end")

    def __init__(self, raw: asyncpg.Connection) -> None:
        super().__init__(None)
        self._raw, self.ahead = raw, Connection(raw)
        self.before_the_end: Callable[[], Awaitable[None]] | None = None
        self._transaction: Any = None
        self._at_last: tuple[Statement, Mapping[str, Any], int | None] | None = None

    async def at_last(self, statement: Statement, values: Mapping[str, Any], *, rows: int | None = None) -> None:
        """Run it at the commit, or before whatever comes after it; unless it touches so many `rows`, it was overtaken."""
        if self._at_last:
            await self._made_ready()
        self._ready, self._at_last = None, (statement, values, rows)

    async def end(self, left_by: BaseException | None) -> None:
        """Commit, with what is left to write; or roll back, if it was left by an exception or cannot be ended."""
        last, self.before_the_end = self.before_the_end, None  # whose it is has this: no cycles
        try:
            if left_by is None:
                if last:
                    await last()
                await self._write()
        except BaseException as raised:
            await self._close(raised)
            raise
        await self._close(left_by)

    async def _close(self, left_by: BaseException | None) -> None:
        if self._transaction:
            await self._transaction.__aexit__(type(left_by) if left_by else None, left_by, None)

    async def _made_ready(self) -> asyncpg.Connection:
        if not self._transaction:
            transaction = self._raw.transaction()
            await transaction.__aenter__()
            self._transaction = transaction
        await self._write()
        self._ready = self._raw
        return self._raw

    async def _write(self) -> None:
        waiting, self._at_last = self._at_last, None
        if waiting:
            statement, values, rows = waiting
            touched = await self.ahead.execute(statement, values)
            if rows not in (None, touched):
                raise Overtaken


class Database:
    """Connections for reading, transactions for writing."""

    def __init__(self, pool: Pool, tell: Tell | None = None, reads: Reads | None = None) -> None:
        self._pool, self._tell, self._reads = pool, tell, reads

    def telling(self, tell: Tell) -> None:
        """From now on await `tell` when something was committed that public answers depend on, before whoever wrote it goes on."""
        self._tell = tell

    def noting(self, reads: Reads) -> "Database":
        """The same, for one answer: `reads` learns what it is made of."""
        return Database(self._pool, self._tell, reads)

    def connection(self) -> AbstractAsyncContextManager[Connection]:
        """For readers: each statement sees what is committed when it starts."""
        return _Reading(self._pool.acquire(), self._reads, self._tell_of)

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Connection]:
        """Commits at the end, rolls back on an exception."""
        async with self._pool.acquire() as raw:
            connection = Connection(raw, self._reads)
            async with raw.transaction():
                yield connection
            await self._tell_of(raw, connection)

    def writing(self) -> AbstractAsyncContextManager[Writing]:
        """The same, begun with the first statement that needs it."""
        return _Written(self._pool.acquire(), self._tell_of)

    async def _tell_of(self, raw: asyncpg.Connection, *connections: Connection) -> None:
        for connection in connections:
            if connection.changes and self._tell and (things := connection.changes.things()):
                await self._tell(raw, things)

    @property
    def usage(self) -> PoolUsage:
        return PoolUsage(self._pool.get_size(), self._pool.get_idle_size(), self._pool.get_max_size())

    async def close(self) -> None:
        """Wait a little for connections that are in use, then cut them off: PostgreSQL rolls back what they did."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_SECONDS_TO_CLOSE):
                await self._pool.close()  # when canceled, it terminates all connections


class _Reading:
    """A connection, and what was changed on it told in the end. Not a generator: the event loop keeps books on each of those."""

    __slots__ = ("_connection", "_raw", "_reads", "_taken", "_tell")

    def __init__(self, taken: Any, reads: Reads | None, tell: Callable[..., Awaitable[None]]) -> None:
        self._taken, self._reads, self._tell = taken, reads, tell

    async def __aenter__(self) -> Connection:
        self._raw = await self._taken.__aenter__()
        self._connection = Connection(self._raw, self._reads)
        return self._connection

    async def __aexit__(self, *left: object) -> None:
        if self._connection.changes:
            try:
                await self._tell(self._raw, self._connection)
            except BaseException as raised:
                await self._taken.__aexit__(type(raised), raised, raised.__traceback__)
                raise
        await self._taken.__aexit__(*left)


class _Written:
    """A transaction, finished and told of."""

    __slots__ = ("_raw", "_taken", "_tell", "_writing")

    def __init__(self, taken: Any, tell: Callable[..., Awaitable[None]]) -> None:
        self._taken, self._tell = taken, tell

    async def __aenter__(self) -> Writing:
        self._raw = await self._taken.__aenter__()
        self._writing = Writing(self._raw)
        return self._writing

    async def __aexit__(self, kind: object, left: BaseException | None, trace: object) -> None:
        try:
            await self._writing.end(left)
            if left is None:
                await self._tell(self._raw, self._writing, self._writing.ahead)
        except BaseException as raised:
            await self._taken.__aexit__(type(raised), raised, raised.__traceback__)
            raise
        await self._taken.__aexit__(kind, left, trace)


_NAMED_BY_THE_FIRST: Final = frozenset({"events", "idempotency_keys"})
"""Tables in which a row can only be there already because somebody else was first."""


async def retried(work: Callable[[], Awaitable[T]]) -> T:
    """Run a whole transaction, and again if PostgreSQL broke a deadlock at its expense, or somebody else was first.

    Twice at most: who comes again at once may take its first lock before the other, who was waiting for it, wakes up.
    """
    for _ in range(2):
        with suppress(asyncpg.DeadlockDetectedError, asyncpg.SerializationError, Overtaken):
            try:
                return await work()
            except asyncpg.UniqueViolationError as there:
                if there.table_name not in _NAMED_BY_THE_FIRST:
                    raise
    return await work()


_ARRAYS = "SELECT $1::int[], $2::bigint[], $3::uuid[], $4::jsonb[], $5::bytea[], $6::timestamptz[], ARRAY[ROW()]"
"""The arrays in our statements that asyncpg does not know by itself; it knows `text[]`. The last is a list of tuples."""


async def _set_up(raw: asyncpg.Connection) -> None:
    """Make it ready once for all: asyncpg asks PostgreSQL what an array is made of when it first meets one, and that is
    to be when the connection opens, not in the middle of somebody's request.
    """
    await raw.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        format="binary",
        encoder=lambda value: b"\x01" + json_of(value),
        decoder=lambda data: orjson.loads(data[1:]),
    )
    await raw.prepare(_ARRAYS)


async def _as_it_was(_: asyncpg.Connection) -> None:
    """A connection goes back to the pool without a statement: locks and settings of ours end with their transaction, so that
    there is nothing to undo. asyncpg would ask the server to undo everything each time, which costs as much as a small read.
    """


_SESSION = {
    "jit": "off",
    "plan_cache_mode": "force_generic_plan",
    "enable_memoize": "off",
    "max_parallel_workers_per_gather": "0",
    "random_page_cost": "1.1",
}
"""Compiling a plan to machine code takes longer than any statement of ours runs, and so does starting more processes for it;
planning a statement anew for each execution takes longer than most; looking whether a row was looked up already hardly ever finds
one; and what is looked up lies in memory or on a disk that does not turn: docs/decisions/0002.
"""
_LONGEST_KEPT: Final = 100_000
"""Characters of a statement that stays prepared. A search with facets and filters has more than the 15,000 that asyncpg takes by itself."""


async def connect(dsn: str, *, size: int) -> Database:
    """A pool of at most `size` connections. Decisions on the size: docs/decisions/0002."""
    pool = await asyncpg.create_pool(
        dsn,
        server_settings=_SESSION,
        max_cacheable_statement_size=_LONGEST_KEPT,
        min_size=1,
        max_size=size,
        init=_set_up,
        reset=_as_it_was,
        command_timeout=60,
        max_inactive_connection_lifetime=0,
    )
    return Database(Connections(pool))


async def connect_once(dsn: str, *, name: str = "") -> asyncpg.Connection:
    """A single connection, set up like those of the pool; `name` is what PostgreSQL's statistics call it."""
    raw = await asyncpg.connect(dsn, server_settings={**_SESSION, "application_name": name})
    try:
        await _set_up(raw)
    except BaseException:  # nobody else has it who could close it
        raw.terminate()
        raise
    return raw
