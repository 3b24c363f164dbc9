"""Saved carts that customer and staff share, and links that hand a cart over (S2-23)."""

import re
from datetime import timedelta

import pytest

from commerce_api.adapters.ids import new_id
from commerce_api.schema.node import global_id
from tests import given
from tests.api.mails import latest_text
from tests.buying import Shop, rows
from tests.desk import Desk, cus

SHARE = """mutation($input: ShareCartInput!) { shareCart(input: $input) {
  token cart { id } errors { code path } } }"""
OPEN = """mutation($input: OpenSharedCartInput!) { openSharedCart(input: $input) {
  token cart { id } errors { code path } } }"""
SAVE = """mutation($input: SaveCartInput!) { saveCart(input: $input) { cart { name status } errors { code } } }"""
ACTIVATE = """mutation($input: PlainCartInput!) { activateCart(input: $input) {
  cart { status changesSinceLastView { kind before { amount } after { amount } } } errors { code } } }"""


@pytest.fixture
async def desk(api, database):
    return Desk(api, await Shop.open(database))


async def shared(client, address, cart_id, **input):
    ask = getattr(client, address)
    return (await ask(SHARE, input={"cartId": global_id("crt", cart_id), **input}))["shareCart"]


async def opened(client, token):
    return (await client.shop(OPEN, input={"token": token}))["openSharedCart"]


async def begun(client):
    """A guest's cart with one kettle, as a client makes it."""
    made = """mutation($input: CreateCartInput!) { createCart(input: $input) { token cart { id } } }"""
    return (await client.staff(made, input={"email": "bob@example.com"}))["createCart"]


async def test_staff_and_customer_see_the_same_saved_carts_and_what_changed_meanwhile(desk, connection):
    clerk, ada = await desk.member("ACT_FOR_CUSTOMERS", "READ_CARTS", "FIND_CUSTOMERS"), await desk.customer()
    kettle = await desk.shop.product("Kettle", price=1990)
    first, second = [(await desk.shop.cart((kettle, n), customer_id=ada))[0] for n in (1, 2)]
    for cart_id, name in ((first, "Office"), (second, "Home")):
        said = {"cartId": global_id("crt", cart_id), "name": name}
        assert (await clerk.staff(SAVE, input=said))["saveCart"]["cart"] == {"name": name, "status": "SAVED"}
    await connection.execute("UPDATE cart_lines SET seen_unit_price = 1990")
    await connection.execute("UPDATE prices SET amount = 2490")
    customer = await desk.signed_in(ada)

    query = "{ savedCarts(first: 5) { nodes { id name } } }"
    theirs = (await customer.shop(f"{{ me {query} }}"))["me"]
    seen = (await clerk.staff(f"query($id: ID!) {{ customer(id: $id) {query} }}", id=cus(ada)))["customer"]
    activated = (await customer.shop(ACTIVATE, input={"cartId": global_id("crt", first)}))["activateCart"]["cart"]

    assert theirs == seen
    assert {cart["name"] for cart in seen["savedCarts"]["nodes"]} == {"Office", "Home"}
    change = {"kind": "PRICE_INCREASED", "before": {"amount": "19.90"}, "after": {"amount": "24.90"}}
    assert activated == {"status": "ACTIVE", "changesSinceLastView": [change]}
    told = [event for event in await desk.events() if event[0] == "CartPutAside"]
    assert told == [("CartPutAside", "STAFF", str(clerk.staff_id), str(ada))] * 2


async def test_a_link_opens_a_guests_cart_for_whoever_has_it_until_it_ends(desk, clock):
    clerk = await desk.clerk()
    cart = await begun(clerk)

    link = (await clerk.staff(SHARE, input={"cartId": cart["cart"]["id"], "days": 2}))["shareCart"]
    payload = await opened(desk.api, link["token"])
    continued = await desk.api.with_headers(x_cart_token=payload["token"]).shop("{ cart { id } }")
    clock.advance(timedelta(days=2))
    late = await opened(desk.api, link["token"])

    assert (link["cart"], link["errors"]) == (cart["cart"], [])
    assert payload == {**cart, "errors": []}
    assert continued == {"cart": cart["cart"]}
    assert late == {"token": None, "cart": None, "errors": [{"code": "CART_LINK_INVALID", "path": ["token"]}]}
    assert [event[:2] for event in await desk.events()][-2:] == [("CartShared", "STAFF"), ("CartOpened", "GUEST")]


async def test_a_customers_cart_opens_for_the_customer_only(desk):
    clerk, ada = await desk.clerk(), await desk.customer()
    eve = await desk.signed_in(await desk.customer("eve@example.com"))
    cart_id, _ = await desk.shop.cart((await desk.shop.product("Kettle"), 1), customer_id=ada)
    token = (await shared(clerk, "staff", cart_id))["token"]

    for stranger in (desk.api, eve):
        refused = await opened(stranger, token)
        assert refused == {"token": None, "cart": None, "errors": [{"code": "CART_NEEDS_SIGN_IN", "path": ["token"]}]}
    mine = await opened(await desk.signed_in(ada), token)
    assert mine == {"token": None, "cart": {"id": global_id("crt", cart_id)}, "errors": []}


async def test_staff_have_a_link_mailed_and_never_see_it(desk, services, work):
    clerk = await desk.clerk()
    cart = await begun(clerk)

    payload = (await clerk.staff(SHARE, input={"cartId": cart["cart"]["id"], "byMail": True}))["shareCart"]
    await work()
    [token] = re.findall(r"mail_[\w-]{43}", await latest_text(services, "CART_SHARED"))

    assert payload == {"token": None, "cart": cart["cart"], "errors": []}
    assert await opened(desk.api, token) == {**cart, "errors": []}


async def test_there_has_to_be_somebody_to_write_to(desk):
    cart_id, _ = await desk.shop.cart((await desk.shop.product("Kettle"), 1), email="")

    payload = await shared(await desk.clerk(), "staff", cart_id, byMail=True)

    assert payload["errors"] == [{"code": "NOBODY_TO_WRITE_TO", "path": ["byMail"]}]
    assert await rows(desk.shop.database, "SELECT topic FROM outbox") == []


@pytest.mark.parametrize("days", [0, 31])
async def test_a_link_is_good_for_a_month_at_most(desk, days):
    cart_id, _ = await desk.shop.cart((await desk.shop.product("Kettle"), 1))

    payload = await shared(await desk.clerk(), "staff", cart_id, days=days)

    assert payload["errors"] == [{"code": "INVALID_VALUE", "path": ["days"]}]
    assert await desk.events() == []


async def test_a_repeated_request_gets_the_same_link(desk, work):
    clerk = await desk.clerk()
    cart_id, _ = await desk.shop.cart((await desk.shop.product("Kettle"), 1))

    first, again = [await shared(clerk, "staff", cart_id, idempotencyKey="k") for _ in range(2)]
    mailed = [await shared(clerk, "staff", cart_id, byMail=True, idempotencyKey="m") for _ in range(2)]

    assert first == again
    assert mailed[0] == mailed[1]
    assert await rows(desk.shop.database, "SELECT count(*) FROM outbox") == [(1,)]
    assert await rows(desk.shop.database, "SELECT count(*) FROM one_time_tokens") == [(1,)]


async def test_who_may_not_see_a_cart_makes_no_link_to_it(desk, api):
    cart_id, _ = await desk.shop.cart((await desk.shop.product("Kettle"), 1))

    foreign = await shared(api, "shop", cart_id)
    nothing = await shared(await desk.clerk(), "staff", new_id())
    stale = await shared(await desk.clerk("hop@example.com"), "staff", cart_id, expectedRevision=9)

    assert foreign["errors"] == nothing["errors"] == [{"code": "NOT_FOUND", "path": ["cartId"]}]
    assert stale["errors"] == [{"code": "STALE_REVISION", "path": ["expectedRevision"]}]
    member = await desk.member("READ_CARTS", email="eve@example.com")
    assert await member.error_codes("/staff/graphql", SHARE) == ["FORBIDDEN"]
    assert await desk.events() == []


async def test_what_a_customer_ordered_lately_is_told_once_for_each_variant(desk, connection, statements):
    ada = await desk.customer()
    kettle, mug = await desk.shop.product("Kettle"), await desk.shop.product("Mug")
    days = [given.EARLIER + timedelta(days=n) for n in range(4)]
    for number, (variant_id, at, state) in enumerate(
        [
            (kettle, days[0], "CONFIRMED"),
            (mug, days[1], "CONFIRMED"),
            (kettle, days[2], "SHIPPED"),
            (mug, days[3], "CANCELED"),
        ]
    ):
        said = {"number": f"E10000{number}-0", "customer_id": ada, "placed_at": at, "state": state}
        await given.bare_order(connection, desk.shop.channel_id, variant_id, **said)
    customer = await desk.signed_in(ada)
    query = "{ me { recentlyOrdered { variantId orderedAt unitPrice { amount } quantity } } }"

    found = (await customer.shop(query))["me"]["recentlyOrdered"]

    assert found == [
        {
            "variantId": global_id("var", variant_id),
            "orderedAt": f"{at:%Y-%m-%dT%H:%M:%SZ}",
            "unitPrice": {"amount": "10.00"},
            "quantity": 1,
        }
        for variant_id, at in ((kettle, days[2]), (mug, days[1]))
    ]
    finder = await desk.member("FIND_CUSTOMERS", "READ_ORDERS")
    seen = await statements.of(finder.staff("{ customers { nodes { recentlyOrdered { variantId } } } }"))
    assert [len(node["recentlyOrdered"]) for node in seen["customers"]["nodes"]] == [2]
    alone = await desk.member("FIND_CUSTOMERS", email="hop@example.com")
    hidden = await alone.staff("{ customers { nodes { recentlyOrdered { variantId } } } }")
    assert [node["recentlyOrdered"] for node in hidden["customers"]["nodes"]] == [[]]
