"""`commerce-api worker` as a process of its own, beside servers that leave the tasks to it."""

import asyncio
import signal
from datetime import UTC, datetime

import httpx
import pytest

from commerce_api.adapters.ids import new_id
from commerce_api.domain.actor import SYSTEM, Attribution
from commerce_api.persistence.unit_of_work import unit_of_work
from commerce_api.schema.node import global_id
from tests.buying import Shop, rows
from tests.cli.test_running import start  # noqa: F401 - a fixture
from tests.post import post_office

FAR = datetime(2100, 1, 1, tzinfo=UTC)
PLACE = "mutation($input: PlaceOrderInput!) { placeOrder(input: $input) { order { number } errors { code } } }"
MAIL = {"kind": "RESET_PASSWORD", "language": "en", "data": {"token": "tok-1"}}


@pytest.fixture
async def post():
    async with post_office() as post:
        yield post


@pytest.fixture
def run(start, committing, dsn, post):  # noqa: F811
    environment = {"DATABASE_URL": dsn, "COMMERCE_SECRET": "s" * 32, "COMMERCE_SMTP_URL": post.url}
    environment |= {"COMMERCE_TASKS_INSIDE": "false"}
    return lambda *arguments, **more: start(*arguments, **(environment | more))


async def ended(running):
    """Told to stop, it ends; its exit code."""
    running.process.send_signal(signal.SIGTERM)
    return await asyncio.to_thread(running.ends)


async def put_mails(database, count):
    by = Attribution(actor=SYSTEM, at=datetime(2026, 1, 1, tzinfo=UTC), request_id="test")
    async with unit_of_work(database, by, new_id) as uow:
        for number in range(count):
            uow.outbox.put("mail", {**MAIL, "recipient": f"ada{number}@x.example"})


async def test_the_mail_of_an_order_is_sent_by_the_worker_and_not_by_the_server(run, committing, clock, post):
    shop = await Shop.open(committing)
    cart, token = await shop.cart((await shop.product(stock=1), 1), expires_at=FAR)
    await rows(committing, "UPDATE vault_cards SET expiry_year = 2040 RETURNING 1")
    seen = await shop.summary_token(clock, cart, token)
    server = run("serve", "--port", "0")
    address = await asyncio.to_thread(server.address)

    given = {"cartId": global_id("crt", cart), "summaryToken": seen, "idempotencyKey": "k"}
    async with httpx.AsyncClient(timeout=60) as client:
        request = {"query": PLACE, "variables": {"input": given}}
        answer = await client.post(f"{address}/graphql", json=request, headers={"x-cart-token": token})
    placed = answer.json()["data"]["placeOrder"]
    assert placed["errors"] == []
    assert await ended(server) == 0
    assert post.letters == []

    worker = run("worker")
    [(recipients, mail, _)] = await post.until(1)

    assert recipients == ["ada@example.com"]
    assert placed["order"]["number"] in mail.get_body(("plain",)).get_content()
    assert await ended(worker) == 0
    assert await rows(committing, "SELECT state FROM mails") == [("SENT",)]


async def test_several_workers_do_each_task_once(run, committing, post):
    workers = [run("worker") for _ in range(2)]
    await put_mails(committing, 60)

    await post.until(60)

    assert [await ended(worker) for worker in workers] == [0, 0]
    assert sorted(recipients for recipients, *_ in post.letters) == sorted([f"ada{n}@x.example"] for n in range(60))
    assert await rows(committing, "SELECT count(*) FROM outbox WHERE done_at IS NULL") == [(0,)]


async def test_what_a_worker_has_begun_it_finishes_when_told_to_stop(run, committing, post):
    post.may_take.clear()
    await put_mails(committing, 1)
    worker = run("worker")
    await post.has_begun.wait()

    worker.process.send_signal(signal.SIGTERM)
    await asyncio.to_thread(worker.said, "Finishing what was begun.")
    await put_mails(committing, 1)
    post.may_take.set()

    assert await asyncio.to_thread(worker.ends) == 0
    assert len(post.letters) == 1
    done = "SELECT done_at IS NOT NULL, attempts FROM outbox ORDER BY done_at NULLS LAST"
    assert await rows(committing, done) == [(True, 1), (False, 0)]


async def test_while_the_mail_server_is_away_nothing_is_lost(run, committing):
    async with post_office() as away:
        pass
    await put_mails(committing, 2)
    worker = run("worker", COMMERCE_SMTP_URL=away.url)
    await until(committing, "SELECT count(*) FROM outbox WHERE last_error IS NOT NULL", 2)

    async with post_office(port=away.port) as back:
        await rows(committing, "UPDATE outbox SET due_at = now() RETURNING 1")
        await back.until(2)
        assert await ended(worker) == 0

    assert await rows(committing, "SELECT state, count(*) FROM mails GROUP BY state") == [("SENT", 2)]


async def until(database, sql, count):
    while await rows(database, sql) != [(count,)]:  # noqa: ASYNC110 - another process does it
        await asyncio.sleep(0.02)
