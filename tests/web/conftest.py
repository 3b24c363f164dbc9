import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route

from commerce_api.web.documents import Documents
from commerce_api.web.endpoint import Endpoint
from commerce_api.web.front import Front
from commerce_api.web.rate import RateLimits
from tests import given
from tests.api.client import Api
from tests.web import library


@pytest.fixture
async def library_api(app, connection, actors):
    """The small schema of `tests.web.library` behind the real entrance."""
    await given.channel(connection)
    rates = RateLimits(quota=0, window=60)
    shop, staff = (Documents(schema, introspection=True) for schema in (library.SHOP, library.FULL))
    web = Starlette(
        routes=[
            Route("/graphql", Endpoint(app, shop, rates, staff=False)),
            Route("/staff/graphql", Endpoint(app, staff, rates, staff=True)),
        ],
        middleware=[Middleware(Front, trusted_proxies=())],
    )
    library.WRITTEN.clear()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=web), base_url="http://shop.test") as client:
        yield Api(client, actors)
