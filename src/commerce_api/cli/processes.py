"""The processes that answer requests and do tasks: one, or several that share a port.

Every process ends when told to (SIGTERM, Ctrl-C) and when the one that started it ends, in whatever way: each holds one
end of a pair of sockets, through which it is handed connections, and whose other end the kernel closes with the parent.
"""

import asyncio
import ctypes
import gc
import os
import signal
import socket
import sys
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from importlib import import_module
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

import structlog

from commerce_api.cli.door import Door
from commerce_api.settings import Settings, variable

_HANDED_DOWN = ("database_url", "secret", "public_url", "mailbox", "staff_second_factor")
"""Settings that a parent may have made up itself; all others its children read from the environment."""
_OBJECTS_BETWEEN_COLLECTIONS = 10_000
_ARENA_MAX = -8
"""As mallopt(3) numbers it."""
_SECONDS_TO_FINISH = 10
_PAUSE_BEFORE_RESTART = 1.0

log = structlog.get_logger()


def listening_socket(host: str, port: int) -> socket.socket:
    """Bound and listening, so that clients wait instead of being refused while processes start."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=2048)


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run it on the fast event loop."""
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work)


def load() -> None:
    """Import all that answering needs, and have the garbage collector leave it alone.

    Requests leave no cycles behind (tests/api/test_garbage.py), so that nearly all is gone before it would be found. To look after each
    700 new objects, as Python does by itself, is to look in the middle of every larger answer: 7 % of a page of products.
    """
    gc.disable()  # nothing that loading makes is garbage; the collector would only look it through, again and again
    import_module("uvicorn")
    import_module("commerce_api.asgi")
    import_module("commerce_api.worker")
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    gc.enable()


def check_documents(settings: Settings) -> None:
    """Raise what is wrong with the registered documents, once for all the processes that would not start with them."""
    from commerce_api.asgi import contracts_of

    contracts_of(settings)


def _share_memory() -> None:
    """Have all threads allocate in one place: glibc gives each its own, and what one has let go no other can use (4 MB)."""
    with suppress(AttributeError, OSError):  # other libraries have no such thing
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)


@contextmanager
def loading_beside() -> Iterator[None]:
    """Load while this thread waits for something else, such as PostgreSQL to start."""
    _share_memory()
    thread = Thread(target=load, daemon=True)
    thread.start()
    yield
    thread.join()


async def answer(
    settings: Settings, *, listening: socket.socket | None = None, parent: socket.socket | None = None
) -> None:
    """Answer requests on connections that it accepts or is handed by its parent, and do tasks beside if the settings say
    so, until told to stop.
    """
    load()
    import uvicorn

    from commerce_api.app import hearing, opened
    from commerce_api.asgi import web_application
    from commerce_api.cli.handed import HandedServer
    from commerce_api.web.wire import Wire

    async with opened(settings) as app, hearing(app), _tasks_beside(app):
        config = uvicorn.Config(
            web_application(app),
            http=Wire,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,  # web.front decides whom to believe
            server_header=False,
            timeout_graceful_shutdown=_SECONDS_TO_FINISH,
        )

        def stop() -> None:
            server.force_exit, server.should_exit = server.should_exit, True

        server = HandedServer(config, parent, stop) if parent else uvicorn.Server(config)
        with _told_to_stop(stop):
            # `serve` would listen to signals itself, and raise them again
            await server._serve([listening] if listening else [])  # noqa: SLF001


async def do_tasks(settings: Settings) -> None:
    """Do what the outbox holds, until told to stop."""
    from commerce_api.app import opened
    from commerce_api.cli.environment import tell
    from commerce_api.worker import Worker

    async with opened(settings) as app:
        worker = Worker(app.services)

        def stop() -> None:
            worker.stop()
            tell("Finishing what was begun.")

        with _told_to_stop(stop):
            await worker.run()


@asynccontextmanager
async def _tasks_beside(app: Any) -> AsyncGenerator[None]:
    from commerce_api.worker import Worker

    worker = Worker(app.services)
    running = asyncio.create_task(worker.run()) if app.settings.tasks_inside else None
    try:
        yield
    finally:
        worker.stop()
        if running:
            await running


@contextmanager
def _told_to_stop(stop: Callable[[], None]) -> Iterator[None]:
    """Call `stop` at SIGTERM and at Ctrl-C."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    yield
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.remove_signal_handler(number)


async def answer_in_several(settings: Settings, listening: socket.socket) -> None:
    """Keep as many processes running as the settings say; one that dies is started again."""
    stopping, door = asyncio.Event(), Door(listening)

    def stop() -> None:
        door.close()
        stopping.set()

    with _told_to_stop(stop), TemporaryDirectory(prefix="commerce-metrics-") as counters:
        environment = os.environ | _handed_down(settings) | {"PROMETHEUS_MULTIPROC_DIR": counters}
        keeping = [_keep_running(environment, door, stopping) for _ in range(settings.workers)]
        await asyncio.gather(*keeping)


async def _keep_running(environment: Mapping[str, str], door: Door, stopping: asyncio.Event) -> None:
    while not stopping.is_set():
        ours, theirs = socket.socketpair()
        with theirs:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "commerce_api.cli.server_process", str(theirs.fileno())),
                pass_fds=(theirs.fileno(),),
                env=environment,
                start_new_session=True,  # Ctrl-C is for the parent, who then stops all in order
            )
        door.add(ours)
        ended, told = asyncio.create_task(process.wait()), asyncio.create_task(stopping.wait())
        await asyncio.wait((ended, told), return_when=asyncio.FIRST_COMPLETED)
        if stopping.is_set():
            process.terminate() if process.returncode is None else None
            await ended
        else:
            told.cancel()
            log.error("server process ended, another is started", code=ended.result())
            await asyncio.sleep(_PAUSE_BEFORE_RESTART)
        door.remove(ours)


def _handed_down(settings: Settings) -> dict[str, str]:
    values = ((name, getattr(settings, name)) for name in _HANDED_DOWN)
    texts = (
        (name, value.get_secret_value() if hasattr(value, "get_secret_value") else value) for name, value in values
    )
    return {variable(name): str(text) for name, text in texts}
