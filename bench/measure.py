"""Runs of load on servers taking turns, and what each cost."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import psutil

from bench import load
from bench.load import Step
from bench.servers import Server, cpu_seconds
from bench.store import Store


@dataclass(frozen=True, slots=True)
class Cost:
    """One run of load on one server. Times in milliseconds, CPU for each request or walk."""

    rate: float
    p50: float
    p99: float
    server_cpu: float
    database_cpu: float
    load_cpu: float
    memory: int


@dataclass(frozen=True, slots=True)
class Turns:
    """How often servers take turns, for how long, and how many requests are on the way at all times."""

    rounds: int
    seconds: float
    warm_up: float
    connections: int = load.CONNECTIONS

    def of(self, steps: int) -> "Turns":
        """Twice as long where several requests make one piece of work."""
        return self if steps == 1 else replace(self, seconds=2 * self.seconds, warm_up=2 * self.warm_up)


def take_turns(
    contestants: Sequence[tuple[Server, list[Step]]], store: Store, turns: Turns, folder: Path
) -> list[list[Cost]]:
    """The costs of each server, in the order of the rounds: A B B A, so that what slows the machine slows all, and nobody is
    always the first.
    """
    for server, steps in contestants:
        load.run(server.address, steps, seconds=turns.warm_up, folder=folder, connections=turns.connections)
    store.analyze()
    costs: list[list[Cost]] = [[] for _ in contestants]
    for turn in range(turns.rounds):
        order = list(zip(contestants, costs, strict=True))
        for (server, steps), its in order if turn % 2 else reversed(order):
            its.append(_run(server, steps, store.process, turns, folder))
    return costs


def usage(server: Server, database: psutil.Process) -> tuple[float, float]:
    """Seconds of CPU that both have used."""
    return cpu_seconds(server.process), cpu_seconds(database)


def _run(server: Server, steps: list[Step], database: psutil.Process, turns: Turns, folder: Path) -> Cost:
    before = usage(server, database)
    figures = load.run(server.address, steps, seconds=turns.seconds, folder=folder, connections=turns.connections)
    after = usage(server, database)
    if not figures.requests:
        raise SystemExit(f"{server.name} finished nothing in {turns.seconds:g} seconds; is the machine busy?")
    used = [(end - begin) * 1000 / figures.requests for begin, end in zip(before, after, strict=True)]
    return Cost(
        rate=figures.rate,
        p50=figures.p50,
        p99=figures.p99,
        server_cpu=used[0],
        database_cpu=used[1],
        load_cpu=figures.cpu * 1000 / figures.requests,
        memory=server.memory(),
    )


def median(costs: Sequence[Cost]) -> Cost:
    """Of each figure by itself."""
    return Cost(*(statistics.median(getattr(cost, name) for cost in costs) for name in Cost.__slots__))


def ratio(ours: Sequence[Cost], others: Sequence[Cost]) -> float:
    """How many requests we answer while the other answers one; the median over the rounds."""
    return statistics.median(our.rate / other.rate for our, other in zip(ours, others, strict=True))
