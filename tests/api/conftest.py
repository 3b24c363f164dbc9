"""What nearly all tests of orders and carts begin with: a shop, what it sells, a customer of it and somebody of its staff."""

import pytest

from tests import given
from tests.buying import Shop


@pytest.fixture
async def shop(database):
    return await Shop.open(database)


@pytest.fixture
async def kettle(shop):
    """Two on the shelf, and sold beyond that."""
    return await shop.product("Kettle", variants=[{"price": 1000, "stock": 2, "stock_policy": "BACKORDER"}])


@pytest.fixture
async def mug(shop):
    return await shop.product("Mug", price=500, stock=9)


@pytest.fixture
async def customer_id(connection, shop):
    return await given.customer(connection, channel_id=shop.channel_id)


@pytest.fixture
async def customer(api, connection, customer_id):
    return api.as_(await given.customer_token(connection, customer_id))


@pytest.fixture
async def staff_id(connection, shop):
    return await given.staff(connection, "READ_ORDERS")


@pytest.fixture
async def staff(api, connection, staff_id):
    """The client of somebody who may read orders."""
    return api.as_(await given.staff_token(connection, staff_id))
