"""A line tells that its price was changed: staff by whom and why, shoppers what it was (S2-10)."""

import pytest

from commerce_api.schema.node import global_id
from tests import given
from tests.api.test_adjusting import ALL, TEN, desk_with, eur
from tests.buying import rows
from tests.quoting import SENT

PRICES = "unitPrice { amount } originalUnitPrice { amount }"
OVERRIDE = f"{PRICES} priceOverride {{ reason note beyondLimit originalAmount {{ amount }} amount {{ amount }} by {{ name }} }}"
CART = f"query($id: ID!) {{ cart(id: $id) {{ lines {{ {OVERRIDE} }} }} }}"
ORDER = f"""query($id: ID!, $line: ID!) {{
  order(id: $id) {{ lines {{ {OVERRIDE} }} version(number: 1) {{ lines {{ {OVERRIDE} }} }} }}
  node(id: $line) {{ ... on OrderLine {{ {OVERRIDE} }} }} }}"""
QUOTE = "mutation($id: ID!) { createQuoteFromCart(input: {cartId: $id}) { quote { id } errors { code } } }"
SEND = f"""mutation($input: OfferQuoteInput!) {{ sendQuote(input: $input) {{
  quote {{ currentVersion {{ lines {{ {OVERRIDE} }} }} }} errors {{ code }} }} }}"""
LOWERED = {"unitPrice": {"amount": "18.00"}, "originalUnitPrice": {"amount": "19.90"}}
BY_GRACE = {
    **LOWERED,
    "priceOverride": {
        "reason": "GOODWILL",
        "note": "She called twice",
        "beyondLimit": False,
        "originalAmount": {"amount": "19.90"},
        "amount": {"amount": "18.00"},
        "by": {"name": "Grace"},
    },
}
AS_IT_IS = {"unitPrice": {"amount": "1.00"}, "originalUnitPrice": {"amount": "1.00"}, "priceOverride": None}


@pytest.fixture
async def cart(shop):
    """A kettle of 19.90 and a mug of 1.00."""
    return await shop.cart((await shop.product(price=1990), 1), (await shop.product("Mug", price=100), 1))


@pytest.fixture
async def desk(api, connection, cart):
    """Has let the kettle go for 18.00."""
    await given.override_reason(connection)
    held = (*ALL, "AUTHOR_QUOTES", "READ_QUOTES")
    desk = await desk_with(api, connection, cart, *held, limits=TEN)
    assert (await desk.apply(desk.price(amount=eur("18.00"))))["errors"] == []
    return desk


async def test_a_line_of_a_cart_tells_who_changed_its_price(desk):
    shown = (await desk.client.staff(CART, id=desk.ids["crt"]))["cart"]["lines"]
    seen = (await desk.shopper.shop(CART.replace(OVERRIDE, PRICES), id=desk.ids["crt"]))["cart"]["lines"]

    assert shown == [BY_GRACE, AS_IT_IS]
    assert seen[0] == LOWERED
    assert await desk.shopper.error_codes("/graphql", CART, {"id": desk.ids["crt"]}) == ["GRAPHQL_VALIDATION_FAILED"]


async def test_an_order_and_its_versions_keep_it(desk, shop, cart, clock):
    order = await shop.place(clock, cart)
    await rows(shop.database, "DELETE FROM order_adjustments RETURNING id")
    line = desk.ids["cln"].replace("cln_", "oln_")

    found = await desk.client.staff(ORDER, id=global_id("ord", order.id), line=line)

    assert found["order"]["version"]["lines"] == [BY_GRACE, AS_IT_IS]
    assert [each["priceOverride"] for each in (*found["order"]["lines"], found["node"])] == [None] * 3


async def test_an_order_tells_it_as_it_is_now(desk, shop, cart, clock):
    order = await shop.place(clock, cart)
    line = desk.ids["cln"].replace("cln_", "oln_")

    found = await desk.client.staff(ORDER, id=global_id("ord", order.id), line=line)

    assert found["order"]["lines"] == [BY_GRACE, AS_IT_IS]
    assert found["node"] == BY_GRACE


async def test_a_quote_tells_it_as_it_was_sent(desk):
    quote = (await desk.client.staff(QUOTE, id=desk.ids["crt"]))["createQuoteFromCart"]["quote"]["id"]

    sent = (await desk.client.staff(SEND, input={"quoteId": quote, **SENT}))["sendQuote"]

    assert sent["errors"] == []
    assert sent["quote"]["currentVersion"]["lines"] == [BY_GRACE, AS_IT_IS]
