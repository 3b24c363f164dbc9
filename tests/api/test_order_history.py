"""One list of all that happened to an order, and the proof that nobody has changed it."""

import pytest

from commerce_api.domain.actor import Actor, ActorKind, Attribution
from commerce_api.domain.permissions import Permission
from commerce_api.domain.value import value
from commerce_api.operations.execute import execute
from commerce_api.schema.node import global_id
from tests import given
from tests.buying import rows

HISTORY = """query($id: ID!, $filter: OrderHistoryFilterInput) { order(id: $id) { history(filter: $filter) { totalCount nodes {
  sequence type actorKind version { number totalBefore { amount } total { amount } } changes { label } STAFF } } } }"""
OF_STAFF = "actorName onBehalfOf channel { code } customerVisible"
VERIFY = "query($id: ID!) { verifyOrderHistory(orderId: $id) { ok checked firstBroken } }"


@value
class CalledBack:
    """Something that only staff see."""

    outcome: str


@pytest.fixture
async def order_id(shop, clock, database, work, customer_id, staff_id):
    """An order that was paid, and about which a member of staff has called its customer."""
    order = await shop.place(clock, await shop.cart((await shop.product("Kettle"), 1)), inline=False)
    await rows(database, "UPDATE orders SET customer_id = $1 RETURNING 1", customer_id)
    await work()
    actor = Actor(kind=ActorKind.STAFF, id=staff_id, permissions=frozenset(Permission), on_behalf_of=customer_id)
    by = Attribution(actor=actor, at=clock(), request_id="r-2", channel_id=shop.channel_id)

    async def record(uow, order_id):
        await uow.events.record("ORDER", order_id, [CalledBack(outcome="reached")])

    await execute(database, by, record, order.id)
    return global_id("ord", order.id)


async def test_staff_see_who_did_what_for_whom_through_which_channel(staff, order_id, customer_id):
    found = (await staff.staff(HISTORY.replace("STAFF", OF_STAFF), id=order_id))["order"]["history"]

    by_nobody = {"actorName": None, "onBehalfOf": None, "channel": None, "customerVisible": True}
    nothing = {"version": None, "changes": []}
    assert found == {
        "totalCount": 4,
        "nodes": [
            {
                "sequence": 1,
                "type": "OrderPlaced",
                "actorKind": "GUEST",
                "version": {"number": 1, "totalBefore": None, "total": {"amount": "24.80"}},
                "changes": [],
                **by_nobody,
                "channel": {"code": "eu"},
            },
            {"sequence": 2, "type": "PaymentAuthorized", "actorKind": "SYSTEM", **nothing, **by_nobody},
            {"sequence": 3, "type": "OrderConfirmed", "actorKind": "SYSTEM", **nothing, **by_nobody},
            {
                "sequence": 4,
                "type": "CalledBack",
                "actorKind": "STAFF",
                **nothing,
                "actorName": "Grace",
                "onBehalfOf": global_id("cus", customer_id),
                "channel": {"code": "eu"},
                "customerVisible": False,
            },
        ],
    }


@pytest.mark.parametrize(
    ("chosen", "sequences"),
    [
        ({}, [1, 2, 3, 4]),
        ({"types": ["OrderConfirmed", "CalledBack"]}, [3, 4]),
        ({"types": []}, []),
        ({"actorKinds": ["SYSTEM"]}, [2, 3]),
        ({"actorKinds": ["STAFF"], "customerVisible": True}, []),
        ({"customerVisible": False}, [4]),
        ({"staffId": "HER"}, [4]),
    ],
)
async def test_events_are_chosen_by_type_actor_and_who_sees_them(staff, staff_id, order_id, chosen, sequences):
    chosen = {name: global_id("stf", staff_id) if each == "HER" else each for name, each in chosen.items()}

    found = (await staff.staff(HISTORY.replace("STAFF", ""), id=order_id, filter=chosen))["order"]["history"]

    assert [node["sequence"] for node in found["nodes"]] == sequences
    assert found["totalCount"] == len(sequences)


@pytest.mark.parametrize("chosen", [{"staffId": "cus_1"}, {"types": ["OrderPlaced"] * 51}])
async def test_a_choice_that_cannot_be_is_refused(staff, order_id, chosen):
    answer = await staff.answer("/staff/graphql", HISTORY.replace("STAFF", ""), {"id": order_id, "filter": chosen})

    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_customers_see_what_is_theirs_to_see_whatever_they_choose(customer, order_id):
    found = (await customer.shop(HISTORY.replace("STAFF", ""), id=order_id))["order"]["history"]
    chosen = {"types": ["CalledBack"]}
    hidden = (await customer.shop(HISTORY.replace("STAFF", ""), id=order_id, filter=chosen))["order"]["history"]
    refused = await customer.answer("/graphql", HISTORY.replace("STAFF", "actorName"), {"id": order_id})

    assert [node["sequence"] for node in found["nodes"]] == [1, 2, 3]
    assert hidden == {"totalCount": 0, "nodes": []}
    assert refused["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


async def test_a_history_that_nobody_touched_is_as_it_was_written(staff, order_id):
    assert await staff.staff(VERIFY, id=order_id) == {
        "verifyOrderHistory": {"ok": True, "checked": 4, "firstBroken": None}
    }


@pytest.mark.parametrize(
    ("tampering", "first"),
    [
        ("UPDATE events SET data = jsonb_set(data, '{total}', '1') WHERE sequence = 1", 1),
        ("UPDATE events SET actor = jsonb_set(actor, '{kind}', '\"STAFF\"') WHERE sequence = 2", 2),
        ("UPDATE events SET at = at - interval '1 microsecond' WHERE sequence = 3", 3),
        ("UPDATE events SET customer_visible = NOT customer_visible WHERE sequence = 4", 4),
        ("UPDATE events SET ip = '192.0.2.1' WHERE sequence = 2", 2),
        ("UPDATE events SET hash = NULL WHERE sequence = 3", 3),
        ("DELETE FROM events WHERE sequence = 2", 2),
        ("DELETE FROM events", 1),
    ],
)
async def test_what_the_owner_of_the_database_changes_is_found(staff, order_id, connection, tampering, first):
    within = " AND " if "WHERE" in tampering else " WHERE "
    await connection.execute(f"{tampering}{within}entity = 'ORDER'")

    found = (await staff.staff(VERIFY, id=order_id))["verifyOrderHistory"]

    assert (found["ok"], found["firstBroken"]) == (False, first)


async def test_a_history_is_verified_for_those_who_see_the_order(api, connection, order_id, shop):
    other = await given.channel(connection, "us", is_default=False)
    elsewhere = await given.staff(connection, "READ_ORDERS", email="other@example.com", channel_ids=[other])
    stranger = api.as_(await given.staff_token(connection, elsewhere))

    assert await stranger.staff(VERIFY, id=order_id) == {"verifyOrderHistory": None}
    assert await stranger.staff(VERIFY, id="x") == {"verifyOrderHistory": None}
    refused = await api.allowed(Permission.STAFF_DESK).answer("/staff/graphql", VERIFY, {"id": order_id})
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"
