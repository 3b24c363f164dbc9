"""What a resolver may reach."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias, TypeVar
from uuid import UUID

import strawberry

from commerce_api.compiled import Abreast
from commerce_api.domain.actor import Actor, Attribution
from commerce_api.domain.channel import Channel
from commerce_api.domain.decision import Refused
from commerce_api.domain.ids import ChannelId, OrderId
from commerce_api.domain.search_tally import Searched
from commerce_api.operations.entrance import Entrance
from commerce_api.operations.execute import Once, Recall, execute
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Database
from commerce_api.persistence.touched import Reads
from commerce_api.persistence.unit_of_work import UnitOfWork
from commerce_api.schema.loader import Loader

C = TypeVar("C")
K = TypeVar("K")
V = TypeVar("V")
T = TypeVar("T")
Question: TypeAlias = Callable[[Scope, Sequence[K]], Awaitable[Mapping[K, V]]]


class Context:
    """One per GraphQL operation: who asks, through which channel, and one loader for each question asked."""

    def __init__(self, scope: Scope, by: Attribution, app: Any) -> None:
        self.scope, self.by, self.app = scope, by, app
        self.orders_read: dict[OrderId, ChannelId] = {}
        self.searches: list[tuple[Searched, bool]] = []
        self.abreast = Abreast()
        self._loaders: dict[Any, Loader] = {}

    @property
    def actor(self) -> Actor:
        return self.scope.actor

    @property
    def channel(self) -> Channel:
        return self.scope.channel

    @property
    def database(self) -> Database:
        return self.scope.database

    def note_reading(self) -> Reads:
        """From now on, what the answer is made of."""
        reads = Reads()
        self.scope = replace(self.scope, database=self.scope.database.noting(reads))
        return reads

    @property
    def entrance(self) -> Entrance:
        """What operations need that prove who somebody is."""
        app = self.app
        return Entrance(
            database=app.database, by=self.by, passwords=app.passwords, secret=app.settings.secret.get_secret_value()
        )

    def note_read(self, order_id: UUID, channel_id: UUID) -> None:
        """That staff are shown what tells them more of an order than which it is; see `schema.order_reads`."""
        if self.actor.is_staff:
            self.orders_read[OrderId(order_id)] = ChannelId(channel_id)

    async def load(self, question: "Question[K, V]", key: K) -> V | None:
        """Ask for one key; all keys that one level of the query asks for go to the database together."""
        (answer,) = await self.load_many(question, (key,))
        return answer

    async def load_many(self, question: "Question[K, V]", keys: Iterable[K]) -> list[V | None]:
        return await self._loader(question).ask(list(keys), at_once=self.abreast.alone)

    def knows(self, question: "Question[Any, Any]", key: Any, answer: Any) -> None:
        """What need not be asked: it was read with something else."""
        self._loader(question).knows(key, answer)

    def _loader(self, question: Any) -> Loader:
        loader = self._loaders.get(question)
        if loader is None:
            loader = self._loaders[question] = Loader(question, self.scope)
        return loader

    async def write(
        self,
        operation: Callable[[UnitOfWork, C], Awaitable[T | Refused]],
        command: C | Refused,
        *,
        once: Once | None = None,
    ) -> T | Refused:
        """Run an operation in one transaction; loaders forget what they have seen."""
        outcome = await execute(self.database, self.by, operation, command, once)
        self._loaders.clear()
        return outcome


def once(
    key: str | None, load: Callable[[UnitOfWork, UUID], Awaitable[Any]], recall: Recall | None = None
) -> Once | None:
    """What `write` needs to answer a repeated request; None without a key."""
    return Once(key=key, load=load, recall=recall) if key else None


Info: TypeAlias = strawberry.Info[Context, None]
