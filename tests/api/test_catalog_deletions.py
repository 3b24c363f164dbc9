"""What is in use stays, and the refusal says by what."""

from datetime import timedelta

import pytest

from commerce_api.domain.permissions import Permission
from commerce_api.persistence.tables import catalog
from commerce_api.schema.node import global_id
from tests import given

HELD = (Permission.MANAGE_CATALOG, Permission.MANAGE_PRICES, Permission.MANAGE_TAXES)


@pytest.fixture
async def channel_id(connection):
    return await given.channel(connection)


@pytest.fixture
def desk(api):
    return api.allowed(*HELD)


async def delete(desk, what, id_, kind="DeleteInput", **more):
    document = f"mutation ($input: {kind}!) {{ delete{what}(input: $input) {{ deletedId errors {{ code message }} }} }}"
    return (await desk.staff(document, input={"id": id_, **more}))[f"delete{what}"]


async def names(connection, table):
    return [row[0] for row in await connection.fetch(f"SELECT code FROM {table} ORDER BY code")]


async def test_a_product_type_goes_when_no_product_is_of_it(desk, connection, channel_id):
    kettle = await given.a_product(connection, "Kettle")
    unused = await given.insert(connection, catalog.product_types, code="unused", name="Unused")
    used = await connection.fetchval("SELECT product_type_id FROM products WHERE id = $1", kettle.id)

    refused = await delete(desk, "ProductType", global_id("pty", used))
    gone = await delete(desk, "ProductType", global_id("pty", unused), expectedRevision=1)

    message = f"1 products are of this type, such as {kettle.handle}; make them of another first."
    assert refused == {"deletedId": None, "errors": [{"code": "PRODUCT_TYPE_IN_USE", "message": message}]}
    assert gone == {"deletedId": global_id("pty", unused), "errors": []}
    assert await names(connection, "product_types") == ["default"]


async def test_a_tax_class_goes_when_nothing_has_it(desk, connection, channel_id):
    kettle = await given.a_product(connection, "Kettle")
    used = await connection.fetchval("SELECT tax_class_id FROM products")

    refused = await delete(desk, "TaxClass", global_id("txc", used), "DeleteSettingInput")

    message = f"Still used by product {kettle.handle}; change that first."
    assert refused == {"deletedId": None, "errors": [{"code": "SETTING_IN_USE", "message": message}]}
    assert await names(connection, "tax_classes") == ["standard"]


async def test_a_price_list_goes_when_it_is_not_in_force(desk, connection, channel_id, clock):
    kettle = await given.a_product(connection, "Kettle", price=2000)
    over = await given.price_list(connection, channel_id, code="over", valid_until=clock.at - timedelta(days=1))
    await given.price(connection, over, kettle.variant.id, 500)
    usual = await connection.fetchval("SELECT price_list_id FROM prices WHERE amount = 2000")

    refused = await delete(desk, "PriceList", global_id("prl", usual))
    gone = await delete(desk, "PriceList", global_id("prl", over))

    assert [error["code"] for error in refused["errors"]] == ["PRICE_LIST_IN_FORCE"]
    assert gone == {"deletedId": global_id("prl", over), "errors": []}
    assert [row[0] for row in await connection.fetch("SELECT amount FROM prices")] == [2000]


SAVE = """mutation ($input: SaveProductTypeInput!) { saveProductType(input: $input) {
  productType { attributes { code } } errors { code message path } } }"""


@pytest.mark.parametrize("of_variant", [False, True])
async def test_an_attribute_goes_when_no_product_has_it(desk, connection, channel_id, of_variant):
    values = {"attributes": {"material": "Copper"}}
    changes = {"variants": [values]} if of_variant else values
    kettle = await given.a_product(connection, "Kettle", **changes)
    type_id = await connection.fetchval("SELECT id FROM product_types")
    attribute = {"product_type_id": type_id, "kind": "TEXT", "of_variant": of_variant}
    for code in ("material", "season"):
        await given.insert(connection, catalog.attributes, code=code, name=code, **attribute)
    wanted = {"id": global_id("pty", type_id), "code": "default", "name": "Product"}

    refused = (await desk.staff(SAVE, input=wanted))["saveProductType"]
    material = {"code": "material", "name": "Material", "kind": "TEXT", "ofVariant": of_variant}
    saved = (await desk.staff(SAVE, input={**wanted, "attributes": [material]}))["saveProductType"]

    message = f"1 products say something with material, such as {kettle.handle}; take it out of them first."
    problem = {"code": "ATTRIBUTE_IN_USE", "message": message, "path": ["attributes"]}
    assert refused == {"productType": None, "errors": [problem]}
    assert saved == {"productType": {"attributes": [{"code": "material"}]}, "errors": []}
