"""The ASGI application: the two contracts, and the addresses beside them."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from commerce_api import graphql
from commerce_api.app import App
from commerce_api.settings import Settings, SettingsRefused, variable
from commerce_api.web import graphiql, headers, health, mailbox, metrics, quotes, sandbox, uploads, vault
from commerce_api.web.documents import Documents
from commerce_api.web.endpoint import Endpoint
from commerce_api.web.front import Front
from commerce_api.web.media import serve_picture
from commerce_api.web.rate import RateLimits
from commerce_api.web.registered import register


class Contracts(NamedTuple):
    """Both, each with the documents that were read for it."""

    shop: Documents
    staff: Documents


def contracts_of(settings: Settings) -> Contracts:
    """Raises SettingsRefused with all that is wrong with the registered documents."""
    asked, only = settings.introspection, settings.documents_only
    contracts = Contracts(
        shop=Documents(graphql.SHOP, introspection=asked, only=only != "nowhere"),
        staff=Documents(graphql.STAFF, introspection=asked, only=only == "everywhere"),
    )
    if settings.documents is not None:
        problems = register(settings.documents, shop=contracts.shop, staff=contracts.staff)
        if problems:
            raise SettingsRefused([f"{variable('documents')}: {problem}" for problem in problems])
    return contracts


def web_application(app: App, contracts: Contracts | None = None) -> Starlette:
    """With `contracts`, several applications read a document that they share once."""
    shop, staff = contracts or contracts_of(app.settings)
    rates = RateLimits(quota=app.settings.rate_limit, window=60)
    endpoints = (
        Route("/graphql", Endpoint(app, shop, rates, staff=False)),
        Route("/staff/graphql", Endpoint(app, staff, rates, staff=True)),
    )
    web = Starlette(
        routes=[
            *endpoints,
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
        middleware=[*_middleware(app.settings), Middleware(Shortcut, endpoints=endpoints)],
    )
    web.state.app, web.state.rates = app, rates
    return web


class Shortcut:
    """To the GraphQL addresses, past the router and what it does about exceptions: they leave none. Nearly all requests go there."""

    def __init__(self, app: ASGIApp, endpoints: Iterable[Route]) -> None:
        self._app, self._endpoints = app, {route.path: route for route in endpoints}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = self._endpoints.get(scope["path"]) if scope["type"] == "http" else None
        if route is None:
            await self._app(scope, receive, send)
            return
        scope["route"] = route
        await route.app(scope, receive, send)


def _middleware(settings: Settings) -> Iterator[Middleware]:
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
