"""Connections that are taken again at once, because they were given back in order and nobody waits for one.

asyncpg's pool gives out and takes back by a queue and a task of the event loop, which costs as much as a small statement. It goes on
to do all that needs care: it opens connections, lets those wait who find none, and takes back what may not be as it was. Here
are only those that stay out of it meanwhile. While anybody waits, none does: each goes to whose turn it is.
"""

import asyncio
from types import TracebackType
from typing import Any, Final, NamedTuple, Protocol

import asyncpg

_MOST_USES: Final = 1_000
"""Then it goes through asyncpg's pool once, which opens it anew after so many statements."""


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
        self._idle: list[tuple[asyncpg.Connection, int]] = []
        self._waiting, self._closing = 0, False

    def acquire(self) -> "_Taken":
        return _Taken(self)

    async def take(self) -> tuple[asyncpg.Connection, int]:
        """One that is open, as far as it is known, and how often it was used before."""
        while self._idle:
            raw, uses = self._idle.pop()
            if _is_open(raw):
                return raw, uses
            await self._pool.release(raw)  # so that another may be opened in its place
        self._waiting += 1
        try:
            return await self._pool.acquire(), 0
        finally:
            self._waiting -= 1

    async def give(self, raw: asyncpg.Connection, uses: int, *, in_order: bool) -> None:
        """`in_order` says that it was not left by an exception; a statement may have been canceled then, and not be over."""
        may_stay = in_order and uses < _MOST_USES and not (self._waiting or self._closing)
        if may_stay and _is_open(raw) and not raw.is_in_transaction():
            self._idle.append((raw, uses))
        else:
            await self._pool.release(raw)

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
        await asyncio.gather(*(self._pool.release(raw) for raw, _ in idle), self._pool.close())


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
