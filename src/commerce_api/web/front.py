"""What every request passes first, and every answer last: the request id, the client's address, security headers, the time it took."""

import time
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bind_contextvars, reset_contextvars

from commerce_api.web import metrics
from commerce_api.web.caller import Heading, Network, address_of, is_by_tls, request_id_of
from commerce_api.web.headers import Header

_SECURITY: Final[tuple[Header, ...]] = (
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"referrer-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
)
_BY_TLS: Final[tuple[Header, ...]] = (*_SECURITY, (b"strict-transport-security", b"max-age=31536000"))
"""Browsers heed the last only where the connection is safe already, and then keep it so for a year."""


class Front:
    """Leaves `request_id`, `address` and `headers` in the request's state, and the request id in all log entries. An endpoint leaves
    the name of the GraphQL operation in `request.state.operation`, for `metrics`.
    """

    def __init__(self, app: ASGIApp, trusted_proxies: tuple[Network, ...]) -> None:
        self._app, self._trusted, self._names = app, trusted_proxies, metrics.Names()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, status = time.perf_counter(), 500
        ours = self._introduced(scope)
        state = scope["state"]

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status, own = message["status"], message.get("headers", ())
                named = {name for name, _ in own}
                message = {**message, "headers": [*own, *(each for each in ours if each[0] not in named)]}
            await send(message)

        logged = bind_contextvars(request_id=state["request_id"])
        try:
            await self._app(scope, receive, send_with_headers)
        finally:
            reset_contextvars(**logged)
            path = getattr(scope.get("route"), "path", "other")  # as it is routed: its number is bounded
            operation = self._names.bounded(state.get("operation"))
            metrics.note_duration(path, operation, status, time.perf_counter() - begun)

    def _introduced(self, scope: Scope) -> tuple[Header, ...]:
        """The headers that go with whatever is answered."""
        headers = Heading(scope)
        request_id = request_id_of(headers.get("x-request-id"))
        peer = scope["client"][0] if scope.get("client") else None
        address = address_of(peer, headers.get("x-forwarded-for", ""), self._trusted)
        scope.setdefault("state", {}).update(request_id=request_id, address=address, headers=headers)
        by_tls = is_by_tls(scope.get("scheme", "http"), peer, headers, self._trusted)
        return (b"x-request-id", request_id.encode()), *(_BY_TLS if by_tls else _SECURITY)
