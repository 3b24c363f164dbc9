"""Composition root: settings, database, adapters and the two contracts become one ASGI application."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Route

from commerce_api import graphql
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
from commerce_api.web import graphiql, headers, health, mailbox, metrics, quotes, sandbox, uploads, vault
from commerce_api.web.endpoint import Endpoint
from commerce_api.web.front import Front
from commerce_api.web.media import serve_picture
from commerce_api.web.rate import RateLimits


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


def web_application(app: App) -> Starlette:
    rates = RateLimits(quota=app.settings.rate_limit, window=60)
    web = Starlette(
        routes=[
            Route("/graphql", Endpoint(app, graphql.SHOP, rates, staff=False)),
            Route("/staff/graphql", Endpoint(app, graphql.STAFF, rates, staff=True)),
            Route("/graphiql/{name}", graphiql.serve_file, methods=["GET"]),
            Route("/vault/cards", vault.cards, methods=["POST"]),
            Route("/payments/sandbox/actions/{reference}", sandbox.action, methods=["GET", "POST"]),
            Route("/payments/sandbox/webhook", sandbox.webhook, methods=["POST"]),
            Route("/media/{name}", serve_picture, methods=["GET"]),
            *quotes.ROUTES,
            *health.ROUTES,
            *(mailbox.ROUTES if app.settings.mailbox else ()),
            *((metrics.ROUTE,) if app.settings.metrics else ()),
            Route("/staff/files", uploads.upload_file, methods=["POST"]),
            Route("/staff/files/{id:uuid}", uploads.download_file, methods=["GET"]),
            Route("/staff/media", uploads.upload_picture, methods=["POST"]),
        ],
        middleware=list(_middleware(app.settings)),
    )
    web.state.app, web.state.rates = app, rates
    return web


def _middleware(settings: Settings) -> Iterator[Middleware]:
    yield Middleware(metrics.Measured)
    yield Middleware(Front, trusted_proxies=settings.trusted_proxies)
    if settings.cors_origins:
        yield Middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=("GET", "POST"),
            allow_headers=headers.ASKED,
            expose_headers=headers.ANSWERED,
            max_age=3600,
        )
