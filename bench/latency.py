"""`make bench-latency`: how long visitors wait who come at 70 % of the highest rate, and at 30 %, whoever was answered before
them.
"""

import statistics
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import report, runs, store
from bench.load import CONNECTIONS
from bench.schedule import LIKE_A_SHOP, percentile
from bench.servers import Server, ours, serving, uvicorn
from bench.store import Store
from bench.visitors import Kind, Seen, Visits, elsewhere
from bench.workloads import Workload, fitting

COMMAND, OF = "bench-latency", "latency"
SHARE, CALM = 0.7, 0.3
MOST = 5
AT_ONCE = 64
"""Visitors who may be waiting; who comes beyond them waits for a connection, and that counts."""
ALONE = ("W1", "W2", "W4")


@dataclass(frozen=True, slots=True)
class Waited:
    """Of one kind of load on one server: the highest rate, and what visitors saw at part of it, and on a calm day, by rounds."""

    title: str
    who: str
    highest: Sequence[float]
    rounds: Sequence[Seen]
    calm: Sequence[Seen]


def main() -> None:
    given = runs.arguments(COMMAND, __doc__).parse_args()
    seconds, rounds = (4, 1) if given.quick else (8, 9)
    with store.opened(runs.folder_of(given.products), given.products) as opened:
        found = _measured(opened, runs.folder_of(given.products), seconds, rounds)
    said = f"Medians of {rounds} rounds of {seconds} seconds each, taking turns."
    parts = [f"{report.machine(opened.version, given.products)} {said}", table(found)]
    runs.published(parts, given, OF, COMMAND)


def mixed(known: Sequence[Workload], side: str) -> list[Kind]:
    """All workloads, each as often as in a shop."""
    return [Kind(workload.key, LIKE_A_SHOP[workload.key], getattr(workload, side)) for workload in known]


def _measured(opened: Store, folder: Path, seconds: float, rounds: int) -> list[Waited]:
    by_hand = uvicorn("bench.handwritten:application"), {"DATABASE_URL": opened.dsn}
    with ExitStack() as stack:
        servers = [
            stack.enter_context(serving("ours", *ours(opened.dsn), folder / "ours.log")),
            stack.enter_context(serving("by hand", *by_hand, folder / "handwritten.log")),
        ]
        visit = stack.enter_context(elsewhere())
        found = []
        for title, loads in _loads(fitting(servers[0].address)):
            print(f"{title} ...", flush=True)
            contestants = list(zip(servers, loads, strict=True))
            found += _turns(title, contestants, visit, opened, (seconds, rounds))
    return found


def _loads(known: Sequence[Workload]) -> list[tuple[str, list[list[Kind]]]]:
    """What is measured, for ours and by hand."""
    alone = [
        (f"**{each.key}** {each.title}", [[Kind(each.key, 1, each.ours)], [Kind(each.key, 1, each.theirs)]])
        for each in known
        if each.key in ALONE
    ]
    return [*alone, ("a mix like a shop's", [mixed(known, "ours"), mixed(known, "theirs")])]


def _turns(
    title: str,
    contestants: Sequence[tuple[Server, list[Kind]]],
    visit: Callable[[Visits], Any],
    opened: Store,
    how_long: tuple[float, int],
) -> list[Waited]:
    seconds, rounds = how_long
    highest: list[list[float]] = [[] for _ in contestants]
    seen: dict[float, list[list[Seen]]] = {share: [[] for _ in contestants] for share in (SHARE, CALM)}
    for server, kinds in contestants:
        visit(Visits(server.address, kinds, seconds / 2, CONNECTIONS)).result().whole()  # to warm up
    opened.analyze()
    for turn in range(rounds):
        for place, (server, kinds) in list(enumerate(contestants))[:: 1 if turn % 2 else -1]:
            fastest = visit(Visits(server.address, kinds, seconds / 2, CONNECTIONS)).result().whole().rate
            highest[place].append(fastest)
            for share, by_place in seen.items():
                at_rate = Visits(server.address, kinds, seconds, AT_ONCE, rate=share * fastest)
                by_place[place].append(visit(at_rate).result().whole())
    return [
        Waited(title, server.name, highest[place], seen[SHARE][place], seen[CALM][place])
        for place, (server, _) in enumerate(contestants)
    ]


def table(found: Sequence[Waited]) -> str:
    rows = [
        f"| | | highest rate, visits/s | at {SHARE:.0%} of it: p50 ms | p99 ms | p99 to p50 | worst round | at {CALM:.0%} | CPU load ms |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for each in found:
        rate = report.rate(statistics.median(each.highest))
        used = statistics.median(seen.cpu * 1000 / len(seen.all) for seen in each.rounds)
        kinds = each.rounds[0].took if len(each.rounds[0].took) > 1 else {}
        most = MOST if each.who == "ours" else None
        at_rate, calm = ([seen.all for seen in rounds] for rounds in (each.rounds, each.calm))
        rows.append(_row(f"{each.title} | {each.who} | {rate}", at_rate, calm, None if kinds else most, f"{used:.2f}"))
        for kind in kinds:
            at_rate, calm = ([seen.took[kind] for seen in rounds] for rounds in (each.rounds, each.calm))
            rows.append(_row(f"… its {kind} | | ", at_rate, calm, most))
    return "\n".join(rows)


def _row(
    said: str, rounds: Sequence[list[float]], calm: Sequence[list[float]], most: float | None, used: str = ""
) -> str:
    """`most`: what is wanted, if it is one kind of visit of ours; a mix is as uneven as its kinds are."""
    some, few = ([took for took in each if took] for each in (rounds, calm))
    if not some:
        return f"| {said} | | | none came | | | |"
    p50, p99 = (statistics.median(percentile(took, share) for took in some) for share in (0.5, 0.99))
    spreads = [_spread(took) for took in some]
    middle = statistics.median(spreads)
    spread = f"{middle:.2f}" if most is None else report.against(middle, most=most)
    at_ease = f"{statistics.median(map(_spread, few)):.2f}" if few else ""
    return f"| {said} | {p50:.1f} | {p99:.1f} | {spread} | {max(spreads):.2f} | {at_ease} | {used} |"


def _spread(took: list[float]) -> float:
    return percentile(took, 0.99) / percentile(took, 0.5)


if __name__ == "__main__":
    main()
