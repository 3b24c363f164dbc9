"""The server is killed in the middle of 200 placings: nothing that a client was told is lost, no money is taken for nothing (D4)."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial

import httpx
import pytest

from commerce_api.schema.node import global_id, key_of
from tests.buying import Shop, rows
from tests.cli.test_running import Running

FAR = datetime(2100, 1, 1, tzinfo=UTC)
BUYERS, AT_ONCE, ANSWERS_BEFORE_THE_KILL, PATIENCE = 200, 20, 60, 60
PLACE = "mutation($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id } errors { code } } }"


@pytest.fixture
def serve(tmp_path, dsn):
    started = []

    def run():
        settings = {"COMMERCE_SECRET": "s" * 32, "COMMERCE_RATE_LIMIT": "0", "COMMERCE_LOG_LEVEL": "error"}
        started.append(Running(tmp_path, "serve", "--port", "0", DATABASE_URL=dsn, **settings))
        return started[-1]

    yield run
    for running in started:
        running.process.kill()
        running.process.wait()
        running.process.stderr.close()


@pytest.mark.timeout(600)
async def test_what_a_client_was_told_is_true_after_a_kill(committing, serve, clock):
    shop = await Shop.open(committing)
    kettle = await shop.product(stock=BUYERS)
    carts = [await shop.cart((kettle, 1), expires_at=FAR) for _ in range(BUYERS)]
    await rows(committing, "UPDATE vault_cards SET expiry_year = 2040 RETURNING 1")
    seen = [await shop.summary_token(clock, *cart) for cart in carts]

    told = await asyncio.to_thread(placed_until_killed, serve(), carts, seen)
    again = serve()
    again.address()
    await recovered(committing)

    orders = dict(await rows(committing, "SELECT id, state FROM orders"))
    assert len(told) >= ANSWERS_BEFORE_THE_KILL
    assert set(told) <= set(orders)
    assert len(told) == len(set(told))
    assert set(orders.values()) == {"CONFIRMED"}
    assert await rows(committing, "SELECT count(DISTINCT cart_id) FROM orders") == [(len(orders),)]
    assert await rows(
        committing,
        "SELECT count(*) FROM sandbox_operations s FULL JOIN payment_transactions t ON t.id::text = s.key"
        " WHERE s.status IS DISTINCT FROM 'APPROVED' OR t.status IS DISTINCT FROM 'SUCCEEDED'",
    ) == [(0,)]
    assert await rows(committing, "SELECT allocated FROM stock_levels") == [(len(orders),)]
    assert await rows(
        committing, "SELECT count(*), count(DISTINCT order_id) FROM mails WHERE kind = 'ORDER_CONFIRMATION'"
    ) == [(len(orders), len(orders))]


def placed_until_killed(server, carts, seen):
    """The orders of which clients were told before the server was gone."""
    told, address = [], server.address()

    def place(client, cart, token):
        made = {"cartId": global_id("crt", cart[0]), "summaryToken": token, "idempotencyKey": str(cart[0])}
        try:
            answer = client.post(
                f"{address}/graphql",
                json={"query": PLACE, "variables": {"input": made}},
                headers={"x-cart-token": cart[1]},
            )
        except httpx.TransportError:
            return
        order = answer.json()["data"]["placeOrder"]["order"]
        assert order, answer.text
        told.append(key_of(order["id"], "ord"))
        if len(told) >= ANSWERS_BEFORE_THE_KILL:
            server.process.kill()

    with httpx.Client(timeout=PATIENCE) as client, ThreadPoolExecutor(AT_ONCE) as buyers:
        list(buyers.map(partial(place, client), carts, seen))
    server.process.wait()
    return told


async def recovered(database):
    """Let the head start of the requests and the leases of the dead worker be over, and wait until all tasks are done."""
    left = "FROM outbox WHERE done_at IS NULL AND topic <> 'payments.timeout'"
    await rows(database, f"UPDATE outbox SET due_at = now() WHERE id IN (SELECT id {left}) RETURNING 1")
    deadline = time.monotonic() + PATIENCE
    while await rows(database, f"SELECT count(*) {left}") != [(0,)]:
        assert time.monotonic() < deadline, await rows(database, f"SELECT topic, attempts, last_error {left}")
        await asyncio.sleep(0.1)
