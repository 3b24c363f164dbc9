"""What one process holds: settings, database, adapters. `asgi` answers requests with it, `worker` does tasks."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

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
from commerce_api.persistence.sql import Database, connect
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
    app = App(settings=settings, database=database, channels=channels, now=now, passwords=passwords)
    try:
        yield app
    finally:
        app.passwords.close()
        await app.aside.settle()
        await write_counts(app.searches, database)
        await database.close()
