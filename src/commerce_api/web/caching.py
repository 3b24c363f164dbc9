"""Answers that caches may keep: to GET, about public things, for those who do not say who they are (decision 0016)."""

from hashlib import sha256
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from commerce_api.web.headers import NAMING

_OF_ONE_CALLER: Final = ("RateLimit", "RateLimit-Policy")


def names_nobody(request: Request) -> bool:
    return request.method == "GET" and not any(name in request.headers for name in NAMING)


def kept(request: Request, answer: Response, max_age: int) -> Response:
    """The answer as caches may keep it; or only that it is still the one that the client has."""
    tag = _tag(answer)
    headers = {"ETag": tag, "Cache-Control": f"public, max-age={max_age}" if max_age else "public, no-cache"}
    if _has(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=headers)
    answer.headers.update(headers)
    for name in _OF_ONE_CALLER:
        del answer.headers[name]
    return answer


def _tag(answer: Response) -> str:
    """Strong: it stands for these bytes in this media type and language, wherever they come from."""
    parts = (answer.headers["content-type"], answer.headers["content-language"])
    return f'"{sha256(b"".join((*(part.encode() + b" " for part in parts), answer.body))).hexdigest()[:32]}"'


def _has(known: str, tag: str) -> bool:
    """Whether `If-None-Match` names it. Proxies that compress may have made the tag a weak one."""
    tags = [one.strip().removeprefix("W/") for one in known.split(",")]
    return tag in tags or tags == ["*"]
