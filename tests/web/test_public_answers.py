from dataclasses import replace

import httpx
import pytest
from graphql import GraphQLInterfaceType, GraphQLObjectType, GraphQLUnionType, get_named_type

from commerce_api import graphql
from commerce_api.asgi import web_application
from commerce_api.contract import is_public, permissions_of
from commerce_api.domain.permissions import Permission
from commerce_api.settings import Settings
from tests import given
from tests.web.test_caller import CHANNEL

GRAPHQL = "application/graphql-response+json"
BOOK = {"query": "{ book { title } }"}


@pytest.fixture
def get(library_api):
    async def ask(query=BOOK["query"], **headers):
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        return await library_api._http.get("/graphql", params={"query": query}, headers=named)

    return ask


async def test_a_public_answer_has_a_tag_with_which_it_is_asked_for_again(get):
    first = await get()
    again = await get(if_none_match=first.headers["etag"])

    assert (first.status_code, first.headers["cache-control"]) == (200, "public, no-cache")
    assert first.headers["vary"] == (
        "Accept, Authorization, X-Cart-Token, X-Channel, X-Currency, X-Customer, Accept-Language"
    )
    assert (again.status_code, again.content) == (304, b"")
    assert {name: again.headers[name] for name in ("etag", "cache-control", "vary")} == {
        name: first.headers[name] for name in ("etag", "cache-control", "vary")
    }


@pytest.mark.parametrize(
    ("known", "status"),
    [("{}", 304), ('"other", {}', 304), ("W/{}", 304), ("*", 304), ('"other"', 200), ("", 200)],
)
async def test_the_tag_may_be_one_of_several(get, known, status):
    tag = (await get()).headers["etag"]

    assert (await get(if_none_match=known.replace("{}", tag))).status_code == status


async def test_the_tag_stands_for_the_bytes_and_their_media_type(get):
    tags = [
        (await get(query, accept=accept)).headers["etag"]
        for query in ("{ book { title } }", '{ book(title: "Ulysses") { title } }')
        for accept in ("application/json", GRAPHQL)
    ]

    assert len(set(tags)) == 4
    assert all(tag.startswith('"') for tag in tags)


@pytest.mark.parametrize(
    "query",
    [
        "{ book { title similar { title } } find { title } }",
        "{ ...Root } fragment Root on Query { book { title } __typename }",
        "{ __schema { queryType { name } } }",
    ],
)
async def test_what_is_public_is_seen_from_the_document(get, query):
    assert (await get(query)).headers["cache-control"] == "public, no-cache"


@pytest.mark.parametrize(
    "query",
    [
        "{ byIds(ids: []) { title } }",
        "{ book { title } byIds(ids: []) { title } }",
        "{ book { title } ...Root } fragment Root on Query { byIds(ids: []) { title } }",
        "query ($no: Boolean = false) { book { title } byIds(ids: []) @include(if: $no) { title } }",
        '{ orderByCode(code: "right") }',
        "{ book { title broken } }",
        "{ book { title refused } }",
        "{ mine }",
        "{ nothing }",
        'mutation { write(text: "a") }',
    ],
)
async def test_all_else_is_kept_by_nobody(get, query):
    answer = await get(query)

    assert (answer.headers["cache-control"], "etag" in answer.headers) == ("no-store", False)


async def test_the_answer_to_whoever_says_who_they_are_is_theirs_alone(get, library_api):
    customer = library_api.allowed(Permission.BROWSE_CATALOG)._headers

    answers = [await get(**customer), await get(x_cart_token="c" * 40)]

    assert [(answer.headers["cache-control"], "etag" in answer.headers) for answer in answers] == [
        ("no-store", False)
    ] * 2


async def test_what_is_posted_is_kept_by_nobody(library_api):
    answer = await library_api._http.post("/graphql", json=BOOK)

    assert (answer.headers["cache-control"], "etag" in answer.headers) == ("no-store", False)


async def test_caches_may_be_let_keep_it_for_a_while_and_then_hear_nothing_of_one_callers_rate(app, connection):
    await given.channel(connection)
    settings = Settings(public_max_age=30)
    transport = httpx.ASGITransport(app=web_application(replace(app, settings=settings)))

    async with httpx.AsyncClient(transport=transport, base_url="http://shop.test") as client:
        answer = await client.get("/graphql", params={"query": CHANNEL})
        posted = await client.post("/graphql", json={"query": CHANNEL})

    assert answer.headers["cache-control"] == "public, max-age=30"
    assert ("ratelimit" in answer.headers, "ratelimit" in posted.headers) == (False, True)


def test_these_fields_are_public():
    fields = graphql.SHOP.query_type.fields

    assert {name for name, field in fields.items() if is_public(field)} == {
        *("product", "variant", "variants", "products", "searchSuggestions"),
        *("category", "categories", "collection", "collections"),
        *("addressRules", "channel", "customFields"),
    }
    assert {permissions_of(field) for field in fields.values() if is_public(field)} == {
        frozenset({Permission.BROWSE_CATALOG})
    }


def test_nothing_that_belongs_to_somebody_can_be_reached_from_what_is_public():
    waiting = [field for field in graphql.SHOP.query_type.fields.values() if is_public(field)]
    reached = set()
    while waiting:
        type_ = get_named_type(waiting.pop().type)
        if type_.name in reached:
            continue
        reached.add(type_.name)
        match type_:
            case GraphQLUnionType():
                reached.update(each.name for each in type_.types)
            case GraphQLInterfaceType() if type_.name != "Node":
                waiting += [f for each in graphql.SHOP.get_possible_types(type_) for f in each.fields.values()]
            case GraphQLObjectType():
                waiting += type_.fields.values()

    assert "ProductVariant" in reached
    assert reached.isdisjoint({"Query", "Customer", "Cart", "Order", "Quote", "CustomerAddress", "Payment", "Node"})
