"""What a client asks, read from HTTP: GraphQL over HTTP, POST with JSON or GET with parameters.

Instead of a document there may be its hash, as Apollo's clients send it (`extensions.persistedQuery`), or the id under which
it is registered (`documentId`, as the draft on persisted documents has it).
"""

from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256
from types import NoneType
from typing import Any, Final

import orjson
from starlette.requests import Request

from commerce_api.domain.value import value
from commerce_api.web import limits
from commerce_api.web.body import BadRequest, body_of

METHODS: Final = "GET, POST"
_HASH_PREFIX: Final = "sha256:"
_LONGEST_MEDIA: Final = 200
"""No media type of ours has as many characters."""
_TEXT: Final = (str, NoneType)
_OBJECT: Final = (dict, NoneType)
"""Made once: a union would be made anew for each request."""


def malformed(message: str) -> BadRequest:
    return BadRequest(400, "BAD_REQUEST", message)


@value
class Asked:
    """The parameters of one request: the document itself, or else its hash or id."""

    query: str | None
    document_id: str | None
    variables: dict[str, Any]
    operation_name: str | None


async def content_of(request: Request) -> bytes:
    """What is asked, as it was sent: the body of a POST, the parameters of a GET."""
    match request.method:
        case "GET":
            return bytes(request.scope["query_string"])
        case "POST":
            _check_media(request)
            return await body_of(request, most=limits.BODY_BYTES)
        case _:
            raise BadRequest(405, "METHOD_NOT_ALLOWED", f"Use one of {METHODS}.", allow=METHODS)


def asked_in(request: Request, content: bytes) -> Asked:
    """What it says, in full, or raise BadRequest."""
    return _checked(_from_address(request) if request.method == "GET" else _from_json(content))


def _check_media(request: Request) -> None:
    """JSON only: a form of another site cannot send it unasked (CSRF)."""
    content_type = request.headers.get("content-type", "")
    if len(content_type) > _LONGEST_MEDIA or not _is_json(content_type):
        raise BadRequest(415, "UNSUPPORTED_MEDIA_TYPE", "Send application/json in UTF-8.", accept="application/json")


@lru_cache(maxsize=100)
def _is_json(content_type: str) -> bool:
    media, _, parameters = content_type.lower().partition(";")
    charset = parameters.replace(" ", "").replace('"', "").partition("charset=")[2].partition(";")[0]
    return media.strip() == "application/json" and charset in ("", "utf-8", "utf8")


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
        query=given.get("query"),
        document_id=_document_id(given),
        variables=given.get("variables") or {},
        operation_name=given.get("operationName"),
    )


def _problems(given: dict[str, Any]) -> Iterable[str]:
    for name in ("query", "documentId", "operationName"):
        if not isinstance(given.get(name), _TEXT):
            yield f"`{name}` is a string or null."
    for name in ("variables", "extensions"):
        if not isinstance(given.get(name), _OBJECT):
            yield f"`{name}` is an object or null."
    yield from _problems_of_choice(given.get("query"), given.get("documentId"), _persisted(given))


def _problems_of_choice(query: Any, document_id: Any, persisted: Any) -> Iterable[str]:
    """Of the document, its id and its hash there is one, or the first and the last, which agree."""
    if query is None and document_id is None and persisted is None:
        yield "`query` is required."
    if document_id is not None and not (query is None and persisted is None):
        yield "`documentId` takes the place of `query` and `persistedQuery`; send it alone."
    match persisted:
        case None:
            pass
        case {"version": 1, "sha256Hash": str(given)}:
            if isinstance(query, str) and given != hash_of(query):
                yield "`sha256Hash` is not the hash of `query`: send SHA-256 of that very text in UTF-8, in lowercase hexadecimal."
        case _:
            yield "`extensions.persistedQuery` has `version`, which is 1, and `sha256Hash`, a string."


def hash_of(text: str) -> str:
    """What documents are chosen by."""
    return sha256(text.encode("utf-8", "replace")).hexdigest()


def _persisted(given: dict[str, Any]) -> Any:
    extensions = given.get("extensions")
    return extensions.get("persistedQuery") if isinstance(extensions, dict) else None


def _document_id(given: dict[str, Any]) -> str | None:
    persisted = _persisted(given)
    named: str | None = persisted["sha256Hash"] if persisted else given.get("documentId")
    return named and named.removeprefix(_HASH_PREFIX)
