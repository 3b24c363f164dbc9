"""Puts load on a server with wrk, and reads what it found."""

import json
import os
import resource
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

CONNECTIONS = 16

_LUA = Path(__file__).with_name("lua")


@dataclass(frozen=True, slots=True)
class Step:
    """A request: one of `bodies` at a time, with `{{name}}` replaced by what earlier answers held.

    `take` finds values in the answer by Lua patterns.
    """

    path: str
    bodies: list[bytes]
    take: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Figures:
    """What one run of load gave. `requests` are walks where several requests make one piece of work."""

    requests: float
    seconds: float
    failed: int
    p50: float
    p99: float
    cpu: float = 0.0
    """Seconds that the load itself took."""

    @property
    def rate(self) -> float:
        return self.requests / self.seconds


def wrk() -> str:
    """The program, installed if it may be."""
    if not (found := shutil.which("wrk")) and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "install", "-y", "--no-install-recommends", "wrk"], check=False, capture_output=True)
        found = shutil.which("wrk")
    if not found:
        raise SystemExit("Install `wrk`, the HTTP load generator: `apt-get install wrk` or the like, then try again.")
    return found


def run(address: str, steps: list[Step], *, seconds: float, folder: Path, connections: int = CONNECTIONS) -> Figures:
    """Load for so long; one request over and over, or walks of several."""
    alone = len(steps) == 1 and not steps[0].take
    file = folder / "load"
    if alone:
        file.write_bytes(b"\n".join(steps[0].bodies) + b"\n")
        threads, script, target = 1, "requests.lua", address + steps[0].path
    else:
        file.write_text(_walk(steps))
        threads, script, target = connections, "flow.lua", address
    return _wrk(f"-t{threads}", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout=20s",
                "-s", str(_LUA / script), target, "--", str(file))  # fmt: skip


def _wrk(*arguments: str) -> Figures:
    before = _cpu_of_children()
    said = subprocess.run([wrk(), *arguments], check=True, capture_output=True, text=True).stdout
    figures = next((line.removeprefix("FIGURES ") for line in said.splitlines() if line.startswith("FIGURES ")), None)
    if figures is None:
        raise SystemExit(f"wrk failed:\n{said}")
    found = Figures(**json.loads(figures), cpu=_cpu_of_children() - before)
    if found.failed:
        raise SystemExit(f"{found.failed} requests failed, {found.requests} did not:\n{said}")
    return found


def _cpu_of_children() -> float:
    """Of those that ended: servers that go on running are not in it."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _walk(steps: list[Step]) -> str:
    return "return {" + ",\n".join(_step(step) for step in steps) + "}\n"


def _step(step: Step) -> str:
    bodies = ",".join(_quoted(body.decode()) for body in step.bodies)
    return (
        f"{{path={_quoted(step.path)}, bodies={{{bodies}}}, take={_table(step.take)}, headers={_table(step.headers)}}}"
    )


def _table(values: dict[str, str]) -> str:
    return "{" + ",".join(f'["{key}"]={_quoted(value)}' for key, value in values.items()) + "}"


def _quoted(text: str) -> str:
    return "[==[" + text + "]==]"
