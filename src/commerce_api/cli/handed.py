"""A server that does not accept connections but is handed them by its parent: the other side of `door.py`."""

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress

import uvicorn

from commerce_api.cli.door import SIGN


class HandedServer(uvicorn.Server):
    """Answers on what comes through `parent`; calls `orphaned` when that one has ended."""

    def __init__(self, config: uvicorn.Config, parent: socket.socket, orphaned: Callable[[], None]) -> None:
        super().__init__(config)
        self._parent, self._orphaned = parent, orphaned
        self._beginning = set[asyncio.Task[None]]()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._parent.setblocking(False)
        asyncio.get_running_loop().add_reader(self._parent, self._take)
        with suppress(OSError):  # it has ended, which is what is read next
            self._parent.send(SIGN)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._leave()
        await super().shutdown(sockets)

    def _take(self) -> None:
        try:
            said, connections, _, _ = socket.recv_fds(self._parent, len(SIGN), 1)
        except BlockingIOError:
            return
        except OSError:
            said, connections = b"", []
        for connection in connections:
            task = asyncio.create_task(self._begin(socket.socket(fileno=connection)))
            self._beginning.add(task)
            task.add_done_callback(self._beginning.discard)
        if not said:
            self._leave()
            self._orphaned()

    async def _begin(self, connection: socket.socket) -> None:
        def protocol() -> asyncio.Protocol:
            made: asyncio.Protocol = self.config.http_protocol_class(  # type: ignore[call-arg]
                config=self.config, server_state=self.server_state, app_state=self.lifespan.state
            )
            return made

        with suppress(OSError):  # whoever came has left
            await asyncio.get_running_loop().connect_accepted_socket(protocol, connection)

    def _leave(self) -> None:
        if self._parent.fileno() >= 0:
            asyncio.get_running_loop().remove_reader(self._parent)
            self._parent.close()
