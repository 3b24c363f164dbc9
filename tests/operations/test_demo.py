from collections import Counter

import pytest

from commerce_api.operations.cart_opening import CartOpening
from commerce_api.operations.demo.load import load_demo
from commerce_api.operations.shipped import put_shipped
from commerce_api.persistence.sql import Database
from tests.conftest import NOON, OneConnection

OPENING = CartOpening(secret="s" * 32)


async def fake_hash(password):
    return f"hash of {password}"


@pytest.fixture(scope="module")
async def shop(raw_connection):
    """The accounts of the demonstration shop, which is open for all tests here; each takes back what it does itself."""
    transaction, database = raw_connection.transaction(), Database(OneConnection(raw_connection))
    await transaction.start()
    await put_shipped(database)
    yield await load_demo(database, OPENING, at=NOON, hash_password=fake_hash)
    await transaction.rollback()


async def counts(connection):
    tables = [
        "channels",
        "zones",
        "tax_rates",
        "products",
        "variants",
        "media",
        "prices",
        "stock_levels",
        "customers",
        "staff",
        "orders",
    ]
    return {table: await connection.fetchval(f"SELECT count(*) FROM {table}") for table in tables}


async def test_the_demonstration_shop_opens_once(shop, database, connection):
    before = await counts(connection)

    again = await load_demo(database, OPENING, at=NOON, hash_password=fake_hash)

    assert again == shop
    assert await counts(connection) == before
    roles = await connection.fetch("SELECT code FROM roles ORDER BY code")
    assert [account.email for account in shop.staff] == [
        f"{code.lower().replace('_', '-')}@staff.example" for (code,) in roles
    ]
    assert len(shop.customers) == 3


async def test_every_variant_has_a_price_in_each_currency_of_each_channel(shop, connection):
    rows = await connection.fetch(
        "SELECT v.sku, c.code, cu FROM variants v CROSS JOIN channels c CROSS JOIN LATERAL unnest(c.currencies) cu"
        " WHERE NOT EXISTS (SELECT 1 FROM prices p JOIN price_lists l ON l.id = p.price_list_id"
        " WHERE p.variant_id = v.id AND l.channel_id = c.id AND l.currency = cu AND p.min_quantity = 1)"
    )

    assert rows == []


async def test_the_demonstration_shop_shows_what_a_shop_can_do(shop, connection):
    assert await connection.fetchval("SELECT count(*) FROM products") == 72
    policies = Counter(row[0] for row in await connection.fetch("SELECT stock_policy FROM variants"))
    assert set(policies) == {"DENY", "BACKORDER", "UNTRACKED"}
    assert await connection.fetchval("SELECT count(*) FROM stock_levels WHERE on_hand = 0") > 0
    kinds = await connection.fetch("SELECT DISTINCT kind FROM product_relations ORDER BY 1")
    assert [row["kind"] for row in kinds] == ["ACCESSORY", "CROSS_SELL", "SUBSTITUTE", "UP_SELL"]


async def test_its_orders_are_what_orders_can_be(shop, connection, work):
    await work()

    found = await connection.fetch(
        "SELECT c.email, o.state, (SELECT sum(l.backordered) FROM order_lines l WHERE l.order_id = o.id) AS backordered,"
        " EXISTS (SELECT FROM blocks b WHERE b.order_id = o.id) AS blocked,"
        " (SELECT count(*) FROM order_comments m WHERE m.order_id = o.id) AS comments"
        " FROM orders o JOIN customers c ON c.id = o.customer_id ORDER BY o.placed_at"
    )
    assert [tuple(row) for row in found] == [
        ("mara@forest.example", "CONFIRMED", 0, False, 0),
        ("lena@forest.example", "CONFIRMED", 2, False, 1),
        ("emile@forest.example", "PAYMENT_REJECTED", 0, False, 0),
        ("lena@forest.example", "CONFIRMED", 0, True, 0),
    ]


async def test_los_angeles_pays_tax_to_state_and_county(shop, connection):
    names = await connection.fetch(
        "SELECT name FROM tax_rates WHERE zone_id = (SELECT id FROM zones WHERE code = 'us-ca-la') ORDER BY name"
    )

    assert [row["name"] for row in names] == ["California sales tax", "Los Angeles County"]


async def test_every_picture_of_the_shop_is_an_svg_of_its_own(shop, connection):
    pictures = [row["content"] for row in await connection.fetch("SELECT content FROM media")]

    assert len(set(pictures)) == len(pictures)
    assert all(picture.startswith(b"<svg ") and picture.endswith(b"</svg>") for picture in pictures)
    assert not any(b"<script" in picture or b"href" in picture for picture in pictures)
