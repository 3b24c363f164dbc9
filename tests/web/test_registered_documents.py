import hashlib
import json
from dataclasses import replace

import httpx
import pytest

from commerce_api.asgi import contracts_of, web_application
from commerce_api.settings import Settings, SettingsRefused
from commerce_api.web import limits
from tests import given

GRAPHQL = "application/graphql-response+json"
CHANNEL = "query ChannelCode { channel { code } }"
NAMES = "query Names { channel { name } }"
ROLES = "query Locations { stockLocations { nodes { code } } }"
EU = {"channel": {"code": "eu"}}
REFUSED = {
    "message": "Only registered documents are answered here, and this is none of them. Add it to those that the server is "
    "started with (COMMERCE_DOCUMENTS), or ask by the hash or id of one that is there.",
    "extensions": {"code": "DOCUMENT_NOT_REGISTERED"},
}


def hashed(text):
    return hashlib.sha256(text.encode()).hexdigest()


def apollo(*documents):
    operations = [{"id": hashed(text), "name": text.split()[1], "type": "query", "body": text} for text in documents]
    return json.dumps({"format": "apollo-persisted-query-manifest", "version": 1, "operations": operations}, indent=2)


def relay(*documents):
    return json.dumps({hashlib.md5(text.encode()).hexdigest(): text for text in documents}, indent=2)  # noqa: S324 - as Relay does


@pytest.fixture
def serving(app, connection, tmp_path):
    """A client of a server that is started with these files."""

    async def start(files, **settings):
        await given.channel(connection)
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(text)
        settings = Settings(rate_limit=settings.pop("rate_limit", 0), documents=tmp_path, **settings)
        transport = httpx.ASGITransport(app=web_application(replace(app, settings=settings)))
        return httpx.AsyncClient(transport=transport, base_url="http://shop.test", headers={"accept": GRAPHQL})

    return start


@pytest.fixture
def problems(tmp_path):
    """What is said of these files."""

    def told(files):
        for name, text in files.items():
            (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        with pytest.raises(SettingsRefused) as refused:
            contracts_of(Settings(documents=tmp_path))
        return [problem.replace(f"{tmp_path}/", "") for problem in refused.value.problems]

    return told


def by_hash(text):
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": hashed(text)}}}


async def test_documents_of_all_kinds_of_files_are_chosen_by_hash_and_by_id(serving):
    files = {"apollo.json": apollo(CHANNEL), "app/relay.json": relay(NAMES), "app/own.graphql": f"{CHANNEL}\n"}
    async with await serving(files) as client:
        asked = [
            by_hash(CHANNEL),
            {"documentId": hashed(CHANNEL)},
            {"documentId": f"sha256:{hashed(CHANNEL)}"},
            by_hash(f"{CHANNEL}\n"),
            {"documentId": hashlib.md5(NAMES.encode()).hexdigest()},  # noqa: S324 - as Relay does
            by_hash(NAMES),
        ]
        posted = [await client.post("/graphql", json=each) for each in asked]
        by_get = await client.get("/graphql", params={"documentId": hashed(CHANNEL)})

    name = posted[-1].json()["data"]
    assert [answer.json()["data"] for answer in (*posted, by_get)] == [EU] * 4 + [name] * 2 + [EU]


async def test_beside_registered_documents_others_are_answered_unless_told_otherwise(serving):
    async with await serving({"apollo.json": apollo(CHANNEL)}) as client:
        answer = await client.post("/graphql", json={"query": NAMES})

    assert "errors" not in answer.json()


async def test_where_only_registered_documents_are_answered_others_are_refused(serving):
    async with await serving({"apollo.json": apollo(CHANNEL)}, documents_only="shop") as client:
        refused = [
            await client.post("/graphql", json=asked)
            for asked in ({"query": NAMES}, {**by_hash(NAMES), "query": NAMES}, by_hash(NAMES), {"documentId": "x"})
        ]
        answered = [await client.post("/graphql", json=asked) for asked in (by_hash(CHANNEL), {"query": CHANNEL})]
        staff = await client.post("/staff/graphql", json={"query": "{ __typename }"})

    assert [(answer.status_code, answer.json()) for answer in refused] == [(400, {"errors": [REFUSED]})] * 4
    assert [answer.json()["data"] for answer in answered] == [EU, EU]
    assert staff.json()["data"] == {"__typename": "Query"}


async def test_the_staff_address_may_be_closed_too(serving, api):
    staff = api.allowed()._headers
    async with await serving({"staff.json": relay(ROLES)}, documents_only="everywhere") as client:
        refused = await client.post("/staff/graphql", json={"query": "{ __typename }"}, headers=staff)
        known = await client.post("/staff/graphql", json=by_hash(ROLES), headers=staff)
        shop = await client.post("/graphql", json=by_hash(ROLES))

    assert refused.json() == {"errors": [REFUSED]}
    assert known.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"  # it is known, and asks for a permission
    assert shop.json() == {"errors": [REFUSED]}


async def test_a_registered_document_costs_what_it_asks_for_and_nothing_for_being_new(serving):
    async with await serving({"apollo.json": apollo(CHANNEL)}, rate_limit=6_000) as client:
        answer = await client.post("/graphql", json=by_hash(CHANNEL))

    cost = answer.json()["extensions"]["cost"]["requested"]
    assert answer.headers["ratelimit"].split(";")[1] == f"r={6_000 - cost}"


async def test_registered_documents_are_never_forgotten(serving, monkeypatch):
    monkeypatch.setattr(limits, "CACHED_DOCUMENTS", 1)
    async with await serving({"apollo.json": apollo(CHANNEL)}) as client:
        for n in range(3):
            await client.post("/graphql", json={"query": f"query q{n} {{ channel {{ code }} }}"})
        answer = await client.post("/graphql", json=by_hash(CHANNEL))

    assert answer.json()["data"] == EU


def test_all_that_is_wrong_is_told_at_once_with_file_and_line(problems):
    files = {
        "a.graphql": "query A {\n  channel {\n    nothing\n    less\n  }\n}\n",
        "b.graphql": "query B {",
        "c.graphql": "fragment F on Channel { code }",
        "d.graphql": b"\xff",
        "e.json": apollo(CHANNEL, "query E {\n nothing }"),
        "f.json": "{\n  nothing",
        "g.json": '{"format": "another", "version": 1}',
        "h.json": "[]",
        "i.json": json.dumps({"x": CHANNEL, "y": 7}, indent=1),
        "j.json": json.dumps({"x": NAMES}),
        "k.json": json.dumps({"0" * 64: NAMES}, indent=1),
        "l.graphql": "{ " + " ".join(f"a{n}: channel {{ code }}" for n in range(101)) + " }",
        "m.graphql": '{ product(by: {handle: "\\u0000"}) { id } }',
    }

    assert problems(files) == [
        f"COMMERCE_DOCUMENTS: {problem}"
        for problem in (
            "d.graphql: it cannot be read as UTF-8: 'utf-8' codec can't decode byte 0xff in position 0: invalid start byte",
            "f.json:2: this is not JSON: Expecting property name enclosed in double quotes: line 2 column 3 (char 4)",
            "g.json:1: of manifests with a `format`, only version 1 of `apollo-persisted-query-manifest` can be read",
            "h.json:1: a manifest is a JSON object",
            "i.json:2: document 2 has no id or no text",
            "k.json:2: the id is not the SHA-256 hash of the document; has it been changed since it was written?",
            "j.json:1: the id x is that of another document, in i.json:2",
            "a.graphql:3: Cannot query field 'nothing' on type 'Channel'.",
            "a.graphql:4: Cannot query field 'less' on type 'Channel'.",
            "b.graphql:1: Syntax Error: Expected Name, found <EOF>.",
            "c.graphql:1: Fragment 'F' is never used.",
            "e.json:12: Cannot query field 'nothing' on type 'Query'. (line 2 of the document)",
            "l.graphql:1: This operation has a number of aliases of 101; 100 are allowed.",
            "m.graphql:1: A text in the document holds a NUL character, which no text may have.",
        )
    ]


def test_a_folder_without_documents_is_refused(problems, tmp_path):
    assert problems({"readme.txt": ""}) == [f"COMMERCE_DOCUMENTS: {tmp_path}: there is no document in it"]


async def test_a_single_file_is_read_too(app, connection, tmp_path):
    await given.channel(connection)
    (tmp_path / "manifest.json").write_text(apollo(CHANNEL))
    settings = Settings(documents=tmp_path / "manifest.json", documents_only="everywhere")
    transport = httpx.ASGITransport(app=web_application(replace(app, settings=settings)))

    async with httpx.AsyncClient(transport=transport, base_url="http://shop.test") as client:
        answer = await client.get("/graphql", params={"documentId": hashed(CHANNEL)})

    assert answer.json()["data"] == EU


def test_nothing_can_be_left_over_where_nothing_is_registered():
    with pytest.raises(SettingsRefused, match="COMMERCE_DOCUMENTS_ONLY: needs COMMERCE_DOCUMENTS"):
        Settings(documents_only="shop")
