from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network

import httpx
import pytest

from commerce_api.adapters.ids import new_id
from commerce_api.asgi import web_application
from commerce_api.domain.permissions import Permission
from commerce_api.schema.node import global_id
from commerce_api.settings import Settings
from commerce_api.web.accept import LONGEST_KEPT
from commerce_api.web.caller import address_of, language_of, network_of
from tests import given

PROXIES = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))
CHANNEL = "{ channel { code } }"


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.7", "", "203.0.113.7"),
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "192.0.2.9, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("fd00::1", "2001:db8::5", "2001:db8::5"),
        (None, "198.51.100.1", None),
    ],
)
def test_only_trusted_proxies_are_believed_where_a_client_is(peer, forwarded, address):
    assert address_of(peer, forwarded, PROXIES) == address


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:0:1::5", "2001:db8:0:1::/64"),
        ("nonsense", "nonsense"),
        (None, "None"),
    ],
)
def test_an_ipv6_network_counts_as_one_client(address, network):
    assert network_of(address) == network


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-AT", "de"),
        ("DE-at;q=0.8, fr", "de"),
        ("pt-BR", "pt-BR"),
        ("pt", "pt-BR"),
        ("fr, it;q=0.5", "en"),
        ("de;q=0, en", "en"),
        ("en;q=0.1, de;q=0.9", "de"),
        ("de;q=oops, *", "en"),
    ],
)
def test_the_language_is_the_one_liked_best_among_those_of_the_channel(accept, language):
    assert language_of(accept, ("en", "de", "pt-BR")) == language


def test_a_language_is_found_for_the_languages_of_this_channel_whatever_another_made_of_it():
    channels = [("en", "de"), ("de", "en"), ("fr", "it")]

    assert [language_of("it, de;q=0.5", each) for each in channels * 2] == ["de", "de", "it"] * 2


def test_a_header_too_long_to_be_remembered_is_understood_all_the_same():
    assert language_of("de," + " " * LONGEST_KEPT, ("en", "de")) == "de"


async def test_headers_choose_channel_and_language(api, http, connection):
    await given.channel(connection)
    await given.channel(connection, "us", is_default=False, languages=["en"])

    chosen = await api.with_headers(x_channel="us").shop(CHANNEL)
    answer = await http.post("/graphql", json={"query": CHANNEL}, headers={"accept-language": "de"})

    assert chosen == {"channel": {"code": "us"}}
    assert answer.headers["content-language"] == "de"


@pytest.mark.parametrize(
    ("header", "text"), [("x_channel", "mars"), ("x_currency", "JPY"), ("x_currency", "nothing at all")]
)
async def test_an_unknown_channel_or_currency_is_refused(api, connection, header, text):
    await given.channel(connection)

    assert await api.with_headers(**{header: text}).error_codes("/graphql", CHANNEL) == ["BAD_USER_INPUT"]


async def test_only_staff_who_act_for_customers_ask_for_their_prices(api, connection):
    await given.channel(connection)
    other, agent = api.allowed(Permission.READ_ORDERS), api.allowed(Permission.ACT_FOR_CUSTOMERS)
    ada = global_id("cus", new_id())

    async def codes(client, address, customer):
        return await client.with_headers(x_customer=customer).error_codes(address, CHANNEL)

    assert await codes(agent, "/staff/graphql", ada) == []
    assert await codes(agent, "/staff/graphql", "ada") == ["BAD_USER_INPUT"]
    assert await codes(other, "/staff/graphql", ada) == ["BAD_USER_INPUT"]
    assert await codes(api, "/graphql", ada) == ["BAD_USER_INPUT"]


@pytest.mark.parametrize("credentials", ["Bearer", "Bearer ", "Basic YTpi", "Bearer a b", "Bearer é"])
async def test_malformed_credentials_are_no_credentials_of_a_guest(http, connection, credentials):
    await given.channel(connection)

    answer = await http.post("/graphql", json={"query": CHANNEL}, headers=[("authorization", credentials.encode())])

    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert answer.json()["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}


async def test_staff_get_in_before_there_is_a_channel_and_shoppers_are_told(api):
    staff = await api.allowed(Permission.READ_STOCK).staff("{ stockLocations { nodes { code } } }")

    assert staff == {"stockLocations": {"nodes": []}}
    assert await api.error_codes("/graphql", CHANNEL) == ["NO_CHANNEL"]


async def test_pages_of_other_origins_may_call_only_if_that_was_set(app, connection):
    await given.channel(connection)
    preflight = {"origin": "https://shop.example", "access-control-request-method": "POST"}
    allowed = {}
    for name, origins in (("none", ()), ("ours", ("https://shop.example",)), ("another", ("https://a.example",))):
        settings = Settings(rate_limit=0, cors_origins=origins)
        transport = httpx.ASGITransport(app=web_application(replace(app, settings=settings)))
        async with httpx.AsyncClient(transport=transport, base_url="http://shop.test") as client:
            answer = await client.options("/graphql", headers=preflight)
            allowed[name] = answer.headers.get("access-control-allow-origin")

    assert allowed == {"none": None, "ours": "https://shop.example", "another": None}


async def test_who_asks_too_much_waits_and_is_told_how_long(app, connection, clock):
    await given.channel(connection)
    transport = httpx.ASGITransport(app=web_application(replace(app, settings=Settings(rate_limit=600))))
    document = {"query": "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", "variables": {"ids": ["1"] * 100}}
    reading, running = 2 * len(document["query"]), 200

    async with httpx.AsyncClient(transport=transport, base_url="http://shop.test") as client:
        answers = [await client.post("/graphql", json=document) for _ in range(4)]
        clock.advance(timedelta(seconds=60))
        later = await client.post("/graphql", json=document)

    assert [answer.status_code for answer in answers] == [200, 200, 429, 429]
    assert answers[0].headers["ratelimit-policy"] == '"cost";q=600;w=60'
    assert answers[0].headers["ratelimit"] == f'"cost";r={600 - reading - running};t={(reading + running + 9) // 10}'
    assert answers[3].json()["errors"][0]["extensions"] == {"code": "RATE_LIMITED"}
    assert 0 < int(answers[3].headers["retry-after"]) <= 60
    assert later.status_code == 200
