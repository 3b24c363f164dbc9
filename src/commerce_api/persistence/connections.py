"""Connections that go from one who is done to the next, who waits or comes later, without a turn of asyncpg's pool.

That pool gives out and takes back by a queue and a task of the event loop, which costs as much as a small statement. It goes on
to do all that needs care: it opens connections and takes back what may not be as it was. Here those wait who find none, each for
its turn.
"""

import asyncio
from collections import deque
from types import TracebackType
from typing import Any, Final, NamedTuple, Protocol, TypeAlias

import asyncpg

_MOST_USES: Final = 1_000
"""Then it goes through asyncpg's pool once, which opens it anew after so many statements."""


_Used: TypeAlias = tuple[asyncpg.Connection, int]
"""A connection, and how often it was used."""


class PoolUsage(NamedTuple):
    """Connections open, of these idle, and how many there may be."""

    open: int
    idle: int
    most: int


class Pool(Protocol):
    """What `Database` needs of an asyncpg pool; tests hand in a single connection that is rolled back."""

    def acquire(self) -> Any: ...

    def get_size(self) -> int: ...

    def get_idle_size(self) -> int: ...

    def get_max_size(self) -> int: ...

    async def close(self) -> None: ...


class Connections:
    """Has asyncpg's pool to itself."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._most = pool.get_max_size()
        self._out = 0
        """How many the pool has given out, or is about to: it has one at once for whoever is counted here."""
        self._idle: list[_Used] = []
        self._waiting: deque[asyncio.Future[_Used | None]] = deque()
        """Each gets a connection, or the place of one that went back to the pool."""
        self._closing = False

    def acquire(self) -> "_Taken":
        return _Taken(self)

    async def take(self) -> _Used:
        """One that is open, as far as it is known."""
        while self._idle:
            raw, uses = self._idle.pop()
            if _is_open(raw):
                return raw, uses
            await self._back(raw)  # so that another may be opened in its place
        if self._out < self._most or self._closing:  # whoever comes too late hears so from the pool
            self._out += 1
            return await self._another()
        return await self._turn() or await self._another()

    async def give(self, raw: asyncpg.Connection, uses: int, *, in_order: bool) -> None:
        """`in_order` says that it was not left by an exception; a statement may have been canceled then, and not be over."""
        if not in_order or uses >= _MOST_USES or not _is_open(raw) or raw.is_in_transaction():
            await self._back(raw)
        elif not self._hand((raw, uses)):
            if self._closing:
                await self._back(raw)
            else:
                self._idle.append((raw, uses))

    async def _turn(self) -> _Used | None:
        turn: asyncio.Future[_Used | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # it came too late
                if (used := turn.result()) is None:
                    self._leave()
                else:
                    await self.give(*used, in_order=True)
            raise

    def _hand(self, used: _Used | None) -> bool:
        """To whose turn it is, if anybody waits."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(used)
                return True
        return False

    async def _another(self) -> _Used:
        try:
            return await self._pool.acquire(), 0
        except BaseException:
            self._leave()
            raise

    async def _back(self, raw: asyncpg.Connection) -> None:
        try:
            await self._pool.release(raw)
        finally:
            self._leave()

    def _leave(self) -> None:
        if not self._hand(None):
            self._out -= 1

    def get_size(self) -> int:
        return int(self._pool.get_size())

    def get_idle_size(self) -> int:
        return int(self._pool.get_idle_size()) + sum(_is_open(raw) for raw, _ in self._idle)

    def get_max_size(self) -> int:
        return int(self._pool.get_max_size())

    async def close(self) -> None:
        """Wait for those that are in use. When canceled, it terminates them."""
        self._closing = True
        idle, self._idle = self._idle, []
        await asyncio.gather(*(self._back(raw) for raw, _ in idle), self._pool.close())


class _Taken:
    """One connection, for as long as it is used."""

    __slots__ = ("_from", "_raw", "_uses")

    def __init__(self, connections: Connections) -> None:
        self._from = connections

    async def __aenter__(self) -> asyncpg.Connection:
        self._raw, uses = await self._from.take()
        self._uses = uses + 1
        return self._raw

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._from.give(self._raw, self._uses, in_order=kind is None)


def _is_open(raw: asyncpg.Connection) -> bool:
    try:
        return not raw.is_closed()
    except asyncpg.InterfaceError:  # it was lost, and asyncpg's pool has taken it back by itself
        return False
