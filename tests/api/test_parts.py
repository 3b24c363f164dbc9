from commerce_api.schema.node import global_id
from tests import given
from tests.buying import rows

NODES = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"
DETAILS = """query($line: ID!, $group: ID!) {
  line: node(id: $line) { ... on OrderLine { name quantity total { amount } } }
  group: node(id: $group) { ... on OrderShipGroup { methodName lines { quantity } } } }"""


async def ids_of(database, **tables):
    return {
        prefix: [global_id(prefix, key) for (key,) in await rows(database, f"SELECT id FROM {table} ORDER BY id")]
        for prefix, table in tables.items()
    }


async def seen_by(client, ids, contract="shop"):
    wanted = [id_ for of_kind in ids.values() for id_ in of_kind]
    found = (await getattr(client, contract)(NODES, ids=wanted))["nodes"]
    assert [node["id"] for node in found if node] == [id_ for id_, node in zip(wanted, found, strict=True) if node]
    return [node and node["__typename"] for node in found]


async def test_the_parts_of_a_cart_are_seen_by_whoever_sees_the_cart(api, shop, database, connection):
    mine = await shop.cart((await shop.product("Kettle", price=1990), 2))
    ids = await ids_of(database, cln="cart_lines", csg="cart_ship_groups")
    staff = [
        api.as_(
            await given.staff_token(
                connection, await given.staff(connection, permission, email=f"{permission.lower()}@x")
            )
        )
        for permission in ("READ_CARTS", "READ_ORDERS")
    ]

    assert await seen_by(api.with_headers(x_cart_token=mine[1]), ids) == ["CartLine", "CartShipGroup"]
    assert await seen_by(api, ids) == [None, None]
    assert [await seen_by(client, ids, "staff") for client in staff] == [["CartLine", "CartShipGroup"], [None, None]]


async def test_the_parts_of_an_order_are_seen_by_whoever_sees_the_order(api, shop, database, connection, clock):
    cart = await shop.cart((await shop.product("Kettle", price=1990), 2))
    await shop.place(clock, cart)
    ids = await ids_of(database, oln="order_lines", osg="order_ship_groups", pay="payments", txn="payment_transactions")
    owner = api.with_headers(x_cart_token=cart[1])
    staff = {
        names: api.as_(
            await given.staff_token(connection, await given.staff(connection, *names, email=f"{len(names)}@x"))
        )
        for names in (("READ_ORDERS",), ("READ_ORDERS", "READ_PAYMENTS"), ("READ_PAYMENTS", "READ_CARTS", "READ_STOCK"))
    }

    assert await seen_by(owner, ids) == ["OrderLine", "OrderShipGroup", "Payment", None]
    assert await seen_by(api, ids) == [None] * 4
    assert [await seen_by(client, ids, "staff") for client in staff.values()] == [
        ["OrderLine", "OrderShipGroup", "Payment", None],
        ["OrderLine", "OrderShipGroup", "Payment", "PaymentTransaction"],
        [None] * 4,
    ]
    assert await owner.shop(DETAILS, line=ids["oln"][0], group=ids["osg"][0]) == {
        "line": {"name": "Kettle", "quantity": 2, "total": {"amount": "39.80"}},
        "group": {"methodName": "Post", "lines": [{"quantity": 2}]},
    }


async def test_many_parts_cost_no_more_than_one(api, shop, database, connection, clock, statements):
    kettle = await shop.product("Kettle", stock=9)
    for _ in range(3):
        await shop.place(clock, await shop.cart((kettle, 1)))
    lines = (await ids_of(database, oln="order_lines"))["oln"]
    staff = api.as_(await given.staff_token(connection, await given.staff(connection, "READ_ORDERS")))
    await seen_by(staff, {"oln": lines[:1]}, "staff")

    assert await statements.of(seen_by(staff, {"oln": lines}, "staff")) == ["OrderLine"] * 3
    assert len(statements) == 1 + 3  # who asks; whose lines, these orders, their lines


async def test_a_kept_card_is_its_owners(api, shop, connection):
    ada = await given.customer(connection, channel_id=shop.channel_id)
    eve = await given.customer(connection, "eve@example.com", channel_id=shop.channel_id)
    values = {"customer_id": ada, "card_token": await shop.card(), "created_at": given.EARLIER}
    kept = {"pmt": [global_id("pmt", await given.insert(connection, given.cards.payment_methods, **values))]}
    hers, other = [api.as_(await given.customer_token(connection, one)) for one in (ada, eve)]
    reader = api.as_(await given.staff_token(connection, await given.staff(connection, "READ_PAYMENTS")))

    assert await seen_by(hers, kept) == ["PaymentMethod"]
    assert await seen_by(other, kept) == await seen_by(api, kept) == [None]
    assert await seen_by(reader, kept, "staff") == ["PaymentMethod"]


async def test_a_closed_channel_is_there_for_staff_only(api, shop, connection):
    closed = await given.channel(connection, "closed", is_default=False, active=False)
    both = {"chn": [global_id("chn", shop.channel_id), global_id("chn", closed)]}
    staff = api.as_(await given.staff_token(connection, await given.staff(connection)))

    assert await seen_by(api, both) == ["Channel", None]
    assert await seen_by(staff, both, "staff") == ["Channel", "Channel"]
