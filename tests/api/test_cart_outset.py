"""A cart is changed and shown by what one statement finds, and by nothing that was found before."""

import pytest

from commerce_api.schema.node import global_id
from tests import given
from tests.api.carts import CART, shopper
from tests.api.everything import CARD

NEW = """
mutation ($input: CreateCartInput!) {
  createCart(input: $input) {
    cart {
      expiresAt
      lines { sku title unitPrice { amount } inStock }
      shipGroups { shippingOptions { method { name } price { amount } } obstacle }
      totals { taxTotal { amount } total { amount } }
    }
    errors { code }
  }
}
"""


@pytest.fixture
async def channel_id(connection):
    channel_id = await given.channel(connection)
    zone_id = await given.zone(connection, "home", "DE")
    await given.tax_rate(connection, zone_id, 19)
    await given.a_product(connection, "Kettle", variants=[{"sku": "KETTLE", "price": 1190}])
    return channel_id


async def begun(api):
    payload = (await api.shop(NEW, input={"lines": [{"sku": "KETTLE", "quantity": 1}]}))["createCart"]
    assert payload["errors"] == []
    return payload["cart"]


async def test_a_new_cart_is_one_statement_to_look_and_one_to_write(api, channel_id, statements):
    await begun(api)

    await statements.of(begun(api))

    assert [sql.split()[0] for sql in statements] == ["WITH", "WITH"]
    assert [sql for sql in statements if "INSERT" in sql] == statements[1:]


BERLIN = {"country": "DE", "firstName": "Ada", "lastName": "Byron", "line1": "Waldweg 5", "city": "Berlin"}


async def test_a_change_is_one_statement_to_look_and_one_to_write(api, connection, channel_id, statements):
    await given.a_product(connection, "Mug", variants=[{"sku": "MUG", "price": 850}])
    zone_id = await connection.fetchval("SELECT id FROM zones")
    method_id = global_id("shm", await given.shipping_method(connection, channel_id, zone_id, 490))
    guest = await shopper(api, {"sku": "KETTLE", "quantity": 1})
    line_id = guest.cart["lines"][0]["id"]
    offered = "shipGroups { shippingOptions { price { amount } } } totals { total { amount } }"
    home, work = ({"shipping": {**BERLIN, "postalCode": code}} for code in ("10115", "10117"))
    await guest.do("setCartAddresses", "SetCartAddressesInput", **work)  # the first there reads what taxes are due
    for name, fields, given_, more in (
        ("setCartAddresses", offered, home, 0),
        ("setCartShippingMethod", offered, {"shippingMethodId": method_id}, 0),
        ("addCartLines", CART, {"lines": [{"sku": "MUG", "quantity": 1}]}, 0),
        (
            "updateCartLines",
            CART,
            {"lines": [{"lineId": line_id, "change": {"quantity": 3}}]},
            1,
        ),  # of what, the cart says
        ("updateCartLines", CART, {"lines": [{"lineId": line_id, "change": {"quantity": 0}}]}, 1),
        ("setCartNote", CART, {"note": "Ring twice."}, 0),
    ):
        done = await statements.of(guest.do(name, f"{name[0].upper()}{name[1:]}Input", fields, **given_))
        assert done["errors"] == []
        assert (name, len(statements)) == (name, 2 + more)
    assert (await guest.read())["totalQuantity"] == 1


async def test_how_to_pay_takes_no_more_to_look_at_the_cards(api, http, connection, channel_id, statements):
    guest = await shopper(api, {"sku": "KETTLE", "quantity": 1})
    for _ in range(2):
        token = (await http.post("/vault/cards", json=CARD)).json()["token"]
        chosen = {"instructions": [{"cardToken": token}]}
        done = await statements.of(guest.do("setPaymentInstructions", "SetPaymentInstructionsInput", "id", **chosen))
        assert done["errors"] == []
        assert [sql.split()[0] for sql in statements] == ["WITH", "WITH"]
        kept = await connection.fetch("SELECT card_token FROM cart_payment_instructions")
        assert [row["card_token"] for row in kept] == [token]


@pytest.mark.parametrize(
    ("change", "different"),
    [
        ("UPDATE tax_rates SET rate = 0.07", "totals"),
        ("UPDATE tax_rates SET valid_from = '2027-01-01'", "totals"),
        ("UPDATE zone_areas SET country = 'FR'", "totals"),
        ("UPDATE prices SET amount = 2380", "lines"),
        ("UPDATE stock_levels SET on_hand = 0", "lines"),
        ("UPDATE products SET title = 'Pot'", "lines"),
        ("UPDATE channels SET cart_days = cart_days + 1", "expiresAt"),
    ],
)
async def test_what_holds_now_is_seen_at_once(api, connection, channel_id, change, different):
    before = await begun(api)

    await connection.execute(change)

    after = await begun(api)
    assert {name for name in before if before[name] != after[name]} - {"lines", "totals"} <= {different}
    assert before[different] != after[different]
