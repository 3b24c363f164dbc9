"""What becomes of an order is told by mail as its customer prefers, or this once as the agent wants it (S2-08)."""

import pytest

from commerce_api.domain.permissions import Permission
from commerce_api.schema.node import global_id
from tests import given
from tests.buying import rows

PLACE = """mutation($input: PlaceOrderInput!) { placeOrder(input: $input) {
  order { number } errors { code path } } }"""
PREFER = """mutation($input: UpdateProfileInput!) { updateProfile(input: $input) {
  customer { orderMail } errors { code } } }"""


@pytest.fixture
def agent(api):
    return api.allowed(
        Permission.ACT_FOR_CUSTOMERS, Permission.OVERRIDE_NOTIFICATIONS, Permission.READ_ORDERS, Permission.READ_CARTS
    )


@pytest.fixture
async def ada(shop, connection):
    return await given.customer(connection, channel_id=shop.channel_id)


@pytest.fixture
def place(shop, clock):
    async def placing(client, customer_id=None, **notify):
        cart_id, token = await shop.cart((await shop.product(stock=9), 1), customer_id=customer_id)
        by = client.with_headers(x_cart_token=token)
        summary = "query($id: ID!) { checkoutSummary(cartId: $id) { summaryToken } }"
        seen = (await by.staff(summary, id=global_id("crt", cart_id)))["checkoutSummary"]["summaryToken"]
        made = {"cartId": global_id("crt", cart_id), "summaryToken": seen, "idempotencyKey": str(cart_id)}
        return (await by.staff(PLACE, input=made | ({"notify": notify} if notify else {})))["placeOrder"]

    return placing


async def mailed(database):
    to_whom = "SELECT recipient FROM mails WHERE kind = 'ORDER_CONFIRMATION' ORDER BY recipient"
    return [to for (to,) in await rows(database, to_whom)]


async def test_once_it_is_sent_or_held_back_and_what_is_preferred_stays(
    agent, api, ada, place, work, database, connection
):
    own = api.as_(await given.customer_token(connection, ada))
    assert (await own.shop(PREFER, input={"orderMail": False}))["updateProfile"] == {
        "customer": {"orderMail": False},
        "errors": [],
    }

    await place(agent, ada)
    await work()
    assert await mailed(database) == []
    await place(agent, ada, email="SEND")
    await work()
    assert await mailed(database) == ["ada@example.com"]
    await place(agent, ada, email="SEND", to="Bob@example.com")
    await work()
    assert await mailed(database) == ["ada@example.com", "bob@example.com"]
    assert (await own.shop("{ me { orderMail } }"))["me"] == {"orderMail": False}
    overridden = "SELECT actor ->> 'kind', data ->> 'mail', data ->> 'email', data ->> 'to' FROM events WHERE type = 'NotifyOverridden'"
    assert await rows(database, overridden) == [("STAFF", "ORDER_CONFIRMATION", "SEND", None)] * 2


async def test_whoever_prefers_mail_gets_it_unless_it_is_held_back(agent, ada, place, work, database):
    await place(agent, ada, email="SUPPRESS")
    await work()
    assert await mailed(database) == []
    await place(agent, ada)
    await work()
    assert await mailed(database) == ["ada@example.com"]


async def test_what_registered_customers_have_to_get_is_not_held_back(agent, ada, place, work, database, connection):
    await connection.execute("UPDATE channels SET required_mails = '{ORDER_CONFIRMATION}'")
    await connection.execute("UPDATE customers SET order_mail = false")
    orders = await rows(database, "SELECT count(*) FROM orders")

    refused = await place(agent, ada, email="SUPPRESS")

    assert refused == {"order": None, "errors": [{"code": "MAIL_REQUIRED", "path": ["notify", "email"]}]}
    assert await rows(database, "SELECT count(*) FROM orders") == orders
    await place(agent, ada)
    await work()
    assert await mailed(database) == ["ada@example.com"]


async def test_an_address_that_is_none_or_that_nothing_goes_to_is_refused(agent, ada, place):
    wrong = [{"code": "INVALID_VALUE", "path": ["notify", "to"]}]

    assert (await place(agent, ada, to="nowhere"))["errors"] == wrong
    assert (await place(agent, ada, email="SUPPRESS", to="bob@example.com"))["errors"] == wrong


async def test_who_may_not_override_is_forbidden_to(api, shop, ada, connection, clock):
    clerk = api.allowed(Permission.ACT_FOR_CUSTOMERS, Permission.READ_CARTS)
    asked = {"input": {"cartId": "x", "summaryToken": "x", "idempotencyKey": "k", "notify": {"email": "SUPPRESS"}}}

    assert set(await clerk.error_codes("/staff/graphql", PLACE, asked)) == {"FORBIDDEN"}
    in_shop = await api.answer("/graphql", PLACE, asked)
    assert "data" not in in_shop
    assert await connection.fetchval("SELECT count(*) FROM orders") == 0


async def test_who_may_override_elsewhere_only_is_refused(api, shop, ada, place, connection, database):
    us = await given.channel(connection, "us", is_default=False)
    staff_id = await given.staff(connection, "ACT_FOR_CUSTOMERS", "READ_CARTS", "READ_ORDERS")
    role_id = await given.role(connection, "overriders", "OVERRIDE_NOTIFICATIONS")
    await given.insert(connection, given.identity.staff_roles, staff_id=staff_id, role_id=role_id, channel_ids=[us])
    half = api.as_(await given.staff_token(connection, staff_id))

    refused = await place(half, ada, email="SUPPRESS")

    assert refused == {"order": None, "errors": [{"code": "FORBIDDEN", "path": ["notify"]}]}
    assert await rows(database, "SELECT count(*) FROM orders") == [(0,)]
