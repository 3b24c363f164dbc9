"""Answers by key to one question: what is asked for at the same time is read together, and nothing is read twice."""

from asyncio import Future, gather
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeAlias

from aiodataloader import DataLoader

Read: TypeAlias = Callable[[Any, list[Any]], Awaitable[Mapping[Any, Any]]]


class Loader:
    """A loader of aiodataloader's, which waits for all that several resolvers want, and a way past it for who asks alone. It holds
    nobody who holds it, so that it is gone with an operation and leaves nothing to the garbage collector.
    """

    __slots__ = ("_known", "_read", "_together")

    def __init__(self, read: Read, scope: Any) -> None:
        self._known: dict[Any, Future[Any]] = {}
        self._read = partial(_in_order, read, scope)
        self._together: DataLoader[Any, Any] = DataLoader(self._read, cache_map=self._known)

    async def ask(self, keys: Sequence[Any], *, at_once: bool) -> list[Any]:
        """The answers in the order of the keys. `at_once`: nobody else may be about to ask for more."""
        if at_once and (new := [key for key in dict.fromkeys(keys) if key not in self._known]):
            for key, answer in zip(new, await self._read(new), strict=True):
                self._together.prime(key, answer)
        answers = [self._together.load(key) for key in keys]
        return [each.result() for each in answers] if all(each.done() for each in answers) else await gather(*answers)

    def knows(self, key: Any, answer: Any) -> None:
        """What need not be read, unless somebody has asked for it already."""
        self._together.prime(key, answer)


async def _in_order(read: Read, scope: Any, keys: Sequence[Any]) -> list[Any]:
    found = await read(scope, list(keys))
    return [found.get(key) for key in keys]
