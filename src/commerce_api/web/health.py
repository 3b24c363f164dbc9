"""What a load balancer asks: does the process live (`/healthz`), can it work (`/readyz`)."""

import asyncio

import asyncpg
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from commerce_api.persistence import revision
from commerce_api.persistence.sql import Database

_SECONDS = 3


async def lives(_: Request) -> Response:
    return JSONResponse({"status": "ok"})


async def is_ready(request: Request) -> Response:
    """503 as long as requests could not be answered."""
    database = await _database_state(request.app.state.app.database)
    ready = database == "ok"
    return JSONResponse({"status": "ok" if ready else "not ready", "database": database}, 200 if ready else 503)


async def _database_state(database: Database) -> str:
    try:
        async with asyncio.timeout(_SECONDS), database.connection() as connection:
            found = await revision.current(connection.raw)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return "does not answer"
    return "ok" if found == revision.newest() else "not at the newest schema"


ROUTES = (Route("/healthz", lives, methods=["GET"]), Route("/readyz", is_ready, methods=["GET"]))
