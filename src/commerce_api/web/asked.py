"""What a client asks, read from HTTP: GraphQL over HTTP, POST with JSON or GET with parameters."""

from collections.abc import Iterable
from typing import Any, Final

import orjson
from starlette.requests import Request

from commerce_api.domain.value import value
from commerce_api.web import limits
from commerce_api.web.body import BadRequest, body_of

METHODS: Final = "GET, POST"


def malformed(message: str) -> BadRequest:
    return BadRequest(400, "BAD_REQUEST", message)


@value
class Asked:
    """The parameters of one request."""

    query: str
    variables: dict[str, Any]
    operation_name: str | None


async def read(request: Request) -> Asked:
    """Read a request in full, or raise BadRequest."""
    match request.method:
        case "GET":
            return _checked(_from_address(request))
        case "POST":
            _check_media(request)
            return _checked(_from_json(await body_of(request, most=limits.BODY_BYTES)))
        case _:
            raise BadRequest(405, "METHOD_NOT_ALLOWED", f"Use one of {METHODS}.", allow=METHODS)


def _check_media(request: Request) -> None:
    """JSON only: a form of another site cannot send it unasked (CSRF)."""
    media, _, parameters = request.headers.get("content-type", "").lower().partition(";")
    charset = parameters.replace(" ", "").replace('"', "").partition("charset=")[2].partition(";")[0]
    if media.strip() != "application/json" or charset not in ("", "utf-8", "utf8"):
        raise BadRequest(415, "UNSUPPORTED_MEDIA_TYPE", "Send application/json in UTF-8.", accept="application/json")


def _from_json(body: bytes) -> dict[str, Any]:
    if body.count(b"[") + body.count(b"{") > limits.BODY_BRACKETS:
        raise malformed(f"The body holds more than {limits.BODY_BRACKETS:,} brackets.")
    given = _json(body, "The body")
    if isinstance(given, list):
        raise malformed("Batches are not answered; send one operation per request.")
    if not isinstance(given, dict):
        raise malformed("The body is a JSON object with `query`.")
    return given


def _from_address(request: Request) -> dict[str, Any]:
    names = [name for name, _ in request.query_params.multi_items()]
    if len(set(names)) != len(names):
        raise malformed("A parameter is given twice.")
    given: dict[str, Any] = {name: text for name, text in request.query_params.items() if text}
    for name in ("variables", "extensions"):
        if name in given:
            given[name] = _json(given[name].encode("utf-8", "surrogateescape"), f"`{name}`")
    return given


def _json(text: bytes, what: str) -> Any:
    """JSON as the standard has it: UTF-8, no NaN, no lone surrogates, no numbers or nesting beyond reason."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise malformed(f"{what} is not JSON in UTF-8.") from None


def _checked(given: dict[str, Any]) -> Asked:
    problems = list(_problems(given))
    if problems:
        raise malformed(" ".join(problems))
    return Asked(
        query=given["query"], variables=given.get("variables") or {}, operation_name=given.get("operationName")
    )


def _problems(given: dict[str, Any]) -> Iterable[str]:
    if not isinstance(given.get("query"), str):
        yield "`query` is required and a string."
    if not isinstance(given.get("operationName"), str | None):
        yield "`operationName` is a string or null."
    for name in ("variables", "extensions"):
        if not isinstance(given.get(name), dict | None):
            yield f"`{name}` is an object or null."
