from collections import Counter

import pytest

from commerce_api.operations.demo.load import load_demo
from commerce_api.persistence.tables import identity
from tests import given
from tests.conftest import NOON


async def fake_hash(password):
    return f"hash of {password}"


@pytest.fixture
async def shop(database, connection):
    """The demonstration shop, with two roles."""

    for code in ("ADMINISTRATOR", "CATALOG"):
        await given.insert(connection, identity.roles, code=code, name=code.title(), permissions=[], revision=1)
    return await load_demo(database, at=NOON, hash_password=fake_hash)


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
    ]
    return {table: await connection.fetchval(f"SELECT count(*) FROM {table}") for table in tables}


async def test_the_demonstration_shop_opens_once(shop, database, connection):
    before = await counts(connection)

    again = await load_demo(database, at=NOON, hash_password=fake_hash)

    assert again == shop
    assert await counts(connection) == before
    assert [account.email for account in shop.staff] == ["administrator@staff.example", "catalog@staff.example"]
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
