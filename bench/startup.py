"""How long `serve` takes from its start to its first answer, and what the time goes into."""

import os
import re
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from bench.servers import free_port, wait_until_answers
from commerce_api.adapters.postgres_server import PostgresServer

_IMPORT = re.compile(r"import time:\s+(\d+) \|\s+(\d+) \|( +)(\S+)")


@dataclass(frozen=True, slots=True)
class Startup:
    """Seconds from the start of `serve` to its first answer, and what of that goes into importing and PostgreSQL."""

    runs: list[float]
    interpreter: float
    imports: float
    postgres: float
    packages: list[tuple[str, float]]

    @property
    def median(self) -> float:
        return statistics.median(self.runs)


def measure(folder: Path, times: int) -> Startup:
    """On a data folder that is there and used by nobody."""
    runs = [_serve_until_answer(folder) for _ in range(times)]
    return Startup(
        runs=runs,
        interpreter=_seconds_of("pass", times),
        imports=_seconds_of("import commerce_api.app, uvicorn", times),
        postgres=_postgres(folder, times),
        packages=import_times("commerce_api.app")[:12],
    )


def _serve_until_answer(folder: Path) -> float:
    port, log = free_port(), folder / "serve.log"
    command = [sys.executable, "-m", "commerce_api", "serve", "--port", str(port), "--data-dir", str(folder)]
    without = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    begun = time.monotonic()
    with log.open("wb") as said:
        process = subprocess.Popen(command, env=without, stdout=said, stderr=said)
    try:
        wait_until_answers(f"http://127.0.0.1:{port}", process, log)
        return time.monotonic() - begun
    finally:
        process.terminate()
        process.wait(30)


def _seconds_of(program: str, times: int) -> float:
    """Median time that an interpreter takes to run this and end."""

    def run() -> float:
        begun = time.monotonic()
        subprocess.run([sys.executable, "-c", program], check=True)
        return time.monotonic() - begun

    return statistics.median(run() for _ in range(times))


def _postgres(folder: Path, times: int) -> float:
    def start() -> float:
        server = PostgresServer(folder / "postgres")
        begun = time.monotonic()
        server.start()
        took = time.monotonic() - begun
        server.stop()
        return took

    return statistics.median(start() for _ in range(times))


def import_times(module: str) -> list[tuple[str, float]]:
    """Milliseconds that the modules of each package take themselves, the dearest first. Measuring makes them slower."""
    command = [sys.executable, "-X", "importtime", "-c", f"import {module}"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stderr
    packages: dict[str, float] = {}
    for own, _, _, name in _IMPORT.findall(said):
        parts = name.split(".")
        package = ".".join(parts[:2]) if parts[0] == "commerce_api" else parts[0]
        packages[package] = packages.get(package, 0) + int(own) / 1000
    return sorted(packages.items(), key=lambda item: -item[1])
