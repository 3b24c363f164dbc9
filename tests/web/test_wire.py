"""Heads of requests that do not come, do not end, or are too large."""

import asyncio
from types import SimpleNamespace

import pytest
import uvicorn

from commerce_api.web import limits
from commerce_api.web.wire import Wire


async def hello(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"hi"})


@pytest.fixture
async def dial():
    """Opens connections to a server of this process."""
    config = uvicorn.Config(hello, lifespan="off", log_config=None)
    config.load()
    state = SimpleNamespace(connections=set(), tasks=set(), default_headers=[], total_requests=0)
    loop, opened = asyncio.get_running_loop(), []
    server = await loop.create_server(lambda: Wire(config, state, {}), "127.0.0.1", 0)

    async def dialed(sent):
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        opened.append(writer)
        writer.write(sent)
        return reader, writer

    yield dialed
    for writer in opened:
        writer.close()
    server.close()
    await server.wait_closed()
    await asyncio.gather(*state.tasks)


ONE = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n"


@pytest.mark.parametrize("begun", [b"", b"GET", ONE[:-2], ONE + b"GET / HT"], ids=["silence", "line", "head", "second"])
async def test_a_head_that_does_not_come_is_not_waited_for(dial, monkeypatch, begun):
    monkeypatch.setattr(limits, "HEAD_SECONDS", 0.1)
    reader, _ = await dial(begun)

    answered = await reader.read()

    assert answered.endswith(b"hi") is begun.startswith(ONE)


async def test_a_head_that_never_ends_is_refused(dial):
    reader, writer = await dial(b"GET / HTTP/1.1\r\n")
    try:
        for number in range(10_000):
            writer.write(b"x-%d: %s\r\n" % (number, b"a" * 1000))
            await writer.drain()
        answered = await reader.read()
    except ConnectionError:
        answered = b"HTTP/1.1 400 Bad Request"  # closed while we still sent
    assert answered.startswith(b"HTTP/1.1 400 Bad Request")
    assert number < 10_000


async def test_requests_one_after_another_are_answered_on_one_connection(dial, monkeypatch):
    monkeypatch.setattr(limits, "HEAD_SECONDS", 60)
    reader, writer = await dial(ONE)
    assert (await reader.readuntil(b"hi")).startswith(b"HTTP/1.1 200")

    writer.write(ONE)

    assert (await reader.readuntil(b"hi")).startswith(b"HTTP/1.1 200")
