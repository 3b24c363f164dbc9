"""What is left when costs are taken off: for those who may see costs, and kept by orders as it was (C.7, S2-10, K12)."""

import pytest

from commerce_api.schema.node import global_id
from tests import given
from tests.api.test_adjusting import ALL, desk_with, eur
from tests.buying import rows
from tests.desk import Desk

MARGIN = "margin { revenue { amount } cost { amount } amount { amount } percent complete }"
CART = f"query($id: ID!) {{ cart(id: $id) {{ {MARGIN} lines {{ title {MARGIN} }} }} }}"
ORDER = f"query($id: ID!) {{ node(id: $id) {{ ... on Order {{ {MARGIN} lines {{ name {MARGIN} }} }} }} }}"
EDIT = f"""mutation($id: ID!) {{ beginOrderEdit(input: {{orderId: $id}}) {{
  edit {{ id preview {{ order {{ {MARGIN} }} }} }} errors {{ code }} }} }}"""
APPLY = f"""mutation($input: ApplyToOrderEditInput!) {{ applyToOrderEdit(input: $input) {{
  edit {{ preview {{ order {{ {MARGIN} lines {{ name {MARGIN} }} }} }} }} errors {{ code path }} }} }}"""


def margin(revenue, cost, amount, percent, *, complete=True):
    found = {"revenue": revenue, "cost": cost, "amount": amount}
    return {**{name: {"amount": value} for name, value in found.items()}, "percent": percent, "complete": complete}


async def cost(shop, variant_id, cost, currency="EUR"):
    async with shop.database.connection() as connection:
        sql = "UPDATE variants SET cost = $2, cost_currency = $3 WHERE id = $1"
        await connection.raw.execute(sql, variant_id, cost, currency)


@pytest.fixture
async def goods(shop):
    """A kettle of 19.90, 16.72 without tax, that costs 10.00; a pot whose cost nobody knows; a mug bought in dollars."""
    kettle, pot, mug = [await shop.product(name, price=1990) for name in ("Kettle", "Pot", "Mug")]
    await cost(shop, kettle, 1000)
    await cost(shop, mug, 500, "USD")
    return kettle, pot, mug


KETTLES = margin("33.45", "20.00", "13.45", "40.21")


async def test_margins_are_of_lines_and_of_all_whose_cost_is_known(api, shop, goods):
    cart_id, _ = await shop.cart(*((id_, 2) for id_ in goods))
    member = await Desk(api, shop).member("READ_CARTS", "READ_COSTS")

    cart = (await member.staff(CART, id=global_id("crt", cart_id)))["cart"]

    assert cart == {
        "margin": {**KETTLES, "complete": False},
        "lines": [
            {"title": "Kettle", "margin": KETTLES},
            {"title": "Pot", "margin": None},
            {"title": "Mug", "margin": None},
        ],
    }


async def test_orders_keep_what_things_cost_as_they_were_placed_also_through_edits(api, shop, goods, clock):
    order = await shop.place(clock, await shop.cart((goods[0], 2)))
    id_ = global_id("ord", order.id)
    member = await Desk(api, shop).member("ACT_FOR_CUSTOMERS", "READ_ORDERS", "READ_COSTS", "EDIT_ORDERS")
    await rows(shop.database, "UPDATE orders SET state = 'CONFIRMED' RETURNING id")
    await cost(shop, goods[0], 1200)
    await cost(shop, goods[1], 300)

    placed = (await member.staff(ORDER, id=id_))["node"]
    begun = (await member.staff(EDIT, id=id_))["beginOrderEdit"]
    adding = [{"addLines": {"lines": [{"variantId": global_id("var", goods[1]), "quantity": 1}]}}]
    changed = (await member.staff(APPLY, input={"editId": begun["edit"]["id"], "actions": adding}))["applyToOrderEdit"]

    assert placed == {"margin": KETTLES, "lines": [{"name": "Kettle", "margin": KETTLES}]}
    assert begun["edit"]["preview"]["order"] == {"margin": KETTLES}
    assert changed["errors"] == []
    assert changed["edit"]["preview"]["order"] == {
        "margin": margin("50.17", "23.00", "27.17", "54.16"),
        "lines": [
            {"name": "Kettle", "margin": KETTLES},
            {"name": "Pot", "margin": margin("16.72", "3.00", "13.72", "82.06")},
        ],
    }


@pytest.mark.parametrize(
    ("change", "left"),
    [
        ({"amount": eur("18.00")}, margin("30.25", "20.00", "10.25", "33.88")),
        ({"amountOff": eur("1.90")}, margin("30.25", "20.00", "10.25", "33.88")),
        ({"percentOff": "10"}, margin("30.10", "20.00", "10.10", "33.55")),
    ],
)
async def test_however_a_price_is_changed_the_answer_says_what_is_left(api, shop, goods, connection, change, left):
    """Of the line and of all lines, in the same answer; charges and what is asked for them are no part of it."""
    await given.override_reason(connection)
    desk = await desk_with(api, connection, await shop.cart((goods[0], 2)), *ALL, "READ_COSTS")
    document = f"""mutation($input: ApplyToCartInput!) {{ applyToCart(input: $input) {{
      cart {{ {MARGIN} lines {{ {MARGIN} }} }} errors {{ code }} }} }}"""
    actions = [desk.price(**change), desk.shipping(percentOff="50")]

    answer = (await desk.client.staff(document, input={"cartId": desk.ids["crt"], "actions": actions}))["applyToCart"]

    assert answer == {"cart": {"margin": left, "lines": [{"margin": left}]}, "errors": []}


@pytest.mark.parametrize("document", [CART, ORDER])
async def test_who_may_not_see_costs_sees_no_margins(api, shop, document):
    clerk = await Desk(api, shop).member("READ_CARTS", "READ_ORDERS", "OVERRIDE_PRICES")

    assert set(await clerk.error_codes("/staff/graphql", document)) == {"FORBIDDEN"}
    assert set(await api.error_codes("/graphql", document)) == {"GRAPHQL_VALIDATION_FAILED"}
