"""Whether the resolvers of an operation run one after another or several at once."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, TypeAlias, TypeVar

T = TypeVar("T")
AtHand: TypeAlias = Callable[[Any, Any], bool]
_KEY: Final = "at_hand"


def at_hand(when: AtHand) -> dict[str, Any]:
    """The metadata of an asynchronous field that waits for nothing if `when` says so of its object and the context. Where all fields
    of a level are at hand they are read one after another: to start a task costs more than most of them.
    """
    return {_KEY: when}


def at_hand_of(declared: Any) -> AtHand | None:
    found: AtHand | None = declared.metadata.get(_KEY)
    return found


class Abreast:
    """Who runs `alone` need not wait until others have said what they want to be read as well. Nothing is known of resolvers that
    graphql-core runs.
    """

    def __init__(self) -> None:
        self.alone = False

    async def gather(self, awaited: Sequence[Awaitable[T]]) -> list[T]:
        alone, self.alone = self.alone, False
        try:
            return await asyncio.gather(*awaited)
        finally:
            self.alone = alone
