"""What must hold when many place at once, and when something breaks in the middle (D1, D2, D3)."""

import asyncio
from collections import Counter
from itertools import count

import pytest

from commerce_api.adapters.ids import new_id
from commerce_api.adapters.payments.sandbox import SandboxProvider
from commerce_api.domain.actor import SYSTEM, Attribution
from commerce_api.domain.decision import Refused
from commerce_api.domain.ids import TransactionId
from commerce_api.domain.order import Order
from commerce_api.domain.payment import Approved
from commerce_api.operations.execute import execute
from commerce_api.operations.payment_desk import PaymentDesk
from commerce_api.operations.payments import ProviderMessage, advance, take_in
from commerce_api.persistence.sql import Connection
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


async def test_of_200_buyers_50_get_the_50_units(shop, committing, clock):
    kettle = await shop.product(stock=50)
    carts = [await shop.cart((kettle, 1)) for _ in range(200)]
    seen = [await shop.summary_token(clock, *cart) for cart in carts]

    outcomes = await asyncio.gather(
        *(shop.place(clock, cart, seen=token) for cart, token in zip(carts, seen, strict=True))
    )

    assert Counter(str(told(outcome)) for outcome in outcomes) == {"placed": 50, "['INSUFFICIENT_STOCK']": 150}
    assert await rows(committing, "SELECT on_hand, allocated, backordered FROM stock_levels") == [(50, 50, 0)]
    assert await rows(committing, "SELECT count(*), sum(quantity) FROM allocations") == [(50, 50)]
    assert await rows(committing, "SELECT count(*) FROM orders") == [(50,)]
    assert await rows(committing, "SELECT state, count(*) FROM carts GROUP BY 1 ORDER BY 1") == [
        ("ACTIVE", 150),
        ("ORDERED", 50),
    ]


async def test_two_variants_in_any_order_and_one_on_two_lines_do_not_deadlock(shop, committing, clock):
    kettle, tea = await shop.product(stock=20), await shop.product("Tea", stock=20)
    lines = [[(kettle, 1), (tea, 1)], [(tea, 1), (kettle, 1)], [(kettle, 1), (tea, 1), (kettle, 1)]]
    carts = [await shop.cart(*lines[number % 3]) for number in range(60)]

    outcomes = await asyncio.gather(*(shop.place(clock, cart) for cart in carts))

    placed = sum(isinstance(outcome, Order) for outcome in outcomes)
    ((kettles,), (teas,)) = await rows(committing, "SELECT allocated FROM stock_levels ORDER BY variant_id = $1", tea)
    assert {str(told(outcome)) for outcome in outcomes} == {"placed", "['INSUFFICIENT_STOCK']"}
    assert teas == placed
    assert kettles in {19, 20}
    assert await rows(committing, "SELECT sum(quantity) FROM allocations") == [(kettles + teas,)]


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


class Fault(Exception):  # noqa: N818 - it is put in, not made by mistake
    pass


async def test_wherever_placing_breaks_the_cart_can_be_placed_afterwards(shop, committing, clock, monkeypatch):
    """A fault before each statement that placing runs, one after another, until there is none left to break."""
    kettle = await shop.product(stock=3)
    cart = await shop.cart((kettle, 2))
    seen = await shop.summary_token(clock, *cart)
    run = {name: getattr(Connection, name) for name in ("fetch", "fetch_one", "fetch_value", "execute", "execute_many")}

    for broken in count(1):
        left = count(broken, -1)

        def breaking(name, left=left):
            async def call(self, *arguments, **more):
                if next(left) == 1:
                    raise Fault
                return await run[name](self, *arguments, **more)

            return call

        with monkeypatch.context() as patch:
            for name in run:
                patch.setattr(Connection, name, breaking(name))
            try:
                order = await shop.place(clock, cart, seen=seen, key=str(new_id()))
                break
            except Fault:
                pass
        assert await rows(committing, "SELECT count(*) FROM orders") == [(0,)]
        assert await rows(committing, "SELECT state FROM carts") == [("ACTIVE",)]
        assert await rows(committing, "SELECT allocated FROM stock_levels") == [(0,)]
        assert await rows(committing, "SELECT count(*) FROM outbox") == [(0,)]

    assert isinstance(order, Order)
    assert broken > 30
    assert await rows(committing, "SELECT allocated FROM stock_levels") == [(2,)]
