"""Composition root: settings, database, adapters and the two contracts become one ASGI application."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route

from commerce_api import graphql
from commerce_api.adapters.clock import now
from commerce_api.adapters.mail import smtp_mailer
from commerce_api.adapters.passwords import Passwords
from commerce_api.adapters.payments.sandbox import SandboxProvider
from commerce_api.domain.actor import Actor
from commerce_api.operations.authenticate import actor_of
from commerce_api.operations.channels import ChannelDirectory
from commerce_api.operations.ports import PaymentProvider
from commerce_api.operations.services import Services
from commerce_api.operations.vault import CardVault
from commerce_api.persistence.sql import Database, connect
from commerce_api.schema.errors import RequestError
from commerce_api.settings import Settings
from commerce_api.web import vault
from commerce_api.web.endpoint import Endpoint
from commerce_api.web.media import serve_picture


@dataclass(frozen=True)
class App:
    """What one process holds."""

    settings: Settings
    database: Database
    channels: ChannelDirectory
    now: Callable[[], datetime]
    passwords: Passwords = field(default_factory=Passwords)

    @cached_property
    def vault(self) -> CardVault:
        return CardVault(
            database=self.database,
            secret=self.settings.secret.get_secret_value(),
            accepted=frozenset(self.settings.card_brands),
        )

    @cached_property
    def payments(self) -> PaymentProvider:
        return SandboxProvider(self.database, now=self.now, address=self.settings.public_url)

    @cached_property
    def services(self) -> Services:
        smtp = self.settings.smtp_url
        mailer = smtp_mailer(smtp.get_secret_value()) if smtp else None
        return Services(settings=self.settings, database=self.database, now=self.now, mailer=mailer)


@asynccontextmanager
async def opened(settings: Settings) -> AsyncGenerator[App]:
    """The application of one process, until its end."""
    database = await connect(settings.dsn, size=settings.pool_size)
    app = App(settings=settings, database=database, channels=ChannelDirectory(database), now=now)
    try:
        yield app
    finally:
        app.passwords.close()
        await database.close()


async def shopper(app: App, request: Request) -> Actor:
    return await _actor(app, request, staff=False)


async def back_office(app: App, request: Request) -> Actor:
    return await _actor(app, request, staff=True)


async def _actor(app: App, request: Request, *, staff: bool) -> Actor:
    token = request.headers.get("authorization", "").removeprefix("Bearer ") or None
    cart_token = request.headers.get("x-cart-token")
    actor = await actor_of(app.database, token=token, cart_token=cart_token, staff=staff, at=app.now())
    if actor is None:
        raise RequestError("UNAUTHENTICATED", "The access token is not valid, or not any more.")
    return actor


def web_application(app: App) -> Starlette:
    shop = Endpoint(schema=graphql.SHOP, authenticate=shopper)
    staff = Endpoint(schema=graphql.STAFF, authenticate=back_office)
    web = Starlette(
        routes=[
            Route("/graphql", shop.__call__, methods=["GET", "POST"]),
            Route("/staff/graphql", staff.__call__, methods=["GET", "POST"]),
            Route("/vault/cards", vault.cards, methods=["POST", "OPTIONS"]),
            Route("/media/{name}", serve_picture, methods=["GET"]),
        ]
    )
    web.state.app = app
    return web
