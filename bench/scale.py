"""`make bench-scale`: W1, W2 and W3 in a small catalog and in one a hundred times as large, one request at a time."""

import asyncio
import statistics
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import httpx
import orjson

from bench import report, runs, store
from bench.schedule import percentile
from bench.servers import Server, ours, serving
from bench.store import Store
from bench.visitors import Kind, Seen, Visits, elsewhere
from bench.walk import data_of
from bench.workloads import READS, Workload, fitting

COMMAND, OF = "bench-scale", "scale"
MOST = 1.5
_LOOKED_AT = 50


@dataclass(frozen=True, slots=True)
class Scaled:
    """One workload: what the rounds saw in either catalog, the smaller first, and how many hits its searches have."""

    key: str
    title: str
    rounds: Sequence[Sequence[Seen]]
    hits: Sequence[str]


def main() -> None:
    parser = runs.arguments(COMMAND, __doc__)
    parser.add_argument("--sizes", type=int, nargs=2, default=[10_000, 1_000_000], help="products of both catalogs")
    given = parser.parse_args()
    seconds, rounds, warm_up = (3, 1, 1) if given.quick else (15, 5, 30)
    with ExitStack() as stack:
        stores = [
            stack.enter_context(store.opened(runs.folder_of(size), size, copied=False)) for size in sorted(given.sizes)
        ]
        found = _measured(stores, sorted(given.sizes), seconds, rounds, warm_up)
    machine = report.machine(stores[0].version, *sorted(given.sizes))
    said = f"One request at a time; medians of {rounds} rounds of {seconds} seconds each, taking turns."
    runs.published([f"{machine} {said}", table(found, sorted(given.sizes))], given, OF, COMMAND)


def _measured(
    stores: Sequence[Store], sizes: Sequence[int], seconds: float, rounds: int, warm_up: float
) -> list[Scaled]:
    with ExitStack() as stack:
        servers = [
            stack.enter_context(serving("ours", *ours(opened.dsn), runs.folder_of(size) / "ours.log"))
            for opened, size in zip(stores, sizes, strict=True)
        ]
        chosen = [[each for each in fitting(server.address) if each.key in READS] for server in servers]
        visit = stack.enter_context(elsewhere())

        def seen(server: Server, workload: Workload, seconds: float) -> Seen:
            return visit(Visits(server.address, [Kind(workload.key, 1, workload.ours)], seconds, 1)).result().whole()

        found = []
        for same in zip(*chosen, strict=True):
            print(f"{same[0].key} {same[0].title} ...", flush=True)
            pairs = list(zip(servers, same, strict=True))
            for pair in pairs:
                seen(*pair, warm_up)
            turns = [[seen(*pair, seconds) for pair in pairs] for _ in range(rounds)]
            hits = [asyncio.run(_hits(*pair)) for pair in pairs]
            found.append(Scaled(same[0].key, same[0].title, turns, hits))
    return found


async def _hits(server: Server, workload: Workload) -> str:
    """Of the searches among the requests: how many in the middle, and how many at most."""
    found: list[Any] = []
    async with httpx.AsyncClient(base_url=server.address, timeout=60) as client:
        for body in workload.ours[0].bodies[:_LOOKED_AT]:
            answer = await client.post("/graphql", content=body, headers={"content-type": "application/json"})
            found.append(data_of(orjson.loads(answer.content)).get("products", {}).get("totalCount"))
    return "" if None in found else f"{statistics.median(found):,.0f} ({max(found):,})"


def table(found: Sequence[Scaled], sizes: Sequence[int]) -> str:
    head = (
        f"| | p50 ms among {sizes[0]:,} | p99 | p50 ms among {sizes[1]:,} | p99 | ratio of p50 "
        "| hits in the middle (and most) of small and large |"
    )
    return "\n".join([head, "|---|--:|--:|--:|--:|--:|---|", *map(_row, found)])


def _row(of: Scaled) -> str:
    both = [[seen.all for seen in seens] for seens in zip(*of.rounds, strict=True)]
    shares = [(each, share) for each in both for share in (0.5, 0.99)]
    times = [f"{statistics.median(percentile(took, share) for took in each):.1f}" for each, share in shares]
    grown = statistics.median(percentile(large.all, 0.5) / percentile(small.all, 0.5) for small, large in of.rounds)
    hits = " and ".join(filter(None, of.hits))
    return f"| {' | '.join([f'**{of.key}** {of.title}', *times, report.against(grown, most=MOST), hits])} |"


if __name__ == "__main__":
    main()
