"""What the answer cache gives: the same server with it and without it, and one that answers the same every time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import httpx

from bench.load import Step
from bench.measure import Cost, Turns, median, ratio, take_turns
from bench.report import against, rate
from bench.servers import Server
from bench.store import Store
from bench.walk import HEADERS
from bench.workloads import Workload

DIFFERENT = 400
"""Requests that are asked over and over: all of them are in the cache before anything is measured."""
LEAST = {"W1": 0.5}
"""Of what the constant answer reaches."""


@dataclass(frozen=True, slots=True)
class Cached:
    """One workload: the runs without the cache, with it, and of the constant answer."""

    key: str
    title: str
    off: Sequence[Cost]
    on: Sequence[Cost]
    constant: Sequence[Cost]


def measure(
    workload: Workload, servers: tuple[Server, Server, Server], store: Store, turns: Turns, folder: Path
) -> Cached:
    """Servers: without the cache, with it, the constant one."""
    asked = [replace(step, bodies=step.bodies[:DIFFERENT]) for step in workload.ours]
    _fill(servers[1], asked[0])
    off, on, constant = take_turns([(server, asked) for server in servers], store, turns, folder)
    return Cached(workload.key, workload.title, off, on, constant)


def _fill(server: Server, step: Step) -> None:
    """With the headers that the load sends, since answers are kept by them too."""
    with httpx.Client(base_url=server.address, headers=HEADERS, timeout=20) as client:
        for body in step.bodies:
            client.post(step.path, content=body).raise_for_status()


def table(found: Sequence[Cached]) -> str:
    head = (
        "| with the answer cache | off: requests/s | on: requests/s | times as many | constant: requests/s | on, of the constant's "
        "| CPU server ms, off | on | CPU database ms, off | on |"
    )
    rows = [
        head,
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    return "\n".join([*rows, *map(_row, found)])


def _row(of: Cached) -> str:
    off, on, constant = (median(costs) for costs in (of.off, of.on, of.constant))
    rates = [rate(off.rate), rate(on.rate), f"{ratio(of.on, of.off):.1f}", rate(constant.rate)]
    share = against(ratio(of.on, of.constant), least=LEAST.get(of.key))
    used = [f"{each:.2f}" for each in (off.server_cpu, on.server_cpu, off.database_cpu, on.database_cpu)]
    return f"| {' | '.join([f'**{of.key}** {of.title}', *rates, share, *used])} |"
