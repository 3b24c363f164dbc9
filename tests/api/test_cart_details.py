from datetime import timedelta

import pytest

from commerce_api.contract import permissions_of
from commerce_api.domain.cart import CartActionKind
from commerce_api.domain.permissions import Permission
from commerce_api.graphql import STAFF
from commerce_api.schema.cart import NEEDED
from commerce_api.schema.node import global_id
from tests import given
from tests.api.carts import key, shopper
from tests.conftest import NOON

BERLIN = {
    "firstName": "Ada",
    "lastName": "Byron",
    "line1": "Unter den Linden 1",
    "city": "Berlin",
    "postalCode": "10117",
    "country": "DE",
}
VIENNA = {**BERLIN, "line1": "Ring 1", "city": "Wien", "postalCode": "1010", "country": "AT"}
GROUPS = """
id revision
shipGroups {
  id requiresShipping obstacle instructions address { city country } lines { lineId quantity }
  shippingOptions { method { code } price { amount } } shippingMethod { method { code } price { amount } }
}
totals {
  subtotal { amount } discountTotal { amount } shippingTotal { amount } chargeTotal { amount } taxTotal { amount }
  total { amount } due { amount } estimated pricesIncludeTax
  charges { kind amount { amount } tax { amount } } taxes { name rate base { amount } amount { amount } }
}
"""
CHANGES = "changesSinceLastView { kind before { amount } after { amount } } revision"


@pytest.fixture
async def channel_id(connection):
    return await given.channel(connection)


@pytest.fixture
async def goods(connection, channel_id):
    """A kettle and a book that is only read on a screen; taxes and a way of shipping in two countries."""
    prices = {"EUR": 1990, "USD": 2190}
    await given.a_product(connection, "Kettle", variants=[{"sku": "KETTLE", "prices": prices, "weight": 1200}])
    await given.a_product(connection, "Book", variants=[{"sku": "BOOK", "price": 999, "requires_shipping": False}])
    home, abroad = await given.zone(connection, "de", "DE"), await given.zone(connection, "at", "AT")
    await given.tax_rate(connection, home, 19, name="USt")
    await given.tax_rate(connection, abroad, 20, name="MwSt")
    post = await given.shipping_method(connection, channel_id, home, 490, free_from=10_000)
    await given.insert(
        connection, given.t.shipping_rates, shipping_method_id=post, zone_id=abroad, currency="EUR", amount=1290
    )
    return {"post": global_id("shm", post), "home": home}


async def test_before_an_address_is_known_tax_is_estimated_and_nothing_can_be_shipped(api, goods):
    guest = await shopper(api, {"sku": "KETTLE", "quantity": 2}, {"sku": "BOOK"})
    kettles, book = (line["id"] for line in guest.cart["lines"])

    found = await guest.read(GROUPS)

    assert found["shipGroups"] == [
        {
            "id": guest.id.replace("crt_", "csg_"),
            "requiresShipping": True,
            "obstacle": "NO_ADDRESS",
            "instructions": "",
            "address": None,
            "lines": [{"lineId": kettles, "quantity": 2}, {"lineId": book, "quantity": 1}],
            "shippingOptions": [],
            "shippingMethod": None,
        }
    ]
    assert found["totals"] == {
        "subtotal": {"amount": "49.79"},
        "discountTotal": {"amount": "0.00"},
        "shippingTotal": {"amount": "0.00"},
        "chargeTotal": {"amount": "0.00"},
        "taxTotal": {"amount": "7.95"},
        "total": {"amount": "49.79"},
        "due": {"amount": "49.79"},
        "estimated": True,
        "pricesIncludeTax": True,
        "charges": [],
        "taxes": [{"name": "USt", "rate": "0.19", "base": {"amount": "41.84"}, "amount": {"amount": "7.95"}}],
    }


async def test_with_address_and_method_everything_is_added_up(api, goods):
    guest = await shopper(api, {"sku": "KETTLE", "quantity": 2})
    await guest.do("setCartAddresses", "SetCartAddressesInput", shipping=VIENNA, instructions="Ring twice")

    payload = await guest.do(
        "setCartShippingMethod", "SetCartShippingMethodInput", GROUPS, shippingMethodId=goods["post"]
    )

    group, totals = payload["cart"]["shipGroups"][0], payload["cart"]["totals"]
    option = {"method": {"code": "post"}, "price": {"amount": "12.90"}}
    assert (group["shippingOptions"], group["shippingMethod"], group["obstacle"]) == ([option], option, None)
    assert (group["address"], group["instructions"]) == ({"city": "Wien", "country": "AT"}, "Ring twice")
    assert totals["charges"] == [{"kind": "SHIPPING", "amount": {"amount": "12.90"}, "tax": {"amount": "2.15"}}]
    assert totals["taxes"] == [
        {"name": "MwSt", "rate": "0.2", "base": {"amount": "43.92"}, "amount": {"amount": "8.78"}}
    ]
    assert (totals["total"], totals["estimated"]) == ({"amount": "52.70"}, False)


async def test_shipping_is_free_above_a_subtotal(api, goods):
    guest = await shopper(api, {"sku": "KETTLE", "quantity": 6})

    payload = await guest.do("setCartAddresses", "SetCartAddressesInput", GROUPS, shipping=BERLIN)

    option = payload["cart"]["shipGroups"][0]["shippingOptions"][0]
    assert option == {"method": {"code": "post"}, "price": {"amount": "0.00"}}


async def test_goods_go_to_two_addresses(api, goods):
    guest = await shopper(api, {"sku": "KETTLE", "quantity": 3})
    line = guest.cart["lines"][0]["id"]

    payload = await guest.do(
        "setCartShipGroups",
        "SetCartShipGroupsInput",
        GROUPS,
        groups=[
            {"address": BERLIN, "shippingMethodId": goods["post"], "lines": [{"lineId": line, "quantity": 2}]},
            {"address": VIENNA, "shippingMethodId": goods["post"], "lines": [{"lineId": line, "quantity": 1}]},
        ],
    )
    more = await guest.do(
        "updateCartLines", "UpdateCartLinesInput", GROUPS, lines=[{"lineId": line, "change": {"delta": 1}}]
    )

    second = payload["cart"]["shipGroups"][1]["id"]
    moved = await guest.do("setCartAddresses", "SetCartAddressesInput", GROUPS, shipping=BERLIN, shipGroupId=second)

    assert [group["address"]["city"] for group in moved["cart"]["shipGroups"]] == ["Berlin", "Berlin"]
    totals = payload["cart"]["totals"]
    assert (totals["shippingTotal"], totals["total"]) == ({"amount": "17.80"}, {"amount": "77.50"})
    assert [tax["name"] for tax in totals["taxes"]] == ["USt", "MwSt"]
    quantities = [group["lines"][0]["quantity"] for group in more["cart"]["shipGroups"]]
    assert quantities == [3, 1]


async def test_groups_must_add_up(api, connection, goods):
    guest = await shopper(api, {"sku": "KETTLE", "quantity": 3})
    line = guest.cart["lines"][0]["id"]
    part = {"lines": [{"lineId": line, "quantity": 1}]}

    payload = await guest.do("setCartShipGroups", "SetCartShipGroupsInput", groups=[part, part])
    twice = {"lines": [{"lineId": line, "quantity": 1}, {"lineId": line, "quantity": 2}]}
    doubled = await guest.do("setCartShipGroups", "SetCartShipGroupsInput", groups=[twice])

    assert [(e["code"], e["path"], e["expected"], e["given"], e["lineId"]) for e in payload["errors"]] == [
        ("SHIP_GROUP_QUANTITY_MISMATCH", ["groups"], 3, 2, line)
    ]
    assert [(e["code"], e["path"]) for e in doubled["errors"]] == [("INVALID_VALUE", ["groups", "0", "lines"])]
    assert await connection.fetchval("SELECT count(*) FROM cart_ship_groups") == 0


async def test_a_method_that_does_not_serve_the_address_is_refused(api, goods):
    guest = await shopper(api, {"sku": "KETTLE"})
    paris = {**BERLIN, "line1": "Rue 1", "city": "Paris", "postalCode": "75001", "country": "FR"}
    placed = await guest.do("setCartAddresses", "SetCartAddressesInput", GROUPS, shipping=paris)

    payload = await guest.do("setCartShippingMethod", "SetCartShippingMethodInput", shippingMethodId=goods["post"])
    unknown = await guest.do("setCartShippingMethod", "SetCartShippingMethodInput", shippingMethodId="shm_x")
    group = await guest.do(
        "setCartShippingMethod", "SetCartShippingMethodInput", shippingMethodId=None, shipGroupId="csg_x"
    )

    assert placed["cart"]["shipGroups"][0]["obstacle"] == "NOT_TO_THIS_PLACE"
    assert [(e["code"], e["path"]) for e in payload["errors"]] == [
        ("SHIPPING_METHOD_UNAVAILABLE", ["shippingMethodId"])
    ]
    assert [e["code"] for e in unknown["errors"]] == ["NOT_FOUND"]
    assert [e["code"] for e in group["errors"]] == ["SHIP_GROUP_NOT_FOUND"]


async def test_all_problems_of_both_addresses_are_told(api, goods):
    guest = await shopper(api, {"sku": "KETTLE"})

    payload = await guest.do(
        "setCartAddresses",
        "SetCartAddressesInput",
        shipping={"country": "DE", "lastName": "Byron", "line1": "Linden 1", "city": "Berlin", "postalCode": "1"},
        billing={"country": "DE", "line1": "Linden 1", "city": "Berlin", "postalCode": "10117"},
    )

    assert [(e["code"], e["path"]) for e in payload["errors"]] == [
        ("INVALID_VALUE", ["shipping", "postalCode"]),
        ("INVALID_VALUE", ["billing", "lastName"]),
    ]


async def test_an_address_that_is_left_out_stays_and_null_takes_it_away(api, goods):
    guest = await shopper(api, {"sku": "KETTLE"})
    fields = "billingAddress { city } shipGroups { address { city } }"
    await guest.do("setCartAddresses", "SetCartAddressesInput", fields, shipping=BERLIN, billing=BERLIN)

    one = await guest.do("setCartAddresses", "SetCartAddressesInput", fields, billing=None)
    both = await guest.do("setCartAddresses", "SetCartAddressesInput", fields, shipping=None)

    assert (one["cart"]["billingAddress"], one["cart"]["shipGroups"]) == (None, [{"address": {"city": "Berlin"}}])
    assert both["cart"]["shipGroups"] == [{"address": None}]


async def test_buyer_note_and_attributes_are_kept(api, goods):
    guest = await shopper(api, {"sku": "KETTLE"})
    fields = "email phone note attributes { key value }"

    await guest.do("setCartBuyer", "SetCartBuyerInput", email="Ada@Example.com", phone="+49 30 123456")
    await guest.do("setCartNote", "SetCartNoteInput", note=" Please ring. ")
    await guest.do("setCartAttributes", "SetCartAttributesInput", attributes=[{"key": "gift", "value": "yes"}])

    assert await guest.read(fields) == {
        "email": "ada@example.com",
        "phone": "+4930123456",
        "note": "Please ring.",
        "attributes": [{"key": "gift", "value": "yes"}],
    }


@pytest.mark.parametrize(
    ("name", "input_type", "more", "path"),
    [
        ("setCartBuyer", "SetCartBuyerInput", {"email": "ada"}, ["email"]),
        ("setCartBuyer", "SetCartBuyerInput", {"email": "ada@example.com", "phone": "12"}, ["phone"]),
        ("setCartNote", "SetCartNoteInput", {"note": "x" * 2001}, ["note"]),
        (
            "setCartAttributes",
            "SetCartAttributesInput",
            {"attributes": [{"key": str(n), "value": ""} for n in range(21)]},
            ["attributes"],
        ),
        (
            "setCartAttributes",
            "SetCartAttributesInput",
            {"attributes": [{"key": "", "value": ""}]},
            ["attributes", "0", "key"],
        ),
    ],
)
async def test_what_cannot_be_kept_is_refused(api, goods, name, input_type, more, path):
    guest = await shopper(api, {"sku": "KETTLE"})

    payload = await guest.do(name, input_type, **more)

    assert [(e["code"], e["path"]) for e in payload["errors"]] == [("INVALID_VALUE", path)]
    assert (await guest.read())["revision"] == 1


async def test_card_numbers_are_refused_everywhere(api, goods):
    guest = await shopper(api, {"sku": "KETTLE"})

    payload = await guest.do("setCartNote", "SetCartNoteInput", note="my card is 4111-1111-1111-1111")

    assert [(e["code"], e["path"]) for e in payload["errors"]] == [("PAN_IN_PLAIN_INPUT", ["note"])]


async def test_a_change_of_price_is_told_until_it_is_acknowledged(api, connection, goods):
    guest = await shopper(api, {"sku": "KETTLE"}, {"sku": "BOOK"})
    await connection.execute("UPDATE prices SET amount = amount + 100 WHERE amount = 1990")
    await connection.execute("UPDATE prices SET amount = amount - 100 WHERE amount = 999")

    changed = await guest.do(
        "updateCartLines",
        "UpdateCartLinesInput",
        CHANGES,
        lines=[{"lineId": guest.cart["lines"][0]["id"], "change": {"quantity": 2}}],
    )
    acknowledged = await guest.do("acknowledgeCartChanges", "PlainCartInput", CHANGES)

    assert changed["cart"]["changesSinceLastView"] == [
        {"kind": "PRICE_INCREASED", "before": {"amount": "19.90"}, "after": {"amount": "20.90"}},
        {"kind": "PRICE_DECREASED", "before": {"amount": "9.99"}, "after": {"amount": "8.99"}},
    ]
    assert acknowledged["cart"] == {"changesSinceLastView": [], "revision": 3}


async def test_changed_taxes_and_shipping_prices_show_at_once(api, connection, goods):
    guest = await shopper(api, {"sku": "KETTLE", "quantity": 2})
    await guest.do("setCartAddresses", "SetCartAddressesInput", shipping=BERLIN)
    await guest.do("setCartShippingMethod", "SetCartShippingMethodInput", shippingMethodId=goods["post"])

    await connection.execute("UPDATE tax_rates SET rate = 0.16 WHERE name = 'USt'")
    await connection.execute("UPDATE shipping_rates SET amount = 590 WHERE amount = 490")

    totals = (await guest.read(GROUPS))["totals"]
    assert (totals["shippingTotal"], totals["total"]) == ({"amount": "5.90"}, {"amount": "45.70"})
    assert totals["taxes"][0]["rate"] == "0.16"


async def test_a_tax_rate_counts_from_its_first_moment_to_before_its_last(api, connection, clock, goods):
    await connection.execute("DELETE FROM tax_rates")
    await given.tax_rate(connection, goods["home"], 19, valid_until=NOON + timedelta(hours=1))
    await given.tax_rate(connection, goods["home"], 16, valid_from=NOON + timedelta(hours=1))
    guest = await shopper(api, {"sku": "KETTLE"})

    before = (await guest.read(GROUPS))["totals"]["taxes"]
    clock.advance(timedelta(hours=1))
    after = (await guest.read(GROUPS))["totals"]["taxes"]

    assert ([tax["rate"] for tax in before], [tax["rate"] for tax in after]) == (["0.19"], ["0.16"])


async def test_what_is_no_longer_sold_stays_but_costs_nothing(api, connection, goods):
    guest = await shopper(api, {"sku": "KETTLE"}, {"sku": "BOOK"})
    await connection.execute("UPDATE products SET status = 'ARCHIVED' WHERE title = 'Kettle'")

    found = await guest.read(
        f"lines {{ sku purchasable total {{ amount }} }} totals {{ total {{ amount }} }} {CHANGES}"
    )

    assert found["lines"] == [
        {"sku": "KETTLE", "purchasable": False, "total": None},
        {"sku": "BOOK", "purchasable": True, "total": {"amount": "9.99"}},
    ]
    assert found["totals"] == {"total": {"amount": "9.99"}}
    assert found["changesSinceLastView"] == [{"kind": "NO_LONGER_SOLD", "before": {"amount": "19.90"}, "after": None}]


async def test_another_currency_is_disclosed(api, goods):
    guest = await shopper(api, {"sku": "KETTLE"}, {"sku": "BOOK"})

    payload = await guest.do("setCartCurrency", "SetCartCurrencyInput", currency="USD")
    refused = await guest.do("setCartCurrency", "SetCartCurrencyInput", currency="JPY")

    assert payload["cart"]["currency"] == "USD"
    assert [(line["purchasable"], line["total"]) for line in payload["cart"]["lines"]] == [
        (True, {"amount": "21.90"}),
        (False, None),
    ]
    assert payload["warnings"] == [{"code": "CURRENCY_CHANGED", "path": None}]
    assert [(e["code"], e["path"]) for e in refused["errors"]] == [("CURRENCY_NOT_OFFERED", ["currency"])]


async def test_what_may_be_done_is_what_would_be_done(api, connection, goods):
    guest = await shopper(api)
    fields = "allowedActions { action allowed blockers { code } }"

    empty = await guest.read(fields)
    await connection.execute("UPDATE carts SET state = 'ORDERED'")
    ordered = await guest.read(fields)

    assert blockers(empty) == {
        **dict.fromkeys(("CHANGE_LINES", "CHANGE_DETAILS", "DELETE"), ""),
        **dict.fromkeys(("SAVE", "ACTIVATE"), "UNAUTHENTICATED"),
        "START_CHECKOUT": "CART_EMPTY",
    }
    assert blockers(ordered) == {
        **dict.fromkeys(("CHANGE_LINES", "CHANGE_DETAILS", "DELETE", "START_CHECKOUT"), "CART_ORDERED"),
        **dict.fromkeys(("SAVE", "ACTIVATE"), "UNAUTHENTICATED"),
    }


def blockers(cart):
    assert all(one["allowed"] is not bool(one["blockers"]) for one in cart["allowedActions"])
    return {one["action"]: " ".join(blocker["code"] for blocker in one["blockers"]) for one in cart["allowedActions"]}


async def test_staff_who_only_read_a_cart_are_told_that_they_may_change_nothing(api, goods):
    guest = await shopper(api)
    document = "query ($id: ID!) { cart(id: $id) { allowedActions { action allowed blockers { code } } } }"

    seen = (await api.allowed(Permission.READ_CARTS).staff(document, id=guest.id))["cart"]

    assert blockers(seen) == dict.fromkeys(CartActionKind, "FORBIDDEN")


@pytest.mark.parametrize(
    ("action", "mutation"),
    [
        ("CHANGE_LINES", "addCartLines"),
        ("CHANGE_DETAILS", "setCartNote"),
        ("SAVE", "saveCart"),
        ("ACTIVATE", "activateCart"),
        ("DELETE", "deleteCart"),
        ("START_CHECKOUT", "startCheckout"),
    ],
)
def test_an_action_is_told_to_need_what_its_mutation_needs(action, mutation):
    assert permissions_of(STAFF.mutation_type.fields[mutation]) == set(NEEDED[CartActionKind[action]])


async def test_staff_see_all_carts_and_guests_none_of_that(api, connection, goods, statements):
    guests = [await shopper(api, {"sku": "KETTLE"}) for _ in range(3)]
    reader = await given.staff_token(connection, await given.staff(connection, "READ_CARTS", "STAFF_DESK"))
    await api.as_(reader).staff("{ channel { code } }")
    query = "{ carts(first: 2) { totalCount nodes { id lines { sku } totals { total { amount } } } } }"

    data = await statements.of(api.as_(reader).staff(query))

    assert data["carts"]["totalCount"] == 3
    assert [cart["id"] for cart in data["carts"]["nodes"]] == [guests[2].id, guests[1].id]
    # who asks; carts, all below them, count; variants, prices, rates and shipping
    assert len(statements) == 1 + 3 + 3
    assert "Cannot query field" in str(await api.answer("/graphql", query))


async def test_staff_of_one_channel_see_its_carts_only(api, connection, goods):
    here, there = [await shopper(api, {"sku": "KETTLE"}) for _ in range(2)]
    us = await given.channel(connection, "us", is_default=False)
    await connection.execute("UPDATE carts SET channel_id = $1 WHERE id = $2", us, key(there.id))
    reader = api.as_(await given.staff_token(connection, await given.staff(connection, "READ_CARTS", channel_ids=[us])))
    document = (
        "query($a: ID!, $b: ID!) { carts { totalCount nodes { id } } a: node(id: $a) { id } b: node(id: $b) { id } }"
    )

    seen = await reader.staff(document, a=here.id, b=there.id)

    assert seen == {"carts": {"totalCount": 1, "nodes": [{"id": there.id}]}, "a": None, "b": {"id": there.id}}


async def test_lines_can_leave_the_checkout(api, connection, goods):
    guest = await shopper(api, {"sku": "KETTLE"})
    await connection.execute(
        "UPDATE carts SET state = 'CHECKOUT', checkout_expires_at = $1", NOON + timedelta(minutes=15)
    )

    noted = await guest.do("setCartNote", "SetCartNoteInput", "status checkoutExpiresAt", note="x")
    added = await guest.do("addCartLines", "AddCartLinesInput", "status checkoutExpiresAt", lines=[{"sku": "BOOK"}])

    assert noted["cart"] == {"status": "CHECKOUT", "checkoutExpiresAt": "2026-03-02T12:15:00Z"}
    assert added["cart"] == {"status": "ACTIVE", "checkoutExpiresAt": None}
