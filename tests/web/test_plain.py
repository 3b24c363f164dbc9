"""The addresses beside GraphQL protect themselves as it does: rate, size, slowness, packing, other origins."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from commerce_api.asgi import web_application
from commerce_api.domain.permissions import Permission
from commerce_api.settings import Settings
from commerce_api.web import limits
from tests import given

ADDRESSES = ["/vault/cards", "/staff/files", "/staff/media", "/payments/sandbox/webhook"]
JSON = {"content-type": "application/json"}


@pytest.fixture
async def staff_headers(api, connection):
    await given.channel(connection)
    return {**api.allowed(Permission.MANAGE_CATALOG)._headers, **JSON}


@asynccontextmanager
async def client_of(app, peer="127.0.0.1", **settings):
    changed = replace(app, settings=Settings(**settings), authenticate=app.authenticate)
    transport = httpx.ASGITransport(app=web_application(changed), client=(peer, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://shop.test") as client:
        yield client


def code_of(answer):
    return answer.status_code, answer.json()["errors"][0]["code"]


@pytest.mark.parametrize("address", ADDRESSES)
async def test_a_body_that_does_not_come_is_not_waited_for(http, staff_headers, monkeypatch, address):
    monkeypatch.setattr(limits, "BODY_SECONDS", 0.05)

    async def never():
        yield b"{"
        await asyncio.Event().wait()

    answer = await http.post(address, content=never(), headers=staff_headers)

    assert code_of(answer) == (408, "REQUEST_TIMEOUT")
    assert answer.headers["connection"] == "close"


async def test_a_body_that_trickles_is_not_waited_for_though_something_always_comes(http, staff_headers, monkeypatch):
    monkeypatch.setattr(limits, "BODY_SECONDS", 0.1)
    came = 0

    async def trickle():
        nonlocal came
        while came < 100:
            await asyncio.sleep(0.01)
            came += 1
            yield b"x"

    answer = await http.post("/staff/files", content=trickle(), headers=staff_headers)

    assert code_of(answer) == (408, "REQUEST_TIMEOUT")
    assert came < 100


@pytest.mark.parametrize("address", ADDRESSES)
async def test_nothing_packed_is_unpacked(http, staff_headers, address):
    answer = await http.post(address, content=b"\x1f\x8b", headers={**staff_headers, "content-encoding": "gzip"})

    assert code_of(answer) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize("address", ADDRESSES[:3])
async def test_all_addresses_draw_on_one_rate_of_a_caller(app, staff_headers, clock, address):
    async with client_of(app, rate_limit=4_000) as client:
        answers = [await client.post(address, content=b"", headers=staff_headers) for _ in range(6)]
        query = await client.post("/graphql", json={"query": "{ __typename }"})
        clock.advance(timedelta(seconds=60))
        later = await client.post(address, content=b"", headers=staff_headers)

    assert code_of(answers[-1]) == (429, "RATE_LIMITED")
    assert query.status_code == 429
    assert 0 < int(answers[-1].headers["retry-after"]) <= 60
    assert 429 not in (answers[0].status_code, later.status_code)


async def test_an_address_that_a_client_makes_up_is_counted_as_his_own(app, staff_headers):
    async with client_of(app, rate_limit=2_000) as client:
        made_up = [{**JSON, "x-forwarded-for": f"10.0.0.{number}"} for number in range(4)]
        answers = [await client.post("/vault/cards", content=b"", headers=headers) for headers in made_up]

    assert [answer.status_code for answer in answers] == [400, 400, 400, 429]


async def test_behind_a_trusted_proxy_each_client_has_a_rate_of_its_own(app, staff_headers):
    async with client_of(app, rate_limit=2_000, trusted_proxies="127.0.0.1") as client:
        told = [{**JSON, "x-forwarded-for": f"10.0.0.{number}"} for number in range(4)]
        answers = [await client.post("/vault/cards", content=b"", headers=headers) for headers in told]

    assert [answer.status_code for answer in answers] == [400] * 4


@pytest.mark.parametrize("address", ["/graphql", *ADDRESSES])
async def test_pages_of_other_origins_may_call_where_that_was_set(app, address):
    preflight = {"origin": "https://shop.example", "access-control-request-method": "POST"}
    allowed = []
    for origins in ("https://shop.example", "https://a.example", ""):
        async with client_of(app, cors_origins=origins) as client:
            answer = await client.options(address, headers=preflight)
            allowed.append(answer.headers.get("access-control-allow-origin"))

    assert allowed == ["https://shop.example", None, None]


@pytest.mark.parametrize(
    ("peer", "proto", "told"),
    [
        ("10.0.0.1", "https", "max-age=31536000"),
        ("10.0.0.1", "http", None),
        ("10.0.0.2", "https", None),
        ("10.0.0.1", None, None),
    ],
)
async def test_browsers_are_told_to_stay_with_tls_where_a_trusted_proxy_says_that_it_is_there(app, peer, proto, told):
    headers = {"x-forwarded-proto": proto} if proto else {}
    async with client_of(app, peer, trusted_proxies="10.0.0.1") as client:
        answer = await client.get("/healthz", headers=headers)

    assert answer.headers.get("strict-transport-security") == told
    assert answer.headers["x-content-type-options"] == "nosniff"
