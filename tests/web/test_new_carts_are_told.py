"""What new carts are made of, where something of it changes here, elsewhere, or by the clock."""

from contextlib import AsyncExitStack
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import update

from commerce_api.persistence.sql import Statement
from commerce_api.persistence.tables.catalog import prices, product_publications, products
from commerce_api.persistence.tables.channels import channels, tax_rates
from commerce_api.persistence.tables.stock import stock_levels
from tests import given
from tests.conftest import NOON, application
from tests.keeping import a_shop

NEW = {
    "query": """mutation { createCart(input: {lines: [{sku: "MUG", quantity: 1}]}) { errors { code } cart {
      expiresAt
      lines { title unitPrice { amount } tax { amount } inStock }
    } } }"""
}
TOLD = {"title": "Mug", "price": "11.90", "tax": "1.90", "inStock": True, "expiresAt": "2026-04-01T12:00:00Z"}
SOON = NOON + timedelta(seconds=20)


@pytest.fixture
async def place(committing):
    async with committing.transaction() as connection:
        await given.channel(connection.raw)
        zone_id = await given.zone(connection.raw, "home", "DE")
        await given.tax_rate(connection.raw, zone_id, 19)
        await given.a_product(connection.raw, "Mug", variants=[{"sku": "MUG", "price": 1190}])


@pytest.fixture
async def shops(place, settings, committing, dsn, clock, passwords, actors, contracts):
    app = application(settings, committing, clock, passwords, actors)
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(a_shop(app, dsn, contracts, actors)) for _ in range(2)]


async def told(shop):
    """Of the mug in a new cart."""
    payload = (await shop.http.post("/graphql", json=NEW)).json()["data"]["createCart"]
    if payload["errors"]:
        return payload["errors"]
    [line] = payload["cart"]["lines"]
    return {
        "title": line["title"],
        "price": line["unitPrice"]["amount"],
        "tax": line["tax"]["amount"],
        "inStock": line["inStock"],
        "expiresAt": payload["cart"]["expiresAt"],
    }


async def change(shop, clause):
    async with shop.app.database.transaction() as connection:
        await connection.execute(Statement(clause))


async def kept(shops):
    """By both; what each read of the market first is not kept with it."""
    for shop in shops:
        assert [await told(shop) for _ in range(3)] == [TOLD] * 3
        assert len(shop.app.cache._entries) == 1


@pytest.mark.parametrize(
    ("clause", "different"),
    [
        (update(products).values(title="Cup"), {"title": "Cup"}),
        (update(prices).values(amount=2380), {"price": "23.80", "tax": "3.80"}),
        (update(stock_levels).values(on_hand=0), {"inStock": False}),
        (update(tax_rates).values(rate=Decimal(0)), {"tax": "0.00"}),
        (update(channels).values(cart_days=1), {"expiresAt": "2026-03-03T12:00:00Z"}),
    ],
)
async def test_a_change_is_seen_at_once_where_it_was_made_and_then_by_the_others(shops, clause, different):
    here, there = shops
    await kept(shops)

    await change(here, clause)

    assert await told(here) == TOLD | different
    await there.caught_up()
    assert await told(there) == TOLD | different


@pytest.mark.parametrize(
    ("clause", "then"),
    [
        (update(tax_rates).values(valid_until=SOON), TOLD | {"tax": "0.00", "expiresAt": "2026-04-01T12:00:20Z"}),
        (update(product_publications).values(published_until=SOON), [{"code": "NOT_SELLABLE_IN_CHANNEL"}]),
    ],
)
async def test_what_ends_by_the_clock_ends_for_all(shops, clause, then, clock):
    await change(shops[0], clause)
    for shop in shops:
        await shop.caught_up()
        await shop.looked()
    await kept(shops)

    clock.advance(SOON - NOON)

    assert [await told(shop) for shop in shops] == [then, then]
