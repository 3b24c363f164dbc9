"""The real entrance with both real contracts on a loopback port, without a database: `python -m tests.web.bare_server`."""

import asyncio
from datetime import UTC, datetime
from types import SimpleNamespace

import uvicorn

from commerce_api.app import App
from commerce_api.asgi import web_application
from commerce_api.domain.channel import BEFORE_SETUP
from commerce_api.settings import Settings
from commerce_api.web.wire import Wire


class OneChannel:
    async def find(self, *_):
        return BEFORE_SETUP


async def main():
    app = App(
        settings=Settings(rate_limit=0),
        database=SimpleNamespace(),
        channels=OneChannel(),
        now=lambda: datetime(2026, 3, 2, 12, tzinfo=UTC),
    )
    config = uvicorn.Config(
        web_application(app), port=0, http=Wire, lifespan="off", log_level="error", proxy_headers=False
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    print(server.servers[0].sockets[0].getsockname()[1], flush=True)  # noqa: T201 - whoever started this reads it
    await serving


if __name__ == "__main__":
    asyncio.run(main())
