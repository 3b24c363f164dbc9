"""Staff fill carts and place orders for customers and guests, with both names on every write (S1-01 to S1-03)."""

import pytest

from commerce_api.adapters.ids import new_id
from commerce_api.persistence.tables import identity
from commerce_api.schema.node import global_id
from tests import given
from tests.api.test_orders import PLACE, SUMMARY
from tests.buying import rows
from tests.desk import Desk, cus

CART = """id status email phone language currency totalQuantity emailSource phoneSource billingAddressSource
  billingAddress { line1 } shipGroups { address { line1 } addressSource } allowedActions { action allowed }"""
CREATE = f"""mutation($input: CreateCartInput!) {{ createCart(input: $input) {{
  token cart {{ {CART} }} errors {{ code path }} }} }}"""
ADDRESSES = f"""mutation($input: SetCartAddressesInput!) {{ setCartAddresses(input: $input) {{
  cart {{ {CART} }} errors {{ code path }} }} }}"""
ORIGIN = """query($id: ID!) { order(id: $id) { origin {
  channel source campaign device store placedBy agentId agentName sessionId chain { kind id } } } }"""
ADD = """mutation($input: AddCartLinesInput!) { addCartLines(input: $input) {
  cart { totalQuantity } errors { code path } } }"""
METHOD = """mutation($input: SetCartShippingMethodInput!) { setCartShippingMethod(input: $input) {
  cart { id } errors { code path } } }"""
PAY = """mutation($input: SetPaymentInstructionsInput!) { setPaymentInstructions(input: $input) {
  cart { id } errors { code path } } }"""
START = """mutation($input: StartCheckoutInput!) { startCheckout(input: $input) {
  summary { summaryToken } errors { code path } } }"""
UPDATE_PAYMENT = """mutation($input: UpdatePaymentInstructionsInput!) { updatePaymentInstructions(input: $input) {
  orderPayment { state payments { card { lastFour } } } errors { code path } } }"""
RESUBMIT = """mutation($input: ResubmitOrderInput!) { resubmitOrder(input: $input) {
  orderPayment { state } errors { code path } } }"""
NOT_THERE = [{"code": "NOT_FOUND", "path": ["cartId"]}]


@pytest.fixture
def desk(api, shop):
    return Desk(api, shop)


async def begun(clerk, **input):
    payload = (await clerk.staff(CREATE, input=input))["createCart"]
    assert payload["errors"] == []
    return payload["cart"], payload["token"]


async def test_a_cart_for_a_customer_is_filled_with_what_the_account_knows(desk):
    clerk, ada = await desk.clerk(), await desk.known(language="de", currency="USD")

    cart, token = await begun(clerk, customerId=cus(ada))
    summary = (await clerk.staff(SUMMARY, cart=cart["id"]))["checkoutSummary"]

    assert token is None
    assert {**cart, "id": None, "allowedActions": None} == {
        "id": None,
        "status": "ACTIVE",
        "email": "ada@example.com",
        "phone": "+4930123456",
        "language": "de",
        "currency": "USD",
        "totalQuantity": 0,
        "emailSource": "ACCOUNT",
        "phoneSource": "ACCOUNT",
        "billingAddressSource": "ACCOUNT",
        "billingAddress": {"line1": "Hauptstraße 2"},
        "shipGroups": [{"address": {"line1": "Torstraße 1"}, "addressSource": "ACCOUNT"}],
        "allowedActions": None,
    }
    assert summary["paymentInstructions"] == [
        {"amount": None, "source": "ACCOUNT", "card": {"brand": "VISA", "lastFour": "4242", "expired": False}}
    ]
    blocked = [each["action"] for each in cart["allowedActions"] if not each["allowed"]]
    assert blocked == ["START_CHECKOUT"], "because it is empty"


async def test_what_is_said_comes_before_what_the_account_knows(desk):
    clerk, ada = await desk.clerk(), await desk.known()

    cart, _ = await begun(clerk, customerId=cus(ada), email="office@example.com", phone="+493099999999", currency="USD")

    assert (cart["email"], cart["phone"], cart["currency"]) == ("office@example.com", "+493099999999", "USD")


async def test_a_kept_card_is_taken_only_if_the_customer_agreed(desk):
    clerk, ada = await desk.clerk(), await desk.known(assistance_with_cards=False)
    [(method,)] = await rows(desk.shop.database, "SELECT id FROM payment_methods")

    cart, _ = await begun(clerk, customerId=cus(ada))
    named = {"cartId": cart["id"], "instructions": [{"paymentMethodId": global_id("pmt", method)}]}
    payload = (await clerk.staff(PAY, input=named))["setPaymentInstructions"]

    assert payload == {"cart": None, "errors": [{"code": "CARDS_NOT_TO_BE_USED", "path": ["instructions"]}]}
    summary = (await clerk.staff(SUMMARY, cart=cart["id"]))["checkoutSummary"]
    assert summary["paymentInstructions"] == []


async def test_staff_place_an_order_for_a_customer_and_both_are_in_the_log(desk):
    clerk, ada = await desk.clerk(), await desk.known()
    kettle = await desk.shop.product("Kettle", price=1990)
    cart, _ = await begun(clerk, customerId=cus(ada), lines=[{"variantId": global_id("var", kettle), "quantity": 2}])
    of = {"cartId": cart["id"]}
    method = {"shippingMethodId": global_id("shm", desk.shop.method_id)}
    assert (await clerk.staff(METHOD, input=of | method))["setCartShippingMethod"]["errors"] == []
    seen = (await clerk.staff(START, input=of))["startCheckout"]["summary"]["summaryToken"]

    agreed = {"summaryToken": seen, "acceptedTermsVersion": "2026-01", "idempotencyKey": "k-1"}
    agreed["origin"] = {"channel": "PHONE", "source": "hotline", "campaign": "spring", "store": "B7"}
    placed = (await clerk.staff(PLACE, input=of | agreed))["placeOrder"]

    assert placed["errors"] == []
    assert placed["order"]["state"] == "CONFIRMED"
    [(customer_id,)] = await rows(desk.shop.database, "SELECT customer_id FROM orders")
    assert customer_id == ada
    by_staff = [event[1:] for event in await desk.events() if event[1] == "STAFF"]
    assert set(by_staff) == {("STAFF", str(clerk.staff_id), str(ada))}
    assert {"CartCreated", "CartLineAdded", "CartClosed", "OrderPlaced"} <= {e[0] for e in await desk.events()}
    origin = (await clerk.staff(ORIGIN, id=placed["order"]["id"]))["order"]["origin"]
    assert {**origin, "sessionId": ""} == {
        "channel": "PHONE",
        "source": "hotline",
        "campaign": "spring",
        "device": "",
        "store": "B7",
        "placedBy": "STAFF",
        "agentId": global_id("stf", clerk.staff_id),
        "agentName": "Grace",
        "sessionId": "",
        "chain": [],
    }
    [(session_id,)] = await rows(desk.shop.database, "SELECT id FROM sessions")
    assert origin["sessionId"] == str(session_id)
    [(version,)] = await rows(desk.shop.database, "SELECT actor FROM order_versions")
    assert version == {"kind": "STAFF", "id": str(clerk.staff_id), "onBehalfOf": str(ada)}


async def test_a_guests_cart_made_by_staff_can_be_handed_over(desk, api):
    clerk, kettle = await desk.clerk(), await desk.shop.product("Kettle")

    cart, token = await begun(
        clerk, email="bob@example.com", lines=[{"variantId": global_id("var", kettle), "quantity": 1}]
    )
    theirs = await api.with_headers(x_cart_token=token).shop("{ cart { id email totalQuantity } }")

    assert theirs["cart"] == {"id": cart["id"], "email": "bob@example.com", "totalQuantity": 1}
    assert {event[1:] for event in await desk.events()} == {("STAFF", str(clerk.staff_id), None)}


async def test_staff_go_on_with_the_cart_that_a_shopper_has_begun(desk):
    clerk, kettle = await desk.clerk(), await desk.shop.product("Kettle")
    cart_id, _ = await desk.shop.cart((kettle, 1))
    line = {"variantId": global_id("var", kettle), "quantity": 2}

    payload = (await clerk.staff(ADD, input={"cartId": global_id("crt", cart_id), "lines": [line]}))["addCartLines"]

    assert payload == {"cart": {"totalQuantity": 3}, "errors": []}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"status": "DISABLED"}, "CUSTOMER_DISABLED"),
        ({"assistance_allowed": False}, "ASSISTANCE_NOT_ALLOWED"),
        ({"email": "grace@example.com"}, "SELF_DEALING"),
    ],
)
async def test_staff_do_not_act_for_whom_they_may_not(desk, changes, code):
    clerk, kettle = await desk.clerk(), await desk.shop.product("Kettle")
    customer_id = await desk.customer(**changes)
    cart_id, _ = await desk.shop.cart((kettle, 1), customer_id=customer_id)
    line = {"variantId": global_id("var", kettle), "quantity": 2}

    made = (await clerk.staff(CREATE, input={"customerId": cus(customer_id)}))["createCart"]
    added = (await clerk.staff(ADD, input={"cartId": global_id("crt", cart_id), "lines": [line]}))["addCartLines"]

    assert made == {"token": None, "cart": None, "errors": [{"code": code, "path": ["customerId"]}]}
    assert added == {"cart": None, "errors": [{"code": code, "path": None}]}
    assert await desk.events() == []


async def test_who_acts_for_customers_of_some_channels_touches_no_others(desk, connection):
    elsewhere = await given.channel(connection, "us", is_default=False)
    narrow = await desk.clerk(channel_ids=[elsewhere])
    kettle, ada = await desk.shop.product("Kettle"), await desk.customer()
    cart_id, _ = await desk.shop.cart((kettle, 1))
    of = {"cartId": global_id("crt", cart_id)}

    made = (await narrow.staff(CREATE, input={}))["createCart"]
    not_theirs = (await narrow.with_headers(x_channel="us").staff(CREATE, input={"customerId": cus(ada)}))["createCart"]
    added = (await narrow.staff(ADD, input=of | {"lines": [{"sku": "x"}]}))["addCartLines"]
    started = (await narrow.staff(START, input=of))["startCheckout"]

    assert made["errors"] == [{"code": "FORBIDDEN", "path": None}]
    assert not_theirs["errors"] == [{"code": "NOT_FOUND", "path": ["customerId"]}]
    assert added["errors"] == started["errors"] == NOT_THERE
    assert await desk.events() == []


async def test_who_sees_all_carts_but_acts_in_one_channel_changes_those_of_that_one(desk, connection):
    clerk = await desk.member("READ_CARTS")
    other = await given.insert(
        connection, given.identity.roles, code="us", name="us", permissions=["ACT_FOR_CUSTOMERS"]
    )
    elsewhere = await given.channel(connection, "us", is_default=False)
    about = {"staff_id": clerk.staff_id, "role_id": other, "channel_ids": [elsewhere]}
    await given.insert(connection, given.identity.staff_roles, **about)
    cart_id, _ = await desk.shop.cart((await desk.shop.product("Kettle"), 1))
    of = {"cartId": global_id("crt", cart_id)}

    read = (await clerk.staff("query($id: ID!) { cart(id: $id) { allowedActions { allowed } } }", id=of["cartId"]))[
        "cart"
    ]
    added = (await clerk.staff(ADD, input=of | {"lines": [{"sku": "x"}]}))["addCartLines"]

    assert {each["allowed"] for each in read["allowedActions"]} == {False}
    assert added == {"cart": None, "errors": NOT_THERE}


async def test_a_customer_that_is_none_is_not_found(desk):
    clerk = await desk.clerk()

    for id_ in (cus(new_id()), "cus_nonsense"):
        payload = (await clerk.staff(CREATE, input={"customerId": id_}))["createCart"]
        assert payload["errors"] == [{"code": "NOT_FOUND", "path": ["customerId"]}]


async def test_who_may_place_sees_what_they_have_just_placed_and_no_other_orders(desk):
    clerk = await desk.member("ACT_FOR_CUSTOMERS", "READ_CARTS")
    cart_id, _ = await desk.shop.cart((await desk.shop.product("Kettle", price=1990), 1))
    of = {"cartId": global_id("crt", cart_id)}
    seen = (await clerk.staff(START, input=of))["startCheckout"]["summary"]["summaryToken"]
    agreed = of | {"summaryToken": seen, "idempotencyKey": "k-1"}

    first = (await clerk.staff(PLACE, input=agreed))["placeOrder"]
    again = (await clerk.staff(PLACE, input=agreed))["placeOrder"]
    unkeyed = (await clerk.staff(PLACE, input=agreed | {"idempotencyKey": "k-2"}))["placeOrder"]

    assert (first["order"]["state"], first["errors"]) == ("CONFIRMED", [])
    assert again == first
    assert unkeyed["errors"] == [{"code": "NOT_FOUND", "path": ["cartId"]}]
    assert (await clerk.staff("query($id: ID!) { node(id: $id) { id } }", id=first["order"]["id"]))["node"] is None


@pytest.mark.parametrize("document", [CREATE, ADD, START, PLACE, PAY, RESUBMIT])
async def test_who_may_not_act_for_customers_may_do_none_of_it(desk, api, document):
    member = await desk.member("READ_CARTS", "READ_ORDERS")

    assert await member.error_codes("/staff/graphql", document) == ["FORBIDDEN"]
    assert await api.error_codes("/staff/graphql", document) == ["UNAUTHENTICATED"]
    assert await desk.events() == []


async def test_staff_choose_another_way_to_pay_and_try_again(desk, clock):
    ada = await desk.known()
    declined = await desk.shop.cart(
        (await desk.shop.product("Kettle"), 1), cards=("4000000000009995",), customer_id=ada
    )
    clerk = await desk.clerk()
    of = {"cartId": global_id("crt", declined[0])}
    seen = (await clerk.staff(START, input=of))["startCheckout"]["summary"]["summaryToken"]
    agreed = {"summaryToken": seen, "idempotencyKey": "k-1"}
    order = (await clerk.staff(PLACE, input=of | agreed))["placeOrder"]["order"]
    reader = await desk.member("READ_ORDERS", "ACT_FOR_CUSTOMERS", email="hop@example.com", channel_ids=[])
    paying = {"orderId": order["id"], "idempotencyKey": "k-2"}
    chosen = {"instructions": [{"cardToken": await desk.shop.card()}]}

    assert order["state"] == "PAYMENT_REJECTED"
    hidden = (await reader.answer("/staff/graphql", RESUBMIT, {"input": paying}))["errors"]
    assert [error["extensions"]["code"] for error in hidden] == ["FORBIDDEN"]
    changed = (await clerk.staff(UPDATE_PAYMENT, input=paying | chosen))["updatePaymentInstructions"]
    again = (await clerk.staff(RESUBMIT, input=paying | {"idempotencyKey": "k-3"}))["resubmitOrder"]

    assert changed["errors"] == []
    assert changed["orderPayment"]["payments"][-1] == {"card": {"lastFour": "4242"}}
    assert again == {"orderPayment": {"state": "CONFIRMED"}, "errors": []}
    mine = {event[1:] for event in await desk.events() if event[1] == "STAFF"}
    assert mine == {("STAFF", str(clerk.staff_id), str(ada))}


async def test_what_staff_put_in_costs_what_the_customer_pays(desk, connection, shop):
    clerk, ada = await desk.clerk(), await desk.known()
    kettle = await shop.product("Kettle", price=1990)
    group_id = await given.insert(connection, identity.customer_groups, code="trade", name="Trade")
    await given.insert(connection, identity.customer_group_members, customer_id=ada, group_id=group_id)
    list_id = await given.price_list(connection, shop.channel_id, code="trade", customer_group_id=group_id, priority=9)
    await given.price(connection, list_id, kettle, 700)

    await begun(clerk, customerId=cus(ada), lines=[{"variantId": global_id("var", kettle), "quantity": 2}])

    assert await connection.fetchval("SELECT seen_unit_price FROM cart_lines") == 700
