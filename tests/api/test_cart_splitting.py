"""What is still to come in, moved to a cart of its own before placing (S1-09)."""

import pytest

from commerce_api.schema.node import global_id
from tests import given
from tests.buying import BERLIN, rows

CART = """id revision email billingAddress { line1 } lines { title quantity } splitFrom { id } splitInto { id }
  shipGroups { address { line1 } shippingMethod { method { name } } } totals { total { amount } }"""
SPLIT = f"""mutation($input: SplitCartBackordersInput!) {{ splitCartBackorders(input: $input) {{
  cart {{ {CART} }} backorders {{ {CART} }} token errors {{ code message path }} }} }}"""


@pytest.fixture
async def cart(shop, kettle, mug, customer_id):
    cart_id, _ = await shop.cart((kettle, 5), (mug, 1), customer_id=customer_id)
    return global_id("crt", cart_id)


async def split(ask, cart_id, **more):
    return (await ask(SPLIT, input={"cartId": cart_id, **more}))["splitCartBackorders"]


def codes(payload):
    return [(error["code"], error["path"]) for error in payload["errors"]]


async def written(database):
    return await rows(
        database,
        "SELECT (SELECT count(*) FROM carts), (SELECT sum(quantity) FROM cart_lines), (SELECT sum(revision) FROM carts),"
        " (SELECT count(*) FROM events)",
    )


async def test_each_part_is_a_cart_of_its_own_and_can_be_ordered(customer, cart, shop, database, clock):
    done = await split(customer.shop, cart, expectedRevision=1, idempotencyKey="s-1")
    new = done["backorders"]["id"]
    again = await split(customer.shop, cart, expectedRevision=1, idempotencyKey="s-1")

    same = {
        "email": "ada@example.com",
        "billingAddress": {"line1": BERLIN["line1"]},
        "shipGroups": [{"address": {"line1": BERLIN["line1"]}, "shippingMethod": {"method": {"name": "Post"}}}],
    }
    assert (
        done
        == again
        == {
            "cart": {
                **same,
                "id": cart,
                "revision": 2,
                "lines": [{"title": "Kettle", "quantity": 2}, {"title": "Mug", "quantity": 1}],
                "totals": {"total": {"amount": "29.90"}},
                "splitFrom": None,
                "splitInto": [{"id": new}],
            },
            "backorders": {
                **same,
                "id": new,
                "revision": 1,
                "lines": [{"title": "Kettle", "quantity": 3}],
                "totals": {"total": {"amount": "34.90"}},
                "splitFrom": {"id": cart},
                "splitInto": [],
            },
            "token": None,
            "errors": [],
        }
    )
    paying = "SELECT count(DISTINCT card_token), count(*) FROM cart_payment_instructions"
    assert await rows(database, paying) == [(1, 2)]
    told = "SELECT type FROM events WHERE entity = 'CART' ORDER BY position"
    assert await rows(database, told) == [("CartLineChanged",), ("CartSplit",), ("CartCreated",), ("CartSplit",)]
    assert (await customer.shop("{ cart { id } }"))["cart"] == {"id": cart}
    tags = await rows(database, "SELECT count(*) FROM stock_levels WHERE backordered > 0")
    assert tags == [(0,)]


async def test_there_is_something_to_move_and_something_stays(customer, customer_id, shop, kettle, database):
    there = global_id("crt", (await shop.cart((kettle, 2), customer_id=customer_id))[0])
    await rows(database, "UPDATE stock_levels SET on_hand = 2 RETURNING 1")
    before = await written(database)

    german = customer.with_headers(accept_language="de")
    assert (await split(german.shop, there))["errors"] == [
        {
            "code": "NOTHING_BACKORDERED",
            "message": "Davon ist nichts erst noch zu erwarten.",
            "path": None,
        }
    ]
    await rows(database, "UPDATE stock_levels SET on_hand = 0 RETURNING 1")
    assert codes(await split(german.shop, there)) == [("ALL_BACKORDERED", None)]
    assert await written(database) == before


async def test_only_ones_own_as_it_was_seen_and_not_by_guests(api, customer, cart, connection, database, shop):
    before = await written(database)
    other = await given.customer(connection, "eve@example.com", channel_id=shop.channel_id)
    stranger = api.as_(await given.customer_token(connection, other))

    assert codes(await split(stranger.shop, cart)) == [("NOT_FOUND", ["cartId"])]
    assert codes(await split(customer.shop, "x")) == [("NOT_FOUND", ["cartId"])]
    assert codes(await split(customer.shop, cart, expectedRevision=7)) == [("STALE_REVISION", ["expectedRevision"])]
    assert await api.error_codes("/graphql", SPLIT, {"input": {"cartId": cart}}) == ["UNAUTHENTICATED"]
    assert await written(database) == before


async def test_staff_do_it_for_a_guest_who_gets_the_proof_of_the_second_cart(api, connection, shop, kettle, mug):
    clerk = api.as_(await given.staff_token(connection, await given.staff(connection, "ACT_FOR_CUSTOMERS")))
    cart_id, _ = await shop.cart((kettle, 3), (mug, 1))

    done = await split(clerk.staff, global_id("crt", cart_id))
    opened = await api.with_headers(x_cart_token=done["token"]).shop("{ cart { id splitFrom { id } } }")

    assert opened["cart"] == {"id": done["backorders"]["id"], "splitFrom": None}
