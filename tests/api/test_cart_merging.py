import asyncio
from datetime import timedelta

import pytest

from commerce_api.adapters.tokens import token_hash
from commerce_api.domain.actor import Actor, ActorKind, Attribution
from commerce_api.domain.cart import MergeStrategy
from commerce_api.domain.permissions import CUSTOMER
from commerce_api.operations.cart_opening import MergeCarts, merge
from commerce_api.operations.execute import execute
from tests import given
from tests.api.carts import CART, ERRORS, shopper
from tests.conftest import NOON

MERGE = f"mutation ($input: MergeCartsInput!) {{ mergeCarts(input: $input) {{ cart {{ {CART} }} {ERRORS} }} }}"
MINE = "{ me { carts { nodes { id status name lines { sku quantity } } } } }"


@pytest.fixture
async def channel_id(connection):
    return await given.channel(connection)


@pytest.fixture
async def goods(connection, channel_id):
    for sku, prices in (("KETTLE", {"EUR": 1990, "USD": 2190}), ("MUG", {"EUR": 850})):
        await given.a_product(connection, sku.title(), variants=[{"sku": sku, "prices": prices, "stock": 100}])


@pytest.fixture
async def ada(connection, channel_id):
    return await given.customer(connection, channel_id=channel_id)


@pytest.fixture
async def customer(api, connection, ada):
    return api.as_(await given.customer_token(connection, ada))


def held(cart):
    return {line["sku"]: line["quantity"] for line in cart["lines"]}


async def mine(customer):
    """The customer's carts, by status."""
    data = await customer.shop(MINE)
    return {cart["status"]: held(cart) for cart in data["me"]["carts"]["nodes"]}


async def test_a_customers_cart_needs_no_token(customer, goods):
    own = await shopper(customer, {"sku": "KETTLE"})

    assert own.token is None
    assert (await customer.shop("{ cart { id } }"))["cart"]["id"] == own.id


async def test_carts_of_a_customer_are_not_found_by_others(api, connection, channel_id, customer, goods):
    own = await shopper(customer, {"sku": "KETTLE"})
    eve = await given.customer(connection, "eve@example.com", channel_id=channel_id)
    other = api.as_(await given.customer_token(connection, eve))

    assert (await other.shop("query ($id: ID) { cart(id: $id) { id } }", id=own.id))["cart"] is None


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        ("SUM", {"ACTIVE": {"KETTLE": 5, "MUG": 1}}),
        ("MAX", {"ACTIVE": {"KETTLE": 3, "MUG": 1}}),
        ("KEEP_GUEST", {"ACTIVE": {"KETTLE": 3, "MUG": 1}, "SAVED": {"KETTLE": 2}}),
        ("KEEP_CUSTOMER_SAVE_GUEST", {"ACTIVE": {"KETTLE": 3, "MUG": 1}, "SAVED": {"KETTLE": 3, "MUG": 1}}),
    ],
)
async def test_signing_in_twice_merges_once(api, customer, goods, strategy, expected):
    guest = await shopper(api, {"sku": "KETTLE", "quantity": 3}, {"sku": "MUG"})
    await shopper(customer, {"sku": "KETTLE", "quantity": 2})
    both = customer.with_headers(x_cart_token=guest.token)

    first = (await both.shop(MERGE, input={"strategy": strategy}))["mergeCarts"]
    again = (await both.shop(MERGE, input={"strategy": strategy}))["mergeCarts"]

    assert (first["errors"], first["warnings"]) == ([], [])
    assert held(first["cart"]) == expected["ACTIVE"]
    assert again["warnings"] == [{"code": "NOTHING_TO_MERGE", "path": None}]
    assert again["cart"] == first["cart"]
    assert await mine(customer) == expected


async def test_two_devices_end_with_one_open_cart(api, customer, goods):
    phone = await shopper(api, {"sku": "KETTLE", "quantity": 3})
    laptop = await shopper(api, {"sku": "MUG", "quantity": 2})

    await customer.with_headers(x_cart_token=phone.token).shop(MERGE, input={})
    merged = await customer.with_headers(x_cart_token=laptop.token).shop(MERGE, input={})

    assert held(merged["mergeCarts"]["cart"]) == {"KETTLE": 3, "MUG": 2}
    assert await mine(customer) == {"ACTIVE": {"KETTLE": 3, "MUG": 2}, "SAVED": {"MUG": 2}}


async def test_another_currency_is_told(api, customer, goods):
    guest = await shopper(api, {"sku": "KETTLE"}, {"sku": "MUG"}, currency="EUR")
    await shopper(customer, currency="USD")

    merged = (await customer.with_headers(x_cart_token=guest.token).shop(MERGE, input={}))["mergeCarts"]

    assert merged["warnings"] == [{"code": "CURRENCY_CHANGED", "path": None}]
    assert merged["cart"]["currency"] == "USD"
    assert [(line["sku"], line["purchasable"]) for line in merged["cart"]["lines"]] == [
        ("KETTLE", True),
        ("MUG", False),
    ]


async def test_without_a_token_there_is_nothing_to_merge(api, customer, goods):
    merged = (await customer.shop(MERGE, input={}))["mergeCarts"]
    guessed = (await customer.with_headers(x_cart_token="cart_x").shop(MERGE, input={}))["mergeCarts"]

    assert [error["code"] for error in merged["errors"]] == ["NOT_FOUND"]
    assert [error["code"] for error in guessed["errors"]] == ["NOT_FOUND"]
    assert await api.error_codes("/graphql", MERGE, {"input": {}}) == ["UNAUTHENTICATED"]


async def test_an_expired_cart_is_not_merged(api, connection, ada, clock, goods):
    guest = await shopper(api, {"sku": "KETTLE"})
    clock.advance(timedelta(days=30))
    token = await given.customer_token(connection, ada, at=NOON, lasts=timedelta(days=60))

    merged = await api.as_(token).with_headers(x_cart_token=guest.token).shop(MERGE, input={})

    assert [error["code"] for error in merged["mergeCarts"]["errors"]] == ["CART_EXPIRED"]


async def test_carts_are_put_aside_and_taken_up_again(customer, goods):
    own = await shopper(customer, {"sku": "KETTLE"})

    saved = await own.do("saveCart", "SaveCartInput", "status name", name="For Grace")
    refused = await own.add({"sku": "MUG"})
    listed = await customer.shop("{ me { savedCarts { nodes { id name } } } }")
    active = await own.do("activateCart", "PlainCartInput", "status name")

    assert saved["cart"] == {"status": "SAVED", "name": "For Grace"}
    assert [error["code"] for error in refused["errors"]] == ["CART_SAVED"]
    assert listed == {"me": {"savedCarts": {"nodes": [{"id": own.id, "name": "For Grace"}]}}}
    assert active["cart"] == {"status": "ACTIVE", "name": None}


async def test_a_guest_cannot_put_carts_aside(api, goods):
    document = "mutation ($input: SaveCartInput!) { saveCart(input: $input) { errors { code } } }"
    guest = await shopper(api, {"sku": "KETTLE"})

    assert await guest.api.error_codes("/graphql", document, {"input": {"cartId": guest.id, "name": "x"}}) == [
        "UNAUTHENTICATED"
    ]


async def test_signing_in_on_two_devices_at_the_same_time_ends_with_one_open_cart(committing):
    async with committing.connection() as connection:
        raw = connection.raw
        channel_id = await given.channel(raw)
        ada = await given.customer(raw, channel_id=channel_id)
        for number in range(6):
            values = {"currency": "EUR", "language": "en", "state": "ACTIVE", "channel_id": channel_id}
            dates = {"created_at": NOON, "updated_at": NOON, "expires_at": NOON + timedelta(days=30)}
            await given.insert(raw, given.buying.carts, token_hash=token_hash(f"t{number}"), **values, **dates)

    def by(number):
        actor = Actor(kind=ActorKind.CUSTOMER, id=ada, permissions=CUSTOMER, cart_token_hash=token_hash(f"t{number}"))
        return Attribution(actor=actor, at=NOON, request_id="r", channel_id=channel_id)

    command = MergeCarts(strategy=MergeStrategy.MAX)
    await asyncio.gather(*(execute(committing, by(number), merge, command) for number in range(6)))

    async with committing.connection() as connection:
        states = await connection.raw.fetch("SELECT state, count(*) FROM carts GROUP BY state ORDER BY state")
    assert [tuple(row) for row in states] == [("ACTIVE", 1), ("MERGED", 5)]
