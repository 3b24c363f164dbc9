"""No document and no body, whatever is in it, holds up another client for more than a second."""
# ruff: noqa: E501 - each attack on a line

import asyncio
import os
import ssl
import subprocess
import sys
import time

import httpx
import orjson
import pytest

from commerce_api.web import limits

LONGEST_WAIT = 1.0
TLS = ssl.create_default_context()  # not used, but each client would make one


class Server:
    """`clock` is what the server's process has worked: what others on this machine do does not count."""

    def __init__(self, port, pid):
        self.host, self.port, self.address = "127.0.0.1", port, f"http://127.0.0.1:{port}/graphql"
        self._clock = ~pid << 3 | 2  # clock_getcpuclockid(3) on Linux

    def clock(self):
        return time.clock_gettime(self._clock) if sys.platform == "linux" else time.perf_counter()


@pytest.fixture(scope="module")
def server():
    environment = {**os.environ, "PYTHONPATH": "src:."}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.web.bare_server"], stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        yield Server(int(process.stdout.readline()), process.pid)
        process.kill()  # it may still be busy with an attack, and has nothing to save


def repeated(unit, count, separator=" "):
    return separator.join(unit.replace("#", str(n)) for n in range(count))


def doubling(levels, selection="a#: product(by: {id: 1}) { ...f& } b#: product(by: {id: 1}) { ...f& }"):
    return "{ ...f0 } " + " ".join(
        f"fragment f{n} on Query {{ {selection.replace('#', str(n)).replace('{ ...f& }', '{ id }')} ...f{n + 1} ...f{n + 1} }}"
        for n in range(levels)
    ) + f" fragment f{levels} on Query {{ __typename }}"  # fmt: skip


NESTED_DOUBLING = "{ nodes(ids: []) { ...f0 } } " + " ".join(
    f"fragment f{n} on Product {{ a: variants {{ product {{ ...f{n + 1} }} }} b: variants {{ product {{ ...f{n + 1} }} }} }}"
    for n in range(25)
) + " fragment f25 on Product { id }"  # fmt: skip
CHAIN = (
    "{ ...f0 } "
    + " ".join(f"fragment f{n} on Query {{ ...f{n + 1} }}" for n in range(250))
    + " fragment f250 on Query { __typename }"
)

DOCUMENTS = {
    "many fields": "{" + "__typename " * 1_990 + "}",
    "many aliases": "{" + repeated("a#: __typename", 600) + "}",
    "same field again and again": "{" + "channel { code } " * 480 + "}",
    "conflicting fields": "{" + repeated("f: product(by: {id: #}) { id }", 150) + "}",
    "conflicting fields below each other": "{" + "product(by: {id: 1}) { x: title x: handle " * 60 + "id" + "}" * 61,
    "overlapping fields": "{" + "products { nodes { variants { id " * 60 + "}}}" * 60 + "}",
    "overlapping fragments": "{" + repeated("...f#", 150) + "}" + repeated("fragment f# on Query { channel { code name } }", 150),
    "overlapping fragments in each other": "{...f0}" + repeated("fragment f# on Query { channel { ...g# } channel { code } }", 60) + repeated("fragment g# on Channel { code name id }", 60),
    "doubling fragments": doubling(60),
    "doubling fragments that nest": NESTED_DOUBLING,
    "a chain of fragments": CHAIN,
    "circular fragments": "{ ...a } fragment a on Query { ...b channel { code } } fragment b on Query { ...a }",
    "fragments that nobody uses": "{ __typename }" + repeated("fragment f# on Query { __typename }", 240),
    "inline fragments": "{" + "... on Query {" * 190 + "__typename" + "}" * 191,
    "fragments on abstract types": "{ nodes(ids: []) {" + "... on Node { ... on Product { id } ... on Channel { id } " * 60 + "}" * 61 + "}",
    "many directives": "{ __typename " + "@skip(if: true) " * 390 + "}",
    "unknown directives": "{ __typename " + repeated("@d#", 900) + "}",
    "unknown fields": "{" + repeated("f#", 1_900) + "}",
    "unknown arguments": "{ channel(" + repeated("a#: 1", 600) + ") { code } }",
    "many operations": repeated("query q# { channel { code } }", 240),
    "many variables": "query (" + repeated("$v#: Int = 1", 300) + ") { __typename }",
    "unused variables": "query (" + repeated("$v#: Int", 480) + ") { __typename }",
    "undefined variables in fragments": "{" + repeated("...f#", 60) + "}" + repeated("fragment f# on Query { product(by: {id: $v#}) { id } }", 60),
    "deep selections": "{ channel " * 10_000,
    "deep lists": "{ nodes(ids: " + "[" * 10_000,
    "deep objects": "{ products(filter: " + "{a: " * 10_000,
    "a wide list": "{ nodes(ids: [" + "1 " * 1_900 + "]) { id } }",
    "a wide object": "{ products(filter: {" + repeated("a#: 1", 480) + "}) { nodes { id } } }",
    "a long name": "{ " + "a" * 90_000 + " }",
    "a long number": "{ products(first: " + "9" * 90_000 + ") { nodes { id } } }",
    "a long decimal": "{ products(first: 1" + "0" * 40_000 + ".5e" + "9" * 40_000 + ") { nodes { id } } }",
    "a long text": '{ node(id: "' + "a" * 90_000 + '") { id } }',
    "a long block of text": '{ node(id: """' + "\\n  " * 0 + "\n  a" * 20_000 + '""") { id } }',
    "escapes": '{ node(id: "' + "\\u0041" * 15_000 + '") { id } }',
    "only commas": "," * 99_000,
    "only comments": "#\n" * 49_000,
    "quotes": '"' * 99_000,
    "a byte order mark": "\ufeff" * 50_000,
    "introspection": "{ __schema { types { name fields { name args { name type { name ofType { name } } } } } } }",
    "introspection many times": "{" + repeated("a#: __schema { types { fields { args { name } } } }", 90) + "}",
    "introspection with many names": "{ __schema { types { fields { args { " + repeated("a#: name", 350) + " } } } } }",
    "introspection in circles": "{ __schema { types { " + "fields { type { " * 60 + "name" + " }}" * 60 + "} } }",
    "types by name": "{" + repeated('a#: __type(name: "Mutation") { fields { args { name } } }', 95) + "}",
    "much introspection beside little": "{ channel { code } __schema { types { fields { args { " + repeated("a#: name", 300) + " } } } } }",
}  # fmt: skip

BODIES = {
    "deep JSON": b'{"query": ' + b"[" * 900_000,
    "deep JSON in variables": b'{"query": "{ __typename }", "variables": ' + b'{"a":' * 900 + b"1" + b"}" * 901,
    "wide variables": orjson.dumps({"query": "{ __typename }", "variables": {"a": [0] * 400_000}}),
    "many variables": orjson.dumps({"query": "{ __typename }", "variables": {str(n): n for n in range(70_000)}}),
    "many empty lists": b'{"query": "{ __typename }", "variables": {"a": [' + b"[]," * 300_000 + b"[]]}}",
    "a long text in a variable": orjson.dumps(
        {"query": "query ($id: ID!) { __typename @skip(if: true) node(id: $id) { id } }", "variables": {"id": "a" * 900_000}}
    ),
    "a long number": b'{"query": ' + b"9" * 900_000 + b"}",
    "escapes": b'{"query": "' + b"\\u0041" * 150_000 + b'"}',
    "the same key": b"{" + b'"query": "{ __typename }",' * 30_000 + b'"a": 1}',
    "too much": b" " * 5_000_000,
    "not UTF-8": b'{"query": "' + b"\xff" * 900_000 + b'"}',
}  # fmt: skip

ATTACKS = [
    *(pytest.param(orjson.dumps({"query": text}), id=f"document: {name}") for name, text in DOCUMENTS.items()),
    *(pytest.param(body, id=f"body: {name}") for name, body in BODIES.items()),
]


async def longest_wait(server, until):
    """How long somebody else waits at most for the simplest answer while something goes on."""
    longest = 0.0
    async with httpx.AsyncClient(timeout=30, verify=TLS) as client:
        while not until.done():
            began = server.clock()
            answer = await client.post(server.address, json={"query": "{ __typename }"})
            assert answer.status_code == 200
            longest = max(longest, server.clock() - began)
    return longest


@pytest.mark.parametrize("body", ATTACKS)
async def test_nobody_is_held_up(server, body):
    headers = {"content-type": "application/json", "accept": "application/graphql-response+json"}
    async with httpx.AsyncClient(timeout=30, verify=TLS) as client:
        attack = asyncio.ensure_future(client.post(server.address, content=body, headers=headers))
        try:
            waited = await longest_wait(server, attack)
        finally:
            (answer,) = await asyncio.gather(attack, return_exceptions=True)

    assert waited < LONGEST_WAIT
    # who still sends when refused with 413 may find the connection closed
    assert isinstance(answer, httpx.ReadError | httpx.WriteError) or answer.status_code in (200, 400, 401, 413)


async def test_slow_bodies_hold_up_nobody(server):
    writers = []
    for _ in range(50):
        _, writer = await asyncio.open_connection(server.host, server.port)
        writer.write(
            b"POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{"
        )
        await writer.drain()
        writers.append(writer)

    async with httpx.AsyncClient(timeout=30, verify=TLS) as client:
        answers = [await client.post(server.address, json={"query": "{ __typename }"}) for _ in range(20)]

    for writer in writers:
        writer.close()
    assert [answer.status_code for answer in answers] == [200] * 20


async def test_a_body_that_does_not_come_is_not_waited_for(library_api, monkeypatch):
    monkeypatch.setattr(limits, "BODY_SECONDS", 0.05)

    async def never():
        yield b"{"
        await asyncio.Event().wait()

    answer = await library_api._http.post("/graphql", content=never(), headers={"content-type": "application/json"})

    assert (answer.status_code, answer.headers["connection"]) == (408, "close")
    assert answer.json()["errors"][0]["extensions"] == {"code": "REQUEST_TIMEOUT"}
