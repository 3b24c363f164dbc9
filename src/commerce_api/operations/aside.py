"""Work that nobody waits for, such as the trace of a search; it is ended before the process is."""

import asyncio
from collections.abc import Awaitable

import structlog

_log = structlog.get_logger(__name__)


class Aside:
    """What of it fails is logged, and nothing more."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def do(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(self._carefully(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settle(self) -> None:
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def _carefully(self, work: Awaitable[None]) -> None:
        try:
            await work
        except Exception:  # noqa: BLE001 - nobody waits who could be told
            _log.exception("work aside failed")
