import io
from pathlib import Path

import pytest

from commerce_api.domain.actor import SYSTEM, Attribution
from commerce_api.operations.export_products import export_products
from commerce_api.operations.import_products import import_products
from tests import given
from tests.conftest import NOON

DATA = Path(__file__).parents[1] / "data"
FILES = {"apparel.csv": (20, 22), "home-and-garden.csv": (20, 21), "jewelery.csv": (20, 23)}
BY = Attribution(actor=SYSTEM, at=NOON, request_id="test")


@pytest.fixture
async def shop(database, connection):
    await given.channel(connection)
    return database


async def imported(database, content, **options):
    content = content if isinstance(content, bytes) else content.encode()
    return await import_products(database, BY, io.BytesIO(content), **options)


async def exported(database, **options):
    target = io.BytesIO()
    await export_products(database, BY, target, **options)
    return target.getvalue()


async def everything(connection):
    """What is in the tables that an import writes."""
    tables = {
        "products": "id",
        "variants": "id",
        "prices": "variant_id, price_list_id, min_quantity",
        "stock_levels": "variant_id, location_id",
        "stock_movements": "id",
        "product_media": "product_id, media_id",
        "product_publications": "product_id, channel_id",
        "media": "id",
        "product_types": "id",
        "events": "id",
    }
    return {name: await connection.fetch(f"SELECT * FROM {name} ORDER BY {key}") for name, key in tables.items()}


def counts(report):
    return report.created, report.changed, report.unchanged, report.refused


@pytest.mark.parametrize("name", FILES)
async def test_the_files_load_as_they_are(shop, connection, name):
    products, variants = FILES[name]

    report = await imported(shop, (DATA / name).read_bytes())

    assert report.problems == ()
    assert counts(report) == (products, 0, 0, 0)
    assert await connection.fetchval("SELECT count(*) FROM variants") == variants


@pytest.mark.parametrize("name", FILES)
async def test_importing_again_changes_nothing(shop, connection, name):
    await imported(shop, (DATA / name).read_bytes())
    before = await everything(connection)

    report = await imported(shop, (DATA / name).read_bytes())

    assert counts(report) == (0, 0, FILES[name][0], 0)
    assert await everything(connection) == before


NEWER = {
    "Handle": "URL handle",
    "Body (HTML)": "Description",
    "Published": "Published on online store",
    "Option1 Name": "Option1 name",
    "Option1 Value": "Option1 value",
    "Variant SKU": "SKU",
    "Variant Grams": "Weight value (grams)",
    "Variant Inventory Tracker": "Inventory tracker",
    "Variant Inventory Qty": "Inventory quantity",
    "Variant Inventory Policy": "Continue selling when out of stock",
    "Variant Fulfillment Service": "Fulfillment service",
    "Variant Price": "Price",
    "Variant Compare At Price": "Compare-at price",
    "Variant Requires Shipping": "Requires shipping",
    "Variant Taxable": "Charge tax",
    "Variant Barcode": "Barcode",
    "Image Src": "Product image URL",
    "Image Position": "Image position",
    "Image Alt Text": "Image alt text",
    "Gift Card": "Gift card",
    "SEO Title": "SEO title",
    "SEO Description": "SEO description",
    "Variant Image": "Variant image URL",
    "Variant Weight Unit": "Weight unit for display",
    "Variant Tax Code": "Tax code",
}


@pytest.mark.parametrize("name", FILES)
async def test_newer_names_of_columns_mean_the_same(shop, connection, name):
    content = (DATA / name).read_text()
    header, _, lines = content.partition("\n")
    newer = ",".join(NEWER.get(column, column) for column in header.split(","))
    await imported(shop, content)
    before = await everything(connection)

    report = await imported(shop, f"{newer}\n{lines}")

    assert (counts(report), report.problems) == ((0, 0, FILES[name][0], 0), ())
    assert await everything(connection) == before


async def test_importing_an_export_changes_nothing(shop, connection):
    for name in FILES:
        await imported(shop, (DATA / name).read_bytes())
    before, file = await everything(connection), await exported(shop)

    report = await imported(shop, file)

    assert (counts(report), report.problems) == ((0, 0, 60, 0), ())
    assert await everything(connection) == before
    assert await exported(shop) == file
