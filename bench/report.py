"""The run's figures as tables, put between the marks of docs/benchmarks.md."""

import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.measure import Cost, median, ratio
from bench.startup import Startup

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
_BEGIN, _END = "<!-- figures: written by `make bench` -->", "<!-- end of figures -->"
_EXACTLY = 100
_HEAD = (
    "| | | requests/s | ratio | p50 ms | p99 ms | CPU server ms | CPU database ms | CPU load ms | memory MB | SQL statements |",
    "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
)


@dataclass(frozen=True, slots=True)
class Result:
    """Of one workload: the runs of both, and how many statements each sends."""

    key: str
    title: str
    ours: Sequence[Cost]
    theirs: Sequence[Cost]
    statements: tuple[int, int]


def machine(postgres: str, products: int, rounds: int, seconds: float) -> str:
    return (
        f"{products:,} products, {3 * products:,} variants. Python {platform.python_version()}, {postgres}, "
        f"{os.cpu_count()} cores for the server, the database and the load together. "
        f"Medians of {rounds} rounds of {seconds:g} seconds each (W5: twice that), taking turns."
    )


def table(results: Sequence[Result], floor: Sequence[Cost]) -> str:
    rows = [*_HEAD]
    for result in results:
        rows += [
            _row(f"**{result.key}** {result.title}", "ours", median(result.ours), result.statements[0],
                 f"**{ratio(result.ours, result.theirs):.2f}**"),
            _row("", "by hand", median(result.theirs), result.statements[1], "1"),
        ]  # fmt: skip
    if floor:
        rows.append(_row("constant answer", "floor", median(floor), 0, ""))
    return "\n".join(rows)


def _row(title: str, who: str, cost: Cost, statements: int, share: str) -> str:
    rate = f"{cost.rate:,.0f}" if cost.rate >= _EXACTLY else f"{cost.rate:.1f}"
    cpu = " | ".join(f"{used:.2f}" for used in (cost.server_cpu, cost.database_cpu, cost.load_cpu))
    return f"| {title} | {who} | {rate} | {share} | {cost.p50:.1f} | {cost.p99:.1f} | {cpu} | {cost.memory / 1e6:.0f} | {statements} |"


def startup(found: Startup) -> str:
    seconds, memory = [run.seconds for run in found.runs], min(run.memory for run in found.runs)
    middle, rest = statistics.median(seconds), found.cpu - found.imports
    rows = [
        "| from `serve` to the first answer, with an existing data folder | seconds |",
        "|---|--:|",
        f"| **by the clock**, median of {len(seconds)} ({min(seconds):.2f} to {max(seconds):.2f}) | **{middle:.2f}** |",
        f"| **CPU** of the server, the least of {len(seconds)}, as all below | **{found.cpu:.2f}** |",
        f"| of it a bare Python interpreter | {found.interpreter:.2f} |",
        f"| importing libraries | {found.libraries - found.interpreter:.2f} |",
        f"| importing what is ours, the schema made of it | {found.imports - found.libraries:.2f} |",
        f"| the rest: command line, settings, connecting, first answer | {rest:.2f} |",
        f"| starting PostgreSQL, by the clock, beside the imports | {found.postgres:.2f} |",
    ]
    dearest = ", ".join(f"{package} {percent:.0f}" for package, percent in found.packages)
    return (
        "\n".join(rows) + f"\n\nMemory after the first answer: {memory / 1e6:.0f} MB. "
        f"What imports take by package, in percent, each without those it imports: {dearest}."
    )


def write(text: str, begin: str = _BEGIN, end: str = _END) -> None:
    """Between two marks of the page."""
    before, _, rest = PAGE.read_text().partition(begin)
    PAGE.write_text(f"{before}{begin}\n\n{text}\n\n{end}{rest.partition(end)[2]}")
