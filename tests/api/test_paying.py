"""Paying as a shopper does it: over HTTP only, with the sandbox's cards, the mails and the bank's page."""

import re
from datetime import timedelta

import pytest

from commerce_api.schema.node import global_id
from tests.api.mails import latest_text
from tests.buying import Shop, rows

APPROVED, SOFT, HARD, STOLEN = "4242424242424242", "4000000000009995", "4000000000000002", "4000000000009979"
ACTION, TIMES_OUT, LOST, LATER = "4000002760003184", "4000000000000119", "4000000000000127", "4000000000000259"

ADDRESS = {"firstName": "Ada", "lastName": "Byron", "line1": "Torstraße 1", "city": "Berlin", "postalCode": "10119"}
CREATE = "mutation($input: CreateCartInput!) { createCart(input: $input) { token cart { id } errors { code } } }"
ARRANGE = """mutation($buyer: SetCartBuyerInput!, $where: SetCartAddressesInput!, $how: SetCartShippingMethodInput!,
    $start: StartCheckoutInput!, $pay: SetPaymentInstructionsInput!) {
  setCartBuyer(input: $buyer) { errors { code path } }
  setCartAddresses(input: $where) { errors { code path } }
  setCartShippingMethod(input: $how) { errors { code path } }
  startCheckout(input: $start) { errors { code path } }
  setPaymentInstructions(input: $pay) { errors { code path } } }"""
SUMMARY = "query($id: ID!) { checkoutSummary(cartId: $id) { summaryToken readiness { requirement } } }"
PLACE = """mutation($input: PlaceOrderInput!) { placeOrder(input: $input) {
  order { id state paymentStatus } errors { code path } } }"""
READ = """query($id: ID!) { order(id: $id) {
  state statusText paymentStatus balance { amount } payments { status attempt actionUrl card { lastFour } }
  history(first: 50) { nodes { type text } } } }"""
OPEN = """query($link: String!) { orderPayment(paymentToken: $link) {
  state paymentStatus total { amount } due { amount } payments { card { lastFour } }
  allowedActions { action allowed blockers { code } } } }"""
AGAIN = """mutation($pay: UpdatePaymentInstructionsInput!, $again: ResubmitOrderInput!) {
  updatePaymentInstructions(input: $pay) { orderPayment { state } errors { code path } }
  resubmitOrder(input: $again) { orderPayment { state paymentStatus }
    errors { code path message ... on PaymentPauseError { retryFrom } } } }"""


class Buyer:
    """A guest with a browser, a cart in it and a mailbox."""

    def __init__(self, api, http, language="en"):
        self.api, self.http, self.requests = api.with_headers(accept_language=language), http, 0

    def key(self):
        self.requests += 1
        return f"request-{self.requests}"

    async def card(self, number):
        entry = {"number": number, "expiryMonth": 12, "expiryYear": 2030, "cvv": "123"}
        return {"cardToken": (await self.http.post("/vault/cards", json=entry)).json()["token"]}

    async def buy(self, variant_id, method_id, card):
        """From an empty cart to a placed order."""
        lines = [{"variantId": global_id("var", variant_id)}]
        made = (await self.api.shop(CREATE, input={"lines": lines}))["createCart"]
        self.api, cart = self.api.with_headers(x_cart_token=made["token"]), {"cartId": made["cart"]["id"]}
        arranged = await self.api.shop(
            ARRANGE,
            buyer={**cart, "email": "ada@example.com"},
            where={**cart, "shipping": {**ADDRESS, "country": "DE"}},
            how={**cart, "shippingMethodId": global_id("shm", method_id)},
            start=cart,
            pay={**cart, "instructions": [await self.card(card)]},
        )
        assert [payload["errors"] for payload in arranged.values()] == [[]] * 5
        summary = (await self.api.shop(SUMMARY, id=cart["cartId"]))["checkoutSummary"]
        assert summary["readiness"] == [{"requirement": "TERMS"}]
        accepted = {"summaryToken": summary["summaryToken"], "acceptedTermsVersion": "2026-01"}
        self.wanted = {**cart, **accepted, "idempotencyKey": self.key()}
        return await self.place()

    async def place(self):
        placed = (await self.api.shop(PLACE, input=self.wanted))["placeOrder"]
        assert placed["errors"] == []
        self.order = placed["order"]["id"]
        return placed["order"]["state"], placed["order"]["paymentStatus"]

    async def look(self):
        return (await self.api.shop(READ, id=self.order))["order"]

    async def stands(self):
        order = await self.look()
        return order["state"], order["paymentStatus"]

    async def pay_with(self, card, link):
        """Another card, and again."""
        pay = {"paymentToken": link, "instructions": [await self.card(card)], "idempotencyKey": self.key()}
        answer = await self.api.shop(AGAIN, pay=pay, again={"paymentToken": link, "idempotencyKey": self.key()})
        return answer["updatePaymentInstructions"], answer["resubmitOrder"]


@pytest.fixture
def buyer(api, http):
    return Buyer(api, http)


async def mails(database):
    return dict(await rows(database, "SELECT kind, subject || E'\\n' || text FROM mails ORDER BY created_at, id"))


async def link_in(services, kind="PAYMENT_REJECTED"):
    (link,) = set(re.findall(r"mail_[\w-]+", await latest_text(services, kind)))
    return link


async def held(database):
    """What the bank has set aside, by its own books."""
    return await rows(
        database, "SELECT amount FROM sandbox_operations WHERE kind = 'AUTHORIZE' AND status = 'APPROVED'"
    )


@pytest.mark.parametrize(
    ("language", "status", "asks", "thanks", "amount", "told"),
    [
        (
            "en",
            "Please choose another way to pay",
            "please choose another way to pay",
            "Thank you",
            "€24.80",
            "The payment was not accepted.",
        ),
        (
            "de",
            "Bitte wählen Sie eine andere Zahlungsart",
            "Bitte wählen Sie eine andere",
            "Danke",
            "24,80\xa0€",
            "Die Zahlung wurde nicht angenommen.",
        ),
    ],
)
async def test_a_declined_card_is_replaced_with_the_mailed_link(
    api, http, shop, database, services, work, language, status, asks, thanks, amount, told
):
    buyer = Buyer(api, http, language)
    placed = await buyer.buy(await shop.product("Kettle", price=1990), shop.method_id, HARD)
    rejected = await buyer.look()
    await work()
    mail = (await mails(database))["PAYMENT_REJECTED"]
    link = await link_in(services)

    opened = (await api.shop(OPEN, link=link))["orderPayment"]
    updated, paid = await Buyer(api, http, language).pay_with(APPROVED, link)
    after = await buyer.look()
    await work()

    assert placed == ("PAYMENT_REJECTED", "REJECTED")
    assert rejected["statusText"] == status
    assert all(said in mail for said in (asks, amount, "0002"))
    assert "DECLINED" not in mail.upper()
    assert thanks in (await mails(database))["ORDER_CONFIRMATION"]
    assert opened == {
        "state": "PAYMENT_REJECTED",
        "paymentStatus": "REJECTED",
        "total": {"amount": "24.80"},
        "due": {"amount": "24.80"},
        "payments": [{"card": {"lastFour": "0002"}}],
        "allowedActions": [
            {"action": "UPDATE_PAYMENT", "allowed": True, "blockers": []},
            {"action": "RESUBMIT", "allowed": False, "blockers": [{"code": "PAYMENT_METHOD_DECLINED"}]},
            {"action": "PAY_BALANCE", "allowed": False, "blockers": [{"code": "PAYMENT_NOT_OPEN"}]},
        ],
    }
    assert updated == {"orderPayment": {"state": "PAYMENT_REJECTED"}, "errors": []}
    assert paid == {"orderPayment": {"state": "CONFIRMED", "paymentStatus": "AUTHORIZED"}, "errors": []}
    assert (after["state"], after["balance"]) == ("CONFIRMED", {"amount": "0.00"})
    assert [(p["attempt"], p["status"], p["card"]["lastFour"]) for p in after["payments"]] == [
        (1, "FAILED", "0002"),
        (2, "SUCCEEDED", "4242"),
    ]
    assert [event["type"] for event in after["history"]["nodes"]] == [
        "OrderPlaced",
        "PaymentDeclined",
        "OrderPaymentRejected",
        "PaymentInstructionsChanged",
        "OrderResubmitted",
        "PaymentAuthorized",
        "OrderConfirmed",
    ]
    assert after["history"]["nodes"][1]["text"] == told
    assert await held(database) == [(2480,)]
    assert (await api.shop(OPEN, link=link))["orderPayment"] is None
    assert len(await rows(database, "SELECT 1 FROM mails")) == 2


async def test_the_third_attempt_has_to_wait(buyer, shop, database, services, work, clock):
    await buyer.buy(await shop.product(), shop.method_id, SOFT)
    await work()
    _, second = await buyer.pay_with(STOLEN, await link_in(services))
    await work()
    link = await link_in(services)

    early = (await buyer.pay_with(APPROVED, link))[1]
    clock.advance(timedelta(seconds=60))
    _, third = await buyer.pay_with(APPROVED, link)

    assert second["orderPayment"] == {"state": "PAYMENT_REJECTED", "paymentStatus": "REJECTED"}
    assert early == {
        "orderPayment": None,
        "errors": [
            {
                "code": "PAYMENT_TOO_SOON",
                "path": None,
                "message": "Please wait a while before you try to pay again.",
                "retryFrom": "2026-03-02T12:01:00Z",
            }
        ],
    }
    assert third["orderPayment"] == {"state": "CONFIRMED", "paymentStatus": "AUTHORIZED"}


async def test_attempts_come_to_an_end(http, api, database, services, work):
    shop = await Shop.open(database, payment_attempt_limit=2)
    buyer = Buyer(api, http)
    await buyer.buy(await shop.product(), shop.method_id, SOFT)
    await work()
    await buyer.pay_with(SOFT, await link_in(services))
    await work()

    updated, again = await buyer.pay_with(APPROVED, await link_in(services))

    assert [[error["code"] for error in payload["errors"]] for payload in (updated, again)] == [
        ["PAYMENT_ATTEMPTS_EXHAUSTED"]
    ] * 2
    assert await held(database) == []


@pytest.mark.parametrize(("decision", "after"), [("approve", "CONFIRMED"), ("decline", "PAYMENT_REJECTED")])
async def test_a_card_that_asks_its_owner_waits_for_the_banks_page(
    buyer, shop, http, database, services, work, decision, after
):
    placed = await buyer.buy(await shop.product(), shop.method_id, ACTION)
    (payment,) = (await buyer.look())["payments"]

    await http.post(payment["actionUrl"].removeprefix("http://127.0.0.1:8000"), data={"decision": decision})
    await work()

    assert placed == ("PENDING", "ACTION_REQUIRED")
    assert (await buyer.look())["state"] == after
    assert set(await mails(database)) == {"ORDER_CONFIRMATION"} | (
        {"PAYMENT_REJECTED"} if decision == "decline" else set()
    )


@pytest.mark.parametrize(("card", "shown"), [(TIMES_OUT, "UNKNOWN"), (LOST, "UNKNOWN"), (LATER, "PENDING")])
async def test_what_the_bank_has_not_said_yet_is_found_out_and_paid_once(
    buyer, shop, database, services, work, clock, card, shown
):
    placed = await buyer.buy(await shop.product(price=1990), shop.method_id, card)
    blocked = (await buyer.api.shop(AGAIN, **await another_try(buyer)))["resubmitOrder"]
    for _ in range(4):
        clock.advance(timedelta(seconds=30))
        await work()

    assert placed == ("PENDING", shown)
    assert [error["code"] for error in blocked["errors"]] == ["PAYMENT_UNRESOLVED", "PAYMENT_NOT_OPEN"]
    assert await buyer.stands() == await buyer.place() == ("CONFIRMED", "AUTHORIZED")
    assert await held(database) == [(2480,)]
    assert list(await mails(database)) == ["ORDER_CONFIRMATION"]


async def test_the_same_request_again_asks_the_bank_what_became_of_the_first(buyer, shop, database):
    first = await buyer.buy(await shop.product(price=1990), shop.method_id, TIMES_OUT)

    assert (first, await buyer.place()) == (("PENDING", "UNKNOWN"), ("CONFIRMED", "AUTHORIZED"))
    assert await held(database) == [(2480,)]


async def another_try(buyer):
    card = await buyer.card(APPROVED)
    return {
        "pay": {"orderId": buyer.order, "instructions": [card], "idempotencyKey": buyer.key()},
        "again": {"orderId": buyer.order, "idempotencyKey": buyer.key()},
    }


async def test_a_reminder_has_a_link_that_pays(buyer, shop, api, database, services, work, clock):
    await buyer.buy(await shop.product(), shop.method_id, HARD)
    await work()
    clock.advance(timedelta(hours=24))
    await work()

    _, paid = await buyer.pay_with(APPROVED, await link_in(services, "PAYMENT_REMINDER"))

    assert "still waits for its payment" in (await mails(database))["PAYMENT_REMINDER"]
    assert "March 9, 2026, 1:00\u202fPM (CET)" in (await mails(database))["PAYMENT_REMINDER"].replace("\n", " ")
    assert paid["orderPayment"] == {"state": "CONFIRMED", "paymentStatus": "AUTHORIZED"}
