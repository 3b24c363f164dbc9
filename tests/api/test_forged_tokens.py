"""What clients send back to us may have been forged: it is told apart, and never a fault of the server."""

import json
from base64 import urlsafe_b64encode

import pytest

from commerce_api.domain.checkout import summary_token
from tests.api.test_orders import PLACE, SUMMARY, cart_id, rows

FACTS = {
    **dict.fromkeys(("total", "tax", "discount"), 1),
    **dict.fromkeys(("currency", "terms", "buyer", "payment"), "EUR"),
    "lines": {},
    "shipping": {},
    "groups": {},
}
LINE = "0" * 32


def cursor(*values):
    return urlsafe_b64encode(json.dumps(values).encode()).decode()


@pytest.mark.parametrize(
    "token",
    [
        "",
        "é" * 50,
        summary_token([]),
        summary_token({**FACTS, "total": 10**400}),
        summary_token({**FACTS, "lines": {LINE: [2**40, 1, 1, 0, ""]}}),
        summary_token({**FACTS, "lines": {"\ud800": [1, 1, 1, 0, ""]}}),
        summary_token({**FACTS, "shipping": {LINE: [True, ""]}}),
    ],
)
async def test_a_forged_summary_places_nothing(api, shop, database, token):
    cart = await shop.cart((await shop.product(price=1990), 1))
    shopper = api.with_headers(x_cart_token=cart[1])
    await shopper.shop(SUMMARY, cart=cart_id(cart))

    made = {"cartId": cart_id(cart), "summaryToken": token, "idempotencyKey": "k"}
    payload = (await shopper.shop(PLACE, input=made))["placeOrder"]

    assert payload == {"order": None, "errors": [{"code": "SUMMARY_TOKEN_INVALID", "path": ["summaryToken"]}]}
    assert await rows(database, "SELECT count(*) FROM orders") == [(0,)]


PLACES = [(), (None, None), (10**30, LINE), ("x", "no id"), ([[[]]], {})]
TEXTS = [
    "",
    "é",
    cursor(),
    cursor("customers", LINE),
    urlsafe_b64encode(b"[" * 50_000).decode(),
]
PRODUCTS = (
    "query ($after: String, $sort: ProductSort) { products(first: 1, after: $after, sort: $sort) { nodes { id } } }"
)


@pytest.mark.parametrize("sort", ["NEWEST", "POPULARITY", "PRICE_ASC"])
async def test_a_forged_cursor_is_bad_input(api, shop, sort):
    forged = [*TEXTS, *(cursor(f"products {sort}", *place) for place in PLACES)]
    found = [await api.error_codes("/graphql", PRODUCTS, {"after": after, "sort": sort}) for after in forged]

    assert found == [["BAD_USER_INPUT"]] * len(forged)


async def test_any_text_is_a_place_among_names(api, shop):
    place = {"after": cursor("products NAME", "\0mug\0", LINE), "sort": "NAME"}

    assert await api.shop(PRODUCTS, **place) == {"products": {"nodes": []}}


@pytest.mark.parametrize(
    "id", ["", "_", "crt_", "crt_" + "z" * 26, "crt_" + "0" * 25, "é" * 30, "crt_" + "0" * 26 + "-", "x" * 5_000]
)
async def test_a_forged_id_is_of_nothing(api, shop, id):
    assert await api.shop("query ($id: ID!) { node(id: $id) { id } cart(id: $id) { id } }", id=id) == {
        "node": None,
        "cart": None,
    }


@pytest.mark.parametrize("token", ["cart_", "cart_" + "A" * 43, "x" * 5_000, "%00", "shop_access_x"])
async def test_a_forged_cart_token_opens_no_cart(api, shop, token):
    assert await api.with_headers(x_cart_token=token).shop("{ cart { id } }") == {"cart": None}
