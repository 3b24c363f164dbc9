import json

import pytest

from commerce_api.adapters.payments.webhook import signature
from commerce_api.operations.payments import advance
from commerce_api.web.sandbox import webhook_secret
from tests.buying import rows

ACTION = "4000002760003184"


@pytest.fixture
async def waiting(shop, clock, services):
    """An order that waits for its customer at the bank, and the address of the bank's page."""
    order = await shop.place(clock, await shop.cart((await shop.product(), 1), cards=(ACTION,)))
    order = await advance(services.desk, order.id, "r")
    entry = order.payments[0].transactions[0]
    return entry, entry.action_url.removeprefix("http://127.0.0.1:8000")


async def state(database):
    return (await rows(database, "SELECT state FROM orders"))[0][0]


@pytest.mark.parametrize(("decision", "after"), [("approve", "CONFIRMED"), ("decline", "PAYMENT_REJECTED")])
async def test_the_customer_decides_on_the_banks_page(http, database, waiting, decision, after):
    _, page = waiting

    asked = await http.get(page)
    decided = await http.post(page, data={"decision": decision})
    again = await http.post(page, data={"decision": "approve"})

    assert (asked.status_code, decided.status_code, again.status_code) == (200, 200, 404)
    assert "default-src 'none'" in asked.headers["content-security-policy"]
    assert await state(database) == after


async def send(http, app, clock, body, *, id="e-1", secret=None, **headers):
    secret = webhook_secret(app.settings.secret.get_secret_value()) if secret is None else secret
    stamp = {"webhook-id": id, "webhook-timestamp": str(int(clock().timestamp()))}
    signed = {"webhook-signature": signature(secret, id, clock(), body)}
    answer = await http.post("/payments/sandbox/webhook", content=body, headers={**stamp, **signed, **headers})
    return answer.status_code


def message(entry, type_="authorization.approved"):
    return json.dumps({"type": type_, "data": {"key": str(entry.id), "reference": "r"}}).encode()


async def test_a_message_counts_once(http, app, clock, database, waiting):
    entry, _ = waiting

    answers = [await send(http, app, clock, message(entry)) for _ in range(3)]

    assert answers == [204, 204, 204]
    assert await state(database) == "CONFIRMED"
    assert await rows(database, "SELECT count(*) FROM provider_events") == [(1,)]


async def test_a_message_that_is_not_the_providers_is_turned_away(http, app, clock, database, waiting):
    entry, _ = waiting
    body = message(entry)

    assert await send(http, app, clock, body, secret=b"guessed") == 401
    assert await send(http, app, clock, body, **{"webhook-timestamp": "1"}) == 401
    assert await send(http, app, clock, body, **{"webhook-timestamp": "x"}) == 401
    assert await send(http, app, clock, b"x" * 20_000) == 413
    assert await state(database) == "PENDING"


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b'{"type": "other"}', b'{"type": "authorization.approved", "data": {"key": 5}}']
)
async def test_a_message_that_says_nothing_is_refused(http, app, clock, body):
    assert await send(http, app, clock, body) == 400
