"""What is said of a placed order and is no part of what was agreed on, by staff and by its customer (S2-29)."""

import pytest

from commerce_api.schema.node import global_id
from tests import given
from tests.api.custom_fields import SAID, an_order, codes, rows_of, text


@pytest.fixture
async def order_id(shop, clock, connection):
    return await an_order(shop, clock, connection)


SET = f"""mutation($input: SetOrderAttributesInput!) {{ setOrderAttributes(input: $input) {{
  order {{ revision versionNumber priority tags {SAID} }} errors {{ code path }} }} }}"""


@pytest.fixture
async def desk(api, connection):
    staff_id = await given.staff(connection, "READ_ORDERS", "EDIT_ORDERS")
    return api.as_(await given.staff_token(connection, staff_id))


async def put(client, order_id, **said):
    return (await client.staff(SET, input={"orderId": order_id, **said}))["setOrderAttributes"]


async def test_what_is_no_part_of_what_was_agreed_on_is_set_at_once(desk, connection, order_id):
    said = {"priority": "HIGH", "tags": ["late"], "fields": [text("score", "3")]}

    answers = [await put(desk, order_id, **said, expectedRevision=1, idempotencyKey="a-1") for _ in range(2)]
    again = await put(desk, order_id, **said)

    order = answers[0]["order"]
    assert answers[0] == answers[1] == again
    assert (order["revision"], order["versionNumber"], order["priority"], order["tags"]) == (2, 1, "HIGH", ["late"])
    assert [each["text"] for each in order["fields"]] == ["K7", "3"]
    changes = "SELECT data->'changes' FROM events WHERE type = 'OrderAttributesSet'"
    assert [row[0] for row in await connection.fetch(changes)] == [
        [
            {"name": "priority", "before": "NORMAL", "after": "HIGH"},
            {"name": "tags", "before": ["vip"], "after": ["late"]},
            {"name": "score", "before": "9", "after": "3"},
        ]
    ]


async def test_what_cannot_be_set_at_once_is_refused_and_nothing_written(api, desk, connection, order_id):
    wrong = [text("cost_center", "K8"), text("moon", "x")]
    reader = api.as_(
        await given.staff_token(connection, await given.staff(connection, "READ_ORDERS", email="r@x.test"))
    )

    assert codes(await put(desk, order_id, fields=wrong)) == [
        ("COMMERCIAL_FIELD", ["fields", "0", "code"]),
        ("UNKNOWN_FIELD", ["fields", "1", "code"]),
    ]
    assert codes(await put(desk, order_id, tags=[], expectedRevision=9)) == [("STALE_REVISION", ["expectedRevision"])]
    assert codes(await put(desk, global_id("ord", given.new_id()), tags=[])) == [("NOT_FOUND", ["orderId"])]
    assert await reader.error_codes("/staff/graphql", SET, {"input": {"orderId": order_id}}) == ["FORBIDDEN"]
    assert await connection.fetchval("SELECT count(*) FROM events WHERE type = 'OrderAttributesSet'") == 0


SET_OWN = f"""mutation($input: SetOrderAttributesInput!) {{ setOrderAttributes(input: $input) {{
  order {{ revision versionNumber {SAID} }} errors {{ code path message }} }} }}"""


@pytest.fixture
async def buyer(api, connection, order_id):
    """Whose order it is, signed in, with another field to fill in and one to see."""
    await given.custom_field(connection, "wish", position=1)
    await given.custom_field(connection, "rank", shoppers="SEE", position=2)
    customer_id = await given.customer(connection, channel_id=await channel_of(connection))
    await connection.execute("UPDATE orders SET customer_id = $1", customer_id)
    return api.as_(await given.customer_token(connection, customer_id))


async def put_own(client, order_id, *fields, **input):
    return (await client.shop(SET_OWN, input={"orderId": order_id, "fields": fields, **input}))["setOrderAttributes"]


async def test_customers_fill_in_fields_of_an_order_that_is_placed(buyer, desk, connection, order_id):
    offered = "{ customFields(owner: ORDER) { code shoppers commercial } }"
    assert (await buyer.shop(offered))["customFields"] == [
        {"code": "cost_center", "shoppers": "SET", "commercial": True},
        {"code": "wish", "shoppers": "SET", "commercial": False},
        {"code": "rank", "shoppers": "SEE", "commercial": False},
    ]
    begun = "mutation($input: BeginOrderEditInput!) { beginOrderEdit(input: $input) { edit { id } errors { code } } }"
    await desk.staff(begun, input={"orderId": order_id})

    once = {"expectedRevision": 1, "idempotencyKey": "w-1"}
    answers = [await put_own(buyer, order_id, text("wish", "Ring twice"), **once) for _ in range(2)]

    assert answers[0] == answers[1]
    assert (answers[0]["order"]["revision"], answers[0]["order"]["versionNumber"]) == (2, 1)
    assert [each["text"] for each in answers[0]["order"]["fields"]] == ["K7", "Ring twice"]
    events = "SELECT actor->>'kind', data->'changes' FROM events WHERE type = 'OrderAttributesSet'"
    assert await rows_of(connection, events) == [("CUSTOMER", [{"name": "wish", "before": None, "after": None}])]
    assert await rows_of(connection, "SELECT state, tags FROM orders") == [("CONFIRMED", ["vip"])]


async def test_what_is_not_theirs_is_refused_all_at_once_and_nothing_is_written(api, buyer, connection, order_id):
    await connection.execute(
        "UPDATE custom_fields SET required_in = $1 WHERE code = 'wish'", [await channel_of(connection)]
    )
    wrong = [text("cost_center", "K8"), text("score", "1"), text("rank", "gold"), {"code": "wish", "value": None}]

    refused = await put_own(buyer.with_headers(accept_language="de"), order_id, *wrong)
    stale = await put_own(buyer, order_id, expectedRevision=9)
    foreign = await put_own(api, order_id, text("wish", "Mine"))
    for_staff = await buyer.answer("/graphql", SET_OWN, {"input": {"orderId": order_id, "tags": ["vip"]}})
    card = await put_own(buyer, order_id, text("wish", "4111 1111 1111 1111"))

    agreed = "Das gehört zu dem, was vereinbart ist: Ändern Sie es, indem Sie die Bestellung bearbeiten."
    needed = (
        "Ohne diese Angabe wird hier nichts bestellt; geben Sie etwas anderes an, oder lassen Sie sie, wie sie ist."
    )
    assert [tuple(each.values()) for each in refused["errors"]] == [
        ("COMMERCIAL_FIELD", ["fields", "0", "code"], agreed),
        ("UNKNOWN_FIELD", ["fields", "1", "code"], "Dieses Feld gibt es hier nicht."),
        ("FIELD_NOT_YOURS", ["fields", "2", "code"], "Das können nur wir ausfüllen."),
        ("FIELD_IS_NEEDED", ["fields", "3", "value"], needed),
    ]
    assert (codes(stale), codes(foreign)) == (
        [("STALE_REVISION", ["expectedRevision"])],
        [("NOT_FOUND", ["orderId"])],
    )
    assert for_staff["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert codes(card) == [("PAN_IN_PLAIN_INPUT", ["fields", "0", "value", "text"])]
    assert await rows_of(connection, "SELECT revision, fields->>'wish' FROM orders") == [(1, None)]
    assert await connection.fetchval("SELECT count(*) FROM events WHERE type = 'OrderAttributesSet'") == 0


async def channel_of(connection):
    return await connection.fetchval("SELECT id FROM channels")


@pytest.mark.parametrize(
    ("find", "matched"),
    [
        ({"poNumber": {"text": "po 7"}}, {"key": "PO_NUMBER", "value": "PO-7"}),
        ({"tag": {"text": "LATE"}}, {"key": "TAG", "value": "late"}),
        ({"attribute": {"key": "cost_center", "text": "k7"}}, {"key": "ATTRIBUTE", "value": "cost_center: K7"}),
        ({"tag": {"text": "vip"}}, None),
    ],
)
async def test_orders_are_found_by_what_is_said_of_them(desk, order_id, find, matched):
    await put(desk, order_id, tags=["late"])

    found = await desk.staff(
        "query($find: OrderFindInput!) { orders(find: $find) { edges { matched { key value } } } }", find=find
    )

    assert found["orders"]["edges"] == ([{"matched": [matched]}] if matched else [])
