"""Bodies of requests, with an end to their size and to the time they take: the same rules at every address."""

import asyncio
from collections.abc import AsyncIterator

from starlette.requests import ClientDisconnect, Request
from starlette.types import Message

from commerce_api.web import limits


class BadRequest(Exception):  # noqa: N818 - named as HTTP names it
    """Not what the address takes, so the answer is an HTTP status whatever the media type."""

    def __init__(self, status: int, code: str, message: str, **headers: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message
        self.headers = {name.replace("_", "-"): text for name, text in headers.items()}


async def body_of(request: Request, *, most: int) -> bytes:
    """The whole body."""
    arriving = _Arriving(request, most)
    chunks = [await arriving.next()]
    while arriving.goes_on:
        chunks.append(await arriving.next())
    return b"".join(chunks)


async def chunks_of(request: Request, *, most: int) -> AsyncIterator[bytes]:
    """The body as it arrives."""
    arriving = _Arriving(request, most)
    while arriving.goes_on:
        yield await arriving.next()


class _Arriving:
    """A body on its way. Only the time in which the client is waited for counts."""

    def __init__(self, request: Request, most: int) -> None:
        check_encoding(request)
        length = request.headers.get("content-length", "")
        if length.isdecimal() and len(length) < 20 and int(length) > most:  # noqa: PLR2004 - no need to read more digits
            raise _too_large(most)
        self._receive, self._most, self._state = request.receive, most, request.scope.get("state", {})
        self._size, self._left, self.goes_on = 0, float(limits.BODY_SECONDS), True

    async def next(self) -> bytes:
        """What arrives next. Raises BadRequest if it takes too long or is too much."""
        message = await (self._receive() if self._state.get("whole") else self._in_time())
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk: bytes = message.get("body", b"")
        self.goes_on = message.get("more_body", False)
        self._size += len(chunk)
        if self._size > self._most:
            raise _too_large(self._most)
        self._left = min(self._left + len(chunk) / limits.BODY_BYTES_PER_SECOND, limits.BODY_SECONDS)
        return chunk

    async def _in_time(self) -> Message:
        now = asyncio.get_running_loop().time
        began = now()
        try:
            async with asyncio.timeout(self._left):
                return await self._receive()
        except TimeoutError:
            raise BadRequest(408, "REQUEST_TIMEOUT", "The body arrives too slowly.", connection="close") from None
        finally:
            self._left -= now() - began


def check_encoding(request: Request) -> None:
    """Nothing is unpacked: a small file may become a very large one."""
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise BadRequest(415, "UNSUPPORTED_MEDIA_TYPE", "Send the body uncompressed.", accept_encoding="identity")


def _too_large(most: int) -> BadRequest:
    return BadRequest(413, "BODY_TOO_LARGE", f"The body is larger than {most:,} bytes.", connection="close")
