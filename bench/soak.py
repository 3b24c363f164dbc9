"""`make soak`: an hour of visitors as in a shop, and what the server's memory does meanwhile."""

import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from bench import books, report, runs, store
from bench.latency import mixed
from bench.load import CONNECTIONS
from bench.schedule import LIKE_A_SHOP, percentile, slope
from bench.servers import Server, family, ours, serving
from bench.store import Store
from bench.visitors import Seen, Visits, elsewhere
from bench.workloads import fitting

COMMAND, OF = "soak", "the soak"
MOST = 150
SHARE = 0.5
AT_ONCE = 64
_ROWS = 12
"""Of the table of samples, at most."""


@dataclass(frozen=True, slots=True)
class Sample:
    """At so many minutes: megabytes that the server holds, all its processes together; PSS counts by part what others share."""

    minutes: float
    rss: float
    pss: float


@dataclass(frozen=True, slots=True)
class Soaked:
    """All that a soak found."""

    highest: float
    rate: float
    samples: Sequence[Sample]
    seen: Seen
    books: str


def main() -> None:
    parser = runs.arguments(COMMAND, __doc__)
    parser.add_argument("--minutes", type=float, default=60, help="how long (default: 60)")
    parser.add_argument("--rate", type=float, help=f"visits a second (default: {SHARE:g} of the highest rate)")
    given = parser.parse_args()
    if given.quick:
        given.minutes = min(given.minutes, 0.5)
    with store.opened(runs.folder_of(given.products), given.products) as opened:
        found = _soaked(opened, runs.folder_of(given.products), given.minutes, given.rate)
    parts = [report.machine(opened.version, given.products), told(found, given.minutes), table(found.samples)]
    runs.published([*parts, waits(found.seen), found.books], given, OF, COMMAND)


def _soaked(opened: Store, folder: Path, minutes: float, rate: float | None) -> Soaked:
    """With the program as it ships, tasks and cache included."""
    command, environment = ours(opened.dsn)
    for name in ("COMMERCE_TASKS_INSIDE", "COMMERCE_CACHE"):
        del environment[name]
    with serving("ours", command, environment, folder / "soak.log") as server, elsewhere() as visit:
        kinds = mixed(fitting(server.address), "ours")
        samples = [_sample(server, 0)]
        first = visit(Visits(server.address, kinds, min(20, minutes * 15), CONNECTIONS)).result().whole()
        rate = rate or SHARE * first.rate
        print(f"{rate:.0f} visits a second for {minutes:g} minutes ...", flush=True)
        visiting = visit(Visits(server.address, kinds, minutes * 60, AT_ONCE, rate=rate))
        samples += _watched(visiting, server, every=min(60.0, minutes * 6))
        seen = visiting.result()
        orders = len(first.took["W5"]) + len(seen.took["W5"])
        balanced = asyncio.run(books.checked(opened.dsn, orders=None if seen.failed else orders))
    return Soaked(first.rate, rate, samples, seen, balanced)


def _watched(visiting: "Future[Seen]", server: Server, every: float) -> list[Sample]:
    begun, samples = time.monotonic(), []
    while not visiting.done():
        time.sleep(every)
        samples.append(_sample(server, (time.monotonic() - begun) / 60))
    return samples


def _sample(server: Server, minutes: float) -> Sample:
    held = [each.memory_full_info() for each in family(server.process)]
    return Sample(minutes, sum(each.rss for each in held) / 1e6, sum(each.pss for each in held) / 1e6)


def told(found: Soaked, minutes: float) -> str:
    shares = ", ".join(f"{key} {share}" for key, share in LIKE_A_SHOP.items())
    seen = found.seen
    return (
        f"{minutes:g} minutes of {found.rate:.0f} visits a second, of a hundred {shares}; as fast as goes were {found.highest:.0f}. "
        f"{len(seen.all):,} visits were answered, **{len(seen.failed):,} failed**{f': {seen.failed[0]}' if seen.failed else ''}."
    )


def table(samples: Sequence[Sample]) -> str:
    """The first sample is of before the load."""
    under = samples[1:]
    most, grown = max(each.rss for each in samples), growth(under)
    shown = [*samples[:: -(-len(samples) // _ROWS)], samples[-1]]
    rows = ["| minute | RSS MB | PSS MB |", "|--:|--:|--:|"]
    rows += [f"| {each.minutes:.1f} | {each.rss:.0f} | {each.pss:.0f} |" for each in dict.fromkeys(shown)]
    verdict = report.against(most, most=MOST, digits=0)
    return "\n".join(rows) + (
        f"\n\nMemory of the server: {samples[0].rss:.0f} MB before the load, {under[0].rss:.0f} first under it, {under[-1].rss:.0f} "
        f"at the end, at most {verdict}; over the second half it grew by {grown:.1f} MB an hour."
    )


def growth(samples: Sequence[Sample]) -> float:
    """Megabytes an hour, over the second half."""
    return 60 * slope([(each.minutes, each.rss) for each in samples[len(samples) // 2 :]])


def waits(seen: Seen) -> str:
    rows = ["| | visits | p50 ms | p99 ms |", "|---|--:|--:|--:|"]
    for kind, took in seen.took.items():
        times = " | ".join(f"{percentile(took, share):.1f}" for share in (0.5, 0.99)) if took else " | "
        rows.append(f"| **{kind}** | {len(took):,} | {times} |")
    return "\n".join(rows)


if __name__ == "__main__":
    main()
