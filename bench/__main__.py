"""`make bench`: prepare a store, see that both answer the same, measure, write the page."""

import argparse
import asyncio
import sys
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from bench import report, sameness, startup, statements, store
from bench.measure import Turns, take_turns
from bench.report import Result
from bench.servers import Server, serving, uvicorn
from bench.workloads import Workload, workloads

QUICK, FULL = Turns(rounds=1, seconds=4, warm_up=1), Turns(rounds=3, seconds=4, warm_up=1)
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
    with ExitStack() as stack:
        opened = stack.enter_context(store.opened(folder, given.products))
        ours, theirs, constant = [stack.enter_context(serving(*each)) for each in _servers(opened.dsn, folder)]
        chosen, counts, version = asyncio.run(_prepared(ours, theirs, opened.dsn, given.only))
        results = []
        for workload in chosen:
            print(f"{workload.key} {workload.title} ...", flush=True)
            contestants = [(ours, workload.ours), (theirs, workload.theirs)]
            our, their = take_turns(contestants, opened.process, turns.of(len(workload.ours)), folder)
            results.append(Result(workload.key, workload.title, our, their, counts[workload.key]))
        floor = take_turns([(constant, [replace(chosen[0].ours[0], take={})])], opened.process, turns, folder)[0]
    parts = [report.machine(version, given.products, turns.rounds, turns.seconds), report.table(results, floor)]
    if given.startup:
        parts.append(report.startup(startup.measure(folder, times=1 if given.quick else 5)))
    print("\n\n".join(parts))
    if not given.quick:
        report.write("\n\n".join(parts))


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


def _servers(dsn: str, folder: Path) -> list[tuple[str, list[str], dict[str, str], Path]]:
    """Each one process: ours as it ships, the hand-written one, and the floor."""
    ours = [sys.executable, "-m", "commerce_api", "serve", "--port", "{port}"]
    settings = {
        "DATABASE_URL": dsn,
        "COMMERCE_SECRET": statements.SECRET,
        "COMMERCE_RATE_LIMIT": "0",
        "COMMERCE_TASKS_INSIDE": "false",
    }
    return [
        ("ours", ours, settings, folder / "ours.log"),
        ("by hand", uvicorn("bench.handwritten:application"), {"DATABASE_URL": dsn}, folder / "handwritten.log"),
        ("constant", uvicorn("bench.constant:application"), {}, folder / "constant.log"),
    ]


async def _prepared(
    ours: Server, theirs: Server, dsn: str, only: list[str]
) -> tuple[list[Workload], dict[str, tuple[int, int]], str]:
    """The workloads, of which both answer the same; how many statements each costs; what the database is."""
    async with httpx.AsyncClient(base_url=ours.address) as our, httpx.AsyncClient(base_url=theirs.address) as their:
        chosen = [workload for workload in await workloads(our) if workload.key in only]
        for workload in chosen:
            await sameness.check(workload, our, their, most=COMPARED)
    raw = await asyncpg.connect(dsn)
    version = (await raw.fetchval("SHOW server_version")).split()[0]
    await raw.close()
    return chosen, await statements.counted(dsn, chosen), f"PostgreSQL {version}"


if __name__ == "__main__":
    main()
