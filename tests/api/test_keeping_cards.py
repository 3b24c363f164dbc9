"""Cards are kept from the cart in one call, if the customer agreed (S1-08)."""

import asyncio

import pytest

from commerce_api.schema.node import global_id
from tests.buying import Shop, rows
from tests.desk import Desk

PAY = """mutation($input: SetPaymentInstructionsInput!) { setPaymentInstructions(input: $input) {
  cart { id } errors { code path message } } }"""
MINE = "{ me { paymentMethods { isDefault card { lastFour } } } }"
KEPT = "SELECT customer_id FROM payment_methods ORDER BY id"


@pytest.fixture
async def desk(api, database):
    return Desk(api, await Shop.open(database))


async def a_cart(desk, customer_id=None):
    return await desk.shop.cart((await desk.shop.product("Kettle"), 1), customer_id=customer_id)


async def pay(client, address, cart_id, *instructions, **input):
    said = {"cartId": global_id("crt", cart_id), "instructions": instructions, **input}
    return (await getattr(client, address)(PAY, input=said))["setPaymentInstructions"]["errors"]


async def test_customers_keep_what_they_pay_with_if_they_say_so_and_once(desk):
    ada = await desk.customer()
    customer, (cart_id, _) = await desk.signed_in(ada), await a_cart(desk, ada)
    card = {"cardToken": await desk.shop.card()}

    for said, kept in (
        ({}, 0),
        ({"saveToProfile": False}, 0),
        ({"saveToProfile": True}, 1),
        ({"saveToProfile": True}, 1),
    ):
        assert await pay(customer, "shop", cart_id, card, **said) == []
        assert len(await rows(desk.shop.database, KEPT)) == kept

    assert (await customer.shop(MINE))["me"]["paymentMethods"] == [{"isDefault": False, "card": {"lastFour": "4242"}}]
    assert [event for event in await desk.events() if event[0] == "PaymentMethodKept"] == [
        ("PaymentMethodKept", "CUSTOMER", str(ada), None)
    ]


async def test_staff_keep_them_for_the_customer_who_agreed_and_not_by_themselves(desk):
    clerk, ada = await desk.clerk(), await desk.customer()
    (cart_id, _), card = await a_cart(desk, ada), {"cardToken": await desk.shop.card()}

    unsaid = await pay(clerk, "staff", cart_id, card)
    before = await rows(desk.shop.database, KEPT)
    said = await pay(clerk, "staff", cart_id, card, saveToProfile=True)

    assert (unsaid, before, said) == ([], [], [])
    assert await rows(desk.shop.database, KEPT) == [(ada,)]
    assert [event for event in await desk.events() if event[0] == "PaymentMethodKept"] == [
        ("PaymentMethodKept", "STAFF", str(clerk.staff_id), str(ada))
    ]
    [told] = await rows(desk.shop.database, "SELECT data FROM events WHERE type = 'PaymentMethodKept'")
    assert told == ({"card_token": None},)


async def test_nothing_is_kept_of_guests(desk):
    clerk, (cart_id, token) = await desk.clerk(), await a_cart(desk)
    card = {"cardToken": await desk.shop.card("5555555555554444")}
    guest = desk.api.with_headers(x_cart_token=token, accept_language="de")
    before = await rows(desk.shop.database, "SELECT revision FROM carts")

    for_guest = await pay(guest, "shop", cart_id, card, saveToProfile=True)
    for_staff = await pay(clerk, "staff", cart_id, card, saveToProfile=True)

    german = "Adressen und Karten heben wir nur für Kunden auf; dies ist der Warenkorb eines Gasts."
    refused = {"code": "SAVING_NEEDS_ACCOUNT", "path": ["saveToProfile"]}
    assert for_guest == [{**refused, "message": german}]
    assert [{**error, "message": german} for error in for_staff] == for_guest
    assert await rows(desk.shop.database, "SELECT revision FROM carts") == before


async def test_what_cannot_be_paid_with_is_not_kept(desk):
    ada = await desk.customer()
    customer, (cart_id, _) = await desk.signed_in(ada), await a_cart(desk, ada)

    [refused] = await pay(customer, "shop", cart_id, {"cardToken": "card_x"}, saveToProfile=True)

    assert refused["code"] == "CARD_TOKEN_INVALID"
    assert await rows(desk.shop.database, KEPT) == []


async def test_cards_that_are_kept_at_once_are_all_kept_one_after_the_other(committing_api, committing):
    desk = Desk(committing_api, await Shop.open(committing))
    customer = await desk.signed_in(await desk.customer())
    tokens = [await desk.shop.card() for _ in range(6)]
    keep = "mutation($token: String!) { keepPaymentMethod(input: {cardToken: $token}) { errors { code } } }"

    answers = await asyncio.gather(*(customer.shop(keep, token=token) for token in tokens))

    assert answers == [{"keepPaymentMethod": {"errors": []}}] * 6
    assert len(await rows(committing, KEPT)) == 6
    counted = await rows(committing, "SELECT sequence FROM events WHERE type = 'PaymentMethodKept' ORDER BY sequence")
    assert counted == [(number,) for number in range(1, 7)]
