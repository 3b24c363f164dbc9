"""What a client gets: data, errors with codes, and the HTTP status that goes with them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson
import structlog
from graphql import ExecutionResult, GraphQLError
from starlette.types import Receive, Scope, Send

from commerce_api.web import limits
from commerce_api.web.accept import GRAPHQL
from commerce_api.web.body import BadRequest
from commerce_api.web.guard import Rejected
from commerce_api.web.headers import VARY, Header, written

log = structlog.get_logger()

_STATUS: Final = {
    "UNAUTHENTICATED": 401,
    "FORBIDDEN": 403,
    "RATE_LIMITED": 429,
    "INTERNAL": 500,
    "NO_CHANNEL": 503,
    "TIMEOUT": 503,
}
_STATUS_IN_ANY_MEDIA: Final = frozenset({"RATE_LIMITED", "INTERNAL", "NO_CHANNEL", "TIMEOUT"})
"""Plain JSON answers 200 to everything that is GraphQL; these are not about the GraphQL."""

FAULT: Final = "Something went wrong on our side. Nothing is lost by trying again; if it stays, tell us the request id."


class Given:
    """What goes out, its headers as they are written."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, headers: Sequence[Header], body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status, "headers": list(self.headers)})
        await send({"type": "http.response.body", "body": self.body})


_PRIVATE: Final = {"Vary": VARY, "Cache-Control": "no-store"}


class Answers:
    """Writes the answers to one request: for the caller alone, unless they are said to be `public`."""

    def __init__(self, media: str, request_id: str) -> None:
        self._media, self._request_id = media, request_id
        self._content_type = f"{media}; charset=utf-8".encode()

    def of(self, result: ExecutionResult, extensions: dict[str, Any], headers: Mapping[str, str]) -> Given:
        """The answer to an operation that was run."""
        errors = result.errors or []
        if result.data is None and errors and all(error.path is None for error in errors):
            coded = [_as_bad_input(error) for error in errors]
            return self.rejected(Rejected(*coded, headers=headers), extensions)
        body: dict[str, Any] = {"errors": self._presented(errors)} if errors else {}
        return self._given({**body, "data": result.data, "extensions": extensions}, 200, {**_PRIVATE, **headers})

    def public(self, data: Any, extensions: dict[str, Any], headers: Mapping[str, str]) -> Given:
        """The same without errors; the `headers` say who may keep it."""
        return self._given({"data": data, "extensions": extensions}, 200, headers)

    def rejected(self, why: Rejected, extensions: dict[str, Any] | None = None) -> Given:
        """The answer to an operation that was not run: no data at all."""
        errors = self._presented(why.errors)
        code = errors[0]["extensions"]["code"]
        in_any = code in _STATUS_IN_ANY_MEDIA or why.in_any_media
        status = _STATUS.get(code, 400) if self._media == GRAPHQL or in_any else 200
        more = {"WWW-Authenticate": "Bearer"} if status == _STATUS["UNAUTHENTICATED"] else {}
        body = {"errors": errors} | ({"extensions": extensions} if extensions else {})
        return self._given(body, status, {**_PRIVATE, **more, **why.headers})

    def bad_request(self, bad: BadRequest) -> Given:
        body = {"errors": [{"message": bad.message, "extensions": {"code": bad.code}}]}
        return self._given(body, bad.status, {**_PRIVATE, **bad.headers})

    def fault(self, error: BaseException) -> Given:
        """The answer to a bug outside of any resolver."""
        log.error("request failed", exc_info=error)
        return self._given({"errors": [self._internal()]}, 500, _PRIVATE)

    def _given(self, body: dict[str, Any], status: int, headers: Mapping[str, str]) -> Given:
        text = orjson.dumps(body)
        lines = [(b"content-length", b"%d" % len(text)), (b"content-type", self._content_type), *written(headers)]
        return Given(status, lines, text)

    def _presented(self, errors: list[GraphQLError]) -> list[dict[str, Any]]:
        """As many as an answer may hold."""
        _log([error for error in errors if _is_fault(error)])
        shown, size = [], 0
        for error in errors[: limits.ANSWERED_ERRORS]:
            one = self._one(error)
            size += len(orjson.dumps(one))
            if size > limits.ANSWERED_ERROR_BYTES:
                break
            shown.append(one)
        if len(shown) < len(errors):
            message = f"{len(errors) - len(shown) + 1} more errors are left out."
            shown[-1] = {"message": message, "extensions": {"code": "ERRORS_LEFT_OUT"}}
        return shown

    def _one(self, error: GraphQLError) -> dict[str, Any]:
        if _is_fault(error):
            return self._internal(error)
        code = (error.extensions or {}).get("code", "BAD_USER_INPUT")
        message = error.message
        if len(message) > limits.MESSAGE_LENGTH:
            message = message[: limits.MESSAGE_LENGTH] + "…"
        return {**_where(error), "message": message, "extensions": {**(error.extensions or {}), "code": code}}

    def _internal(self, error: GraphQLError | None = None) -> dict[str, Any]:
        extensions = {"code": "INTERNAL", "requestId": self._request_id}
        return {"message": FAULT, **(_where(error) if error else {}), "extensions": extensions}


def _log(faults: list[GraphQLError]) -> None:
    """Each bug once, however many objects of a list it struck."""
    by_place: dict[Any, list[GraphQLError]] = {}
    for fault in faults:
        place = tuple(step for step in fault.path or () if isinstance(step, str))
        by_place.setdefault((place, type(fault.original_error)), []).append(fault)
    for same in by_place.values():
        log.error("resolver failed", path=same[0].path, times=len(same), exc_info=same[0].original_error or same[0])


def _where(error: GraphQLError) -> dict[str, Any]:
    formatted = error.formatted
    return {name: formatted[name] for name in ("locations", "path") if formatted.get(name)}


def _is_fault(error: GraphQLError) -> bool:
    """Whether this is a bug. Errors with a code are meant; so are those that graphql-core has about an argument."""
    if "code" in (error.extensions or {}):
        return False
    original = error.original_error
    return not (isinstance(original, GraphQLError) and original.nodes)


def _as_bad_input(error: GraphQLError) -> GraphQLError:
    """An error before execution is about the variables."""
    if "code" not in (error.extensions or {}):
        error.extensions = {**(error.extensions or {}), "code": "BAD_USER_INPUT"}
    return error
