"""How many SQL statements a request costs: counted where they are sent, not guessed."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx
from starlette.applications import Starlette

from bench import handwritten
from bench.load import Step
from bench.servers import SECRET
from bench.walk import walked
from bench.workloads import Workload
from commerce_api.adapters.clock import now
from commerce_api.app import App
from commerce_api.asgi import web_application
from commerce_api.operations.channels import ChannelDirectory
from commerce_api.persistence.sql import Database, connect_once
from commerce_api.settings import Settings


class OnePool:
    """A pool of one connection, used by one at a time."""

    def __init__(self, raw: Any) -> None:
        self._raw, self._free = raw, asyncio.Lock()

    @asynccontextmanager
    async def acquire(self) -> AsyncGenerator[Any]:
        async with self._free:
            yield self._raw

    async def fetchrow(self, *asked: Any) -> Any:
        return await self._raw.fetchrow(*asked)

    async def close(self) -> None:
        pass


async def counted(dsn: str, workloads: Sequence[Workload]) -> dict[str, tuple[int, int]]:
    """Statements of a request or walk by workload, ours and the hand-written; BEGIN and COMMIT are counted too."""
    raw = await connect_once(dsn)
    try:
        return await _counted(raw, workloads)
    finally:
        await raw.close()


async def _counted(raw: Any, workloads: Sequence[Workload]) -> dict[str, tuple[int, int]]:
    database = Database(OnePool(raw))
    settings = Settings(database_url=None, secret=SECRET, rate_limit=0, cache=0)
    ours = web_application(App(settings=settings, database=database, channels=ChannelDirectory(database), now=now))
    theirs = handwritten.application(await handwritten.shop_of(OnePool(raw)))
    return {w.key: (await _of(raw, ours, w.ours), await _of(raw, theirs, w.theirs)) for w in workloads}


async def _of(raw: Any, application: Starlette, steps: list[Step]) -> int:
    """Of the second time: at the first, connections and caches get ready."""
    seen: list[str] = []
    async with httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://bench") as client:
        for turn in range(2):
            seen.clear()
            with raw.query_logger(lambda record: seen.append(record.query)):
                await walked(steps, client, turn)
    return len(seen)
