"""What one process holds: settings, database, adapters. `asgi` answers requests with it, `worker` does tasks."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

import asyncpg

from commerce_api.adapters.breached_passwords import BreachedPasswords
from commerce_api.adapters.clock import now
from commerce_api.adapters.mail import Mailer
from commerce_api.adapters.passwords import Passwords
from commerce_api.domain.actor import Actor
from commerce_api.domain.search_tally import SearchTally
from commerce_api.operations.aside import Aside
from commerce_api.operations.authenticate import actor_of
from commerce_api.operations.channels import ChannelDirectory
from commerce_api.operations.search_counts import write_counts
from commerce_api.operations.services import Services
from commerce_api.operations.vault import CardVault
from commerce_api.persistence.cache import Cache
from commerce_api.persistence.news import News
from commerce_api.persistence.readers.channels import CHANNEL_TABLES
from commerce_api.persistence.sql import Database, connect
from commerce_api.persistence.touched import Thing
from commerce_api.settings import Settings


@dataclass(frozen=True)
class App:
    """What one process holds."""

    settings: Settings
    database: Database
    channels: ChannelDirectory
    now: Callable[[], datetime]
    passwords: Passwords = field(default_factory=Passwords)
    authenticate: Callable[..., Awaitable[Actor | None]] = actor_of
    cache: Cache = field(default_factory=Cache)
    news: News | None = None

    async def tell(self, raw: asyncpg.Connection, things: Collection[Thing]) -> None:
        """Of what was committed here: this process first, so that it is right before whoever wrote is answered; then the others."""
        self.change(things)
        if self.news:
            await self.news.tell(raw, things)

    def change(self, things: Collection[Thing]) -> None:
        """Something was committed, here or elsewhere, that what is public depends on."""
        self.cache.change(things)
        if not CHANNEL_TABLES.isdisjoint(things):
            self.channels.forget()

    def foresee(self, moments: Sequence[tuple[datetime, Thing]], until: datetime) -> None:
        self.cache.foresee(moments, until)

    def close(self) -> None:
        self.cache.close()

    @cached_property
    def searches(self) -> SearchTally:
        return SearchTally()

    @cached_property
    def aside(self) -> Aside:
        return Aside()

    @cached_property
    def vault(self) -> CardVault:
        return CardVault(
            database=self.database,
            secret=self.settings.secret.get_secret_value(),
            accepted=frozenset(self.settings.card_brands),
        )

    @cached_property
    def services(self) -> Services:
        return Services(settings=self.settings, database=self.database, now=self.now, mailer=_mailer(self.settings))


def _mailer(settings: Settings) -> Mailer | None:
    if settings.smtp_url is None:
        return None
    from commerce_api.adapters.smtp import smtp_mailer  # noqa: PLC0415 - many processes send no mail

    return smtp_mailer(settings.smtp_url.get_secret_value())


@asynccontextmanager
async def opened(settings: Settings) -> AsyncGenerator[App]:
    """The application of one process, until its end."""
    database = await connect(settings.dsn, size=settings.pool_size)
    passwords = Passwords(breached=BreachedPasswords.of(settings.breached_passwords))
    channels = ChannelDirectory(database)
    cache, news = Cache(settings.cache * 1_000_000), News(settings.dsn, now)
    app = App(
        settings=settings,
        database=database,
        channels=channels,
        now=now,
        passwords=passwords,
        cache=cache,
        news=news,
    )
    database.telling(app.tell)
    try:
        yield app
    finally:
        app.passwords.close()
        await app.aside.settle()
        await write_counts(app.searches, database)
        await database.close()


@asynccontextmanager
async def hearing(app: App) -> AsyncGenerator[None]:
    """Be told meanwhile what other processes change: for those that keep anything."""
    task = asyncio.create_task(app.news.hear(app)) if app.news and app.settings.cache else None
    try:
        yield
    finally:
        if task:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
