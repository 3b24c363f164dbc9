"""The same answers from a program written by hand for nothing else: Starlette, asyncpg, orjson, and SQL as one would write it.

It knows what it will be asked and for whom (a guest of the default channel), so it decides nothing at run time that can be
decided here. That is what ours is measured against.
"""

import os
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import asyncpg
from starlette.applications import Starlette
from starlette.routing import Route

from bench.handwritten.checkout import addresses, begin, cards, method, payment, start, summary
from bench.handwritten.placing import place
from bench.handwritten.reads import browse, product
from bench.handwritten.searches import search
from bench.handwritten.shop import Shop
from bench.handwritten.writes import cart
from commerce_api.adapters.clock import now

_SHOP = """
SELECT id, currencies[1] AS currency, languages[1] AS language, ARRAY(
    SELECT location_id FROM channel_locations WHERE channel_id = channels.id ORDER BY position
) AS location_ids
FROM channels WHERE is_default
"""


async def shop_of(pool: Any, now: Callable[[], datetime] = now) -> Shop:
    channel_id, currency, language, location_ids = await pool.fetchrow(_SHOP)
    return Shop(
        pool=pool, now=now, channel_id=channel_id, currency=currency, language=language, location_ids=location_ids
    )


async def _as_it_was(_: asyncpg.Connection) -> None:
    """Nothing lasts beyond a transaction, so nothing has to be undone when a connection goes back to the pool."""


def application(shop: Shop | None = None) -> Starlette:
    """With the database of the environment, or the one that is given."""

    @asynccontextmanager
    async def opened(app: Starlette) -> AsyncGenerator[None]:
        fast = {"plan_cache_mode": "force_generic_plan", "enable_memoize": "off"}  # both halve what a statement costs
        async with asyncpg.create_pool(
            os.environ["DATABASE_URL"], min_size=8, max_size=8, server_settings=fast, reset=_as_it_was
        ) as pool:
            app.state.shop = await shop_of(pool)
            yield

    steps = (begin, addresses, method, start, payment, summary, place)
    pages = {f"/{page.__name__}": page for page in (browse, product, search, cart)}
    pages |= {f"/checkout/{step.__name__}": step for step in steps} | {"/vault/cards": cards}
    routes = [Route(path, page, methods=["POST"]) for path, page in pages.items()]
    app = Starlette(routes=routes, lifespan=None if shop else opened)
    app.state.shop = shop
    return app
