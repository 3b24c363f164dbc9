import hashlib
import json
from dataclasses import replace

import httpx
import pytest

from commerce_api.asgi import web_application
from commerce_api.settings import Settings
from commerce_api.web import limits
from tests import given
from tests.web.test_caller import CHANNEL

GRAPHQL = "application/graphql-response+json"
JSON = "application/json"
BOOK = "query ($t: String!) { book(title: $t) { title } }"
ULYSSES = {"book": {"title": "Ulysses"}}
NOT_FOUND = {"errors": [{"message": "PersistedQueryNotFound", "extensions": {"code": "PERSISTED_QUERY_NOT_FOUND"}}]}


@pytest.fixture
def http(library_api):
    return library_api._http


def hashed(text):
    return hashlib.sha256(text.encode()).hexdigest()


def persisted(text, **more):
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": hashed(text)}}, **more}


def parameters(request):
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in request.items()}


def code_of(answer):
    return answer.status_code, answer.json()["errors"][0]["extensions"]["code"]


async def test_a_hash_is_not_known_before_its_document_was_sent_and_is_from_then_on(http):
    asked = persisted(BOOK, variables={"t": "Ulysses"})

    first = await http.post("/graphql", json=asked)
    sent = await http.post("/graphql", json={**asked, "query": BOOK})
    again = await http.post("/graphql", json=asked)
    by_get = await http.get("/graphql", params=parameters(asked))

    assert (first.status_code, first.json()) == (200, NOT_FOUND)
    assert first.headers["cache-control"] == "no-store"
    assert [answer.json()["data"] for answer in (sent, again, by_get)] == [ULYSSES] * 3


async def test_a_document_may_come_with_its_hash_by_get_too(http):
    asked = persisted("{ book { title } }")

    sent = await http.get("/graphql", params=parameters({**asked, "query": "{ book { title } }"}))
    again = await http.get("/graphql", params=parameters(asked))

    assert [answer.json()["data"] for answer in (sent, again)] == [{"book": {"title": "Emma"}}] * 2


async def test_what_was_sent_without_its_hash_is_found_by_it_and_by_document_id(http):
    await http.post("/graphql", json={"query": "{ book { title } }"})

    answers = [
        await http.post("/graphql", json=asked)
        for asked in (persisted("{ book { title } }"), {"documentId": f"sha256:{hashed('{ book { title } }')}"})
    ]
    by_get = await http.get("/graphql", params={"documentId": f"sha256:{hashed('{ book { title } }')}"})

    assert [answer.json()["data"] for answer in (*answers, by_get)] == [{"book": {"title": "Emma"}}] * 3


@pytest.mark.parametrize(
    ("accept", "status", "media"),
    [
        (f"{GRAPHQL}, {JSON};q=0.9", 200, JSON),
        ("*/*", 200, JSON),
        (JSON, 200, JSON),
        (GRAPHQL, 400, GRAPHQL),
    ],
)
async def test_an_unknown_hash_is_told_with_200_to_all_who_take_plain_json(http, accept, status, media):
    answer = await http.post("/graphql", json=persisted("{ unseen }"), headers={"accept": accept})

    assert (answer.status_code, answer.headers["content-type"]) == (status, f"{media}; charset=utf-8")
    assert answer.json() == NOT_FOUND


async def test_a_contract_does_not_know_the_documents_of_the_other(http):
    asked = persisted("{ book { title } }")
    await http.post("/graphql", json={**asked, "query": "{ book { title } }"})

    assert (await http.post("/staff/graphql", json=asked)).json() == NOT_FOUND


async def test_a_document_that_is_not_valid_is_not_kept(http):
    asked = persisted("{ nothing }")

    sent = await http.post("/graphql", json={**asked, "query": "{ nothing }"}, headers={"accept": GRAPHQL})

    assert code_of(sent) == (400, "GRAPHQL_VALIDATION_FAILED")
    assert (await http.post("/graphql", json=asked)).json() == NOT_FOUND


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (
            {**persisted("{ another }"), "query": BOOK},
            "`sha256Hash` is not the hash of `query`: send SHA-256 of that very text in UTF-8, in lowercase hexadecimal.",
        ),
        (
            {"extensions": {"persistedQuery": {"version": 2, "sha256Hash": hashed(BOOK)}}},
            "`extensions.persistedQuery` has `version`, which is 1, and `sha256Hash`, a string.",
        ),
        (
            {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": 7}}, "query": BOOK},
            "`extensions.persistedQuery` has `version`, which is 1, and `sha256Hash`, a string.",
        ),
        (
            {"documentId": "a", "query": BOOK},
            "`documentId` takes the place of `query` and `persistedQuery`; send it alone.",
        ),
        (
            {"documentId": "a", **persisted(BOOK)},
            "`documentId` takes the place of `query` and `persistedQuery`; send it alone.",
        ),
        ({"documentId": 1}, "`documentId` is a string or null."),
        ({"extensions": {}}, "`query` is required."),
    ],
)
async def test_what_cannot_be_meant_is_refused(http, asked, message):
    answer = await http.post("/graphql", json=asked)

    assert (answer.status_code, answer.json()) == (
        400,
        {"errors": [{"message": message, "extensions": {"code": "BAD_REQUEST"}}]},
    )


async def test_a_mutation_is_run_by_its_hash_but_never_by_get(http):
    mutation = 'mutation { write(text: "a") }'
    await http.post("/graphql", json={**persisted(mutation), "query": mutation})

    by_get = await http.get("/graphql", params=parameters(persisted(mutation)))
    posted = await http.post("/graphql", json=persisted(mutation))

    assert code_of(by_get) == (405, "METHOD_NOT_ALLOWED")
    assert posted.json()["data"] == {"write": "a"}


@pytest.mark.parametrize(("limit", "most"), [("CACHED_DOCUMENTS", 2), ("CACHED_LENGTH", 60), ("CACHED_NODES", 20)])
async def test_as_many_documents_are_kept_as_without_hashes(http, monkeypatch, limit, most):
    monkeypatch.setattr(limits, limit, most)
    documents = [f"query q{n} {{ book {{ title }} }}" for n in range(3)]
    for document in documents:
        await http.post("/graphql", json={**persisted(document), "query": document})

    known = ["data" in (await http.post("/graphql", json=persisted(document))).json() for document in documents]

    assert known == [False, True, True]


async def test_a_browser_that_asks_by_hash_gets_an_answer_and_no_page(http):
    answer = await http.get(
        "/graphql", params=parameters(persisted("{ unseen }")), headers={"accept": "text/html, */*"}
    )

    assert answer.json() == NOT_FOUND


async def test_a_known_hash_costs_no_parsing_and_an_unknown_one_a_little(app, connection):
    await given.channel(connection)
    transport = httpx.ASGITransport(app=web_application(replace(app, settings=Settings(rate_limit=6_000))))
    async with httpx.AsyncClient(transport=transport, base_url="http://shop.test") as client:
        requests = [persisted(CHANNEL), {**persisted(CHANNEL), "query": CHANNEL}, persisted(CHANNEL)]
        missed, *answers = [await client.post("/graphql", json=request) for request in requests]

    left = [int(answer.headers["ratelimit"].split(";")[1].removeprefix("r=")) for answer in answers]
    cost = answers[0].json()["extensions"]["cost"]["requested"]
    assert missed.json() == NOT_FOUND
    assert left == [6_000 - 2 * 64 - 2 * len(CHANNEL) - cost, 6_000 - 2 * 64 - 2 * len(CHANNEL) - 2 * cost]
