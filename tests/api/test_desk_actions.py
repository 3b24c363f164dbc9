"""What staff can do with an order now is answered by the rules that decide (K14); lists of orders tell who works on them."""

import pytest

from commerce_api.operations.payments import advance
from tests import given
from tests.api.editing import EditDesk
from tests.buying import Shop, rows

ACTIONS = """query ($id: ID!) { order(id: $id) {
  deskActions { action allowed blockers { code } } version(number: 1) { deskActions { action } } } }"""
LIST = """query { orders(first: 10) { nodes { number
  edit { ownerName state charge { amount { amount } } } deskActions { action allowed } } } }"""
ALL = ("READ_ORDERS", "EDIT_ORDERS", "BLOCK_ORDERS", "COMMENT_ON_ORDERS")


@pytest.fixture
async def shop(database):
    return await Shop.open(database)


@pytest.fixture
async def kettle(shop):
    return await shop.product("Kettle", variants=[{"sku": "KETTLE", "price": 1190, "stock": 5}])


@pytest.fixture
async def orders(shop, kettle, clock, services):
    placed = [await shop.place(clock, await shop.cart((kettle, 1))) for _ in range(2)]
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


async def test_what_staff_can_do_is_what_the_rules_and_their_permissions_say(hire, orders, database):
    grace, ada = await hire("Grace", orders[0], *ALL), await hire("Ada", orders[0], "READ_ORDERS", "EDIT_ORDERS")
    free = await told(grace), await told(ada)
    await grace.begin()
    taken = await told(grace), await told(ada)
    await rows(database, "UPDATE orders SET state = 'CANCELED' RETURNING 1")
    over = await told(grace)

    assert free == (
        {"EDIT": [], "BLOCK": [], "COMMENT": []},
        {"EDIT": [], "BLOCK": ["FORBIDDEN"], "COMMENT": ["FORBIDDEN"]},
    )
    assert taken == (free[0], {**free[1], "EDIT": ["EDIT_LOCKED"]})
    assert over == {"EDIT": ["ORDER_NOT_EDITABLE"], "BLOCK": ["ORDER_IS_OVER"], "COMMENT": []}


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
    assert [node["deskActions"][0] for node in both] == [
        {"action": "EDIT", "allowed": False},
        {"action": "EDIT", "allowed": True},
    ]
    assert (for_one, len(statements)) == (5, 5)
