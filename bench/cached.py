"""What the cache gives: the same server without it and with it, beside one that answers the same every time or, where something is
written, beside the hand-written one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import httpx

from bench.load import Step
from bench.measure import Cost, Turns, median, ratio, take_turns
from bench.report import WANTED as BY_HAND
from bench.report import against, rate
from bench.servers import Server
from bench.store import Store
from bench.walk import HEADERS
from bench.workloads import READS, Workload

DIFFERENT = 400
"""Requests that are asked over and over: all of them are in the cache before anything is measured."""
WANTED = {"W1": 0.5, "W4": BY_HAND["W4"], "W5": BY_HAND["W5"]}
"""Of what the other server reaches: what is written is wanted to be as fast with the cache as without."""


@dataclass(frozen=True, slots=True)
class Cached:
    """One workload: the runs without the cache, with it, and of the `other` server."""

    key: str
    title: str
    other: str
    off: Sequence[Cost]
    on: Sequence[Cost]
    theirs: Sequence[Cost]


@dataclass(frozen=True, slots=True)
class Servers:
    """Those that take turns: of the last two, one for each workload."""

    off: Server
    on: Server
    constant: Server
    by_hand: Server


def measure(workload: Workload, servers: Servers, store: Store, turns: Turns, folder: Path) -> Cached:
    asked, theirs = _few(workload.ours), _few(workload.theirs)
    other = (servers.constant, asked) if workload.key in READS else (servers.by_hand, theirs)
    _fill(servers.on, asked[0])
    contestants = [(servers.off, asked), (servers.on, asked), other]
    off, on, its = take_turns(contestants, store, turns.of(len(asked)), folder)
    return Cached(workload.key, workload.title, other[0].name, off, on, its)


def _few(steps: list[Step]) -> list[Step]:
    return [replace(step, bodies=step.bodies[:DIFFERENT]) for step in steps]


def _fill(server: Server, step: Step) -> None:
    """With the headers that the load sends, since answers are kept by them too."""
    with httpx.Client(base_url=server.address, headers=HEADERS, timeout=20) as client:
        for body in step.bodies:
            client.post(step.path, content=body).raise_for_status()


def table(found: Sequence[Cached]) -> str:
    head = (
        "| with the cache | off: requests/s | on: requests/s | times as many | beside it | requests/s | on, of that "
        "| CPU server ms, off | on | CPU database ms, off | on |"
    )
    rows = [
        head,
        "|---|--:|--:|--:|---|--:|--:|--:|--:|--:|--:|",
    ]
    return "\n".join([*rows, *map(_row, found)])


def _row(of: Cached) -> str:
    off, on, theirs = (median(costs) for costs in (of.off, of.on, of.theirs))
    rates = [rate(off.rate), rate(on.rate), f"{ratio(of.on, of.off):.2f}", of.other, rate(theirs.rate)]
    share = against(ratio(of.on, of.theirs), least=WANTED.get(of.key))
    used = [f"{each:.2f}" for each in (off.server_cpu, on.server_cpu, off.database_cpu, on.database_cpu)]
    return f"| {' | '.join([f'**{of.key}** {of.title}', *rates, share, *used])} |"
