"""One transaction with its stores."""

from collections.abc import Callable
from functools import cached_property
from types import TracebackType
from uuid import UUID

from commerce_api.domain.actor import Attribution
from commerce_api.domain.ids import CustomerId
from commerce_api.persistence.events import EventLog, Outbox
from commerce_api.persistence.idempotency import IdempotencyKeys
from commerce_api.persistence.sql import Connection, Database, Writing


class UnitOfWork:
    """Stores that see only what the actor may see, all on one connection.

    Locks are taken in this order: idempotency key, cart, quote, order, the draft of a quote or order, coupon, the
    terms of the customer, stock by (variant, location).
    """

    def __init__(self, connection: Writing, by: Attribution, new_id: Callable[[], UUID]) -> None:
        self.connection, self.by, self.new_id = connection, by, new_id
        connection.before_the_end = self._queue
        self.careful = False
        """Lock what could be changed without: the first attempt was overtaken."""

    @property
    def ahead(self) -> Connection:
        """For what is read before anything is locked or written."""
        return self.connection.ahead

    def serve(self, customer_id: CustomerId | None) -> None:
        """What staff write from here on, they write on behalf of this customer (K10). Stores say so of what they lock."""
        self.by = self.by.serving(customer_id)
        vars(self).pop("events", None)

    @cached_property
    def events(self) -> EventLog:
        return EventLog(self.connection, self.by, self.new_id)

    @cached_property
    def outbox(self) -> Outbox:
        return Outbox(self.connection, self.by, self.new_id)

    @cached_property
    def idempotency_keys(self) -> IdempotencyKeys:
        return IdempotencyKeys(self.connection)

    async def _queue(self) -> None:
        if "outbox" in vars(self):
            await self.outbox.write()


class unit_of_work:  # noqa: N801 - it is used like a function
    """What is done in it is committed at its end, with what its outbox has then, or not at all if it is left by an exception."""

    __slots__ = ("_by", "_new_id", "_writing")

    def __init__(self, database: Database, by: Attribution, new_id: Callable[[], UUID]) -> None:
        self._writing, self._by, self._new_id = database.writing(), by, new_id

    async def __aenter__(self) -> UnitOfWork:
        return UnitOfWork(await self._writing.__aenter__(), self._by, self._new_id)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._writing.__aexit__(kind, error, trace)
