"""Who of the staff has read an order is in its history, where the channel wants to know (S2-26)."""

import pytest

from commerce_api.schema.node import global_id
from tests import given
from tests.buying import Shop, rows

READ = """query($id: ID!, $number: String!) { byId: order(id: $id) { revision } byNumber: order(number: $number) { number }
  node(id: $id) { id } nodes(ids: [$id]) { id } }"""
HISTORY = """query($id: ID!) { orders(first: 1) { nodes { history(filter: {types: ["OrderRead"]}) {
  nodes { actor text } } } } verifyOrderHistory(orderId: $id) { intact } }"""
READS = "SELECT actor->>'kind', customer_visible FROM events WHERE type = 'OrderRead'"


@pytest.fixture
def ask(api, database, clock, connection):
    async def ask(**channel):
        shop = await Shop.open(database, **channel)
        cart = await shop.cart((await shop.product(), 1))
        order = await shop.place(clock, cart)
        staff_id = await given.staff(connection, "READ_ORDERS", name="Grace")
        which = {"id": global_id("ord", order.id), "number": order.number}
        seen = await api.as_(await given.staff_token(connection, staff_id)).staff(READ, **which)
        await api.with_headers(x_cart_token=cart[1]).shop(READ, **which)
        return seen

    return ask


async def test_each_reading_by_staff_is_told_and_changes_nothing(ask, database):
    seen = await ask(order_reads_logged=True)

    assert seen["byId"] == {"revision": 1}
    assert await rows(database, READS) == [("STAFF", False)] * 4


async def test_nothing_is_told_where_nobody_wants_to_know(ask, database):
    await ask()

    assert await rows(database, READS) == []
