"""Bodies of requests, with an end to their size and to the time they take: the same rules at every address."""

import asyncio
from collections.abc import AsyncIterator

from starlette.requests import ClientDisconnect, Request

from commerce_api.web import limits


class BadRequest(Exception):  # noqa: N818 - named as HTTP names it
    """Not what the address takes, so the answer is an HTTP status whatever the media type."""

    def __init__(self, status: int, code: str, message: str, **headers: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message
        self.headers = {name.replace("_", "-"): text for name, text in headers.items()}


async def body_of(request: Request, *, most: int) -> bytes:
    """The whole body."""
    return b"".join([chunk async for chunk in chunks_of(request, most=most)])


async def chunks_of(request: Request, *, most: int) -> AsyncIterator[bytes]:
    """The body as it arrives. Only the time in which the client is waited for counts."""
    check_encoding(request)
    length = request.headers.get("content-length", "")
    if length.isdecimal() and len(length) < 20 and int(length) > most:  # noqa: PLR2004 - no need to read more digits
        raise _too_large(most)
    size, left, now = 0, float(limits.BODY_SECONDS), asyncio.get_running_loop().time
    goes_on = True
    while goes_on:
        began = now()
        chunk, goes_on = await _next(request, left)
        size += len(chunk)
        if size > most:
            raise _too_large(most)
        left = min(left - (now() - began) + len(chunk) / limits.BODY_BYTES_PER_SECOND, limits.BODY_SECONDS)
        yield chunk


async def _next(request: Request, seconds: float) -> tuple[bytes, bool]:
    """What arrives next, and whether there is more."""
    try:
        async with asyncio.timeout(seconds):
            message = await request.receive()
    except TimeoutError:
        raise BadRequest(408, "REQUEST_TIMEOUT", "The body arrives too slowly.", connection="close") from None
    if message["type"] == "http.disconnect":
        raise ClientDisconnect
    return message.get("body", b""), message.get("more_body", False)


def check_encoding(request: Request) -> None:
    """Nothing is unpacked: a small file may become a very large one."""
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise BadRequest(415, "UNSUPPORTED_MEDIA_TYPE", "Send the body uncompressed.", accept_encoding="identity")


def _too_large(most: int) -> BadRequest:
    return BadRequest(413, "BODY_TOO_LARGE", f"The body is larger than {most:,} bytes.", connection="close")
