"""Who of the staff has read an order is in its history, where the channel wants to know (S2-26)."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from commerce_api.schema.node import global_id
from tests import given
from tests.buying import Shop, rows

ROW = "number state statusText placedAt totals { total { amount } } customerId tags blocked allowedActions { action }"
READS = (
    "SELECT order_number, actor->>'id', actor->>'kind', customer_visible FROM (SELECT o.number AS order_number, e.* "
)
READS += "FROM events e JOIN orders o ON o.id = e.entity_id WHERE e.type = 'OrderRead' ORDER BY e.position) AS told"


@pytest.fixture
async def shop(database):
    return await Shop.open(database, order_reads_logged=True)


@pytest.fixture
async def desk(api, shop, clock, connection):
    """Two orders of a customer, one of them blocked and edited, and somebody who may see them."""
    customer_id = await given.customer(connection, channel_id=shop.channel_id)
    kettle = await shop.product(stock=9)
    orders = [await shop.place(clock, await shop.cart((kettle, 1))) for _ in range(2)]
    await rows(shop.database, "UPDATE orders SET customer_id = $1, state = 'CONFIRMED' RETURNING 1", customer_id)
    await given.block(connection, orders[0].id)
    permissions = ("READ_ORDERS", "EDIT_ORDERS", "FIND_CUSTOMERS", "READ_CUSTOMERS", "ACT_FOR_CUSTOMERS")
    staff_id = await given.staff(connection, *permissions, name="Grace")
    client = api.as_(await given.staff_token(connection, staff_id))
    return SimpleNamespace(
        client=client, staff_id=staff_id, customer_id=customer_id, orders=orders, id=global_id("ord", orders[0].id)
    )


def told(desk, *orders):
    return [(order.number, str(desk.staff_id), "STAFF", False) for order in orders]


async def line_of(desk, database):
    return (await rows(database, "SELECT id FROM order_lines WHERE order_id = $1", desk.orders[0].id))[0][0]


WAYS = {
    "by id": "order(id: $id) { email }",
    "by number": "order(number: $number) { lines { name } }",
    "as a node": "node(id: $id) { ... on Order { billingAddress { city } } }",
    "among nodes": "nodes(ids: [$id]) { ... on Order { note } }",
    "from its customer": "customer(id: $customer) { orders(last: 1) { nodes { shipGroups { address { city } } } } }",
    "from a block": "blocks(first: 1) { nodes { order { history { nodes { type } } } } }",
    "in a list that shows all of it": "orders(sort: OLDEST, first: 1) { nodes { phone } }",
    "as it was": "order(id: $id) { version(number: 1) { payments { id } } }",
    "by one of its lines": "node(id: $line) { ... on OrderLine { name } }",
    "by what there is to pay": "orderPayment(orderId: $id) { due { amount } }",
}


@pytest.mark.parametrize("way", WAYS)
async def test_an_order_is_read_by_whichever_way_it_was_come_to(desk, database, way):
    values = {"id": desk.id, "number": desk.orders[0].number, "customer": global_id("cus", desk.customer_id)}
    values["line"] = global_id("oln", await line_of(desk, database))
    asked = {name: value for name, value in values.items() if f"${name}" in WAYS[way]}
    heads = ", ".join(f"${name}: {'String' if name == 'number' else 'ID'}!" for name in asked)

    await desk.client.staff(f"query({heads}) {{ {WAYS[way]} }}" if heads else f"{{ {WAYS[way]} }}", **asked)

    assert await rows(database, READS) == told(desk, desk.orders[0])
    check = "query($id: ID!) { verifyOrderHistory(orderId: $id) { ok } }"
    assert (await desk.client.staff(check, id=desk.id))["verifyOrderHistory"] == {"ok": True}
    assert await rows(database, "SELECT DISTINCT revision FROM orders") == [(1,)]


async def test_a_row_of_a_list_is_no_reading(desk, database):
    document = f"""query($id: ID!, $customer: ID!) {{
      orders {{ nodes {{ {ROW} }} }} order(id: $id) {{ {ROW} clones {{ id }} customer {{ lastName }} }}
      customer(id: $customer) {{ orders {{ nodes {{ {ROW} }} }} }} blocks {{ nodes {{ order {{ {ROW} }} }} }} }}"""

    await desk.client.staff(document, id=desk.id, customer=global_id("cus", desk.customer_id))

    assert await rows(database, READS) == []


async def test_each_order_of_a_page_is_told_at_the_cost_of_one(desk, database, statements):
    query = "query($n: Int!) { orders(sort: OLDEST, first: $n) { nodes { email lines { sku } } } }"
    await desk.client.staff(query, n=1)
    statements.clear()
    await desk.client.staff(query, n=1)
    told_already = len(statements)
    statements.clear()

    await desk.client.staff(query, n=2)

    assert await rows(database, READS) == told(desk, *desk.orders)
    assert len(statements) == told_already + 2


async def test_the_same_reader_is_told_again_after_a_while(desk, database, clock):
    ask = "query($id: ID!) { order(id: $id) { email } }"

    await desk.client.staff(ask, id=desk.id)
    clock.advance(timedelta(minutes=14, seconds=59))
    await desk.client.staff(ask, id=desk.id)
    once = await rows(database, READS)
    clock.advance(timedelta(seconds=1))
    await desk.client.staff(ask, id=desk.id)

    assert once == told(desk, desk.orders[0])
    assert await rows(database, READS) == told(desk, *[desk.orders[0]] * 2)


async def test_what_an_edit_would_change_and_what_a_mutation_answers_is_read_too(desk, database, api, connection):
    begin = "mutation($input: BeginOrderEditInput!) { beginOrderEdit(input: $input) { edit { id } } }"
    await desk.client.staff(begin, input={"orderId": desk.id})
    begun = await rows(database, READS)
    ruth = await given.staff(connection, "READ_ORDERS", "EDIT_ORDERS", email="r@x.test", name="Ruth")
    preview = "query($id: ID!) { order(id: $id) { edit { preview { changes { label } } } } }"
    nothing = "mutation($input: SetOrderAttributesInput!) { setOrderAttributes(input: $input) { order { email } } }"

    await api.as_(await given.staff_token(connection, ruth)).staff(preview, id=desk.id)
    await desk.client.staff(nothing, input={"orderId": desk.id})

    assert begun == []
    assert [row[1] for row in await rows(database, READS)] == [str(ruth), str(desk.staff_id)]


async def test_customers_read_what_is_theirs_untold_and_staff_in_their_name_are_told(desk, database, api, connection):
    ask = "{ me { orders { nodes { email } } } }"
    begin = "mutation($input: StartAssistedSessionInput!) { startAssistedSession(input: $input) { token } }"
    await api.as_(await given.customer_token(connection, desk.customer_id)).shop(ask)
    untold = await rows(database, READS)
    why = {"source": "PHONE", "reason": "Cannot find the kettle"}

    begun = await desk.client.staff(begin, input={**why, "customerId": global_id("cus", desk.customer_id)})
    await api.as_(begun["startAssistedSession"]["token"]).shop(ask)

    assert untold == []
    assert sorted(await rows(database, READS)) == sorted(told(desk, *desk.orders))


async def test_nothing_is_told_where_nobody_wants_to_know(desk, database):
    await rows(database, "UPDATE channels SET order_reads_logged = false RETURNING 1")

    await desk.client.staff("query($id: ID!) { order(id: $id) { email } }", id=desk.id)

    assert await rows(database, READS) == []


async def test_what_nobody_was_shown_nobody_has_read(desk, database, api, connection):
    elsewhere = await given.channel(connection, code="elsewhere", is_default=False)
    stranger = await given.staff(connection, "READ_ORDERS", email="s@x.test", channel_ids=[elsewhere])
    ask = "query($id: ID!) { order(id: $id) { email } node(id: $id) { id } }"

    seen = await api.as_(await given.staff_token(connection, stranger)).staff(ask, id=desk.id)

    assert seen == {"order": None, "node": None}
    assert await rows(database, READS) == []


async def test_nobody_is_shown_what_cannot_be_told(desk, connection):
    await connection.execute("ALTER TABLE events ADD CONSTRAINT no_more CHECK (type <> 'OrderRead') NOT VALID")

    answer = await desk.client.answer("/staff/graphql", "query($id: ID!) { order(id: $id) { email } }", {"id": desk.id})

    assert [error["extensions"]["code"] for error in answer["errors"]] == ["INTERNAL"]
    assert "data" not in answer
