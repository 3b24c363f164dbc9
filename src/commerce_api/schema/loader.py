"""Answers by key to one question: what is asked for at the same time is read together, and nothing is read twice."""

from asyncio import CancelledError, Future, get_running_loop
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeAlias

Read: TypeAlias = Callable[[Any, list[Any]], Awaitable[Mapping[Any, Any]]]


class Loader:
    """It holds nobody who holds it, so that it is gone with an operation and leaves nothing to the garbage collector."""

    __slots__ = ("_answers", "_keys", "_reading")

    def __init__(self) -> None:
        self._answers: dict[Any, Future[Any]] = {}
        self._keys: list[Any] = []

    async def ask(self, read: Read, scope: Any, keys: Sequence[Any], *, at_once: bool) -> list[Any]:
        """The answers in the order of the keys. `at_once`: nobody else may be about to ask for more."""
        loop = get_running_loop()
        new = [key for key in dict.fromkeys(keys) if key not in self._answers]
        self._answers |= {key: loop.create_future() for key in new}
        answers = [self._answers[key] for key in keys]
        if at_once and new:
            await self._answer(read, scope, new)
        elif new:
            if not self._keys:  # in two turns: in the next one may ask whose task is made in this one
                loop.call_soon(loop.call_soon, self._begin, read, scope)
            self._keys += new
        return [await answer for answer in answers]

    def knows(self, key: Any, answer: Any) -> None:
        """What need not be read, unless somebody has asked for it already."""
        if key not in self._answers:
            self._answers[key] = get_running_loop().create_future()
            self._answers[key].set_result(answer)

    def _begin(self, read: Read, scope: Any) -> None:
        keys, self._keys = self._keys, []
        self._reading = get_running_loop().create_task(self._answer(read, scope, keys))

    async def _answer(self, read: Read, scope: Any, keys: list[Any]) -> None:
        try:
            found = await read(scope, keys)
        except CancelledError:
            for key in keys:
                self._answers.pop(key).cancel()
            raise
        except Exception as raised:  # noqa: BLE001 - told to those who wait; who asks later is answered anew
            for key in keys:
                _fail(self._answers.pop(key), raised)
        else:
            for key in keys:
                if not (answer := self._answers[key]).done():
                    answer.set_result(found.get(key))


def _fail(answer: "Future[Any]", raised: Exception) -> None:
    if not answer.done():
        answer.set_exception(raised)
        answer.exception()  # so that nobody complains if nobody waits for it any more
