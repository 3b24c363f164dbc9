"""The server's side of a connection: uvicorn's, with an end to its patience for the head of a request.

uvicorn waits for ever for a request line and headers that do not come, and keeps however many come. A client that opens
connections and is silent would soon hold every one that the process may have.
"""

from asyncio import BaseTransport, TimerHandle
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from commerce_api.web import limits


class Wire(HttpToolsProtocol):
    """Closes a connection whose request line and headers are not complete in time, or too large. Says in the state of a request when it is
    `whole`, as most are at once: then nobody has to look after the time that its body takes.
    """

    _awaits_head = False
    _head_due: TimerHandle | None = None
    _head_size = 0

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._awaits_head = True
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_is_here()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._awaits_head = True

    def on_headers_complete(self) -> None:
        self._head_is_here()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self.scope["state"]["whole"] = True

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._awaits_head:  # most are here at once, and need no timer
            self._await_head()
            self._head_size += len(data)
            if self._head_size > limits.HEAD_BYTES and not self.transport.is_closing():
                self.send_400_response("The headers are too large.")

    def _await_head(self) -> None:
        if self._head_due is None:
            transport: BaseTransport = self.transport
            self._head_size = 0
            self._head_due = self.loop.call_later(limits.HEAD_SECONDS, transport.close)

    def _head_is_here(self) -> None:
        self._awaits_head = False
        if self._head_due is not None:
            self._head_due.cancel()
            self._head_due = None
