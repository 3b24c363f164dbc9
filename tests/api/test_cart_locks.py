"""Who works on a cart keeps others from it, and each sees it (S1-01); a guest's cart becomes a customer's."""

import asyncio
from datetime import timedelta

import pytest

from commerce_api.adapters.ids import new_id
from commerce_api.schema.node import global_id
from tests.buying import Shop, rows
from tests.desk import Desk, cus

LOCK = "lock { byStaff mine since until }"
STAFF_LOCK = "lock { byStaff mine since until staffName }"
LOCKED_ERROR = "... on CartLockedError { since until }"


def changing(name, input_type, fields="id", error=""):
    return (
        f"mutation($input: {input_type}!) {{ {name}(input: $input) {{ "
        f"cart {{ {fields} }} errors {{ code path {error} }} }} }}"
    )


TAKE = changing("lockCart", "LockCartInput", STAFF_LOCK)
OVER = changing("takeOverCart", "LockCartInput", STAFF_LOCK)
GIVE = changing("unlockCart", "PlainCartInput", STAFF_LOCK)
NOTE = changing("setCartNote", "SetCartNoteInput", "note", LOCKED_ERROR)
STAFF_NOTE = changing("setCartNote", "SetCartNoteInput", "note", "... on CartLockedError { since until staffName }")
BIND = changing("bindCart", "BindCartInput", "id totalQuantity", "... on CustomerHasCartError { cartId }")
NOON, TEN_PAST, TWENTY_PAST = "2026-03-02T12:00:00Z", "2026-03-02T12:10:00Z", "2026-03-02T12:20:00Z"


class Cart:
    """A guest's cart with one kettle, and the guest."""

    def __init__(self, desk, made, kettle):
        self.id, self.of = global_id("crt", made[0]), {"cartId": global_id("crt", made[0])}
        self.guest, self.kettle = desk.api.with_headers(x_cart_token=made[1]), kettle

    async def lock(self):
        return (await self.guest.shop(f"{{ cart {{ {LOCK} }} }}"))["cart"]["lock"]

    async def note(self, client, text, document=NOTE):
        ask = client.shop if document is NOTE else client.staff
        return (await ask(document, input=self.of | {"note": text}))["setCartNote"]


@pytest.fixture
async def desk(api, database):
    return Desk(api, await Shop.open(database))


@pytest.fixture
async def cart(desk):
    kettle = await desk.shop.product("Kettle")
    return Cart(desk, await desk.shop.cart((kettle, 1)), kettle)


async def locked(client, cart, document=TAKE, **input):
    [payload] = (await client.staff(document, input=cart.of | input)).values()
    return payload


async def test_a_shopper_sees_that_staff_have_the_cart_and_until_when(desk, cart, clock):
    clerk = await desk.clerk()
    assert await cart.lock() is None

    payload = await locked(clerk, cart)
    clock.advance(timedelta(minutes=9))
    refused = await cart.note(cart.guest, "mine")

    of_staff = {"byStaff": True, "mine": True, "since": NOON, "until": TEN_PAST, "staffName": "Grace"}
    assert payload == {"cart": {"lock": of_staff}, "errors": []}
    assert await cart.lock() == {"byStaff": True, "mine": False, "since": NOON, "until": TEN_PAST}
    error = {"code": "CART_LOCKED", "path": None, "since": NOON, "until": TEN_PAST}
    assert refused == {"cart": None, "errors": [error]}
    assert (await cart.note(clerk, "theirs", STAFF_NOTE))["cart"] == {"note": "theirs"}


async def test_a_second_agent_sees_who_has_it_since_when_and_may_take_over(desk, cart, clock):
    first, second = await desk.clerk(name="Grace"), await desk.clerk("hop@example.com", name="Hopper")
    await locked(first, cart)
    clock.advance(timedelta(minutes=10) - timedelta(seconds=1))

    refused = await cart.note(second, "mine", STAFF_NOTE)
    relocked = await locked(second, cart)
    over = await locked(second, cart, OVER)
    shut_out = await cart.note(first, "mine", STAFF_NOTE)
    no_unlock = await locked(first, cart, GIVE)

    has_it = {"code": "CART_LOCKED", "path": None, "since": NOON, "until": TEN_PAST, "staffName": "Grace"}
    assert refused["errors"] == [has_it]
    assert [error["code"] for error in relocked["errors"]] == ["CART_LOCKED"]
    assert (over["cart"]["lock"]["staffName"], over["cart"]["lock"]["mine"]) == ("Hopper", True)
    assert shut_out["errors"][0]["staffName"] == "Hopper"
    assert [error["code"] for error in no_unlock["errors"]] == ["CART_LOCKED"]
    told = await rows(
        desk.shop.database, "SELECT data->>'taken_from' FROM events WHERE type = 'CartLockTaken' ORDER BY position"
    )
    assert told == [(None,), (str(first.staff_id),)]


async def test_a_lock_ends_by_itself_or_when_it_is_given_back(desk, cart, clock):
    clerk, other = await desk.clerk(), await desk.clerk("hop@example.com")
    await locked(clerk, cart)
    clock.advance(timedelta(minutes=10))

    assert await cart.lock() is None
    assert (await cart.note(cart.guest, "mine"))["cart"] == {"note": "mine"}
    again = await locked(other, cart)
    assert again["cart"]["lock"]["since"] == TEN_PAST
    assert (await locked(other, cart, GIVE))["cart"] == {"lock": None}
    assert (await cart.note(cart.guest, "mine again"))["cart"] == {"note": "mine again"}


async def test_ones_own_lock_is_prolonged(desk, cart, clock):
    clerk = await desk.clerk()
    await locked(clerk, cart)
    clock.advance(timedelta(minutes=10) - timedelta(seconds=1))

    longer = (await locked(clerk, cart, minutes=60))["cart"]["lock"]

    assert (longer["since"], longer["until"]) == (NOON, "2026-03-02T13:09:59Z")


@pytest.mark.parametrize("minutes", [0, 61, -5])
async def test_a_lock_lasts_an_hour_at_most(desk, cart, minutes):
    payload = await locked(await desk.clerk(), cart, minutes=minutes)

    assert payload == {"cart": None, "errors": [{"code": "INVALID_VALUE", "path": ["minutes"]}]}
    assert await cart.lock() is None


async def test_agent_and_shopper_take_turns_and_nothing_is_lost(desk, cart, clock):
    """The shopper adds before the lock and after it, the agent while it holds: all three lines are there in the end."""
    clerk = await desk.clerk()
    add = """mutation($input: AddCartLinesInput!) { addCartLines(input: $input) {
      cart { totalQuantity revision } errors { code } } }"""
    line = {"lines": [{"variantId": global_id("var", cart.kettle), "quantity": 1}]}

    first = (await cart.guest.shop(add, input=cart.of | line))["addCartLines"]
    await locked(clerk, cart)
    kept_out = (await cart.guest.shop(add, input=cart.of | line))["addCartLines"]
    by_agent = (await clerk.staff(add, input=cart.of | line))["addCartLines"]
    await locked(clerk, cart, GIVE)
    last = (await cart.guest.shop(add, input=cart.of | line))["addCartLines"]

    assert [first["cart"]["totalQuantity"], by_agent["cart"]["totalQuantity"], last["cart"]["totalQuantity"]] == [
        2,
        3,
        4,
    ]
    assert kept_out == {"cart": None, "errors": [{"code": "CART_LOCKED"}]}
    assert [first["cart"]["revision"], by_agent["cart"]["revision"], last["cart"]["revision"]] == [2, 4, 6]


@pytest.mark.parametrize("document", [TAKE, OVER, GIVE, BIND])
async def test_who_may_not_act_for_customers_locks_and_binds_nothing(desk, cart, document):
    member = await desk.member("READ_CARTS")

    assert set(await member.error_codes("/staff/graphql", document)) == {"FORBIDDEN"}
    assert set(await desk.api.error_codes("/graphql", document)) == {"GRAPHQL_VALIDATION_FAILED"}
    assert await desk.events() == []


async def bound(clerk, cart, customer_id, **input):
    return (await clerk.staff(BIND, input=cart.of | {"customerId": cus(customer_id)} | input))["bindCart"]


async def test_a_guests_cart_becomes_a_customers_and_its_token_opens_it_no_longer(desk, cart):
    clerk, ada = await desk.clerk(), await desk.customer()

    payload = await bound(clerk, cart, ada)
    again = await bound(clerk, cart, ada)

    assert payload == again == {"cart": {"id": cart.id, "totalQuantity": 1}, "errors": []}
    assert (await cart.guest.shop("{ cart { id } }"))["cart"] is None
    assert (await (await desk.signed_in(ada)).shop("{ cart { id } }"))["cart"] == {"id": cart.id}
    assert await desk.events() == [("CartBound", "STAFF", str(clerk.staff_id), str(ada))]


async def test_what_becomes_of_the_customers_own_cart_has_to_be_said(desk, cart):
    clerk, ada = await desk.clerk(), await desk.customer()
    own, _ = await desk.shop.cart((cart.kettle, 2), customer_id=ada)

    unsaid = await bound(clerk, cart, ada)
    untouched = await desk.events()
    payload = await bound(clerk, cart, ada, strategy="SUM")

    error = {"code": "CUSTOMER_HAS_CART", "path": ["strategy"], "cartId": global_id("crt", own)}
    assert (unsaid, untouched) == ({"cart": None, "errors": [error]}, [])
    assert payload == {"cart": {"id": global_id("crt", own), "totalQuantity": 3}, "errors": []}
    assert {event[1:] for event in await desk.events()} == {("STAFF", str(clerk.staff_id), str(ada))}


async def test_the_customers_own_cart_is_left_alone_while_somebody_has_it_locked(desk, cart):
    clerk, other, ada = await desk.clerk(), await desk.clerk("hop@example.com"), await desk.customer()
    own = Cart(desk, await desk.shop.cart((cart.kettle, 2), customer_id=ada), cart.kettle)
    await locked(other, own)

    payload = await bound(clerk, cart, ada, strategy="MAX")

    assert [error["code"] for error in payload["errors"]] == ["CART_LOCKED"]


async def test_a_cart_is_bound_once_to_somebody_who_may_be_served(desk, cart):
    clerk, ada = await desk.clerk(), await desk.customer()
    bob, nobody = await desk.customer("bob@example.com", assistance_allowed=False), new_id()
    await bound(clerk, cart, ada)
    before = await desk.events()
    eve = await desk.customer("eve@example.com")

    assert (await bound(clerk, cart, eve))["errors"] == [{"code": "CART_BOUND_ALREADY", "path": ["cartId"]}]
    assert (await bound(clerk, cart, bob))["errors"] == [{"code": "ASSISTANCE_NOT_ALLOWED", "path": ["customerId"]}]
    assert (await bound(clerk, cart, nobody))["errors"] == [{"code": "NOT_FOUND", "path": ["customerId"]}]
    stale = await bound(clerk, cart, ada, expectedRevision=1)
    assert stale["errors"] == [{"code": "STALE_REVISION", "path": ["expectedRevision"]}]
    assert await desk.events() == before


async def test_of_two_agents_at_once_one_gets_the_lock_and_the_other_is_told_of_it(committing_api, committing):
    desk = Desk(committing_api, await Shop.open(committing))
    cart = Cart(desk, await desk.shop.cart((await desk.shop.product("Kettle"), 1)), None)
    agents = [await desk.clerk(f"agent{n}@example.com", name=f"Agent {n}") for n in range(2)]

    answers = await asyncio.gather(*(locked(agent, cart) for agent in agents))

    [[error]] = [answer["errors"] for answer in answers if answer["errors"]]
    [lock] = [answer["cart"]["lock"] for answer in answers if answer["cart"]]
    assert (error["code"], lock["mine"]) == ("CART_LOCKED", True)
    assert (await cart.lock())["until"] == lock["until"]
