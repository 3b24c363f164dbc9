"""`make bench-hot`: 64 buyers who all want the same article, compared with 64 who want different ones."""

import asyncio
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from bench import books, report, runs, store
from bench.load import Step
from bench.measure import Cost, Turns, median, ratio, take_turns
from bench.servers import ours, serving, uvicorn
from bench.store import Store
from bench.workloads import fitting

COMMAND, OF = "bench-hot", "the hot article"
LEAST = 0.5
BUYERS = 64


@dataclass(frozen=True, slots=True)
class Hot:
    """The runs of one program: with different articles, with the same."""

    who: str
    spread: Sequence[Cost]
    same: Sequence[Cost]


def main() -> None:
    given = runs.arguments(COMMAND, __doc__).parse_args()
    turns = Turns(1, 5, 2, BUYERS) if given.quick else Turns(5, 12, 5, BUYERS)
    with store.opened(runs.folder_of(given.products), given.products) as opened:
        found = _measured(opened, runs.folder_of(given.products), turns)
        balanced = asyncio.run(books.checked(opened.dsn))
    machine = report.machine(opened.version, given.products)
    runs.published([f"{machine} {report.rounds(turns)}.", table(found), balanced], given, OF, COMMAND)


def _measured(opened: Store, folder: Path, turns: Turns) -> list[Hot]:
    by_hand = uvicorn("bench.handwritten:application"), {"DATABASE_URL": opened.dsn}
    with ExitStack() as stack:
        our = stack.enter_context(serving("ours", *ours(opened.dsn), folder / "ours.log"))
        their = stack.enter_context(serving("by hand", *by_hand, folder / "handwritten.log"))
        checkout = next(workload for workload in fitting(our.address) if workload.key == "W5")
        contestants = [
            (server, steps)
            for server, spread in ((our, checkout.ours), (their, checkout.theirs))
            for steps in (spread, _all_the_same(spread))
        ]
        costs = take_turns(contestants, opened, turns, folder)
    return [Hot(our.name, *costs[:2]), Hot(their.name, *costs[2:])]


def _all_the_same(steps: list[Step]) -> list[Step]:
    """Every walk begins with the article that the first began with; there is plenty of it."""
    return [replace(steps[0], bodies=steps[0].bodies[:1]), *steps[1:]]


def table(found: Sequence[Hot]) -> str:
    head = (
        f"| {BUYERS} buyers at a time, each from the cart to the placed order | | orders/s | ratio | p50 ms | p99 ms "
        "| CPU server ms | CPU database ms |"
    )
    rows = [head, "|---|---|--:|--:|--:|--:|--:|--:|"]
    for of in found:
        share = ratio(of.same, of.spread)
        said = report.against(share, least=LEAST) if of.who == "ours" else f"{share:.2f}"
        rows += [_row("different articles", of.who, of.spread, "1"), _row("all the same", of.who, of.same, said)]
    return "\n".join(rows)


def _row(title: str, who: str, costs: Sequence[Cost], share: str) -> str:
    cost = median(costs)
    figures = " | ".join(f"{figure:.1f}" for figure in (cost.p50, cost.p99, cost.server_cpu, cost.database_cpu))
    return f"| {title} | {who} | {report.rate(cost.rate)} | {share} | {figures} |"


if __name__ == "__main__":
    main()
