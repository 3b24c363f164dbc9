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


UNKNOWN = global_id("var", given.new_id())
WRONG = {
    "no adjustments": ([], {}, [("INVALID_VALUE", ["adjustments"])]),
    "too many": ([{"delta": 0}] * 101, {}, [("INVALID_VALUE", ["adjustments"])]),
    "no reason": ([{"delta": 1}], {"reason": " "}, [("INVALID_VALUE", ["reason"])]),
    "a reason without end": ([{"delta": 1}], {"reason": "x" * 51}, [("INVALID_VALUE", ["reason"])]),
    "a reference without end": ([{"delta": 1}], {"reference": "x" * 101}, [("INVALID_VALUE", ["reference"])]),
    "numbers out of bounds": (
        [{"delta": 10**9 + 1, "unavailable": -1, "safetyStock": -1}, {"count": {"onHand": -1}}],
        {},
        [
            ("INVALID_VALUE", ["adjustments", "0", "delta"]),
            ("INVALID_VALUE", ["adjustments", "0", "unavailable"]),
            ("INVALID_VALUE", ["adjustments", "0", "safetyStock"]),
            ("INVALID_VALUE", ["adjustments", "1", "count"]),
        ],
    ),
    "a variant that is not there": (
        [{"delta": 1}, {"variantId": UNKNOWN, "delta": 1}],
        {},
        [("NOT_FOUND", ["adjustments", "1", "variantId"])],
    ),
    "units of orders": (
        [{"delta": 1}, {"count": {"onHand": 2}}, {"unavailable": 4}],
        {},
        [("ALLOCATED_STOCK", ["adjustments", "1"]), ("ALLOCATED_STOCK", ["adjustments", "2"])],
    ),
    "more than fits": (
        [{"delta": 10**9 - 5}, {"delta": 10**9}],
        {},
        [("TOO_MUCH_STOCK", ["adjustments", "1"])],
    ),
}


@pytest.mark.parametrize("reason", WRONG)
async def test_what_is_refused_leaves_everything_as_it_was(clerk, place, connection, reason):
    client = await clerk("ADJUST_STOCK")
    await connection.execute("UPDATE stock_levels SET allocated = 3")
    before = await connection.fetch("SELECT * FROM stock_levels")
    adjustments, changes, expected = WRONG[reason]

    answer = await adjust(client, *(place | adjustment for adjustment in adjustments), **changes)

    assert (answer["levels"], [(error["code"], error["path"]) for error in answer["errors"]]) == ([], expected)
    assert await connection.fetch("SELECT * FROM stock_levels") == before
    written = "SELECT (SELECT count(*) FROM stock_movements) + (SELECT count(*) FROM events)"
    assert await connection.fetchval(written) == 0


async def test_what_was_never_counted_gets_a_level(clerk, place, connection):
    client = await clerk("ADJUST_STOCK")
    attic = await given.insert(connection, given.t.stock_locations, code="attic", name="Attic")
    there = place | {"locationId": global_id("loc", attic)}

    answer = await adjust(
        client,
        there | {"count": {"onHand": 4, "expected": 0}, "unavailable": 1, "safetyStock": 1},
        place | {"safetyStock": 2},
        reason="COUNT",
    )

    levels = [
        {"onHand": 4, "unavailable": 1, "safetyStock": 1, "free": 2, "revision": 1, "location": {"code": "attic"}},
        {"onHand": 5, "unavailable": 0, "safetyStock": 2, "free": 3, "revision": 2, "location": {"code": "eu-main"}},
    ]
    assert answer == {"levels": levels, "errors": []}
    assert [row["delta"] for row in await connection.fetch("SELECT delta FROM stock_movements ORDER BY id")] == [4, 0]


async def test_stock_is_for_those_who_may(clerk, place, api):
    client = await clerk("STAFF_DESK")

    assert await client.error_codes(
        "/staff/graphql", ADJUST, {"input": {"adjustments": [], "reason": "", "idempotencyKey": ""}}
    ) == ["FORBIDDEN"]
    assert set(await client.error_codes("/staff/graphql", LEVELS, {"id": place["variantId"]})) == {"FORBIDDEN"}
    assert await api.error_codes("/graphql", "{ stockLocations { totalCount } }") == ["GRAPHQL_VALIDATION_FAILED"]
