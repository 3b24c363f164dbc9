"""`make bench`: prepare a store, see that both answer the same, measure, write the page."""

import argparse
import asyncio
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx

from bench import cached, report, sameness, startup, statements, store
from bench.cached import Servers
from bench.measure import Turns, take_turns
from bench.report import Result
from bench.servers import CACHE, Server, ours, serving, uvicorn
from bench.store import Store
from bench.workloads import Workload, workloads

QUICK, FULL = Turns(rounds=3, seconds=1, warm_up=1), Turns(rounds=10, seconds=2, warm_up=2)
COMPARED = 50


def main() -> None:
    given = _arguments()
    turns = QUICK if given.quick else FULL
    folder = store.ROOT / ".data" / "bench" / str(given.products)
    if given.only == ["startup"]:
        with store.opened(folder, given.products):
            pass  # it is made now if it was not there
        print(report.startup(startup.measure(folder, times=1 if given.quick else 5)))
        return
    with store.opened(folder, given.products) as opened:
        parts = [report.machine(opened.version, given.products) + f" {report.rounds(turns)}; W5: twice that."]
        parts += _measured(opened, folder, turns, given.only)
    if given.startup:
        parts.append(report.startup(startup.measure(folder, times=1 if given.quick else 5)))
    print("\n\n".join(parts))
    if not given.quick:
        report.write("\n\n".join(parts))


def _measured(opened: Store, folder: Path, turns: Turns, only: list[str]) -> list[str]:
    """Tables."""
    with ExitStack() as stack:
        our_server, their_server, with_cache, constant = [
            stack.enter_context(each) for each in _servers(opened.dsn, folder)
        ]
        of_all = Servers(off=our_server, on=with_cache, constant=constant, by_hand=their_server)
        chosen, counts = asyncio.run(_prepared(our_server, their_server, opened.dsn, only))
        results, of_cache = [], []
        for workload in chosen:
            print(f"{workload.key} {workload.title} ...", flush=True)
            contestants = [(our_server, workload.ours), (their_server, workload.theirs)]
            our, their = take_turns(contestants, opened, turns.of(len(workload.ours)), folder)
            results.append(Result(workload.key, workload.title, our, their, counts[workload.key]))
        for workload in chosen:
            print(f"{workload.key} with the cache ...", flush=True)
            of_cache.append(cached.measure(workload, of_all, opened, turns, folder))
        floor = take_turns([(constant, [replace(chosen[0].ours[0], take={})])], opened, turns, folder)[0]
    tables = [report.table(results, floor), cached.table(of_cache), report.elsewhere(results)]
    return [text for text in tables if text]


def _arguments() -> Any:
    parser = argparse.ArgumentParser(prog="make bench ARGS=…", description=__doc__)
    parser.add_argument(
        "--products", type=int, default=10_000, help="how many, each in three variants (default: 10000)"
    )
    parser.add_argument("--quick", action="store_true", help="one short round, and the page is left as it is")
    parser.add_argument(
        "--only",
        type=lambda text: text.split(","),
        default=["W1", "W2", "W3", "W4", "W5"],
        help="such as W1,W3; `startup`: the time to start and nothing else, and the page is left as it is",
    )
    parser.add_argument("--no-startup", dest="startup", action="store_false", help="leave out the time to start")
    return parser.parse_args()


def _servers(dsn: str, folder: Path) -> list[AbstractContextManager[Server]]:
    """Each one process: ours as it ships but for the cache, the hand-written one, ours with it, and the floor."""
    by_hand = uvicorn("bench.handwritten:application"), {"DATABASE_URL": dsn}
    return [
        serving("ours", *ours(dsn), folder / "ours.log"),
        serving("by hand", *by_hand, folder / "handwritten.log"),
        serving("ours with the cache", *ours(dsn, CACHE=CACHE), folder / "cached.log"),
        serving("constant answer", uvicorn("bench.constant:application"), {}, folder / "constant.log"),
    ]


async def _prepared(
    our: Server, their: Server, dsn: str, only: list[str]
) -> tuple[list[Workload], dict[str, tuple[int, int]]]:
    """The workloads, of which both answer the same, and how many statements each costs."""
    async with httpx.AsyncClient(base_url=our.address) as one, httpx.AsyncClient(base_url=their.address) as other:
        chosen = [workload for workload in await workloads(one) if workload.key in only]
        for workload in chosen:
            await sameness.check(workload, one, other, most=COMPARED)
    return chosen, await statements.counted(dsn, chosen)


if __name__ == "__main__":
    main()
