"""What staff can do with an order now is answered by the rules that decide (K14); lists of orders tell who works on them."""

import pytest

from commerce_api.operations.payments import advance
from tests import given
from tests.api.editing import EditDesk
from tests.buying import rows

ACTIONS = """query ($id: ID!) { order(id: $id) {
  deskActions { action allowed blockers { code } } version(number: 1) { deskActions { action } } } }"""
LIST = """query { orders(first: 10) { nodes { number
  edit { ownerName state charge { amount { amount } } } deskActions { action allowed } } } }"""
ALL = (
    *("READ_ORDERS", "EDIT_ORDERS", "BLOCK_ORDERS", "COMMENT_ON_ORDERS", "TAKE_OVER_EDITS", "RESOLVE_BLOCKS"),
    *("RECORD_PAYMENTS", "AUTHOR_QUOTES"),
)


@pytest.fixture
async def kettle(shop):
    return await shop.product("Kettle", variants=[{"sku": "KETTLE", "price": 1190, "stock": 9}])


@pytest.fixture
async def orders(shop, kettle, clock, services):
    placed = [await shop.place(clock, await shop.cart((kettle, 2))) for _ in range(2)]
    return [await advance(services.desk, order.id, "r") for order in placed]


@pytest.fixture
def hire(api, connection):
    async def hire(name, order, *permissions):
        staff_id = await given.staff(connection, *permissions, name=name, email=f"{name.lower()}@shop.test")
        return EditDesk(api.as_(await given.staff_token(connection, staff_id)), order.id)

    return hire


async def told(desk):
    found = (await desk.api.staff(ACTIONS, id=desk.order_id))["order"]
    assert found["version"]["deskActions"] == []
    return {each["action"]: [blocker["code"] for blocker in each["blockers"]] for each in found["deskActions"]}


NOTHING_TO_DO = {
    "REVIEW": ["NOTHING_TO_REVIEW"],
    "TAKE_OVER_EDIT": ["NOBODY_EDITS"],
    "RECORD_REFUND": ["NOTHING_TO_REFUND"],
    "REVERSE_PAYMENT": ["NOT_RECORDED_BY_HAND"],
}
FREE = {action: [] for action in ("BLOCK", "SPLIT", "RECORD_PAYMENT", "QUOTE")} | NOTHING_TO_DO


async def test_what_staff_can_do_is_what_the_rules_and_their_permissions_say(hire, orders, database):
    grace, ada = await hire("Grace", orders[0], *ALL), await hire("Ada", orders[0], "READ_ORDERS", "EDIT_ORDERS")
    free = await told(grace), await told(ada)
    await grace.begin()
    taken = await told(grace), await told(ada)
    await rows(database, "UPDATE orders SET state = 'CANCELED' RETURNING 1")
    over = await told(grace)

    mine = {"SPLIT": []}
    assert free == (FREE, {**{action: ["FORBIDDEN"] for action in FREE}, **mine})
    assert taken == (
        {**FREE, "SPLIT": ["EDIT_LOCKED"], "TAKE_OVER_EDIT": []},
        {**free[1], "SPLIT": ["EDIT_LOCKED"]},
    )
    assert over == {
        **FREE,
        "BLOCK": ["ORDER_IS_OVER"],
        "SPLIT": ["ORDER_NOT_SPLITTABLE"],
        "TAKE_OVER_EDIT": ["ORDER_NOT_EDITABLE"],
    }


DOING = {
    "EDIT": "beginOrderEdit(input: {orderId: $id})",
    "SET_SHIPPING_POLICY": "setShippingPolicy(input: {orderId: $id, shippingPolicy: AS_AVAILABLE})",
    "COMMENT": 'addOrderComment(input: {orderId: $id, body: "Rang"})',
    "CLONE": "cloneOrder(input: {orderId: $id})",
    "CANCEL": 'cancelOrder(input: {orderId: $id, reasonCode: "OTHER"})',
    "BLOCK": 'blockOrder(input: {orderId: $id, reasonCode: "OTHER", comment: "Look"})',
    "REVIEW": 'reviewOrder(input: {orderId: $id, decision: PASS, note: "Fine"})',
    "SPLIT": "splitOrder(input: {orderId: $id, lines: [{lineId: $line, quantity: 1}]})",
    "SET_ATTRIBUTES": "setOrderAttributes(input: {orderId: $id, priority: HIGH})",
    "QUOTE": "cloneOrder(input: {orderId: $id, into: QUOTE})",
}
WHOLE = "query ($id: ID!) { order(id: $id) { lines { id } allowedActions { ...A } deskActions { ...D } } }"
TOLD = """ fragment A on OrderActionAllowed { action allowed blockers { code } }
  fragment D on OrderDeskActionAllowed { action allowed blockers { code } }"""
SITUATIONS = {
    "free": "SELECT 1",
    "unpaid": "UPDATE orders SET state = 'PAYMENT_REJECTED' RETURNING 1",
    "over": "UPDATE orders SET state = 'CANCELED' RETURNING 1",
    "on its way": "UPDATE orders SET state = 'IN_FULFILLMENT' RETURNING 1",
    "unwanted": "UPDATE customers SET assistance_allowed = false RETURNING 1",
}


@pytest.mark.parametrize("situation", SITUATIONS)
async def test_what_is_said_to_be_possible_is_done_and_all_else_refused_for_what_was_said(
    hire, orders, database, connection, shop, situation
):
    await given.cancel_reasons(connection)
    await given.block_reason(connection, "OTHER")
    customer = await given.customer(connection, channel_id=shop.channel_id)
    await rows(database, "UPDATE orders SET customer_id = $1 RETURNING 1", customer)
    await rows(database, SITUATIONS[situation])
    grace = await hire("Grace", orders[1], *ALL, "ACT_FOR_CUSTOMERS", "CANCEL_ORDERS")
    seen = (await grace.api.staff(WHOLE + TOLD, id=grace.order_id))["order"]
    told = {each["action"]: each for each in (*seen["allowedActions"], *seen["deskActions"])}

    for action, mutation in DOING.items():
        line = {"line": seen["lines"][0]["id"]} if "$line" in mutation else {}
        names = "$id: ID!, $line: ID!" if line else "$id: ID!"
        aside = connection.transaction()
        await aside.start()
        document = f"mutation ({names}) {{ done: {mutation} {{ errors {{ code }} }} }}"
        done = (await grace.api.staff(document, id=grace.order_id, **line))["done"]
        await aside.rollback()

        assert told[action]["allowed"] == (told[action]["blockers"] == [])
        assert (action, done["errors"]) == (action, told[action]["blockers"])


async def test_a_list_tells_who_edits_at_the_same_cost_for_one_order_and_for_more(hire, orders, statements):
    desks = [await hire(name, order, *ALL) for name, order in zip(("Grace", "Ada"), orders, strict=True)]
    await desks[0].begin()
    await desks[0].api.staff(LIST)

    statements.clear()
    one = (await desks[0].api.staff(LIST))["orders"]["nodes"]
    for_one = len(statements)
    await desks[1].begin()
    statements.clear()
    both = (await desks[0].api.staff(LIST))["orders"]["nodes"]

    assert [node["edit"] and node["edit"]["ownerName"] for node in one] == [None, "Grace"]
    assert [node["edit"]["ownerName"] for node in both] == ["Ada", "Grace"]
    split = [each["allowed"] for node in both for each in node["deskActions"] if each["action"] == "SPLIT"]
    assert split == [False, False]
    assert (for_one, len(statements)) == (6, 6)
