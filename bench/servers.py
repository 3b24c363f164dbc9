"""Starts a server as one process on the loopback address, and reads what it uses."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import psutil

SECRET = "the benchmark keeps no secrets, but has one"
NO_CACHE, CACHE = "0", "8"
"""Megabytes of the cache: none where it is to be seen what an answer costs, and as it ships."""
_SECONDS_TO_START = 30


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    name: str
    address: str
    process: psutil.Process

    def memory(self) -> int:
        """Bytes that its processes hold, what they share counted each time."""
        return sum(each.memory_info().rss for each in family(self.process))


def family(process: psutil.Process) -> list[psutil.Process]:
    return [process, *process.children(recursive=True)]


def cpu_seconds(process: psutil.Process) -> float:
    """Of a process and its children, those that ended included."""
    total = 0.0
    for each in family(process):
        try:
            times = each.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


def ours(dsn: str, **settings: str) -> tuple[list[str], dict[str, str]]:
    """The command and the environment of one process as it ships, but that all load comes from one address, and tasks and
    cached answers would hide what is measured. More settings, and others, as `CACHE="8"`.
    """
    given = {"SECRET": SECRET, "RATE_LIMIT": "0", "TASKS_INSIDE": "false", "CACHE": NO_CACHE, **settings}
    environment = {f"COMMERCE_{name}": text for name, text in given.items()}
    command = [sys.executable, "-m", "commerce_api", "serve", "--port", "{port}"]
    return command, {"DATABASE_URL": dsn, **environment}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def uvicorn(factory: str) -> list[str]:
    """The command that serves an application made by `module:function`, as fast as it goes."""
    fast = ["--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"]
    return [sys.executable, "-m", "uvicorn", "--factory", factory, *fast, "--host", "127.0.0.1", "--port", "{port}"]


@contextmanager
def serving(name: str, command: list[str], environment: dict[str, str], log: Path) -> Iterator[Server]:
    """A server from when it accepts connections until the end of the block. `{port}` in the command is filled in."""
    port = free_port()
    filled = [part.replace("{port}", str(port)) for part in command]
    with log.open("wb") as said:
        process = subprocess.Popen(filled, env={**os.environ, **environment}, stdout=said, stderr=said)
    try:
        wait_until_answers(f"http://127.0.0.1:{port}", process, log)
        yield Server(name, f"http://127.0.0.1:{port}", psutil.Process(process.pid))
    finally:
        process.terminate()
        process.wait(_SECONDS_TO_START)


def wait_until_answers(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Until it answers a query, whatever it says."""
    deadline = time.monotonic() + _SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        try:
            post(address + "/graphql", b'{"query":"{__typename}"}')
        except HTTPError:
            return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.002)
        else:
            return
    raise SystemExit(f"{' '.join(map(str, process.args))} does not answer. It said:\n{log.read_text()}")


def post(address: str, body: bytes, headers: dict[str, str] | None = None) -> bytes:
    sent = {"content-type": "application/json", "accept": "application/json", **(headers or {})}
    with urlopen(Request(address, body, sent), timeout=20) as answer:
        return bytes(answer.read())
