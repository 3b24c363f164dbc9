"""A connection to a server over HTTP/1.1: one question at a time, with as little in between as Python allows."""

import asyncio
from urllib.parse import urlsplit

import httptools

_SECONDS_IDLE = 2
"""After which a connection is made anew: the server may be about to close it."""


class Line:
    """Connects when it is needed."""

    def __init__(self, address: str) -> None:
        to = urlsplit(address)
        self._host, self._port = to.hostname, to.port
        self._wire: _Wire | None = None
        self._used = 0.0

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """The status and the body that a request is answered with; an OSError if it is not."""
        loop = asyncio.get_running_loop()
        if self._wire is None or loop.time() - self._used > _SECONDS_IDLE:
            self.close()
            _, self._wire = await loop.create_connection(_Wire, self._host, self._port)
        answer = await self._wire.ask(request)
        self._used = loop.time()
        return answer

    def close(self) -> None:
        if self._wire is not None:
            self._wire.transport.abort()
            self._wire = None


class _Wire(asyncio.Protocol):
    transport: asyncio.Transport

    def __init__(self) -> None:
        self._parser, self._body = httptools.HttpResponseParser(self), bytearray()
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._lost: Exception | None = None

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        if self._lost:
            raise self._lost
        self._answer = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return await self._answer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_body(self, part: bytes) -> None:
        self._body += part

    def on_message_complete(self) -> None:
        if self._answer and not self._answer.done():
            self._answer.set_result((self._parser.get_status_code(), bytes(self._body)))
        self._body.clear()

    def connection_lost(self, error: Exception | None) -> None:
        self._lost = error or ConnectionResetError("the server closed the connection")
        if self._answer and not self._answer.done():
            self._answer.set_exception(self._lost)
