"""Several server processes over one database, as far as answers that are kept are concerned: each with a cache of its own."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace

from commerce_api.operations.channels import ChannelDirectory
from commerce_api.persistence.cache import Cache
from commerce_api.persistence.news import CHANNEL, News
from commerce_api.persistence.sql import Database
from tests.api.client import Api
from tests.conftest import client_of


class Shop:
    """One process: `api` and `http` to ask it, `app` to look inside."""

    def __init__(self, app, http, actors):
        self.app, self.http, self.api = app, http, Api(http, actors)
        self._waiting = []
        self._told = self._looks = 0

    def change(self, things):
        self.app.change(things)
        self._told += "mails" in things
        self._look()

    def foresee(self, moments, until):
        self.app.foresee(moments, until)
        self._looks += 1
        self._look()

    def close(self):
        self.app.close()
        self._look()

    def _look(self):
        for what, seen in self._waiting:
            if what():
                seen.set()

    async def wait_until(self, what):
        seen = asyncio.Event()
        self._waiting.append((what, seen))
        self._look()
        async with asyncio.timeout(20):
            await seen.wait()

    async def opened(self):
        await self.wait_until(lambda: self.app.cache.is_open)

    async def looked(self):
        """What the clock changes is looked up again, as it is every few seconds."""
        before = self._looks
        self.app.news.look()
        await self.wait_until(lambda: self._looks > before)

    async def caught_up(self):
        """Everything that was told before now is heard: what is told now comes after it."""
        before = self._told
        async with self.app.database.connection() as connection:
            await connection.raw.execute("SELECT pg_notify($1, 'a test,mails')", CHANNEL)
        await self.wait_until(lambda: self._told > before)


@asynccontextmanager
async def a_shop(app, dsn, contracts, actors, *, megabytes=4):
    database, news = Database(app.database._pool), News(dsn, app.now)
    cache = Cache(megabytes * 1_000_000)
    mine = replace(app, database=database, channels=ChannelDirectory(database), cache=cache, news=news)
    database.telling(mine.tell)
    async with client_of(mine, contracts, client=("127.0.0.1", 1)) as http:
        shop = Shop(mine, http, actors)
        hearing = asyncio.create_task(news.hear(shop))
        if megabytes:
            await shop.opened()
        yield shop
        hearing.cancel()
        await asyncio.gather(hearing, return_exceptions=True)
