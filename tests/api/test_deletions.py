"""Each deletion that staff can ask for: once for its key, at its revision, of what is there, by who may."""

import pytest

from commerce_api.domain.permissions import Permission
from commerce_api.graphql import SHOP, STAFF
from commerce_api.schema.node import global_id
from tests import given
from tests.api.running import run
from tests.buying import Shop

ONE_OF_ITS_OWN = {
    "deleteBlockReason": ("brn", "block_reasons"),
    "deleteCancelReason": ("crn", "cancel_reasons"),
    "deleteCategory": ("cat", "categories"),
    "deleteCollection": ("col", "collections"),
    "deletePriceList": ("prl", "price_lists"),
    "deleteProductType": ("pty", "product_types"),
    "deleteRole": ("rol", "roles"),
    "deleteShippingMethod": ("shm", "shipping_methods"),
    "deleteCustomField": ("cfd", "custom_fields"),
    "deleteOverrideReason": ("ovr", "override_reasons"),
    "deleteTaxClass": ("txc", "tax_classes"),
    "deleteTaxRate": ("txr", "tax_rates"),
    "deleteZone": ("zon", "zones"),
}
"""The prefix and the table of what each deletes."""

ELSEWHERE = {"deleteVariant", "deleteOrderSearch"}
"""Of a product, and of who saved it: tested with them."""

every_deletion = pytest.mark.parametrize("name", ONE_OF_ITS_OWN)


@pytest.fixture
async def channel_id(connection):
    return await given.channel(connection)


@pytest.fixture
async def unused(connection, channel_id):
    """Ids of things that nothing needs."""
    zone_id = await given.zone(connection, "nowhere")
    made = {
        "deleteBlockReason": await given.block_reason(connection),
        "deleteCancelReason": await given.cancel_reason(connection),
        "deleteCategory": await given.a_category(connection, "Attic"),
        "deleteCollection": await given.a_collection(connection, "Gifts"),
        "deletePriceList": await given.price_list(connection, channel_id),
        "deleteProductType": await given.insert(connection, given.catalog.product_types, code="none", name="None"),
        "deleteRole": await given.role(connection, "NOBODY"),
        "deleteShippingMethod": await given.shipping_method(connection, channel_id, zone_id, 490),
        "deleteCustomField": await given.custom_field(connection),
        "deleteOverrideReason": await given.override_reason(connection),
        "deleteTaxRate": await given.tax_rate(connection, zone_id, 19),
        "deleteTaxClass": await given.insert(connection, given.t.tax_classes, code="none", name="None"),
        "deleteZone": await given.zone(connection, "free", "DE"),
    }
    return {name: global_id(ONE_OF_ITS_OWN[name][0], key) for name, key in made.items()}


@pytest.fixture
async def desk(api, connection, channel_id):
    held = (
        "MANAGE_CATALOG",
        "MANAGE_PRICES",
        "MANAGE_TAXES",
        "MANAGE_SHIPPING",
        "MANAGE_STAFF",
        "MANAGE_CHANNELS",
        "MANAGE_BLOCK_REASONS",
        "STAFF_DESK",
    )
    return api.as_(await given.staff_token(connection, await given.staff(connection, *held)))


async def delete(client, name, **input):
    payload = await run(client, "/staff/graphql", STAFF, name, input)
    return [(error["code"], error["path"]) for error in payload["errors"]]


async def written(connection, name):
    table = ONE_OF_ITS_OWN[name][1]
    return (
        await connection.fetch(f"SELECT * FROM {table} ORDER BY id"),
        await connection.fetchval("SELECT count(*) FROM events"),
    )


def test_each_is_among_these():
    of_staff = STAFF.mutation_type.fields.keys() - SHOP.mutation_type.fields.keys()

    assert {name for name in of_staff if name.startswith("delete")} == ONE_OF_ITS_OWN.keys() | ELSEWHERE


@every_deletion
async def test_it_is_gone_once_for_its_key_and_not_found_then(desk, connection, unused, name):
    before, events = await written(connection, name)
    wanted = {"id": unused[name], "expectedRevision": 1}

    answers = [await delete(desk, name, **wanted, idempotencyKey=key) for key in ("d-1", "d-1", "d-2")]

    after, later = await written(connection, name)
    assert answers == [[], [], [("NOT_FOUND", ["id"])]]
    gone = [row["id"] for row in before if row not in after]
    assert [global_id(ONE_OF_ITS_OWN[name][0], key) for key in gone] == [unused[name]]
    assert later == events + 1


@every_deletion
async def test_a_key_is_for_one_of_them(desk, connection, unused, name):
    other = global_id(ONE_OF_ITS_OWN[name][0], given.new_id())
    await delete(desk, name, id=unused[name], idempotencyKey="d-1")
    before = await written(connection, name)

    assert await delete(desk, name, id=other, idempotencyKey="d-1") == [("IDEMPOTENCY_KEY_REUSED", ["idempotencyKey"])]
    assert await written(connection, name) == before


@every_deletion
async def test_what_was_changed_and_what_is_not_there_stays_as_it_is(desk, connection, unused, name):
    before = await written(connection, name)
    another_kind = global_id("chn", await connection.fetchval("SELECT id FROM channels"))
    nobodys = global_id(ONE_OF_ITS_OWN[name][0], given.new_id())

    stale = await delete(desk, name, id=unused[name], expectedRevision=7)
    absent = [await delete(desk, name, id=id_) for id_ in (nobodys, another_kind, "x")]

    assert [code for code, _ in stale] == ["STALE_REVISION"]
    assert absent == [[("NOT_FOUND", ["id"])]] * 3
    assert await written(connection, name) == before


@every_deletion
async def test_it_takes_its_permission(api, connection, unused, name):
    before = await written(connection, name)
    document = f'mutation {{ {name}(input: {{id: "{unused[name]}"}}) {{ errors {{ code }} }} }}'

    assert await api.allowed(Permission.READ_ORDERS).error_codes("/staff/graphql", document) == ["FORBIDDEN"]
    assert await api.error_codes("/graphql", document) == ["GRAPHQL_VALIDATION_FAILED"]
    assert await written(connection, name) == before


async def test_carts_choose_again_when_their_shipping_method_is_gone(api, database):
    shop = await Shop.open(database)
    cart = await shop.cart((await shop.product("Kettle"), 1))
    buyer, cart_id = api.with_headers(x_cart_token=cart[1]), global_id("crt", cart[0])
    summary = "query($id: ID!) { checkoutSummary(cartId: $id) { readiness { requirement } } }"
    before = (await buyer.shop(summary, id=cart_id))["checkoutSummary"]

    method_id = global_id("shm", shop.method_id)
    errors = await delete(api.allowed(Permission.MANAGE_SHIPPING), "deleteShippingMethod", id=method_id)

    after = (await buyer.shop(summary, id=cart_id))["checkoutSummary"]
    assert (errors, before["readiness"]) == ([], [])
    assert {"requirement": "SHIPPING_METHOD"} in after["readiness"]


async def test_a_tax_class_of_a_shipping_method_stays(api, database, connection):
    await Shop.open(database)
    class_id = global_id("txc", await connection.fetchval("SELECT tax_class_id FROM shipping_methods"))
    document = f'mutation {{ deleteTaxClass(input: {{id: "{class_id}"}}) {{ deletedId errors {{ message }} }} }}'

    answer = (await api.allowed(Permission.MANAGE_TAXES).staff(document))["deleteTaxClass"]

    message = "Still used by shipping method post; change that first."
    assert answer == {"deletedId": None, "errors": [{"message": message}]}
    assert await connection.fetchval("SELECT count(*) FROM tax_classes") == 1


async def test_products_stay_when_what_they_are_arranged_in_goes(api, desk, connection):
    category, collection = await given.a_category(connection, "Attic"), await given.a_collection(connection, "Gifts")
    await given.a_product(connection, "Kettle", categories=[category], collections=[collection])

    await delete(desk, "deleteCategory", id=global_id("cat", category))
    await delete(desk, "deleteCollection", id=global_id("col", collection))

    assert (await api.shop("{ products { nodes { title categories { name } } } }"))["products"]["nodes"] == [
        {"title": "Kettle", "categories": []}
    ]
