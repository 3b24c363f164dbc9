import re
from datetime import timedelta

import pytest

from commerce_api.persistence.tables import identity
from commerce_api.schema.node import global_id
from tests import given
from tests.api.mails import latest_text
from tests.buying import rows

SUMMARY = """query($cart: ID!) { checkoutSummary(cartId: $cart) {
  summaryToken expiresAt termsAccepted email
  readiness { requirement lineId shipGroupId }
  lines { title quantity total { amount } }
  paymentInstructions { amount { amount } source card { brand lastFour expired } }
  totals { total { amount currencyCode } due { amount } }
} }"""
PLACE = """mutation($input: PlaceOrderInput!) { placeOrder(input: $input) {
  order { id number state paymentStatus stockStatus balance { amount } allowedActions { action allowed blockers { code } } }
  errors { code path ... on ReadinessError { missing { requirement } }
           ... on SummaryChangedError { summaryToken differences { kind before { amount } after { amount } } } }
} }"""
ORDER = """query($number: String!) { order(number: $number) {
  state stateCode statusText email currency paymentStatus stockStatus fulfillmentStatus versionNumber
  lines { name sku quantity allocated unitPrice { amount } total { amount } taxes { name rate amount { amount } } }
  shipGroups { methodName address { city country } lines { quantity } }
  totals { subtotal { amount } shippingTotal { amount } taxTotal { amount } total { amount } due { amount }
           charges { kind name amount { amount } } taxes { rate base { amount } amount { amount } } }
  payments { method amount { amount } status card { brand lastFour } }
  history(first: 10) { nodes { type actorKind } totalCount }
} }"""


def cart_id(cart):
    return global_id("crt", cart[0])


async def place(api, cart, **more):
    shopper = api.with_headers(x_cart_token=cart[1])
    summary = (await shopper.shop(SUMMARY, cart=cart_id(cart)))["checkoutSummary"]
    made = {"cartId": cart_id(cart), "summaryToken": summary["summaryToken"], "idempotencyKey": "k-1", **more}
    return (await shopper.shop(PLACE, input=made))["placeOrder"]


async def test_a_guest_sees_the_summary_and_places_the_order(api, shop):
    cart = await shop.cart((await shop.product("Kettle", price=1990), 2), cards=("4242424242424242",))
    shopper = api.with_headers(x_cart_token=cart[1])

    summary = (await shopper.shop(SUMMARY, cart=cart_id(cart)))["checkoutSummary"]
    summary.pop("summaryToken")
    placed = await place(api, cart)

    assert summary == {
        "expiresAt": None,
        "termsAccepted": True,
        "email": "ada@example.com",
        "readiness": [],
        "lines": [{"title": "Kettle", "quantity": 2, "total": {"amount": "39.80"}}],
        "paymentInstructions": [
            {"amount": None, "source": "ENTERED", "card": {"brand": "VISA", "lastFour": "4242", "expired": False}}
        ],
        "totals": {"total": {"amount": "44.70", "currencyCode": "EUR"}, "due": {"amount": "44.70"}},
    }
    number = placed["order"].pop("number")
    assert number.startswith("E")
    assert placed["order"].pop("id").startswith("ord_")
    assert placed == {
        "order": {
            "state": "CONFIRMED",
            "paymentStatus": "AUTHORIZED",
            "stockStatus": "ALLOCATED",
            "balance": {"amount": "0.00"},
            "allowedActions": [
                {"action": "UPDATE_PAYMENT", "allowed": False, "blockers": [{"code": "PAYMENT_NOT_OPEN"}]},
                {"action": "RESUBMIT", "allowed": False, "blockers": [{"code": "PAYMENT_NOT_OPEN"}]},
                {"action": "PAY_BALANCE", "allowed": False, "blockers": [{"code": "PAYMENT_NOT_OPEN"}]},
                {"action": "EDIT", "allowed": False, "blockers": [{"code": "UNAUTHENTICATED"}]},
                {"action": "SET_SHIPPING_POLICY", "allowed": True, "blockers": []},
                {"action": "SET_ATTRIBUTES", "allowed": True, "blockers": []},
                {"action": "CANCEL", "allowed": False, "blockers": [{"code": "CANCEL_TIME_OVER"}]},
                {"action": "CLONE", "allowed": True, "blockers": []},
                {"action": "COMMENT", "allowed": True, "blockers": []},
            ],
        },
        "errors": [],
    }


async def test_an_order_shows_everything_that_was_agreed_on(api, shop):
    cart = await shop.cart((await shop.product("Kettle", price=1990), 2), cards=("4242424242424242",))
    number = (await place(api, cart))["order"]["number"]

    order = (await api.with_headers(x_cart_token=cart[1]).shop(ORDER, number=number.lower()))["order"]

    assert order["lines"][0].pop("sku").startswith("kettle")
    assert order == {
        "state": "CONFIRMED",
        "stateCode": "M",
        "statusText": "Confirmed",
        "email": "ada@example.com",
        "currency": "EUR",
        "paymentStatus": "AUTHORIZED",
        "stockStatus": "ALLOCATED",
        "fulfillmentStatus": "UNFULFILLED",
        "versionNumber": 1,
        "lines": [
            {
                "name": "Kettle",
                "quantity": 2,
                "allocated": 2,
                "unitPrice": {"amount": "19.90"},
                "total": {"amount": "39.80"},
                "taxes": [{"name": "VAT", "rate": "0.19", "amount": {"amount": "6.35"}}],
            }
        ],
        "shipGroups": [
            {"methodName": "Post", "address": {"city": "Berlin", "country": "DE"}, "lines": [{"quantity": 2}]}
        ],
        "totals": {
            "subtotal": {"amount": "39.80"},
            "shippingTotal": {"amount": "4.90"},
            "taxTotal": {"amount": "7.13"},
            "total": {"amount": "44.70"},
            "due": {"amount": "0.00"},
            "charges": [{"kind": "SHIPPING", "name": "Post", "amount": {"amount": "4.90"}}],
            "taxes": [{"rate": "0.19", "base": {"amount": "37.57"}, "amount": {"amount": "7.13"}}],
        },
        "payments": [
            {
                "method": "CARD",
                "amount": {"amount": "44.70"},
                "status": "SUCCEEDED",
                "card": {"brand": "VISA", "lastFour": "4242"},
            }
        ],
        "history": {
            "nodes": [
                {"type": "OrderPlaced", "actorKind": "GUEST"},
                {"type": "PaymentAuthorized", "actorKind": "SYSTEM"},
                {"type": "OrderConfirmed", "actorKind": "SYSTEM"},
            ],
            "totalCount": 3,
        },
    }


async def test_a_number_alone_opens_nothing(api, shop):
    cart = await shop.cart((await shop.product(), 1))
    number = (await place(api, cart))["order"]["number"]

    assert (await api.shop(ORDER, number=number))["order"] is None


async def test_what_is_missing_and_what_changed_is_told_in_detail(api, shop, database):
    cart = await shop.cart((await shop.product(price=1990), 1), terms_version=None)
    shopper = api.with_headers(x_cart_token=cart[1])
    seen = (await shopper.shop(SUMMARY, cart=cart_id(cart)))["checkoutSummary"]["summaryToken"]
    made = {"cartId": cart_id(cart), "summaryToken": seen, "idempotencyKey": "k"}

    lacking = (await shopper.shop(PLACE, input=made))["placeOrder"]
    await rows(database, "UPDATE prices SET amount = 2090 RETURNING 1")
    changed = (await shopper.shop(PLACE, input={**made, "acceptedTermsVersion": "2026-01"}))["placeOrder"]

    assert lacking == {
        "order": None,
        "errors": [{"code": "READINESS_INCOMPLETE", "path": None, "missing": [{"requirement": "TERMS"}]}],
    }
    (error,) = changed["errors"]
    assert (error["code"], error["path"]) == ("SUMMARY_CHANGED", ["summaryToken"])
    assert error["differences"][0] == {
        "kind": "UNIT_PRICE",
        "before": {"amount": "19.90"},
        "after": {"amount": "20.90"},
    }
    assert await rows(database, "SELECT count(*) FROM orders") == [(0,)]


START = """mutation($input: StartCheckoutInput!) { startCheckout(input: $input) {
  expiresAt readiness { requirement } errors { code path } } }"""


async def test_the_checkout_keeps_the_stock_for_a_while(api, shop, database):
    kettle = await shop.product(stock=1)
    mine, theirs = await shop.cart((kettle, 1)), await shop.cart((kettle, 1))

    async def start(cart, **more):
        shopper = api.with_headers(x_cart_token=cart[1])
        return (await shopper.shop(START, input={"cartId": cart_id(cart), **more}))["startCheckout"]

    assert await start(mine) == {"expiresAt": "2026-03-02T12:15:00Z", "readiness": [], "errors": []}
    assert (await start(theirs))["readiness"] == [{"requirement": "STOCK"}]
    assert await rows(database, "SELECT quantity FROM reservations") == [(1,)]
    assert (await start(mine, renew=True))["errors"] == []
    assert (await start(mine, renew=True))["errors"] == [{"code": "CHECKOUT_RENEWED_ALREADY", "path": None}]
    assert (await place(api, theirs))["errors"][0]["code"] == "INSUFFICIENT_STOCK"
    assert (await place(api, mine))["errors"] == []
    assert await rows(database, "SELECT count(*) FROM reservations") == [(0,)]


async def test_who_leaves_the_checkout_can_come_back_while_nobody_else_took_the_last_one(api, shop, clock):
    kettle = await shop.product(stock=1)
    carts = [await shop.cart((kettle, 1)) for _ in range(3)]
    for cart in carts[:2]:
        shopper = api.with_headers(x_cart_token=cart[1])
        assert (await shopper.shop(START, input={"cartId": cart_id(cart)}))["startCheckout"]["errors"] == []

        clock.advance(timedelta(minutes=16))

    first, second, third = [await place(api, cart) for cart in (carts[1], carts[0], carts[2])]

    assert first["errors"] == []
    assert second["errors"][0]["code"] == third["errors"][0]["code"] == "INSUFFICIENT_STOCK"


@pytest.mark.parametrize(
    "leaving",
    [
        "removeCartLines(input: {cartId: $cart, lineIds: [$line]}) { errors { code } }",
        "updateCartLines(input: {cartId: $cart, lines: [{lineId: $line, change: {delta: -1}}]}) { errors { code } }",
        "clearCart(input: {cartId: $cart}) { errors { code } }",
        "deleteCart(input: {cartId: $cart}) { errors { code } }",
    ],
)
async def test_what_a_cart_lets_go_of_others_can_have_at_once(api, shop, database, leaving):
    kettle = await shop.product(stock=1)
    mine, theirs = await shop.cart((kettle, 1)), await shop.cart((kettle, 1))
    shopper = api.with_headers(x_cart_token=mine[1])
    await shopper.shop(START, input={"cartId": cart_id(mine)})
    ((line_id,),) = await rows(database, "SELECT id FROM cart_lines WHERE cart_id = $1", mine[0])
    kept = await rows(database, "SELECT quantity FROM reservations")

    named = "$cart: ID!, $line: ID!" if "$line" in leaving else "$cart: ID!"
    line = {"line": global_id("cln", line_id)} if "$line" in leaving else {}
    (left,) = (await shopper.shop(f"mutation({named}) {{ {leaving} }}", cart=cart_id(mine), **line)).values()

    assert (kept, left) == ([(1,)], {"errors": []})
    assert (await place(api, theirs))["errors"] == []


PAY = """mutation($input: SetPaymentInstructionsInput!) { setPaymentInstructions(input: $input) {
  cart { revision } errors { code path } } }"""


async def test_a_cart_is_paid_with_tokens_only(api, shop, http, database):
    cart = await shop.cart((await shop.product(), 1), cards=(), amounts=())
    shopper = api.with_headers(x_cart_token=cart[1])
    card = {"number": "4242424242424242", "expiryMonth": 12, "expiryYear": 2030, "cvv": "123"}
    token = (await http.post("/vault/cards", json=card)).json()["token"]

    async def pay(*how):
        made = {"cartId": cart_id(cart), "instructions": list(how)}
        return (await shopper.shop(PAY, input=made))["setPaymentInstructions"]["errors"]

    assert await pay({"cardToken": token}) == []
    assert await pay({"cardToken": "4242 4242 4242 4242"}) == [
        {"code": "PAN_IN_PLAIN_INPUT", "path": ["instructions", "0", "cardToken"]}
    ]
    assert await pay({"cardToken": "card_unknown"}) == [
        {"code": "CARD_TOKEN_INVALID", "path": ["instructions", "0", "cardToken"]}
    ]
    assert [error["code"] for error in await pay({}, {"cardToken": token}, {"cardToken": token})] == [
        "INVALID_VALUE",
        "INVALID_VALUE",
    ]
    assert await rows(database, "SELECT card_token FROM cart_payment_instructions") == [(token,)]


ORDERS = """query($find: OrderFindInput, $first: Int, $after: String, $sort: OrderSort! = NEWEST) {
  orders(find: $find, first: $first, after: $after, sort: $sort) {
    totalCount pageInfo { hasNextPage endCursor }
    nodes { email paymentStatus stockStatus lines { name } totals { total { amount } }
            shipGroups { methodName } history(first: 2) { nodes { type data } } payments { amount { amount } } } } }"""


@pytest.mark.parametrize("named", ["", '(id: "ord_1", number: "E1")'])
async def test_an_order_is_asked_for_by_one_thing(api, shop, named):
    assert await api.error_codes("/graphql", f"{{ order{named} {{ id }} }}") == ["BAD_USER_INPUT"]


async def test_staff_of_one_channel_see_its_orders_only(api, shop, connection, clock, database):
    kettle = await shop.product(stock=9)
    mine, other = [await shop.place(clock, await shop.cart((kettle, 1))) for _ in range(2)]
    us = await given.channel(connection, "us", is_default=False)
    await connection.execute("UPDATE orders SET channel_id = $1 WHERE id = $2", us, other.id)
    here = {"channel_ids": [shop.channel_id]}
    clerk = api.as_(await given.staff_token(connection, await given.staff(connection, "READ_ORDERS", **here)))
    document = """query($mine: ID!, $other: ID!, $number: String!, $find: OrderFindInput) {
      orders { totalCount nodes { number } } narrowed: orders(find: $find) { totalCount }
      mine: node(id: $mine) { id } other: node(id: $other) { id } order(number: $number) { id } }"""
    ids = {name: global_id("ord", order.id) for name, order in (("mine", mine), ("other", other))}

    seen = await clerk.staff(document, **ids, number=other.number, find={"channelId": global_id("chn", us)})

    assert seen == {
        "orders": {"totalCount": 1, "nodes": [{"number": mine.number}]},
        "narrowed": {"totalCount": 0},
        "mine": {"id": ids["mine"]},
        "other": None,
        "order": None,
    }


async def test_what_went_to_the_bank_is_seen_in_the_channels_one_may_read_payments_of(api, shop, connection, clock):
    order = await shop.place(clock, await shop.cart((await shop.product(), 1)))
    us = await given.channel(connection, "us", is_default=False)
    staff_id = await given.staff(connection, "READ_ORDERS")
    role_id = await given.role(connection, "payments", "READ_PAYMENTS")
    await given.insert(connection, identity.staff_roles, staff_id=staff_id, role_id=role_id, channel_ids=[us])
    clerk = api.as_(await given.staff_token(connection, staff_id))
    document = "query($n: String!) { order(number: $n) { payments { amount { amount } transactions { kind } } } }"

    async def shown():
        return (await clerk.staff(document, n=order.number))["order"]["payments"]

    assert await shown() == [{"amount": {"amount": "24.80"}, "transactions": []}]
    await connection.execute("UPDATE orders SET channel_id = $1", us)
    assert await shown() == [{"amount": {"amount": "24.80"}, "transactions": [{"kind": "AUTHORIZE"}]}]


async def test_a_page_of_one_order_and_one_of_a_hundred_cost_the_same(shop, staff, clock, connection, statements):
    kettle = await shop.product("Kettle", price=1000, stock=9)
    for _ in range(3):
        await shop.place(clock, await shop.cart((kettle, 1)))
    for number in range(98):
        await given.bare_order(connection, shop.channel_id, kettle, number=f"E9000{number:02}-0")
    await staff.staff(ORDERS, first=1)
    statements.clear()

    one = await staff.staff(ORDERS, first=1)
    for_one = len(statements)
    statements.clear()
    rest = await staff.staff(ORDERS, first=100, after=one["orders"]["pageInfo"]["endCursor"])

    assert len(rest["orders"]["nodes"]) == 100
    assert one["orders"]["totalCount"] == 101
    assert (for_one, len(statements)) == (9, 9)


async def test_without_the_permission_nobody_reads_orders(api, connection, shop):
    token = await given.staff_token(connection, await given.staff(connection, "READ_STOCK"))

    assert set(await api.as_(token).error_codes("/staff/graphql", ORDERS, {})) == {"FORBIDDEN"}
    assert await api.error_codes("/graphql", "{ orders { totalCount } }") == ["GRAPHQL_VALIDATION_FAILED"]


MINE = "{ me { orders { nodes { number } } paymentMethods { id isDefault card { lastFour expired } } } }"
KEEP = """mutation($input: KeepPaymentMethodInput!) { keepPaymentMethod(input: $input) {
  paymentMethods { id isDefault } errors { code path } } }"""
CHOOSE = """mutation($input: PaymentMethodInput!) { setDefaultPaymentMethod(input: $input) {
  paymentMethods { isDefault } errors { code path } } }"""
FORGET = """mutation($input: PaymentMethodInput!) { deletePaymentMethod(input: $input) {
  paymentMethods { id } errors { code path } } }"""


async def test_a_customer_sees_their_own_orders_and_cards_and_nobody_elses(api, shop, connection, clock):
    ada = await given.customer(connection, channel_id=shop.channel_id)
    eve = await given.customer(connection, "eve@example.com", channel_id=shop.channel_id)
    cart = await shop.cart((await shop.product(), 1))
    order = await shop.place(clock, cart)
    await connection.execute("UPDATE orders SET customer_id = $1", ada)
    hers, other = [api.as_(await given.customer_token(connection, one)) for one in (ada, eve)]
    token = await shop.card("4000000000009995")

    kept = (await hers.shop(KEEP, input={"cardToken": token}))["keepPaymentMethod"]
    (method,) = kept["paymentMethods"]
    chosen = (await hers.shop(CHOOSE, input={"paymentMethodId": method["id"]}))["setDefaultPaymentMethod"]
    stolen = (await other.shop(FORGET, input={"paymentMethodId": method["id"]}))["deletePaymentMethod"]
    unknown = (await hers.shop(KEEP, input={"cardToken": "card_x"}))["keepPaymentMethod"]

    assert chosen == {"paymentMethods": [{"isDefault": True}], "errors": []}
    assert stolen["errors"] == [{"code": "NOT_FOUND", "path": ["paymentMethodId"]}]
    assert unknown["errors"] == [{"code": "CARD_TOKEN_INVALID", "path": ["cardToken"]}]
    assert (await hers.shop(MINE))["me"] == {
        "orders": {"nodes": [{"number": order.number}]},
        "paymentMethods": [{"id": method["id"], "isDefault": True, "card": {"lastFour": "9995", "expired": False}}],
    }
    assert (await other.shop(MINE))["me"] == {"orders": {"nodes": []}, "paymentMethods": []}
    assert (await other.shop(ORDER, number=order.number))["order"] is None
    gone = (await hers.shop(FORGET, input={"paymentMethodId": method["id"]}))["deletePaymentMethod"]
    assert gone == {"paymentMethods": [], "errors": []}


AGAIN = """mutation($pay: UpdatePaymentInstructionsInput!, $again: ResubmitOrderInput!) {
  updatePaymentInstructions(input: $pay) { orderPayment { state } errors { code path } }
  resubmitOrder(input: $again) { orderPayment { state paymentStatus due { amount } } errors { code path } } }"""


async def test_a_declined_order_is_paid_with_the_mailed_link(api, shop, work, services):
    declined = await shop.cart((await shop.product(price=1000), 1), cards=("4000000000000002",))
    order = (await place(api, declined))["order"]
    await work()
    (link,) = set(re.findall(r"mail_[\w-]+", await latest_text(services, "PAYMENT_REJECTED")))
    card = await shop.card()
    pay = {"paymentToken": link, "instructions": [{"cardToken": card}], "idempotencyKey": "p"}

    data = await api.shop(AGAIN, pay=pay, again={"paymentToken": link, "idempotencyKey": "a"})
    used = await api.shop(
        AGAIN, pay={**pay, "idempotencyKey": "p2"}, again={"paymentToken": link, "idempotencyKey": "a2"}
    )

    assert (order["state"], order["paymentStatus"]) == ("PAYMENT_REJECTED", "REJECTED")
    assert data == {
        "updatePaymentInstructions": {"orderPayment": {"state": "PAYMENT_REJECTED"}, "errors": []},
        "resubmitOrder": {
            "orderPayment": {"state": "CONFIRMED", "paymentStatus": "AUTHORIZED", "due": {"amount": "0.00"}},
            "errors": [],
        },
    }
    invalid = {"orderPayment": None, "errors": [{"code": "PAYMENT_LINK_INVALID", "path": ["paymentToken"]}]}
    assert used == {"updatePaymentInstructions": invalid, "resubmitOrder": invalid}


ASK = """mutation($input: SendOrderAccessCodeInput!) { sendOrderAccessCode(input: $input) { accepted errors { code } } }"""
BY_CODE = (
    "query($number: String!, $code: String!) { orderByCode(number: $number, code: $code) { email lines { name } } }"
)


async def test_a_guest_reads_an_order_with_a_mailed_code(api, shop, database, work, services):
    cart = await shop.cart((await shop.product("Kettle"), 1))
    number = (await place(api, cart))["order"]["number"]

    asked = await api.shop(ASK, input={"number": number, "email": "ada@example.com"})
    other = await api.shop(ASK, input={"number": "E999999-1", "email": "ada@example.com"})
    wrong = await api.shop(ASK, input={"number": number, "email": "eve@example.com"})
    await work()
    sent = await rows(database, "SELECT id FROM mails WHERE kind = 'ORDER_ACCESS_CODE'")
    (code,) = re.findall(r"\d{4} \d{4}", await latest_text(services, "ORDER_ACCESS_CODE"))

    assert asked == other == wrong == {"sendOrderAccessCode": {"accepted": True, "errors": []}}
    assert len(sent) == 1
    assert (await api.shop(BY_CODE, number=number, code=code))["orderByCode"] == {
        "email": "ada@example.com",
        "lines": [{"name": "Kettle"}],
    }
    wrong_code = await api.answer("/graphql", BY_CODE, {"number": number, "code": "00000000"})
    no_order = await api.answer("/graphql", BY_CODE, {"number": "E999999-1", "code": code})
    assert wrong_code["data"] == no_order["data"] == {"orderByCode": None}


async def test_what_is_there_costs_no_more_work_than_what_is_not(api, shop, statements):
    """So neither the answer nor the time it takes tells whether there is an order, or whose."""
    number = (await place(api, await shop.cart((await shop.product("Kettle"), 1))))["order"]["number"]

    async def work_of(document, **variables):
        ran = await statements.of(api.answer("/graphql", document, variables))
        return [sql for sql in statements if "channels" not in sql], ran["data"]

    asked = [
        await work_of(ASK, input={"number": named, "email": email})
        for named, email in ((number, "ada@example.com"), (number, "eve@example.com"), ("E999999-1", "ada@example.com"))
    ]
    tried = [await work_of(BY_CODE, number=named, code="00000000") for named in (number, "E999999-1")]

    assert asked[0] == asked[1] == asked[2]
    assert tried[0] == tried[1]


async def test_a_code_can_be_tried_a_few_times_only(api, shop):
    cart = await shop.cart((await shop.product("Kettle"), 1))
    number = (await place(api, cart))["order"]["number"]

    codes = [await api.error_codes("/graphql", BY_CODE, {"number": number, "code": f"{n:08}"}) for n in range(6)]

    assert codes == [[]] * 5 + [["TOO_MANY_ATTEMPTS"]]


async def test_a_code_without_a_number_opens_nothing(api, shop):
    assert await api.shop('{ orderByCode(code: "12345678") { number } }') == {"orderByCode": None}
