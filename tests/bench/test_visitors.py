"""Visitors come as often as they should, do what their kind does, and tell what went wrong."""

import asyncio

import pytest
from bench.load import Step
from bench.servers import free_port
from bench.visitors import Kind, Visits, visit


class Doorman:
    """A server that answers each request with what is said at its path, and writes down what it was asked."""

    def __init__(self, said):
        self.said, self.asked = said, []

    async def serve(self, reader, writer):
        while head := await reader.readuntil(b"\r\n\r\n"):
            length = next(int(line[15:]) for line in head.split(b"\r\n") if line.startswith(b"content-length:"))
            path = head.split()[1].decode()
            self.asked.append((path, (await reader.readexactly(length)).decode(), b"x-token: abc" in head))
            status, body = self.said[path]
            writer.write(b"HTTP/1.1 %d .\r\ncontent-length: %d\r\n\r\n%b" % (status, len(body), body))


@pytest.fixture
async def open_door():
    servers = []

    async def opened(**said):
        doorman = Doorman({f"/{path}": answer for path, answer in said.items()})
        servers.append(await asyncio.start_server(_until_they_leave(doorman), "127.0.0.1", 0))
        return doorman, f"http://127.0.0.1:{servers[-1].sockets[0].getsockname()[1]}"

    yield opened
    for server in servers:
        server.close()


def _until_they_leave(doorman):
    async def serve(reader, writer):
        try:
            await doorman.serve(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    return serve


async def seen_of(visits):
    return await asyncio.to_thread(visit, visits)


async def test_so_many_come_as_the_rate_says(open_door):
    doorman, address = await open_door(a=(200, b"{}"), b=(200, b"{}"))
    kinds = [Kind("a", 3, [Step("/a", [b"1", b"2"])]), Kind("b", 1, [Step("/b", [b"3"])])]

    seen = await seen_of(Visits(address, kinds, seconds=0.1, connections=4, rate=200))

    assert {kind: len(took) for kind, took in seen.took.items()} == {"a": 15, "b": 5}
    assert sorted(doorman.asked) == [("/a", "1", False)] * 8 + [("/a", "2", False)] * 7 + [("/b", "3", False)] * 5
    assert seen.whole() is seen
    assert min(seen.all) > 0


async def test_what_an_answer_holds_is_in_the_next_request(open_door):
    doorman, address = await open_door(begin=(200, b'{"token":"abc"}'), end=(200, b"{}"))
    steps = [
        Step("/begin", [b"-"], {"token": '"token":"(.+)"'}),
        Step("/end", [b"of {{token}}"], headers={"x-token": "{{token}}"}),
    ]

    await seen_of(Visits(address, [Kind("walk", 1, steps)], seconds=0.01, connections=1, rate=100))

    assert doorman.asked == [("/begin", "-", False), ("/end", "of abc", True)]


@pytest.mark.parametrize("answer", [(500, b"{}"), (200, b'{"errors":[{"message":"no"}]}'), (200, b'{"tok":"abc"}')])
async def test_a_visit_fails_by_status_by_errors_and_by_what_is_missing(open_door, answer):
    _, address = await open_door(begin=answer)
    kinds = [Kind("walk", 1, [Step("/begin", [b"-"], {"token": '"token":"(.+)"'})])]

    seen = await seen_of(Visits(address, kinds, seconds=0.01, connections=1, rate=200))

    assert (len(seen.failed), seen.all) == (2, [])
    assert seen.failed[0].startswith(f"/begin {answer[0]}")
    with pytest.raises(SystemExit, match="2 visits failed"):
        seen.whole()


async def test_nobody_answers(open_door):
    seen = await seen_of(
        Visits(
            f"http://127.0.0.1:{free_port()}", [Kind("a", 1, [Step("/", [b""])])], seconds=0.01, connections=1, rate=100
        )
    )
    assert len(seen.failed) == 1
