"""Composition root: settings, database, adapters and the two contracts become one ASGI application."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route

from commerce_api import graphql
from commerce_api.domain.actor import ANYBODY, Actor
from commerce_api.operations.channels import ChannelDirectory
from commerce_api.persistence.sql import Database
from commerce_api.settings import Settings
from commerce_api.web.endpoint import Endpoint


@dataclass(frozen=True)
class App:
    """What one process holds."""

    settings: Settings
    database: Database
    channels: ChannelDirectory
    now: Callable[[], datetime]


async def guest(_: App, __: Request) -> Actor:
    return ANYBODY


def web_application(app: App) -> Starlette:
    shop = Endpoint(schema=graphql.SHOP, authenticate=guest)
    staff = Endpoint(schema=graphql.STAFF, authenticate=guest)
    web = Starlette(
        routes=[
            Route("/graphql", shop.__call__, methods=["GET", "POST"]),
            Route("/staff/graphql", staff.__call__, methods=["GET", "POST"]),
        ]
    )
    web.state.app = app
    return web
