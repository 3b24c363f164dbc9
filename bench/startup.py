"""How long `serve` takes from its start to its first answer, and what the time goes into."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.servers import free_port, wait_until_answers
from commerce_api.adapters.postgres_server import PostgresServer

_IMPORT = re.compile(r"import time:\s+(\d+) \|\s+(\d+) \|( +)(\S+)")
_LIBRARIES = (
    "import asyncpg, click, prometheus_client, strawberry, structlog, uvicorn, "
    "sqlalchemy.dialects.postgresql.asyncpg, starlette.applications"
)
_ALL = "import commerce_api.cli; from commerce_api.cli.processes import load; load()"
_LEFT_OUT = ("DATABASE_URL", "PYTHONDONTWRITEBYTECODE")
"""Without written bytecode, Python would compile all modules at each start."""


@dataclass(frozen=True, slots=True)
class Start:
    """One start of `serve`: seconds until its first answer, seconds of CPU, bytes that it then holds."""

    seconds: float
    cpu: float
    memory: int


@dataclass(frozen=True, slots=True)
class Startup:
    """Seconds of CPU are the least of all runs: what another program on the machine adds to them says nothing."""

    runs: list[Start]
    interpreter: float
    libraries: float
    imports: float
    postgres: float
    packages: list[tuple[str, float]]

    @property
    def cpu(self) -> float:
        return min(run.cpu for run in self.runs)


def measure(folder: Path, times: int) -> Startup:
    """On a data folder that is there and used by nobody. All kinds of runs take turns, after one that writes bytecode."""
    _serve_until_answer(folder)
    kinds: list[Callable[[], float]] = [
        lambda: _cpu_of("pass"),
        lambda: _cpu_of(_LIBRARIES),
        lambda: _cpu_of(_ALL),
        lambda: _postgres(folder),
    ]
    turns = [(_serve_until_answer(folder), *(kind() for kind in kinds)) for _ in range(times)]
    runs, *others = zip(*turns, strict=True)
    interpreter, libraries, imports, postgres = (min(each) for each in others)
    return Startup(
        list(runs), interpreter, libraries, imports, postgres, packages=import_times("commerce_api.asgi")[:12]
    )


def _serve_until_answer(folder: Path) -> Start:
    port, log = free_port(), folder / "serve.log"
    command = [sys.executable, "-m", "commerce_api", "serve", "--port", str(port), "--data-dir", str(folder)]
    begun = time.monotonic()
    with log.open("wb") as said:
        process = subprocess.Popen(command, env=_environment(), stdout=said, stderr=said)
    try:
        wait_until_answers(f"http://127.0.0.1:{port}", process, log)
        seconds, used = time.monotonic() - begun, psutil.Process(process.pid)
        cpu = used.cpu_times()
        return Start(seconds, cpu.user + cpu.system, used.memory_info().rss)
    finally:
        process.terminate()
        process.wait(30)


def _cpu_of(program: str) -> float:
    """Of an interpreter that runs this."""
    said = subprocess.check_output(
        [sys.executable, "-c", f"{program}\nimport time\nprint(time.process_time())"], env=_environment(), text=True
    )
    return float(said)


def _postgres(folder: Path) -> float:
    server = PostgresServer(folder / "postgres")
    begun = time.monotonic()
    server.start()
    took = time.monotonic() - begun
    server.stop()
    return took


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in _LEFT_OUT}


def import_times(module: str) -> list[tuple[str, float]]:
    """Percent that the modules of each package take of all importing, the dearest first."""
    command = [sys.executable, "-X", "importtime", "-c", f"import gc; gc.disable(); import {module}"]
    said = subprocess.run(command, check=True, capture_output=True, text=True, env=_environment()).stderr
    packages: dict[str, float] = {}
    for own, _, _, name in _IMPORT.findall(said):
        parts = name.split(".")
        package = ".".join(parts[:2]) if parts[0] == "commerce_api" else parts[0]
        packages[package] = packages.get(package, 0) + int(own)
    whole = sum(packages.values())
    return sorted(((package, 100 * own / whole) for package, own in packages.items()), key=lambda item: -item[1])
