"""A card is looked at before anything is bought with it, and a refusal leaves all as it was (S2-24)."""

from datetime import timedelta

import pytest

from commerce_api.operations import payments
from commerce_api.schema.node import global_id
from tests import given
from tests.api.editing import EditDesk
from tests.buying import Shop, rows

OFFERS = [{"kind": "CARD", "names": {"en": "Card"}, "brands": ["VISA"]}]
PAY = """mutation($input: SetPaymentInstructionsInput!) { setPaymentInstructions(input: $input) {
  errors { code message path } } }"""
READY = """query($id: ID!) { checkoutSummary(cartId: $id) { readiness { requirement paymentInstruction paymentObstacle }
  paymentOptions { method brands } } }"""
PLACE = """mutation($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id } errors {
  code ... on ReadinessError { missing { requirement paymentInstruction paymentObstacle } } } } }"""
AGAIN = """mutation($pay: UpdatePaymentInstructionsInput!, $again: ResubmitOrderInput!) {
  resubmitOrder(input: $again) { errors { code path } }
  updatePaymentInstructions(input: $pay) { errors { code path } } }"""
APPROVED, SOFT = "4242424242424242", "4000000000009995"
EXPIRE = "UPDATE vault_cards SET expiry_month = 1, expiry_year = 2026 RETURNING 1"
EXPIRED_FACE = 'UPDATE payments SET card = card || \'{"expiry_month": 1, "expiry_year": 2026}\' RETURNING 1'


@pytest.fixture
async def shop(database):
    return await Shop.open(database, payment_offers=OFFERS)


@pytest.fixture
async def kettle(shop):
    return await shop.product("Kettle", variants=[{"sku": "KETTLE", "price": 1190, "stock": 5}])


async def written(database):
    return await rows(
        database,
        "SELECT (SELECT array_agg((id, revision, state)::text) FROM carts), (SELECT count(*) FROM payments),"
        " (SELECT array_agg((version, revision, state)::text) FROM orders), (SELECT count(*) FROM events)",
    )


async def test_what_is_not_taken_here_is_not_put_in_a_cart(api, shop, kettle, database):
    cart_id, token = await shop.cart((kettle, 1))
    guest, before = api.with_headers(x_cart_token=token), await written(database)
    asked = {"cartId": global_id("crt", cart_id), "instructions": [{"cardToken": await shop.card(brand="AMEX")}]}

    refused = (await guest.shop(PAY, input=asked))["setPaymentInstructions"]

    assert refused["errors"] == [
        {
            "code": "CARD_BRAND_NOT_ACCEPTED",
            "message": "We do not take cards of this brand. Accepted are: VISA.",
            "path": ["instructions", "0"],
        }
    ]
    assert await written(database) == before


@pytest.mark.parametrize(
    ("sql", "obstacle"),
    [(EXPIRE, "CARD_EXPIRED"), ("UPDATE vault_cards SET brand = 'AMEX' RETURNING 1", "BRAND_NOT_ACCEPTED")],
)
async def test_what_has_become_of_a_card_is_told_before_placing_and_leaves_the_cart(
    api, shop, kettle, clock, database, sql, obstacle
):
    cart_id, token = await shop.cart((kettle, 1))
    guest, seen = api.with_headers(x_cart_token=token), await shop.summary_token(clock, cart_id, token)
    await rows(database, sql)
    before = await written(database)
    asked = {"cartId": global_id("crt", cart_id), "summaryToken": seen, "idempotencyKey": "k-1"}

    told = (await guest.shop(READY, id=asked["cartId"]))["checkoutSummary"]
    refused = (await guest.shop(PLACE, input=asked))["placeOrder"]

    missing = [{"requirement": "PAYMENT_METHOD", "paymentInstruction": 0, "paymentObstacle": obstacle}]
    assert told == {"readiness": missing, "paymentOptions": [{"method": "CARD", "brands": ["VISA"]}]}
    assert refused == {"order": None, "errors": [{"code": "READINESS_INCOMPLETE", "missing": missing}]}
    assert await written(database) == before


async def test_an_edit_is_not_charged_to_a_card_that_has_expired(
    api, shop, kettle, clock, services, connection, database
):
    placed = await shop.place(clock, await shop.cart((kettle, 1)))
    await payments.advance(services.desk, placed.id, "r")
    staff_id = await given.staff(connection, "READ_ORDERS", "EDIT_ORDERS")
    desk = EditDesk(api.as_(await given.staff_token(connection, staff_id)), placed.id)
    await desk.begin()
    await desk.more(2)
    await rows(database, EXPIRED_FACE)
    before = await written(database)

    refused = await desk.commit("CHARGE", idempotencyKey="k-1")
    other = await desk.commit(
        "CHARGE", idempotencyKey="k-2", instructions=[{"cardToken": await shop.card(brand="AMEX")}]
    )

    assert [(error["code"], error["path"]) for error in (*refused["errors"], *other["errors"])] == [
        ("CARD_EXPIRED", ["instructions"]),
        ("CARD_BRAND_NOT_ACCEPTED", ["instructions", "0"]),
    ]
    assert await written(database) == before


async def test_an_order_is_not_paid_again_with_a_card_that_has_expired(api, shop, kettle, clock, services, database):
    cart = await shop.cart((kettle, 1), cards=(SOFT,))
    placed = await shop.place(clock, cart)
    await payments.advance(services.desk, placed.id, "r")
    await rows(database, EXPIRED_FACE)
    before, guest = await written(database), api.with_headers(x_cart_token=cart[1])
    clock.advance(timedelta(minutes=5))
    order_id = global_id("ord", placed.id)
    pay = {"orderId": order_id, "idempotencyKey": "k-1", "instructions": [{"cardToken": await shop.card(brand="AMEX")}]}

    done = await guest.shop(AGAIN, pay=pay, again={"orderId": order_id, "idempotencyKey": "k-2"})

    assert done == {
        "resubmitOrder": {"errors": [{"code": "CARD_EXPIRED", "path": None}]},
        "updatePaymentInstructions": {"errors": [{"code": "CARD_BRAND_NOT_ACCEPTED", "path": ["instructions", "0"]}]},
    }
    assert await written(database) == before
