import pytest

from commerce_api.schema.node import global_id
from tests import given

ADJUST = """mutation($input: AdjustStockInput!) { adjustStock(input: $input) {
  levels { onHand unavailable safetyStock free revision location { code } }
  errors { code path ... on StockChangedError { current } } } }"""
LEVELS = """query($id: ID!) { stockLevels(variantId: $id) { onHand allocated reserved backordered free location { code } }
  stockMovements(variantId: $id) { totalCount nodes { delta reason reference location { code } } } }"""


@pytest.fixture
async def place(connection):
    """Ids of a variant with five units and of where they lie."""
    channel_id = await given.channel(connection)
    kettle = await given.a_product(connection, "Kettle", stock=5)
    location_id = await given.location(connection, channel_id)
    return {"variantId": global_id("var", kettle.variant.id), "locationId": global_id("loc", location_id)}


@pytest.fixture
def clerk(api, connection):
    async def of(*permissions):
        return api.as_(await given.staff_token(connection, await given.staff(connection, *permissions)))

    return of


async def adjust(client, *adjustments, key="d-1", reason="RECEIPT", **input):
    made = {"adjustments": list(adjustments), "reason": reason, "idempotencyKey": key, **input}
    return (await client.staff(ADJUST, input=made))["adjustStock"]


async def test_what_came_in_is_counted_once_however_often_it_is_sent(clerk, place, statements):
    client = await clerk("ADJUST_STOCK", "READ_STOCK")
    received = {**place, "delta": 3}

    first = await adjust(client, received, reference="D-77")
    again = await adjust(client, received, reference="D-77")
    other = await adjust(client, received, reference="D-78")
    seen = await statements.of(client.staff(LEVELS, id=place["variantId"]))

    level = {"onHand": 8, "unavailable": 0, "safetyStock": 0, "free": 8, "revision": 2, "location": {"code": "eu-main"}}
    assert first == again == {"levels": [level], "errors": []}
    assert other == {"levels": [], "errors": [{"code": "IDEMPOTENCY_KEY_REUSED", "path": ["idempotencyKey"]}]}
    where = {"location": {"code": "eu-main"}}
    assert seen == {
        "stockLevels": [{"onHand": 8, "allocated": 0, "reserved": 0, "backordered": 0, "free": 8, **where}],
        "stockMovements": {"totalCount": 1, "nodes": [{"delta": 3, "reason": "RECEIPT", "reference": "D-77", **where}]},
    }
    assert len(statements) == 1 + 4  # who asks; levels, movements, their number, locations


async def test_a_key_is_needed(clerk, place):
    client = await clerk("ADJUST_STOCK")
    lacking = {"adjustments": [{**place, "delta": 3}], "reason": "RECEIPT"}

    empty = await adjust(client, {**place, "delta": 3}, key=" ")

    assert await client.error_codes("/staff/graphql", ADJUST, {"input": lacking}) == ["BAD_USER_INPUT"]
    assert empty == {"levels": [], "errors": [{"code": "INVALID_VALUE", "path": ["idempotencyKey"]}]}


async def test_every_wrong_correction_is_told_and_none_is_made(clerk, place, connection):
    client = await clerk("ADJUST_STOCK")
    stranger = {"variantId": place["variantId"][:-1] + "x", "locationId": place["variantId"]}

    unknown = await adjust(client, {**stranger, "delta": 1}, {**place, "delta": 1, "count": {"onHand": 1}})
    changed = await adjust(client, {**place, "count": {"onHand": 9, "expected": 4}}, {**place, "delta": -6}, key="2")

    assert [(error["code"], error["path"]) for error in unknown["errors"]] == [
        ("NOT_FOUND", ["adjustments", "0", "locationId"]),
        ("INVALID_VALUE", ["adjustments", "1"]),
    ]
    assert changed["errors"] == [
        {"code": "STOCK_CHANGED", "path": ["adjustments", "0"], "current": 5},
        {"code": "STOCK_BELOW_ZERO", "path": ["adjustments", "1"]},
    ]
    assert await connection.fetchval("SELECT on_hand FROM stock_levels") == 5


async def test_stock_is_for_those_who_may(clerk, place, api):
    client = await clerk("STAFF_DESK")

    assert await client.error_codes(
        "/staff/graphql", ADJUST, {"input": {"adjustments": [], "reason": "", "idempotencyKey": ""}}
    ) == ["FORBIDDEN"]
    assert set(await client.error_codes("/staff/graphql", LEVELS, {"id": place["variantId"]})) == {"FORBIDDEN"}
    assert await api.error_codes("/graphql", "{ stockLocations { id } }") == ["GRAPHQL_VALIDATION_FAILED"]
