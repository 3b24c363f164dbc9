"""Passwords as argon2id hashes, computed away from the event loop."""

import asyncio
import os
from collections.abc import Callable, Container
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

T = TypeVar("T")
_MOST_WAITING = 64


class PasswordHash:
    """A hash inside a command: neither logs nor the fingerprint of a repeated request show it."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return "PasswordHash(…)"


class Passwords:
    """One hash costs about 50 ms and 19 MiB, so half of the processors at most work on hashes, and a queue that grows long is
    turned away by whoever asks `crowded` first. The threads leave the interpreter free while they work.
    """

    def __init__(self, hasher: PasswordHasher | None = None, breached: Container[str] = ()) -> None:
        self.breached = breached
        self._hasher = hasher or PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
        self._threads = ThreadPoolExecutor(max(1, (os.cpu_count() or 1) // 2), thread_name_prefix="argon2")
        self._waiting = 0
        self._nobodys = self._threads.submit(self._hasher.hash, "")

    @property
    def crowded(self) -> bool:
        return self._waiting >= _MOST_WAITING

    async def is_breached(self, password: str) -> bool:
        """Whether it stands in the list of this machine; it may have to be read from a disk."""
        return bool(self.breached) and await self._away(lambda: password in self.breached)

    async def hash(self, password: str) -> str:
        return await self._away(lambda: self._hasher.hash(password))

    async def verify(self, known: str | None, password: str) -> bool:
        """Whether `known` is the hash of `password`. Without an account it costs the same and is false."""

        def matches() -> bool:
            try:
                self._hasher.verify(known or self._nobodys.result(), password)
            except (VerificationError, InvalidHashError):
                return False
            return known is not None

        return await self._away(matches)

    def outdated(self, known: str) -> bool:
        """Whether the hash was made with weaker parameters than are usual now."""
        return self._hasher.check_needs_rehash(known)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _away(self, work: Callable[[], T]) -> T:
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1
