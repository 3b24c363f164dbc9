"""`make bench-processes`: how many requests two processes answer while one answers one."""

import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench import report, runs, store
from bench.load import Step
from bench.measure import Cost, Turns, median, ratio, take_turns
from bench.schedule import cores_for_two, gain_allowed
from bench.servers import CACHE, NO_CACHE, Server, cpu_seconds, family, ours, serving
from bench.store import Store
from bench.workloads import fitting, graphql

COMMAND, OF = "bench-processes", "processes"
LEAST = 1.8
_FEW = 50
"""Pages that are asked for from the cache: each process has a cache of its own, which is soon full of them."""
_SECONDS_TO_SETTLE = 60
_CHANNEL = "c{number}: channel {{ id code name currencies languages countries pricesIncludeTax }}"
_FROM_MEMORY = f"{{ {' '.join(_CHANNEL.format(number=number) for number in range(80))} }}"


@dataclass(frozen=True, slots=True)
class Doubled:
    """One piece of work: the runs of one process and of two, and what part of the latter's CPU the busier one used."""

    title: str
    one: Sequence[Cost]
    two: Sequence[Cost]
    busier: float


def main() -> None:
    given = runs.arguments(COMMAND, __doc__).parse_args()
    turns = Turns(rounds=1, seconds=3, warm_up=1) if given.quick else Turns(rounds=5, seconds=8, warm_up=3)
    with store.opened(runs.folder_of(given.products), given.products) as opened:
        found = _measured(opened, runs.folder_of(given.products), turns)
    machine = report.machine(opened.version, given.products)
    runs.published([f"{machine} {report.rounds(turns)}.", table(found, psutil.cpu_count() or 1)], given, OF, COMMAND)


def _measured(opened: Store, folder: Path, turns: Turns) -> list[Doubled]:
    with ExitStack() as stack:

        def started(workers: int, cache: str) -> Server:
            command, environment = ours(opened.dsn, WORKERS=str(workers), CACHE=cache)
            log = folder / f"{workers}-{cache}.log"
            return stack.enter_context(serving(f"{workers} processes", command, environment, log))

        plain, cached = [[started(workers, cache) for workers in (1, 2)] for cache in (NO_CACHE, CACHE)]
        for server in (*plain, *cached):
            _settled(server)
        found = []
        for title, servers, steps in _work(plain, cached):
            print(f"{title} ...", flush=True)
            before = _used(servers[1])
            one, two = take_turns([(server, steps) for server in servers], opened, turns, folder)
            used = [_used(servers[1])[process] - begun for process, begun in before.items()]
            found.append(Doubled(title, one, two, max(used) / sum(used)))
    return found


def _work(plain: list[Server], cached: list[Server]) -> list[tuple[str, list[Server], list[Step]]]:
    known = {workload.key: workload for workload in fitting(plain[0].address)}
    few = Step("/graphql", known["W1"].ours[0].bodies[:_FEW])
    return [
        ("answered from memory: the channel, 80 times", plain, [Step("/graphql", [graphql(_FROM_MEMORY, {})])]),
        ("**W1** from the cache", cached, [few]),
        *((f"**{key}** {known[key].title}", plain, known[key].ours) for key in ("W1", "W2", "W4")),
    ]


def _settled(server: Server) -> None:
    """Wait until all its processes have started: then none uses CPU."""
    deadline, before = time.monotonic() + _SECONDS_TO_SETTLE, -1.0
    while time.monotonic() < deadline and (now := cpu_seconds(server.process)) - before > 0.02:
        before = now
        time.sleep(1)


def _used(server: Server) -> dict[int, float]:
    """Seconds of CPU by process, of those that answer."""
    return {each.pid: sum(each.cpu_times()[:2]) for each in family(server.process)[1:]}


def table(found: Sequence[Doubled], cores: int) -> str:
    head = (
        "| | one: requests/s | two | ratio | what these cores allow at best | cores that two would keep busy "
        "| CPU server ms | CPU database ms | CPU load ms | of two the busier used |"
    )
    return "\n".join([head, "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|", *(_row(each, cores) for each in found)])


def _row(of: Doubled, cores: int) -> str:
    one, two, gain = median(of.one), median(of.two), ratio(of.two, of.one)
    others = one.database_cpu + one.load_cpu
    allowed = gain_allowed(cores, one.server_cpu, others)
    reached = report.against(gain, least=LEAST) if allowed >= LEAST else f"{gain:.2f}"
    cells = [
        of.title, report.rate(one.rate), report.rate(two.rate), reached, f"{allowed:.2f}",
        f"{cores_for_two(one.server_cpu, others):.1f}", f"{one.server_cpu:.2f}", f"{one.database_cpu:.2f}",
        f"{one.load_cpu:.2f}", f"{of.busier:.0%}",
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
