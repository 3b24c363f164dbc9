"""One transaction with its stores."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from functools import cached_property
from uuid import UUID

from commerce_api.domain.actor import Attribution
from commerce_api.domain.channel import Channel
from commerce_api.domain.ids import CustomerId
from commerce_api.persistence.events import EventLog, Outbox
from commerce_api.persistence.idempotency import IdempotencyKeys
from commerce_api.persistence.readers.channels import channel_by_id
from commerce_api.persistence.sql import Connection, Database


class UnitOfWork:
    """Stores that see only what the actor may see, all on one connection.

    Locks are taken in this order: idempotency key, cart, quote, order, the draft of a quote or order, coupon, the
    terms of the customer, stock by (variant, location).
    """

    def __init__(
        self, connection: Connection, by: Attribution, new_id: Callable[[], UUID], shop: Channel | None = None
    ) -> None:
        self.connection, self.by, self.new_id, self._shop = connection, by, new_id, shop

    async def channel(self, id: UUID) -> Channel:
        """For changes that nobody is bound by yet: the one that the request came through is not read again, but is as it was
        at most a second ago (`ChannelDirectory`). Placing reads what holds at that moment.
        """
        return self._shop if self._shop and self._shop.id == id else await channel_by_id(self.connection, id)

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


@asynccontextmanager
async def unit_of_work(
    database: Database, by: Attribution, new_id: Callable[[], UUID], shop: Channel | None = None
) -> AsyncGenerator[UnitOfWork]:
    async with database.transaction() as connection:
        uow = UnitOfWork(connection, by, new_id, shop)
        yield uow
        await uow.outbox.write()
