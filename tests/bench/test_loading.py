"""A generated catalog is the same each time, and whole, however fast it was made."""

import hashlib

import asyncpg
import pytest
from bench.catalog import generate
from bench.loading import unhindered

from commerce_api.persistence.stores import product_search
from tests.conftest import NOON

PRODUCTS = 30
_LOADED = """
SELECT p.handle, p.title, p.description_html, p.vendor, p.tags, p.popularity, p.attributes, t.title, t.description_html,
    array(SELECT (v.sku, v.option_values, v.weight)::text FROM variants v WHERE v.product_id = p.id ORDER BY 1),
    array(SELECT (v.sku, l.code, prices.min_quantity, amount, compare_at)::text FROM prices JOIN variants v ON v.id = variant_id
        JOIN price_lists l ON l.id = price_list_id WHERE v.product_id = p.id ORDER BY 1),
    array(SELECT (v.sku, l.code, on_hand)::text FROM stock_levels JOIN variants v ON v.id = variant_id
        JOIN stock_locations l ON l.id = location_id WHERE v.product_id = p.id ORDER BY 1)
FROM products p JOIN product_translations t ON t.product_id = p.id ORDER BY p.handle
"""
_FOUND_BY = "SELECT product_id, language, name, words, tsvector_to_array(heads) FROM product_search ORDER BY 1, 2"
_INDEXES = "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2"
_SETTINGS = "SELECT name, setting FROM pg_settings ORDER BY name"


async def test_the_catalog_is_what_it_was_when_older_figures_were_taken(database, connection):
    await generate(database, products=PRODUCTS, at=NOON)
    loaded = [tuple(row.values()) for row in await connection.fetch(_LOADED)]
    assert len(loaded) == PRODUCTS
    assert (
        hashlib.sha256(repr(loaded).encode()).hexdigest()
        == "a4f43319fb06fc5257053b3cf1e068483053626aedacffe25a66638049739a02"
    )


async def test_products_are_found_by_what_search_itself_would_write(database, connection):
    await generate(database, products=PRODUCTS, at=NOON)
    made = await connection.fetch(_FOUND_BY)
    async with database.transaction() as writing:
        await product_search.refresh_all(writing)
    assert len(made) == PRODUCTS * 2
    assert made == await connection.fetch(_FOUND_BY)


async def test_after_loading_indexes_and_settings_are_what_they_were(empty_database):
    raw = await asyncpg.connect(empty_database)
    await raw.execute(
        "CREATE TABLE shelves (id int PRIMARY KEY, name text UNIQUE, words text[]); CREATE INDEX ON shelves USING gin (words);"
        " CREATE TABLE boxes (shelf int REFERENCES shelves, size int); CREATE INDEX ON boxes (size DESC) WHERE size > 3"
    )
    indexes, settings = await raw.fetch(_INDEXES), await raw.fetch(_SETTINGS)
    async with unhindered(empty_database):
        loading = await asyncpg.connect(empty_database)
        assert {row["tablename"] for row in await loading.fetch(_INDEXES)} == {"shelves"}
        await loading.execute("INSERT INTO boxes VALUES (7, 5)")
        await loading.execute("INSERT INTO shelves VALUES (7, 'Top', '{}')")
        await loading.close()
    after = await asyncpg.connect(empty_database)
    assert (await after.fetch(_INDEXES), await after.fetch(_SETTINGS)) == (indexes, settings)
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await after.execute("INSERT INTO boxes VALUES (8, 5)")
    await raw.close()
    await after.close()
