"""What must hold when many place at once, and when something breaks in the middle (D1, D2, D3)."""

import asyncio
from collections import Counter
from dataclasses import replace
from itertools import count

import asyncpg
import pytest

from commerce_api.adapters.ids import new_id
from commerce_api.adapters.payments.sandbox import SandboxProvider
from commerce_api.domain.actor import SYSTEM, Actor, ActorKind, Attribution
from commerce_api.domain.checkout import facts_of, summary_token
from commerce_api.domain.decision import Refused
from commerce_api.domain.ids import TransactionId
from commerce_api.domain.order import Order
from commerce_api.domain.payment import Approved
from commerce_api.domain.permissions import CUSTOMER
from commerce_api.operations.checkout import StartCheckout, deal
from commerce_api.operations.checkout import load as view_cart
from commerce_api.operations.checkout import start as start_checkout
from commerce_api.operations.execute import execute
from commerce_api.operations.payment_desk import PaymentDesk
from commerce_api.operations.payments import ProviderMessage, advance, take_in
from commerce_api.operations.placing import PlaceOrder, place
from commerce_api.persistence.tables.customer_desk import customer_terms
from tests import given
from tests.breaking import Fault, broken_at_commit, broken_before
from tests.buying import Shop, rows


@pytest.fixture
async def shop(committing):
    return await Shop.open(committing)


@pytest.fixture
def desk(committing, clock):
    sandbox = SandboxProvider(committing, now=clock, address="http://shop.test")
    return PaymentDesk(database=committing, provider=sandbox, now=clock, inline=True)


def told(outcome):
    return [reason.code() for reason in outcome.reasons] if isinstance(outcome, Refused) else "placed"


async def second_shelf(shop, variant_id, units):
    """As many more units, at another location of the channel."""
    async with shop.database.connection() as connection:
        raw = connection.raw
        place_id = await raw.fetchval("SELECT id FROM stock_locations WHERE code = 'second'")
        if place_id is None:
            place_id = await given.insert(raw, given.t.stock_locations, code="second", name="Second")
            serves = {"channel_id": shop.channel_id, "location_id": place_id, "position": 1}
            await given.insert(raw, given.t.channel_locations, **serves)
        await given.stock(raw, variant_id, place_id, units)


async def test_of_200_buyers_50_get_the_50_units_of_two_locations(shop, committing, clock):
    kettle = await shop.product(stock=30)
    await second_shelf(shop, kettle, 20)
    carts = [await shop.cart((kettle, 1)) for _ in range(200)]
    seen = [await shop.summary_token(clock, *cart) for cart in carts]

    outcomes = await asyncio.gather(
        *(shop.place(clock, cart, seen=token) for cart, token in zip(carts, seen, strict=True))
    )

    assert Counter(str(told(outcome)) for outcome in outcomes) == {"placed": 50, "['INSUFFICIENT_STOCK']": 150}
    assert await rows(committing, "SELECT on_hand, allocated, backordered FROM stock_levels ORDER BY 1") == [
        (20, 20, 0),
        (30, 30, 0),
    ]
    assert await rows(committing, "SELECT count(*), sum(quantity) FROM allocations") == [(50, 50)]
    assert await rows(committing, "SELECT count(*) FROM orders") == [(50,)]
    assert await rows(committing, "SELECT state, count(*) FROM carts GROUP BY 1 ORDER BY 1") == [
        ("ACTIVE", 150),
        ("ORDERED", 50),
    ]


@pytest.mark.parametrize(
    ("choice", "told_of"), [("SEPARATE_ORDER", "READINESS_INCOMPLETE"), ("AS_AVAILABLE", "SUMMARY_CHANGED")]
)
async def test_what_went_between_looking_and_dealing_is_told_like_what_went_before(
    shop, committing, clock, monkeypatch, choice, told_of
):
    """Nobody waits for goods that were shown as here, and two orders do not become one."""
    kettle = await shop.product(variants=[{"price": 1000, "stock": 2, "stock_policy": "BACKORDER"}])
    tea = await shop.product("Tea", stock=9)
    cart = await shop.cart((kettle, 2), (tea, 1), availability_choice=choice)
    seen = await shop.summary_token(clock, *cart)

    async def first(uow, viewed, demands):
        monkeypatch.undo()
        await rows(committing, "UPDATE stock_levels SET allocated = 1 WHERE variant_id = $1 RETURNING 1", kettle)
        return await deal(uow, viewed, demands)

    monkeypatch.setattr("commerce_api.operations.placing.deal", first)
    refused = await shop.place(clock, cart, seen=seen)

    assert told(refused) == [told_of]
    assert told(await shop.place(clock, cart, seen=seen)) == [told_of]
    assert await rows(committing, "SELECT count(*) FROM orders") == [(0,)]
    assert await rows(committing, "SELECT state FROM carts") == [("ACTIVE",)]


async def test_of_many_who_were_shown_the_same_goods_nobody_waits_unasked(shop, committing, clock):
    kettle = await shop.product(variants=[{"price": 1000, "stock": 4, "stock_policy": "BACKORDER"}])
    carts = [await shop.cart((kettle, 1)) for _ in range(10)]
    seen = [await shop.summary_token(clock, *cart) for cart in carts]

    outcomes = await asyncio.gather(
        *(shop.place(clock, cart, seen=token) for cart, token in zip(carts, seen, strict=True))
    )

    assert Counter(str(told(outcome)) for outcome in outcomes) == {"placed": 4, "['SUMMARY_CHANGED']": 6}
    assert await rows(committing, "SELECT allocated, backordered FROM stock_levels") == [(4, 0)]


@pytest.mark.parametrize("limit", [1490, 2980])
async def test_two_invoices_at_once_do_not_share_one_limit(shop, committing, clock, limit):
    """Each of 14.90. The order's lock does not cover the customer; that of the terms does."""
    offers = [{"kind": "INVOICE", "days": 30, "audience": "APPROVED", "names": {"en": "Invoice"}}]
    await rows(committing, "UPDATE channels SET payment_offers = $1 RETURNING 1", offers)
    kettle = await shop.product(price=1000, stock=9)
    async with committing.connection() as connection:
        raw = connection.raw
        await given.block_reason(raw, "CREDIT_LIMIT", kind="AUTOMATIC")
        ada = await given.customer(raw, channel_id=shop.channel_id)
        agreed = {"customer_id": ada, "limits": {"EUR": limit}, "agreed_at": given.EARLIER}
        await given.insert(raw, customer_terms, **agreed)
    carts = [await shop.cart((kettle, 1), ways=("INVOICE",), customer_id=ada) for _ in range(3)]

    by = replace(shop.by(clock, ""), actor=Actor(kind=ActorKind.CUSTOMER, id=ada, permissions=CUSTOMER))

    async def buy(cart_id):
        viewed = await execute(committing, by, view_cart, cart_id)
        wanted = PlaceOrder(cart_id=cart_id, summary_token=summary_token(facts_of(viewed.checkout)))
        return await execute(committing, by, place, wanted)

    outcomes = await asyncio.gather(*(buy(cart_id) for cart_id, _ in carts))

    assert [told(outcome) for outcome in outcomes] == ["placed"] * 3
    within = limit // 1490
    assert await rows(committing, "SELECT amount FROM blocks ORDER BY amount") == [
        (1490 * beyond,) for beyond in range(1, 4 - within)
    ]


async def test_lines_in_any_order_that_need_both_locations_do_not_deadlock(shop, committing, clock, monkeypatch):
    kettle, tea = await shop.product(stock=10), await shop.product("Tea", stock=10)
    for variant_id in (tea, kettle):
        await second_shelf(shop, variant_id, 10)
    lines = [[(kettle, 1), (tea, 1)], [(tea, 1), (kettle, 1)], [(kettle, 2), (tea, 1), (kettle, 1)]]
    carts = [await shop.cart(*lines[number % 3]) for number in range(60)]
    attempts = count()

    async def counted(uow, command):
        next(attempts)
        return await place(uow, command)

    monkeypatch.setattr("tests.buying.place", counted)
    outcomes = await asyncio.gather(*(shop.place(clock, cart) for cart in carts))

    placed = sum(isinstance(outcome, Order) for outcome in outcomes)
    taken = dict(await rows(committing, "SELECT variant_id, sum(allocated) FROM stock_levels GROUP BY 1"))
    assert {str(told(outcome)) for outcome in outcomes} == {"placed", "['INSUFFICIENT_STOCK']"}
    assert taken == {kettle: 20, tea: placed}
    assert await rows(committing, "SELECT sum(quantity) FROM allocations") == [(20 + placed,)]
    assert next(attempts) == len(carts)  # nobody had to come again because of a deadlock


@pytest.mark.parametrize("keys", ["same", "different"])
async def test_however_often_it_is_sent_there_is_one_order(shop, committing, clock, desk, keys):
    cart = await shop.cart((await shop.product(), 1), cards=("4242424242424242",))
    seen = await shop.summary_token(clock, *cart)
    numbers = count()

    async def send():
        outcome = await shop.place(clock, cart, seen=seen, key="k" if keys == "same" else f"k{next(numbers)}")
        if isinstance(outcome, Order):
            await advance(desk, outcome.id, "r")
            await webhook(outcome)
        return outcome

    async def webhook(order):
        entry = order.payments[0].transactions[0]
        message = ProviderMessage(
            provider="sandbox", event_id="e", transaction_id=TransactionId(entry.id), answer=Approved(reference="r")
        )
        await execute(committing, Attribution(actor=SYSTEM, at=clock(), request_id="w"), take_in, message)

    outcomes = await asyncio.gather(*(send() for _ in range(20)))

    orders = {outcome.id for outcome in outcomes if isinstance(outcome, Order)}
    refused = {code for outcome in outcomes if isinstance(outcome, Refused) for code in told(outcome)}
    assert len(orders) == 1
    assert refused <= {"IDEMPOTENCY_IN_PROGRESS"}
    assert keys == "same" or not refused
    assert await rows(committing, "SELECT count(*) FROM orders") == [(1,)]
    assert await rows(committing, "SELECT kind, status FROM payment_transactions") == [("AUTHORIZE", "SUCCEEDED")]
    assert await rows(committing, "SELECT count(*) FROM sandbox_operations WHERE kind = 'AUTHORIZE'") == [(1,)]
    assert await rows(committing, "SELECT count(*) FROM outbox WHERE topic = 'mail'") == [(1,)]
    assert await rows(committing, "SELECT state FROM orders") == [("CONFIRMED",)]


async def as_before(database):
    """Nothing of a placing is left, and what the checkout had put aside is still there."""
    assert await rows(database, "SELECT count(*) FROM orders") == [(0,)]
    assert await rows(database, "SELECT state FROM carts") == [("CHECKOUT",)]
    assert await rows(database, "SELECT allocated FROM stock_levels") == [(0,)]
    assert await rows(database, "SELECT quantity FROM reservations") == [(2,)]
    assert await rows(database, "SELECT count(*) FROM outbox") == [(0,)]
    assert await rows(database, "SELECT count(*) FROM events WHERE type <> 'CheckoutStarted'") == [(0,)]
    assert await rows(database, "SELECT count(*) FROM idempotency_keys") == [(0,)]


@pytest.fixture
async def last_two(shop, clock):
    """A cart whose checkout keeps the last units there are."""
    cart_id, token = await shop.cart((await shop.product(stock=2), 2))
    await execute(shop.database, shop.by(clock, token), start_checkout, StartCheckout(cart_id=cart_id))
    return cart_id, token


async def test_wherever_placing_breaks_the_cart_can_be_placed_afterwards(shop, committing, clock, last_two):
    """A fault before each statement that placing runs, one after another, until there is none left to break."""
    seen = await shop.summary_token(clock, *last_two)

    for broken in count(1):
        try:
            with broken_before(broken):
                order = await shop.place(clock, last_two, seen=seen, key=str(new_id()))
                break
        except Fault:
            await as_before(committing)

    assert isinstance(order, Order)
    assert broken > 7
    assert await rows(committing, "SELECT allocated FROM stock_levels") == [(2,)]


async def test_what_breaks_at_the_commit_leaves_no_mail_and_can_be_sent_again(shop, committing, clock, last_two):
    async with broken_at_commit(committing, "orders"):
        with pytest.raises(asyncpg.RaiseError, match="broken"):
            await shop.place(clock, last_two, key="k")
        await as_before(committing)

    order = await shop.place(clock, last_two, key="k")

    assert isinstance(order, Order)
    assert await rows(committing, "SELECT count(*) FROM outbox WHERE topic = 'mail'") == [(1,)]
