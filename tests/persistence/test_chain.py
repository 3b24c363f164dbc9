"""An order's history is chained: each event's hash covers the one before it."""

import pytest

from commerce_api.persistence.events import chained
from tests.buying import Shop, rows

COLUMNS = "SELECT * FROM events WHERE entity = 'ORDER' ORDER BY sequence"


@pytest.fixture
async def placed(database, clock, work):
    shop = await Shop.open(database)
    order = await shop.place(clock, await shop.cart((await shop.product("Kettle"), 1)), inline=False)
    await work()
    return order


async def test_each_hash_covers_its_row_and_the_hash_before(placed, connection):
    events = await connection.fetch(COLUMNS)

    previous, hashes = None, []
    for event in events:
        previous = chained(previous, event)
        hashes.append(previous)

    assert [event["type"] for event in events] == ["OrderPlaced", "PaymentAuthorized", "OrderConfirmed"]
    assert [event["hash"] for event in events] == hashes
    assert len(set(hashes)) == len(hashes)


async def test_only_histories_of_orders_are_chained(placed, database):
    assert await rows(database, "SELECT DISTINCT entity, hash IS NULL FROM events ORDER BY entity") == [
        ("CART", True),
        ("ORDER", False),
    ]
