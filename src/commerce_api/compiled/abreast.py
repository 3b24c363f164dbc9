"""Whether the resolvers of an operation run one after another or several at once."""

import asyncio
from collections.abc import Awaitable, Sequence
from typing import TypeVar

T = TypeVar("T")


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
