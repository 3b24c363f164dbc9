"""What every request passes first, and every answer last: the request id, the client's address, security headers."""

from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from commerce_api.web.caller import Network, address_of, is_by_tls, request_id_of

_SECURITY: Final = {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
_BY_TLS: Final = {"strict-transport-security": "max-age=31536000"}
"""Browsers heed it only where the connection is safe already, and then keep it so for a year."""


class Front:
    """Leaves `request_id` and `address` in the request's state, and the request id in all log entries."""

    def __init__(self, app: ASGIApp, trusted_proxies: tuple[Network, ...]) -> None:
        self._app, self._trusted = app, trusted_proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        request_id = request_id_of(headers.get("x-request-id"))
        peer = scope["client"][0] if scope.get("client") else None
        address = address_of(peer, headers.get("x-forwarded-for", ""), self._trusted)
        security = _SECURITY | (_BY_TLS if is_by_tls(scope.get("scheme", "http"), peer, headers, self._trusted) else {})
        scope.setdefault("state", {}).update(request_id=request_id, address=address)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                answered = MutableHeaders(scope=message)
                answered["x-request-id"] = request_id
                for name, text in security.items():
                    answered.setdefault(name, text)
            await send(message)

        with bound_contextvars(request_id=request_id):
            await self._app(scope, receive, send_with_headers)
