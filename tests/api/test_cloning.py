"""Copying orders: the same again, at the prices of today (S2-18)."""

import json

import pytest

from commerce_api.domain.permissions import Permission
from commerce_api.schema.node import global_id
from tests import given
from tests.buying import BERLIN, Shop, rows
from tests.quoting import SENT, Quoting

CLONE = """mutation($input: CloneOrderInput!) { cloneOrder(input: $input) {
  cart { id email billingAddress { line1 } attributes { key value } note
    lines { quantity unitPrice { amount } } shipGroups { address { line1 } shippingMethod { method { name } } } }
  token unavailable { reason line { name quantity } replacements { title } } errors { code path } } }"""
CHAIN = "query($id: ID!) { order(id: $id) { clonedFrom { id } clones { id } } }"


@pytest.fixture
async def shop(database, connection):
    await given.cancel_reasons(connection)
    return await Shop.open(database)


@pytest.fixture
async def order(shop, clock, database, customer_id):
    """Two kettles and a tea, of a customer."""
    kettle, tea = await shop.product("Kettle", price=1990, stock=9), await shop.product("Tea", price=500, stock=9)
    placed = await shop.place(clock, await shop.cart((kettle, 2), (tea, 1)))
    more = "attributes = '{\"gift\": \"yes\"}', note = 'Ring twice'"
    await rows(database, f"UPDATE orders SET customer_id = $1, {more} RETURNING 1", customer_id)
    await rows(database, "UPDATE carts SET customer_id = $1 RETURNING 1", customer_id)
    return placed


@pytest.fixture
def order_id(order):
    return global_id("ord", order.id)


async def clone(ask, order_id, **more):
    return (await ask(CLONE, input={"orderId": order_id, **more}))["cloneOrder"]


def codes(payload):
    return [(error["code"], error["path"]) for error in payload["errors"]]


async def test_customers_buy_again_what_they_had_at_the_prices_of_today(customer, order_id, database):
    await rows(database, "UPDATE prices SET amount = 2190 WHERE amount = 1990 RETURNING 1")

    done = await clone(customer.shop, order_id)

    assert done["cart"].pop("id").startswith("crt_")
    assert done == {
        "cart": {
            "email": "ada@example.com",
            "billingAddress": {"line1": BERLIN["line1"]},
            "attributes": [{"key": "gift", "value": "yes"}],
            "note": "",
            "lines": [
                {"quantity": 2, "unitPrice": {"amount": "21.90"}},
                {"quantity": 1, "unitPrice": {"amount": "5.00"}},
            ],
            "shipGroups": [{"address": {"line1": BERLIN["line1"]}, "shippingMethod": {"method": {"name": "Post"}}}],
        },
        "token": None,
        "unavailable": [],
        "errors": [],
    }
    assert await rows(database, "SELECT data->'left_out' FROM events WHERE type = 'OrderCloned'") == [([],)]
    paying = "SELECT count(*) FROM cart_payment_instructions p JOIN carts c ON c.id = p.cart_id WHERE made_from <> '[]'"
    assert await rows(database, paying) == [(0,)]


async def test_a_canceled_order_comes_back_as_a_copy_and_each_knows_the_other(customer, shop, clock, order, database):
    order_id = global_id("ord", order.id)
    await rows(database, "UPDATE orders SET state = 'CANCELED' RETURNING 1")
    await rows(database, "UPDATE order_lines SET canceled = quantity, allocated = 0 RETURNING 1")

    cart = (await clone(customer.shop, order_id))["cart"]
    assert [line["quantity"] for line in cart["lines"]] == [2, 1]
    cart_id = await _key(database, "SELECT id FROM carts WHERE made_from <> '[]'")
    await rows(database, "UPDATE orders SET cart_id = NULL RETURNING 1")
    copy = await _placed_from(shop, clock, database, cart_id)

    assert (await customer.shop(CHAIN, id=copy))["order"] == {"clonedFrom": {"id": order_id}, "clones": []}
    assert (await customer.shop(CHAIN, id=order_id))["order"] == {"clonedFrom": None, "clones": [{"id": copy}]}


async def test_where_a_copy_came_from_is_read_through_to_the_first_by_who_may_see_it(
    api, staff, customer, connection, shop, clock, order, database
):
    document = """query($id: ID!) { order(id: $id) { origin { chain { kind id order { number origin { chain { id } } } } } } }"""
    first = global_id("ord", order.id)
    await clone(customer.shop, first)
    copy = await _placed_from(
        shop, clock, database, await _key(database, "SELECT id FROM carts WHERE made_from <> '[]'")
    )
    here_only = await given.staff(connection, "READ_ORDERS", email="here@shop.test", channel_ids=[shop.channel_id])
    here = api.as_(await given.staff_token(connection, here_only))

    async def chain(reader):
        return (await reader.staff(document, id=copy))["order"]["origin"]["chain"]

    seen = {"kind": "ORDER", "id": first, "order": {"number": order.number, "origin": {"chain": []}}}
    assert (await chain(staff), await chain(here)) == ([seen], [seen])
    elsewhere = await given.channel(connection, "us", is_default=False)
    await rows(database, "UPDATE orders SET channel_id = $1 WHERE id = $2 RETURNING 1", elsewhere, order.id)
    assert (await chain(staff), await chain(here)) == ([seen], [{**seen, "order": None}])


async def _key(database, sql):
    ((found,),) = await rows(database, sql)
    return found


async def _placed_from(shop, clock, database, cart_id):
    """An order as if this cart had become it."""
    other = await shop.place(clock, await shop.cart((await shop.product("Cup"), 1)))
    made = await _key(database, f"SELECT made_from FROM carts WHERE id = '{cart_id}'")
    await rows(
        database,
        "UPDATE orders SET cart_id = $1, customer_id = (SELECT customer_id FROM carts WHERE id = $1),"
        " origin = origin || jsonb_build_object('chain', $2::jsonb) WHERE id = $3 RETURNING 1",
        cart_id,
        made,
        other.id,
    )
    return global_id("ord", other.id)


async def test_what_cannot_be_had_any_more_is_told_with_what_can_take_its_place(customer, order_id, shop, database):
    pot = await shop.product("Pot", price=2500, stock=3)
    ((kettle,),) = await rows(database, "SELECT product_id FROM order_lines WHERE name = 'Kettle'")
    pot_product = await _key(database, f"SELECT product_id FROM variants WHERE id = '{pot}'")
    related = (
        "INSERT INTO product_relations (product_id, related_product_id, kind) VALUES ($1, $2, 'SUBSTITUTE') RETURNING 1"
    )
    await rows(database, related, kettle, pot_product)
    await rows(database, "UPDATE stock_levels SET on_hand = 2 WHERE allocated = 2 RETURNING 1")
    await rows(database, "UPDATE order_lines SET variant_id = NULL, product_id = NULL WHERE name = 'Tea' RETURNING 1")

    done = await clone(customer.shop, order_id)

    assert done["cart"]["lines"] == []
    assert done["unavailable"] == [
        {"reason": "OUT_OF_STOCK", "line": {"name": "Kettle", "quantity": 2}, "replacements": [{"title": "Pot"}]},
        {"reason": "GONE", "line": {"name": "Tea", "quantity": 1}, "replacements": []},
    ]


async def test_what_is_not_on_sale_or_not_in_this_quantity_is_left_out(customer, order_id, database):
    await rows(database, "UPDATE variants SET min_quantity = 5 WHERE id = (SELECT variant_id FROM order_lines"
                         " WHERE name = 'Kettle') RETURNING 1")  # fmt: skip
    await rows(database, "DELETE FROM product_publications WHERE product_id = (SELECT product_id FROM order_lines"
                         " WHERE name = 'Tea') RETURNING 1")  # fmt: skip

    done = await clone(customer.shop, order_id)

    assert [(each["reason"], each["line"]["name"]) for each in done["unavailable"]] == [
        ("QUANTITY", "Kettle"),
        ("NOT_ON_SALE", "Tea"),
    ]


async def test_some_lines_are_chosen_with_other_quantities(customer, order_id, database):
    ((kettle,),) = await rows(database, "SELECT id FROM order_lines WHERE name = 'Kettle'")
    line = global_id("oln", kettle)
    before = await rows(database, "SELECT count(*) FROM carts")

    wrong = await clone(customer.shop, order_id, lines=[{"lineId": line}, {"lineId": "oln_1"}])
    none = await clone(customer.shop, order_id, lines=[])
    assert (codes(wrong), codes(none)) == ([("NOT_FOUND", ["lines", "1", "lineId"])], [("INVALID_VALUE", ["lines"])])
    assert await rows(database, "SELECT count(*) FROM carts") == before

    done = await clone(customer.shop, order_id, lines=[{"lineId": line, "quantity": 3}])
    assert [each["quantity"] for each in done["cart"]["lines"]] == [3]


async def test_once_for_a_key(customer, order_id, database):
    await rows(database, "UPDATE stock_levels SET on_hand = 2 WHERE allocated = 2 RETURNING 1")
    first = await clone(customer.shop, order_id, idempotencyKey="again")
    carts = await rows(database, "SELECT count(*) FROM carts")

    assert first["unavailable"] != []
    assert await clone(customer.shop, order_id, idempotencyKey="again") == first
    assert await rows(database, "SELECT count(*) FROM carts") == carts


PARTS = """lines { id quantity parentId } shipGroups {
  address { city } shippingMethod { method { name } } instructions lines { quantity } }"""


@pytest.fixture
async def spread(shop, clock, database, customer_id):
    """Two kettles, one to Berlin and one to Bonn, with a lid that was added on to them."""
    kettle, lid = await shop.product("Kettle", price=1990, stock=9), await shop.product("Lid", price=500, stock=9)
    cart = await shop.cart((kettle, 2), (lid, 1))
    bonn = json.dumps({**BERLIN, "city": "Bonn"})
    async with database.connection() as connection:
        raw, groups = connection.raw, given.buying.cart_ship_group_lines
        found = {row["variant_id"]: row["id"] for row in await raw.fetch("SELECT id, variant_id FROM cart_lines")}
        await raw.execute("UPDATE cart_lines SET parent_id = $1 WHERE id = $2", found[kettle], found[lid])
        second = {"position": 1, "address": json.loads(bonn), "instructions": "Ring twice"}
        second_id = await given.insert(raw, given.buying.cart_ship_groups, cart_id=cart[0], **second)
        for group_id, line_id in ((cart[0], found[kettle]), (cart[0], found[lid]), (second_id, found[kettle])):
            await given.insert(raw, groups, cart_id=cart[0], ship_group_id=group_id, cart_line_id=line_id, quantity=1)
        await raw.execute("UPDATE cart_ship_groups SET shipping_method_id = $1", shop.method_id)
    placed = await shop.place(clock, cart)
    await rows(database, "UPDATE orders SET customer_id = $1 RETURNING 1", customer_id)
    return global_id("ord", placed.id)


def where(cart):
    return [
        (
            group["address"]["city"],
            group["shippingMethod"] and group["shippingMethod"]["method"]["name"],
            group["instructions"],
            [line["quantity"] for line in group["lines"]],
        )
        for group in cart["shipGroups"]
    ]


async def test_destinations_stay_apart_and_add_ons_with_their_lines(customer, spread, database):
    document = CLONE.replace("id email", f"{PARTS} id email")
    first = (await customer.shop(document, input={"orderId": spread}))["cloneOrder"]
    await rows(database, "UPDATE shipping_methods SET active = false RETURNING 1")
    again = (await customer.shop(document, input={"orderId": spread}))["cloneOrder"]

    assert (first["errors"], first["unavailable"]) == ([], [])
    kettle, lid = first["cart"]["lines"]
    assert (kettle["parentId"], lid["parentId"], kettle["quantity"]) == (None, kettle["id"], 2)
    assert where(first["cart"]) == [("Berlin", "Post", "", [1, 1]), ("Bonn", "Post", "Ring twice", [1])]
    assert where(again["cart"]) == [("Berlin", None, "", [1, 1]), ("Bonn", None, "Ring twice", [1])]


async def test_an_add_on_is_not_copied_without_its_line_unless_it_is_wanted_alone(customer, spread, database):
    await rows(database, "UPDATE variants SET max_quantity = 1 WHERE id = (SELECT variant_id FROM order_lines"
                         " WHERE name = 'Kettle') RETURNING 1")  # fmt: skip
    lid = global_id("oln", await _key(database, "SELECT id FROM order_lines WHERE name = 'Lid'"))

    without = await clone(customer.shop, spread)
    alone = await clone(customer.shop, spread, lines=[{"lineId": lid}])

    assert [(each["reason"], each["line"]["name"]) for each in without["unavailable"]] == [
        ("QUANTITY", "Kettle"),
        ("PARENT_LEFT_OUT", "Lid"),
    ]
    assert (without["cart"]["lines"], len(without["cart"]["shipGroups"])) == ([], 1)
    assert (alone["unavailable"], [line["quantity"] for line in alone["cart"]["lines"]]) == ([], [1])


QUOTED = """mutation($input: CloneOrderInput!) { cloneOrder(input: $input) {
  cart { id } token unavailable { reason line { name } } errors { code path }
  quote { id state draft { note lines { quantity unitPrice { amount } parentId }
    shipGroups { address { city } lines { quantity } } } } } }"""


async def test_staff_write_a_quote_of_what_was_ordered_at_the_prices_of_the_day(api, connection, spread, database):
    author = await given.staff(connection, "AUTHOR_QUOTES", "READ_ORDERS", "READ_CARTS")
    author = api.as_(await given.staff_token(connection, author))
    clerk = await given.staff(connection, "ACT_FOR_CUSTOMERS", "READ_ORDERS", email="c@example.com")
    clerk = api.as_(await given.staff_token(connection, clerk))
    lid = "SELECT variant_id FROM order_lines WHERE name = 'Lid'"
    await rows(database, f"UPDATE stock_levels SET on_hand = allocated WHERE variant_id = ({lid}) RETURNING 1")
    await rows(database, "UPDATE prices SET amount = 2190 WHERE amount = 1990 RETURNING 1")
    wanted = {"orderId": spread, "into": "QUOTE", "idempotencyKey": "quoted"}

    done = (await author.staff(QUOTED, input=wanted))["cloneOrder"]
    again = (await author.staff(QUOTED, input=wanted))["cloneOrder"]
    refused = await clerk.error_codes("/staff/graphql", CLONE, {"input": wanted})
    a_cart = await clone(author.staff, spread)

    assert (done["cart"], done["token"], done["errors"], again) == (None, None, [], done)
    assert done["unavailable"] == [{"reason": "OUT_OF_STOCK", "line": {"name": "Lid"}}]
    assert done["quote"] == {
        "id": done["quote"]["id"],
        "state": "DRAFT",
        "draft": {
            "note": "",
            "lines": [{"quantity": 2, "unitPrice": {"amount": "21.90"}, "parentId": None}],
            "shipGroups": [
                {"address": {"city": "Berlin"}, "lines": [{"quantity": 1}]},
                {"address": {"city": "Bonn"}, "lines": [{"quantity": 1}]},
            ],
        },
    }
    assert (refused, a_cart["cart"], codes(a_cart)) == (["FORBIDDEN"], None, [("FORBIDDEN", None)])
    told = await rows(database, "SELECT data->>'quote_id' IS NOT NULL FROM events WHERE type = 'OrderCloned'")
    assert told == [(True,)]


async def test_orders_of_a_quote_that_was_made_of_an_order_are_copies_of_it(api, database):
    quoting = await Quoting.open(api, database)
    author = await quoting.author("READ_ORDERS", email="hopper@example.com")
    ordered = (await quoting.converted(await quoting.accepted()))["order"]["id"]
    made = (await author.staff(QUOTED, input={"orderId": ordered, "into": "QUOTE"}))["cloneOrder"]["quote"]["id"]
    await quoting.staff(author, "sendQuote", quoteId=made, partial=True, **SENT)
    await quoting.shopper(quoting.buyer, "acceptQuote", quoteId=made, version=1)
    (line,) = await quoting.lines(made)
    part = await quoting.converted(made, lines=[{"lineId": line, "quantity": 1}])

    assert (await quoting.buyer.shop(CHAIN, id=ordered))["order"]["clones"] == [{"id": part["order"]["id"]}]
    assert (await quoting.buyer.shop(CHAIN, id=part["order"]["id"]))["order"]["clonedFrom"] == {"id": ordered}


async def test_a_guest_gets_a_cart_of_ones_own(api, shop, clock):
    cart = await shop.cart((await shop.product("Kettle"), 1))
    order = await shop.place(clock, cart)
    guest = api.with_headers(x_cart_token=cart[1])

    done = await clone(guest.shop, global_id("ord", order.id))

    assert done["token"].startswith("cart_")
    assert codes(await clone(api.shop, global_id("ord", order.id))) == [("NOT_FOUND", ["orderId"])]


async def test_staff_copy_for_customers_whom_they_may_act_for(api, connection, order_id, customer_id, database):
    held = (Permission.READ_ORDERS, Permission.ACT_FOR_CUSTOMERS, Permission.FIND_CUSTOMERS, Permission.READ_CARTS)
    clerk = await given.staff(connection, *held)
    clerk = api.as_(await given.staff_token(connection, clerk))
    reader = api.as_(
        await given.staff_token(connection, await given.staff(connection, "READ_ORDERS", email="r@example.com"))
    )

    refused = await reader.error_codes("/staff/graphql", CLONE, {"input": {"orderId": order_id}})
    done = await clone(clerk.staff, order_id)

    assert refused == ["FORBIDDEN"]
    assert done["errors"] == []
    owner = await rows(database, "SELECT customer_id FROM carts WHERE made_from <> '[]'")
    assert owner == [(customer_id,)]
    told = await rows(database, "SELECT actor->>'kind', actor->>'onBehalfOf' FROM events WHERE type = 'OrderCloned'")
    assert told == [("STAFF", str(customer_id))]


KEEP = """mutation($input: CloneOrderInput!) { cloneOrder(input: $input) {
  cart { lines { quantity unitPrice { amount } originalUnitPrice { amount } } adjustments { reason note } }
  errors { code path } warnings { code } } }"""


async def test_who_may_set_prices_keeps_those_of_before(api, connection, order_id, database):
    await given.override_reason(connection)
    held = ("ACT_FOR_CUSTOMERS", "READ_ORDERS", "READ_CARTS", "OVERRIDE_PRICES")
    staff = api.as_(await given.staff_token(connection, await given.staff(connection, *held)))
    await rows(database, "UPDATE prices SET amount = 2500 WHERE amount = 1990 RETURNING 1")

    async def keep(**how):
        said = {"orderId": order_id, "keepPrices": {"reason": "GOODWILL", **how}}
        return (await staff.staff(KEEP, input=said))["cloneOrder"]

    copy = await keep(note="As agreed on the phone")
    unknown = await keep(reason="NOWHERE")
    await rows(database, "UPDATE channels SET prices_include_tax = false RETURNING 1")
    told_otherwise = await keep()

    assert (copy["errors"], copy["warnings"]) == ([], [])
    assert copy["cart"] == {
        "lines": [
            {"quantity": 2, "unitPrice": {"amount": "19.90"}, "originalUnitPrice": {"amount": "25.00"}},
            {"quantity": 1, "unitPrice": {"amount": "5.00"}, "originalUnitPrice": {"amount": "5.00"}},
        ],
        "adjustments": [{"reason": "GOODWILL", "note": "As agreed on the phone"}],
    }
    assert codes(unknown) == [("OVERRIDE_REASON_NOT_FOUND", ["keepPrices", "reason"])]
    assert codes(told_otherwise) == [("PRICES_NOT_COMPARABLE", ["keepPrices"])]
    assert (unknown["cart"], told_otherwise["cart"]) == (None, None)
    assert await rows(database, "SELECT count(*) FROM events WHERE type = 'OrderCloned'") == [(1,)]


async def test_a_reason_that_nobody_knows_is_told_also_where_no_price_has_changed(api, connection, order_id, database):
    held = ("ACT_FOR_CUSTOMERS", "READ_ORDERS", "READ_CARTS", "OVERRIDE_PRICES")
    staff = api.as_(await given.staff_token(connection, await given.staff(connection, *held)))
    before = await rows(database, "SELECT count(*) FROM carts")

    done = (await staff.staff(KEEP, input={"orderId": order_id, "keepPrices": {"reason": "NONE"}}))["cloneOrder"]

    assert (done["cart"], codes(done)) == (None, [("OVERRIDE_REASON_NOT_FOUND", ["keepPrices", "reason"])])
    assert await rows(database, "SELECT count(*) FROM carts") == before
