"""Paying without a bank's being asked: by transfer, on terms, in cash; and recording what has come in."""

import re
from datetime import timedelta

import pytest

from commerce_api.operations.payments import advance
from commerce_api.schema.node import global_id, key_of
from tests import given
from tests.api.editing import EditDesk
from tests.buying import Shop, rows
from tests.desk import Desk

OFFERS = [
    {"kind": "CARD", "names": {"en": "Card"}},
    {
        "kind": "BANK_TRANSFER",
        "days": 14,
        "names": {"en": "Bank transfer"},
        "texts": {"en": "To Moss & Ember, IBAN DE02120300000000202051."},
    },
    {"kind": "INVOICE", "days": 30, "audience": "APPROVED", "names": {"en": "Invoice"}},
    {"kind": "CASH_ON_DELIVERY", "names": {"en": "Cash"}, "amounts": {"EUR": {"least": 0, "most": 1000}}},
]
PAY = """mutation($input: SetPaymentInstructionsInput!) { setPaymentInstructions(input: $input) {
  errors { code path ... on PaymentMethodUnavailableError { obstacle } } } }"""
SUMMARY = """query($id: ID!) { checkoutSummary(cartId: $id) { summaryToken
  readiness { requirement paymentInstruction paymentObstacle }
  paymentInstructions { method amount { amount } card { lastFour } }
  paymentOptions { method name text days most { amount } obstacle } } }"""
PLACE = """mutation($input: PlaceOrderInput!) { placeOrder(input: $input) {
  order { id number state paymentStatus balance { amount } } errors { code } } }"""
READ = """query($id: ID!) { order(id: $id) { state paymentStatus balance { amount }
  blocks { reasonCode resolution }
  payments { id method amount { amount } authorized { amount } authorizedUntil captured { amount } dueAt howToPay enteredBy
    transactions { id kind status amount { amount } providerReference receivedAt reversesId reason } } } }"""
RECORD = """mutation($input: RecordPaymentInput!) { recordPayment(input: $input) {
  order { state paymentStatus balance { amount } } errors { code path }
  warnings { code ... on PaidOtherwiseError { amount { amount currencyCode } } } } }"""
REVERSE = """mutation($input: ReverseRecordedPaymentInput!) { reverseRecordedPayment(input: $input) {
  order { state paymentStatus balance { amount } } errors { code path } warnings { code } } }"""
TERMS = """mutation($input: SetCustomerTermsInput!) { setCustomerTerms(input: $input) {
  customer { revision terms { days creditLimits { limit { amount currencyCode } open { amount } } } } errors { code path } } }"""
AGAIN = """mutation($pay: UpdatePaymentInstructionsInput!, $again: ResubmitOrderInput!) {
  updatePaymentInstructions(input: $pay) { errors { code path ... on PaymentMethodUnavailableError { obstacle } } }
  resubmitOrder(input: $again) { orderPayment { state paymentStatus } errors { code path } } }"""
PAY_REST = "mutation($input: PayOrderBalanceInput!) { payOrderBalance(input: $input) { errors { code path } } }"
HARD = "4000000000000002"


@pytest.fixture
async def shop(database):
    return await Shop.open(database, payment_offers=OFFERS)


@pytest.fixture
def desk(api, shop):
    return Desk(api, shop)


@pytest.fixture
async def finance(desk):
    return await desk.member(
        "RECORD_PAYMENTS", "SET_CUSTOMER_TERMS", "READ_ORDERS", "READ_PAYMENTS", email="f@example.com"
    )


def ord_(order):
    return global_id("ord", order.id)


async def placed(shop, clock, *ways, price=1000, **how):
    kettle = await shop.product(price=price, stock=50)
    return await shop.place(clock, await shop.cart((kettle, 1), ways=ways, **how))


def money(order, paid, key="k", **more):
    received = {"receivedAt": "2026-03-02T11:00:00Z", "reference": "statement 7", "amount": EUR(paid)}
    return {"orderId": ord_(order), "idempotencyKey": key, **received, **more}


async def record(finance, order, amount, key, **more):
    return (await finance.staff(RECORD, input=money(order, amount, key, **more)))["recordPayment"]


def stands(payload):
    order = payload["order"]
    return order["state"], order["paymentStatus"], order["balance"]["amount"]


async def test_a_transfer_is_explained_by_mail_and_confirms_the_order_when_it_has_come_in(
    api, shop, finance, database, clock, work
):
    order = await placed(shop, clock, "BANK_TRANSFER")
    await work()
    ((told,),) = await rows(database, "SELECT text FROM mails WHERE kind = 'ORDER_CONFIRMATION'")

    half = await record(finance, order, "10.00", "half")
    again = await record(finance, order, "10.00", "again")
    rest = await record(finance, order, "5.00", "rest", reference="statement 9")
    await work()

    assert re.search(r"€14\.90.*" + order.number + r".*DE02120300000000202051", told, re.DOTALL)
    assert stands(half) == ("PENDING", "PARTIALLY_CAPTURED", "4.90")
    assert half["warnings"] == [{"code": "UNDERPAID", "amount": {"amount": "4.90", "currencyCode": "EUR"}}]
    assert (again["order"], again["errors"], again["warnings"]) == (None, [], [{"code": "RECORDED_BEFORE"}])
    assert stands(rest) == ("CONFIRMED", "OVERPAID", "-0.10")
    assert rest["warnings"] == [{"code": "OVERPAID", "amount": {"amount": "0.10", "currencyCode": "EUR"}}]
    mails = await rows(database, "SELECT text FROM mails WHERE kind = 'PAYMENT_RECEIVED' ORDER BY created_at, id")
    assert ["still missing" in text for (text,) in mails] == [True, False]


async def test_what_was_recorded_by_mistake_is_taken_back_and_stays_in_the_ledger(shop, finance, clock):
    order = await placed(shop, clock, "BANK_TRANSFER")
    await record(finance, order, "14.90", "all")
    seen = (await finance.staff(READ, id=ord_(order)))["order"]
    wrong = {
        "transactionId": seen["payments"][0]["transactions"][0]["id"],
        "reason": "Another order's.",
        "idempotencyKey": "r",
    }

    reversed_ = (await finance.staff(REVERSE, input=wrong))["reverseRecordedPayment"]
    twice = (await finance.staff(REVERSE, input=wrong | {"idempotencyKey": "s"}))["reverseRecordedPayment"]
    after = (await finance.staff(READ, id=ord_(order)))["order"]

    assert (seen["state"], seen["paymentStatus"]) == ("CONFIRMED", "CAPTURED")
    assert stands(reversed_) == ("PENDING", "AWAITING", "14.90")
    assert reversed_["warnings"] == [{"code": "UNDERPAID"}]
    assert (twice["order"], twice["errors"]) == (None, [{"code": "NOT_RECORDED_BY_HAND", "path": ["transactionId"]}])
    capture, reversal = after["payments"][0]["transactions"]
    assert (capture["kind"], capture["providerReference"], capture["receivedAt"]) == (
        "CAPTURE",
        "statement 7",
        "2026-03-02T11:00:00Z",
    )
    assert (reversal["kind"], reversal["reversesId"], reversal["reason"]) == (
        "REVERSAL",
        capture["id"],
        "Another order's.",
    )


async def test_only_who_may_records_only_what_came_in_and_nothing_is_written_otherwise(
    shop, desk, finance, database, clock
):
    order = await placed(shop, clock, "BANK_TRANSFER")
    card = await placed(shop, clock, "CASH_ON_DELIVERY", price=100)
    entries = await rows(database, "SELECT count(*) FROM payment_transactions")
    unknown = global_id("pay", order.id)

    async def refused(**changes):
        answer = (await finance.staff(RECORD, input=money(order, "1.00", str(changes), **changes)))["recordPayment"]
        assert answer["order"] is None
        return answer["errors"]

    assert await refused(amount={"amount": "1.00", "currencyCode": "USD"}) == [
        {"code": "INVALID_VALUE", "path": ["amount", "currencyCode"]}
    ]
    assert await refused(amount={"amount": "0", "currencyCode": "EUR"}, reference=" ", paymentId="x") == [
        {"code": "NOT_FOUND", "path": ["paymentId"]},
        {"code": "INVALID_VALUE", "path": ["amount"]},
        {"code": "INVALID_VALUE", "path": ["reference"]},
    ]
    assert await refused(receivedAt="2026-03-09T11:00:00Z", paymentId=unknown) == [
        {"code": "RECEIVED_IN_FUTURE", "path": ["receivedAt"]},
        {"code": "NOT_FOUND", "path": ["paymentId"]},
    ]
    assert await refused(orderId=global_id("ord", card.payments[0].id)) == [{"code": "NOT_FOUND", "path": ["orderId"]}]
    assert await refused(expectedRevision=9) == [{"code": "STALE_REVISION", "path": ["expectedRevision"]}]
    assert await rows(database, "SELECT count(*) FROM payment_transactions") == entries


async def test_an_order_on_terms_is_confirmed_at_once_and_staff_see_how_it_is_paid(
    api, shop, desk, finance, clock, database
):
    ada = await desk.customer()
    await finance.staff(
        TERMS, input={"id": global_id("cus", ada), "terms": {"days": 10, "creditLimits": [EUR("20.00")]}}
    )
    client, cart = (
        await desk.signed_in(ada),
        await shop.cart((await shop.product(price=1000, stock=5), 1), customer_id=ada),
    )
    id_ = global_id("crt", cart[0])
    pay = [{"method": "INVOICE"}, {"method": "CASH_ON_DELIVERY", "amount": EUR("4.90")}]

    assert (await client.shop(PAY, input={"cartId": id_, "instructions": pay}))["setPaymentInstructions"][
        "errors"
    ] == []
    summary = (await client.shop(SUMMARY, id=id_))["checkoutSummary"]
    order = (await client.shop(PLACE, input=placing(id_, summary)))["placeOrder"]["order"]
    seen = (await finance.staff(READ, id=order["id"]))["order"]

    assert summary["readiness"] == []
    assert [(each["method"], each["name"], each["days"], each["obstacle"]) for each in summary["paymentOptions"]] == [
        ("CARD", "Card", None, None),
        ("BANK_TRANSFER", "Bank transfer", 14, None),
        ("INVOICE", "Invoice", 10, None),
        ("CASH_ON_DELIVERY", "Cash", None, "TOO_MUCH"),
    ]
    assert (order["state"], order["paymentStatus"], order["balance"]["amount"]) == ("CONFIRMED", "AUTHORIZED", "0.00")
    assert seen["blocks"] == []
    assert [(p["method"], p["authorized"]["amount"], p["dueAt"], p["enteredBy"]) for p in seen["payments"]] == [
        ("INVOICE", "10.00", "2026-03-12T12:00:00Z", None),
        ("CASH_ON_DELIVERY", "4.90", None, None),
    ]
    assert await rows(database, "SELECT topic FROM outbox WHERE topic LIKE 'payments%'") == [], "no bank is asked"


def EUR(amount):  # noqa: N802 - as it is written
    return {"amount": amount, "currencyCode": "EUR"}


def placing(cart_id, summary):
    accepted = {"summaryToken": summary["summaryToken"], "acceptedTermsVersion": "2026-01"}
    return {"cartId": cart_id, **accepted, "idempotencyKey": cart_id}


async def test_who_may_not_pay_in_some_way_is_told_why_all_at_once(api, shop, clock):
    cart_id, token = await shop.cart((await shop.product(price=1000, stock=5), 1))
    guest, id_ = api.with_headers(x_cart_token=token), global_id("crt", cart_id)
    wrong = [{"method": "INVOICE"}, {"method": "BANK_TRANSFER", "cardToken": "card_x", "amount": EUR("1.00")}]
    unknown = [{"method": "INVOICE", "amount": EUR("1.00")}, {"cardToken": "card_x"}]

    async def refused(instructions):
        answer = await guest.shop(PAY, input={"cartId": id_, "instructions": instructions})
        return answer["setPaymentInstructions"]["errors"]

    assert await refused(wrong) == [{"code": "INVALID_VALUE", "path": ["instructions", "1"]}]
    assert await refused(unknown) == [
        {"code": "CARD_TOKEN_INVALID", "path": ["instructions", "1", "cardToken"]},
        {"code": "PAYMENT_METHOD_UNAVAILABLE", "path": ["instructions", "0"], "obstacle": "REGISTERED_ONLY"},
    ]
    assert await refused([{"method": "CASH_ON_DELIVERY"}]) == []
    summary = (await guest.shop(SUMMARY, id=id_))["checkoutSummary"]
    assert summary["readiness"] == [
        {"requirement": "PAYMENT_METHOD", "paymentInstruction": 0, "paymentObstacle": "TOO_MUCH"}
    ]
    assert await refused([{"method": "CASH_ON_DELIVERY", "amount": EUR("9.00")}]) == []
    assert (await guest.shop(SUMMARY, id=id_))["checkoutSummary"]["readiness"] == [
        {"requirement": "PAYMENT_AMOUNTS", "paymentInstruction": None, "paymentObstacle": None}
    ]


async def test_an_order_beyond_the_credit_limit_is_placed_and_held_up(shop, desk, finance, clock, reasons):
    ada = await desk.customer()
    await finance.staff(TERMS, input={"id": global_id("cus", ada), "terms": {"creditLimits": [EUR("20.00")]}})
    client, kettle = await desk.signed_in(ada), await shop.product(price=1000, stock=5)

    async def buy():
        cart_id, _ = await shop.cart((kettle, 1), ways=("INVOICE",), customer_id=ada)
        summary = (await client.shop(SUMMARY, id=global_id("crt", cart_id)))["checkoutSummary"]
        order = (await client.shop(PLACE, input=placing(global_id("crt", cart_id), summary)))["placeOrder"]["order"]
        return order["id"], order["state"], (await finance.staff(READ, id=order["id"]))["order"]["blocks"]

    first, state, blocks = await buy()
    assert (state, blocks) == ("CONFIRMED", [])
    assert (await buy())[1:] == ("CONFIRMED", [{"reasonCode": "CREDIT_LIMIT", "resolution": None}])
    paid = {"orderId": first, "amount": EUR("14.90"), "reference": "s", "receivedAt": "2026-03-02T11:00:00Z"}
    await finance.staff(RECORD, input={**paid, "idempotencyKey": "paid"})
    shown = (
        await finance.staff(TERMS, input={"id": global_id("cus", ada), "terms": {"creditLimits": [EUR("30.00")]}})
    )["setCustomerTerms"]["customer"]
    assert shown["terms"] == {"days": None, "creditLimits": [{"limit": EUR("30.00"), "open": {"amount": "14.90"}}]}
    assert (await buy())[2] == []


async def test_neither_an_edit_nor_its_balance_leads_round_the_credit_limit(shop, desk, finance, reasons):
    """Each order of 14.90, which a second kettle makes 24.90."""
    grace = await desk.member("READ_ORDERS", "EDIT_ORDERS", "ACT_FOR_CUSTOMERS", email="g@example.com")
    kettle, found = await shop.product(price=1000, stock=50), {}
    for settle in ("CHARGE", "LEAVE_DUE"):
        ada = await desk.customer(f"{settle.lower()}@example.com")
        await finance.staff(TERMS, input={"id": global_id("cus", ada), "terms": {"creditLimits": [EUR("20.00")]}})
        client, (cart_id, _) = (
            await desk.signed_in(ada),
            await shop.cart((kettle, 1), ways=("INVOICE",), customer_id=ada),
        )
        summary = (await client.shop(SUMMARY, id=global_id("crt", cart_id)))["checkoutSummary"]
        order = (await client.shop(PLACE, input=placing(global_id("crt", cart_id), summary)))["placeOrder"]["order"]
        edit = EditDesk(grace, key_of(order["id"], "ord"))
        await edit.begin()
        await edit.more(2)
        assert (await edit.commit(settle, idempotencyKey=settle))["errors"] == []
        found[settle] = (order["id"], (await finance.staff(READ, id=order["id"]))["order"]["blocks"])

    held_up = [{"reasonCode": "CREDIT_LIMIT", "resolution": None}]
    assert [blocks for _, blocks in found.values()] == [held_up, []]
    id_, _ = found["LEAVE_DUE"]
    paid = await grace.staff(PAY_REST, input={"orderId": id_, "expectedDue": EUR("10.00"), "idempotencyKey": "k"})
    assert paid["payOrderBalance"] == {"errors": []}
    assert (await finance.staff(READ, id=id_))["order"]["blocks"] == held_up


@pytest.fixture
async def reasons(connection):
    for code in ("CREDIT_LIMIT", "PAYMENT_ATTEMPTS"):
        await given.block_reason(connection, code, kind="AUTOMATIC")


async def test_terms_are_agreed_on_by_who_may_and_ended(shop, desk, finance, database):
    ada, own = await desk.customer(), await desk.customer("f@example.com")
    wanted = {"id": global_id("cus", ada), "terms": {"days": 10, "creditLimits": [EUR("20.00")]}}

    async def set_(**changes):
        return (await finance.staff(TERMS, input=wanted | changes))["setCustomerTerms"]

    made, same = await set_(), await set_()
    assert made == same
    assert made["customer"]["terms"]["creditLimits"] == [{"limit": EUR("20.00"), "open": {"amount": "0.00"}}]
    assert (await set_(terms={"days": 0, "creditLimits": []}))["errors"] == [
        {"code": "INVALID_VALUE", "path": ["terms", "days"]},
        {"code": "INVALID_VALUE", "path": ["terms", "creditLimits"]},
    ]
    assert (await set_(terms={"creditLimits": [EUR("-1"), EUR("1.00")]}))["errors"] == [
        {"code": "INVALID_VALUE", "path": ["terms", "creditLimits", "0", "amount"]},
        {"code": "INVALID_VALUE", "path": ["terms", "creditLimits", "1", "currencyCode"]},
    ]
    assert (await set_(id=global_id("ord", ada)))["errors"] == [{"code": "NOT_FOUND", "path": ["id"]}]
    assert (await set_(id=global_id("cus", own)))["errors"] == [{"code": "SELF_DEALING", "path": ["id"]}]
    assert (await set_(expectedRevision=1))["errors"] == [{"code": "STALE_REVISION", "path": ["expectedRevision"]}]
    assert (await set_(terms=None))["customer"]["terms"] is None
    assert (
        await rows(database, "SELECT type FROM events WHERE type LIKE 'CustomerTerms%'") == [("CustomerTermsSet",)] * 2
    )


async def test_who_only_helps_customers_neither_records_money_nor_agrees_on_terms(shop, desk, clock):
    order, clerk, ada = await placed(shop, clock, "BANK_TRANSFER"), await desk.clerk(), await desk.customer()
    terms = {"id": global_id("cus", ada), "terms": None}

    for document, input_ in ((RECORD, money(order, "1.00")), (TERMS, terms)):
        answer = await clerk.answer("/staff/graphql", document, {"input": input_})
        assert {error["extensions"]["code"] for error in answer["errors"]} == {"FORBIDDEN"}


async def test_a_transfer_has_the_time_that_the_channel_gives_it(shop, database, clock, work):
    await placed(shop, clock, "BANK_TRANSFER")

    clock.advance(timedelta(days=13))
    await work()
    waiting = await rows(database, "SELECT state FROM orders")
    clock.advance(timedelta(days=1))
    await work()

    assert waiting == [("PENDING",)]
    assert await rows(database, "SELECT state, cancel_reason FROM orders") == [("CANCELED", "PAYMENT_TIMEOUT")]


async def test_after_a_decline_any_way_to_pay_will_do_and_amounts_must_add_up(
    shop, desk, services, clock, work, finance
):
    ada = await desk.customer()
    await finance.staff(TERMS, input={"id": global_id("cus", ada), "terms": {"creditLimits": [EUR("20.00")]}})
    kettle = await shop.product(price=1000, stock=5)
    cart_id, _ = await shop.cart((kettle, 1), cards=(HARD,), customer_id=ada)
    client, id_ = await desk.signed_in(ada), global_id("crt", cart_id)
    summary = (await client.shop(SUMMARY, id=id_))["checkoutSummary"]
    order = (await client.shop(PLACE, input=placing(id_, summary)))["placeOrder"]["order"]

    async def again(key, *instructions):
        pay = {"orderId": order["id"], "instructions": list(instructions), "idempotencyKey": key}
        answer = await client.shop(AGAIN, pay=pay, again={"orderId": order["id"], "idempotencyKey": f"{key}!"})
        return answer["updatePaymentInstructions"]["errors"], answer["resubmitOrder"]

    dollars = {"amount": "9.00", "currencyCode": "USD"}
    refused, _ = await again("a", {"method": "CASH_ON_DELIVERY", "amount": EUR("11.00")})
    abroad, _ = await again("d", {"method": "INVOICE"}, {"method": "CASH_ON_DELIVERY", "amount": dollars})
    _, secured = await again("b", {"method": "INVOICE"})

    assert order["state"] == "PAYMENT_REJECTED"
    assert refused == [{"code": "PAYMENT_AMOUNTS_MISMATCH", "path": ["instructions"]}]
    assert abroad == [{"code": "INVALID_VALUE", "path": ["instructions", "1", "amount", "currencyCode"]}]
    assert secured == {"orderPayment": {"state": "CONFIRMED", "paymentStatus": "AUTHORIZED"}, "errors": []}


async def test_another_way_to_pay_is_another_version_and_what_it_was_can_be_read(shop, desk, clock, work):
    """C.3: how it is paid is part of what was agreed on. A commit on what it was before is stale."""
    grace = await desk.member("READ_ORDERS", "READ_PAYMENTS", "EDIT_ORDERS", "ACT_FOR_CUSTOMERS", email="g@example.com")
    kettle = await shop.product(price=1000, stock=50)
    order = await shop.place(clock, await shop.cart((kettle, 1), cards=(HARD,)), inline=False)
    await work()
    edit = EditDesk(grace, order.id)
    await edit.begin()
    pay = {"orderId": ord_(order), "instructions": [{"method": "BANK_TRANSFER"}], "idempotencyKey": "p-1"}
    chosen = (
        "mutation($i: UpdatePaymentInstructionsInput!) { updatePaymentInstructions(input: $i) { errors { code } } }"
    )

    for _ in range(2):
        assert (await grace.staff(chosen, i=pay))["updatePaymentInstructions"]["errors"] == []
    late = await edit.more(2)

    seen = """query($id: ID!) { order(id: $id) { versionNumber payments { method }
      diff(from: 1, to: 2) { label } history { nodes { type version { number } } } } }"""
    shown = (await grace.staff(seen, id=ord_(order)))["order"]
    assert [error["code"] for error in late["errors"]] == ["EDIT_STALE"]
    assert (shown["versionNumber"], shown["payments"]) == (2, [{"method": "CARD"}, {"method": "BANK_TRANSFER"}])
    assert {"type": "PaymentInstructionsChanged", "version": {"number": 2}} in shown["history"]["nodes"]
    assert shown["diff"] == [{"label": "Payment 1 added: 14.90 EUR"}]


async def test_an_order_that_was_declined_too_often_is_looked_at(shop, connection, clock, services, finance, reasons):
    await connection.execute("UPDATE channels SET payment_attempt_limit = 1")
    kettle = await shop.product(price=1000, stock=5)
    order = await shop.place(clock, await shop.cart((kettle, 1), cards=(HARD,)))

    await advance(services.desk, order.id, "r")

    seen = (await finance.staff(READ, id=ord_(order)))["order"]
    assert seen["state"] == "PAYMENT_REJECTED"
    assert seen["blocks"] == [{"reasonCode": "PAYMENT_ATTEMPTS", "resolution": None}]


@pytest.mark.parametrize("which", ["order", "newOrder"])
async def test_of_an_order_on_terms_that_was_split_only_what_was_not_canceled_is_owed(
    shop, desk, finance, connection, which
):
    await given.cancel_reasons(connection)
    ada = await desk.customer()
    terms = {"id": global_id("cus", ada), "terms": {"creditLimits": [EUR("90.00")]}}
    await finance.staff(TERMS, input=terms)
    client, kettle = await desk.signed_in(ada), await shop.product(price=1000, stock=9)
    cart_id, _ = await shop.cart((kettle, 3), ways=("INVOICE",), customer_id=ada)
    summary = (await client.shop(SUMMARY, id=global_id("crt", cart_id)))["checkoutSummary"]
    order = (await client.shop(PLACE, input=placing(global_id("crt", cart_id), summary)))["placeOrder"]["order"]
    grace = await desk.member("EDIT_ORDERS", "CANCEL_ORDERS", "READ_ORDERS", email="g@example.com")
    ((line_id,),) = await rows(shop.database, "SELECT id FROM order_lines")
    part = {"orderId": order["id"], "lines": [{"lineId": global_id("oln", line_id), "quantity": 1}]}
    split = "mutation($i: SplitOrderInput!) { splitOrder(input: $i) { order { id } newOrder { id } errors { code } } }"
    both = (await grace.staff(split, i=part))["splitOrder"]
    cancel = """mutation($id: ID!) { cancelOrder(input: {orderId: $id, reasonCode: "OTHER"}) { errors { code } } }"""

    async def owed():
        shown = (await finance.staff(TERMS, input=terms))["setCustomerTerms"]["customer"]["terms"]
        return shown["creditLimits"][0]["open"]["amount"]

    before = await owed()
    assert (await grace.staff(cancel, id=both[which]["id"]))["cancelOrder"]["errors"] == []

    assert (before, await owed()) == ("34.90", {"order": "10.00", "newOrder": "24.90"}[which])
