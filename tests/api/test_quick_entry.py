"""A pasted list of SKUs and quantities fills a cart, with an answer for each line (S1-04)."""

import pytest

from commerce_api.schema.node import global_id
from tests import given
from tests.api.carts import shopper
from tests.buying import Shop
from tests.desk import Desk

ADD = """mutation($input: AddCartLinesBySkuInput!) { addCartLinesBySku(input: $input) {
  cart { revision lines { sku quantity } }
  results { line sku quantity text added error { code message ... on QuantityError { minimum maximum step } } }
  errors { code path } warnings { code } } }"""


@pytest.fixture
async def goods(connection):
    channel_id = await given.channel(connection)
    await given.a_product(
        connection, "Mug", variants=[{"sku": "MUG-1", "stock": 50}, {"sku": "MUG-6", "min_quantity": 6, "stock": 50}]
    )
    await given.a_product(connection, "Pot", variants=[{"sku": "POT", "stock": 1}])
    await given.a_product(connection, "Secret", variants=[{"sku": "SECRET"}], published_from=None)
    return channel_id


def taken(line, sku, quantity):
    return {"line": line, "sku": sku, "quantity": quantity, "text": None, "added": True, "error": None}


def refused(line, sku, quantity, code, message, *, text=None, **details):
    error = {"code": code, "message": message, **details}
    return {"line": line, "sku": sku, "quantity": quantity, "text": text, "added": False, "error": error}


PASTED = """MUG-1 2
POT; x1

MUG-1,\t3
NOPE 4
three red mugs
SECRET 1
POT 0"""


async def test_good_lines_are_taken_and_each_bad_one_is_told(api, goods):
    guest = await shopper(api, {"sku": "MUG-1", "quantity": 1})

    payload = (await guest.api.shop(ADD, input={"cartId": guest.id, "text": PASTED}))["addCartLinesBySku"]

    assert payload == {
        "cart": {"revision": 2, "lines": [{"sku": "MUG-1", "quantity": 6}, {"sku": "POT", "quantity": 1}]},
        "results": [
            taken(1, "MUG-1", 2),
            taken(2, "POT", 1),
            taken(4, "MUG-1", 3),
            refused(5, "NOPE", 4, "VARIANT_NOT_FOUND", "There is no such variant."),
            refused(
                6,
                None,
                None,
                "LINE_UNREADABLE",
                "Write a SKU and how many of it, at least one, such as `MUG-1 3`.",
                text="three red mugs",
            ),
            refused(
                7, "SECRET", 1, "NOT_SELLABLE_IN_CHANNEL", "This variant is not on sale here in the cart's currency."
            ),
            refused(
                8,
                None,
                None,
                "LINE_UNREADABLE",
                "Write a SKU and how many of it, at least one, such as `MUG-1 3`.",
                text="POT 0",
            ),
        ],
        "errors": [],
        "warnings": [],
    }


async def test_all_or_nothing_takes_nothing_if_a_line_is_wrong(api, goods):
    guest = await shopper(api)
    said = {"cartId": guest.id, "text": "MUG-1 2\nMUG-6 2", "allOrNothing": True}

    payload = (await guest.api.shop(ADD, input=said))["addCartLinesBySku"]
    whole = (await guest.api.shop(ADD, input=said | {"text": "MUG-1 2\nMUG-6 6"}))["addCartLinesBySku"]

    assert payload["cart"] == {"revision": 1, "lines": []}
    assert payload["results"] == [
        {**taken(1, "MUG-1", 2), "added": False},
        refused(2, "MUG-6", 2, "QUANTITY_BELOW_MIN", "At least 6, please.", minimum=6, maximum=None, step=None),
    ]
    assert [line["sku"] for line in whole["cart"]["lines"]] == ["MUG-1", "MUG-6"]
    assert all(result["added"] for result in whole["results"])


async def test_small_letters_find_capitals_and_add_up_with_them(api, goods):
    guest = await shopper(api)
    said = {"cartId": guest.id, "text": "mug-1 2\nMUG-1 1\nmug-6 1", "idempotencyKey": "k"}

    payload, again = [(await guest.api.shop(ADD, input=said))["addCartLinesBySku"] for _ in range(2)]

    assert payload["cart"]["lines"] == [{"sku": "MUG-1", "quantity": 3}]
    assert [(each["sku"], each["added"]) for each in payload["results"]] == [
        ("MUG-1", True),
        ("MUG-1", True),
        ("MUG-6", False),
    ]
    assert again == payload


async def test_what_is_short_is_taken_with_a_warning(api, goods):
    guest = await shopper(api)

    payload = (await guest.api.shop(ADD, input={"cartId": guest.id, "text": "POT 7"}))["addCartLinesBySku"]

    assert (payload["results"], payload["warnings"]) == ([taken(1, "POT", 7)], [{"code": "INSUFFICIENT_STOCK"}])


@pytest.mark.parametrize("text", ["", "  ", "MUG-1 1\n" * 251, "M" * 25_001])
async def test_a_list_that_is_empty_or_too_long_is_refused_whole(api, goods, text):
    guest = await shopper(api)

    payload = (await guest.api.shop(ADD, input={"cartId": guest.id, "text": text}))["addCartLinesBySku"]

    assert (payload["cart"], payload["results"]) == (None, [])
    assert payload["errors"] == [{"code": "INVALID_VALUE", "path": ["text"]}]


async def test_two_hundred_and_fifty_lines_cost_as_many_statements_as_two(api, connection, goods, statements):
    guest = await shopper(api)
    await given.a_product(
        connection, "Nail", variants=[{"sku": f"NAIL-{n}", "option_values": [str(n)]} for n in range(250)]
    )

    async def cost(text):
        payload = (await statements.of(guest.api.shop(ADD, input={"cartId": guest.id, "text": text})))[
            "addCartLinesBySku"
        ]
        assert all(result["added"] for result in payload["results"])
        return len(statements)

    assert await cost("MUG-1 1\nPOT 1") == await cost("\n".join(f"NAIL-{n} 2" for n in range(250)))


async def test_a_foreign_cart_is_not_found_and_a_stale_one_left_alone(api, goods):
    guest = await shopper(api)
    said = {"cartId": guest.id, "text": "MUG-1 1"}

    foreign = (await api.shop(ADD, input=said))["addCartLinesBySku"]
    stale = (await guest.api.shop(ADD, input=said | {"expectedRevision": 9}))["addCartLinesBySku"]

    assert foreign["errors"] == [{"code": "NOT_FOUND", "path": ["cartId"]}]
    assert stale["errors"] == [{"code": "STALE_REVISION", "path": ["expectedRevision"]}]
    assert (await guest.read("lines { sku } revision")) == {"lines": [], "revision": 1}


async def test_staff_paste_for_a_caller(api, database):
    shop = await Shop.open(database)
    clerk = await Desk(api, shop).clerk()
    cart_id, _ = await shop.cart((await shop.product("Kettle", handle="kettle"), 1))

    said = {"cartId": global_id("crt", cart_id), "text": "kettle-0 2"}
    payload = (await clerk.staff(ADD, input=said))["addCartLinesBySku"]

    assert payload["cart"]["lines"] == [{"sku": "kettle-0", "quantity": 3}]


async def test_a_repeated_request_adds_nothing_twice_and_gets_the_same_answer_for_each_line(api, goods):
    guest = await shopper(api)
    said = {"cartId": guest.id, "text": "MUG-1 1\nMUG-6 4\nNOPE\nthree red mugs\nPOT 3", "idempotencyKey": "k"}

    first, again = [(await guest.api.shop(ADD, input=said))["addCartLinesBySku"] for _ in range(2)]

    assert again == first
    assert [(each["added"], (each["error"] or {}).get("code")) for each in again["results"]] == [
        (True, None),
        (False, "QUANTITY_BELOW_MIN"),
        (False, "VARIANT_NOT_FOUND"),
        (False, "LINE_UNREADABLE"),
        (True, None),
    ]
    assert again["warnings"] == [{"code": "INSUFFICIENT_STOCK"}]
