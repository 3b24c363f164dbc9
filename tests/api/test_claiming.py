"""A guest's order becomes a customer's who proves the mail address (S1-02); addresses of carts are kept (S1-08)."""

import re

import pytest

from commerce_api.persistence.tables import identity
from commerce_api.schema.node import global_id
from tests import given
from tests.api.everything import ADDRESS
from tests.api.mails import latest_text
from tests.api.test_orders import place
from tests.buying import BERLIN, Shop, rows
from tests.desk import Desk

CLAIM = """mutation($input: ClaimOrderInput!) { claimOrder(input: $input) { order { number } errors { code path } } }"""
ASK = "mutation($input: SendOrderAccessCodeInput!) { sendOrderAccessCode(input: $input) { accepted } }"
MINE = "{ me { orders { nodes { number } } } }"
ADDRESSES = """mutation($input: SetCartAddressesInput!) { setCartAddresses(input: $input) {
  cart { id } errors { code path } warnings { code } } }"""
GROUPS = "mutation($input: SetCartShipGroupsInput!) { setCartShipGroups(input: $input) { errors { code path } } }"
BOOK = "SELECT address->>'line1' FROM addresses ORDER BY id"
NOT_YOURS = [{"code": "NOT_FOUND", "path": ["number"]}]


@pytest.fixture
async def desk(api, database):
    return Desk(api, await Shop.open(database))


@pytest.fixture
async def number(desk):
    """Of an order that a guest placed as ada@example.com."""
    cart = await desk.shop.cart((await desk.shop.product("Kettle"), 1))
    return (await place(desk.api, cart))["order"]["number"]


async def claimed(client, number, **input):
    return (await client.shop(CLAIM, input={"number": number, **input}))["claimOrder"]


async def test_whose_confirmed_address_it_has_takes_it_into_the_account(desk, number):
    ada = await desk.customer()
    customer = await desk.signed_in(ada)

    payload = await claimed(customer, number.replace("-", " ").lower())
    again = await claimed(customer, number)

    assert payload == again == {"order": {"number": number}, "errors": []}
    assert (await customer.shop(MINE))["me"]["orders"]["nodes"] == [{"number": number}]
    told = [event for event in await desk.events() if event[0] == "OrderClaimed"]
    assert told == [("OrderClaimed", "CUSTOMER", str(ada), None)]


async def test_with_another_address_the_code_that_was_mailed_proves_it(desk, number, services, work):
    customer = await desk.signed_in(await desk.customer("bob@example.com"))
    await desk.api.shop(ASK, input={"number": number, "email": "ada@example.com"})
    await work()
    [code] = re.findall(r"\b\d{4} \d{4}\b", await latest_text(services, "ORDER_ACCESS_CODE"))

    without, wrong = await claimed(customer, number), await claimed(customer, number, code="0000 0000")
    payload = await claimed(customer, number, code=code)

    assert without["errors"] == wrong["errors"] == NOT_YOURS
    assert payload == {"order": {"number": number}, "errors": []}


async def test_nobody_takes_what_is_anothers_or_proves_with_an_unconfirmed_address(desk, number):
    ada = await desk.signed_in(await desk.customer())
    await rows(desk.shop.database, "UPDATE customers SET email_verified_at = NULL RETURNING id")
    unconfirmed = await claimed(ada, number)
    await rows(desk.shop.database, "UPDATE customers SET email_verified_at = created_at RETURNING id")
    await claimed(ada, number)
    await rows(desk.shop.database, "UPDATE customers SET email = 'old@example.com' RETURNING id")
    second = await desk.signed_in(await desk.customer())

    assert unconfirmed["errors"] == NOT_YOURS
    assert (await claimed(second, number))["errors"] == NOT_YOURS
    assert (await claimed(second, "nonsense"))["errors"] == NOT_YOURS
    assert (await claimed(second, " "))["errors"] == [{"code": "INVALID_VALUE", "path": ["number"]}]


async def test_claims_are_tried_a_few_times_only(desk, number):
    eve = await desk.signed_in(await desk.customer("eve@example.com"))

    answers = [await claimed(eve, number, code=f"{n:08}") for n in range(6)]

    assert [answer["errors"][0]["code"] for answer in answers] == ["NOT_FOUND"] * 5 + ["TOO_MANY_ATTEMPTS"]


async def test_only_customers_claim(desk, api, number):
    assert await api.error_codes("/graphql", CLAIM, {"input": {"number": number}}) == ["UNAUTHENTICATED"]
    clerk = await desk.clerk()
    assert await clerk.error_codes("/staff/graphql", CLAIM, {"input": {"number": number}}) == ["FORBIDDEN"]


async def set_address(client, address, cart_id, **input):
    ask = getattr(client, address)
    said = {"cartId": global_id("crt", cart_id), "shipping": ADDRESS, "billing": ADDRESS, **input}
    return (await ask(ADDRESSES, input=said))["setCartAddresses"]


async def test_what_staff_are_told_is_kept_for_the_customer_once_unless_they_say_no(desk):
    clerk, ada = await desk.clerk(), await desk.customer(addresses=[(BERLIN, True, True)])
    cart_id, _ = await desk.shop.cart((await desk.shop.product("Kettle"), 1), customer_id=ada)

    for said in ({}, {"billing": ADDRESS | {"line1": "Secret 1"}, "saveToProfile": False}, {}):
        assert (await set_address(clerk, "staff", cart_id, **said))["errors"] == []

    assert await rows(desk.shop.database, BOOK) == [("Torstraße 1",), ("Markergasse 77",)]
    assert [event for event in await desk.events() if event[0] == "AddressAdded"] == [
        ("AddressAdded", "STAFF", str(clerk.staff_id), str(ada))
    ]


async def test_customers_say_so_themselves(desk):
    ada = await desk.customer()
    cart_id, _ = await desk.shop.cart((await desk.shop.product("Kettle"), 1), customer_id=ada)
    customer = await desk.signed_in(ada)

    await set_address(customer, "shop", cart_id)
    unsaid = await rows(desk.shop.database, BOOK)
    await set_address(customer, "shop", cart_id, saveToProfile=True)

    assert (unsaid, await rows(desk.shop.database, BOOK)) == ([], [("Markergasse 77",)])


async def test_of_goods_that_go_to_several_places_each_address_is_kept(desk):
    clerk, ada = await desk.clerk(), await desk.customer()
    cart_id, _ = await desk.shop.cart((await desk.shop.product("Kettle"), 2), customer_id=ada)
    [(line,)] = await rows(desk.shop.database, "SELECT id FROM cart_lines")
    lines = [{"lineId": global_id("cln", line), "quantity": 1}]
    places = [{"address": ADDRESS | {"line1": street}, "lines": lines} for street in ("Markergasse 1", "Markergasse 2")]
    said = {"cartId": global_id("crt", cart_id), "groups": places}

    unwanted = (await clerk.staff(GROUPS, input={**said, "saveToProfile": False}))["setCartShipGroups"]
    before = await rows(desk.shop.database, BOOK)
    payload = (await clerk.staff(GROUPS, input=said))["setCartShipGroups"]

    assert (unwanted, before, payload) == ({"errors": []}, [], {"errors": []})
    assert await rows(desk.shop.database, BOOK) == [("Markergasse 1",), ("Markergasse 2",)]


async def test_for_a_guest_there_is_nowhere_to_keep_it(desk):
    clerk = await desk.clerk()
    cart_id, _ = await desk.shop.cart((await desk.shop.product("Kettle"), 1))

    refused = await set_address(clerk, "staff", cart_id, saveToProfile=True)
    before = await desk.events()
    plain = await set_address(clerk, "staff", cart_id)

    assert refused["errors"] == [{"code": "SAVING_NEEDS_ACCOUNT", "path": ["saveToProfile"]}]
    assert (before, plain["errors"]) == ([], [])


async def test_a_full_address_book_keeps_nobody_from_ordering(desk, connection):
    clerk, ada = await desk.clerk(), await desk.customer()
    for n in range(100):
        row = {"customer_id": ada, "address": {**BERLIN, "line1": f"Weg {n}"}}
        await given.insert(connection, identity.addresses, **row)
    cart_id, _ = await desk.shop.cart((await desk.shop.product("Kettle"), 1), customer_id=ada)

    payload = await set_address(clerk, "staff", cart_id)

    assert (payload["errors"], payload["warnings"]) == ([], [{"code": "ADDRESS_NOT_SAVED"}])
    assert len(await rows(desk.shop.database, BOOK)) == 100
