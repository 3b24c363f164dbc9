"""How processes share a port: their parent accepts connections, and hands them to the processes in turn.

If each accepted for itself, the kernel would wake whoever went to sleep last, and one process would have most of the connections. A
connection is handed over once, however many requests come on it. A process has its turns from when it says that it is ready; one
that ends loses them, and the others have its share until another is started.
"""

import asyncio
import errno
import os
import socket
from collections import deque
from collections.abc import Callable

import structlog

SIGN = b"."
"""What is sent with a connection, and by a process that is ready: something has to be."""
_PAUSE = 0.1
_SCARCE = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}

log = structlog.get_logger()


class Door:
    """The parent's side; the other is `handed.py`."""

    def __init__(self, listening: socket.socket) -> None:
        listening.setblocking(False)
        self._listening = listening
        self._waiting: deque[socket.socket] = deque()
        """Processes that take connections; the first is next."""
        self._open = self._closed = False
        self._pausing: asyncio.TimerHandle | None = None

    def add(self, process: socket.socket) -> None:
        """A process that will say when it is ready."""
        process.setblocking(False)
        asyncio.get_running_loop().add_reader(process, self._hear, process)

    def remove(self, process: socket.socket) -> None:
        """It gets no more, and learns of it."""
        if process.fileno() >= 0:
            asyncio.get_running_loop().remove_reader(process)
            process.close()
        if process in self._waiting:
            self._waiting.remove(process)
        self._look()

    def close(self) -> None:
        """Refuse who comes from now on."""
        self._closed = True
        self._look()
        self._listening.close()

    def _hear(self, process: socket.socket) -> None:
        try:
            said = process.recv(1)
        except OSError:
            said = b""
        if said:
            self._waiting.append(process)
            self._look()
        else:
            self.remove(process)

    def _look(self) -> None:
        """Accept while there is a process to give connections to; until then clients wait in the kernel's queue."""
        loop = asyncio.get_running_loop()
        wanted = bool(self._waiting) and self._pausing is None and not self._closed
        if wanted and not self._open:
            loop.add_reader(self._listening, self._accept)
        elif self._open and not wanted:
            loop.remove_reader(self._listening)
        self._open = wanted

    def _accept(self) -> None:
        try:
            connection, _ = self._listening.accept()
        except OSError as error:
            if error.errno in _SCARCE:
                log.error("cannot accept connections", why=os.strerror(error.errno))  # noqa: TRY400 - no bug to trace
                self._pause(self._look)
            return  # else whoever came has left
        self._give(connection)

    def _give(self, connection: socket.socket) -> None:
        for _ in range(len(self._waiting)):
            process = self._waiting[0]
            self._waiting.rotate(-1)
            try:
                socket.send_fds(process, [SIGN], [connection.fileno()])
            except OSError:  # it has too many that it did not take, or is gone
                continue
            connection.close()
            return
        self._pause(lambda: self._give(connection))

    def _pause(self, then: Callable[[], None]) -> None:
        """Accept nothing for a moment."""

        def go_on() -> None:
            self._pausing = None
            then()
            self._look()

        self._pausing = asyncio.get_running_loop().call_later(_PAUSE, go_on)
        self._look()
