"""The run's figures as tables, put between the marks of docs/benchmarks.md."""

import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.measure import Cost, Turns, median, ratio
from bench.startup import Startup

WANTED = {"W1": 0.75, "W2": 0.6, "W3": 0.8, "W4": 0.6, "W5": 0.5}
"""Of what the hand-written program answers."""
PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
_BEGIN, _END = "<!-- figures: written by `make bench` -->", "<!-- end of figures -->"
_EXACTLY = 100
_ELSEWHERE = {
    "W1": (("20", 87), ("5", 38)),
    "W2": (("130", None), ("12", None)),
    "W3": (("0.4", None), ("14", None)),
    "W4": (("66", None), ("8", None)),
    "W5": (("14", 252), ("1.2", 378)),
}
"""Requests (W5: orders) per second and SQL statements of Vendure 3.7 and of Saleor 3.23: the same catalog, measured once on
another machine of the same kind.
"""
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


def machine(postgres: str, *products: int) -> str:
    sizes = " and ".join(f"{size:,}" for size in products)
    return (
        f"{sizes} products, each in three variants. Python {platform.python_version()}, {postgres}, "
        f"{os.cpu_count()} cores for the server, the database and the load together."
    )


def rounds(turns: Turns) -> str:
    """How it was measured; a single round has no median."""
    several = f"Medians of {turns.rounds} rounds of {turns.seconds:g} seconds each, taking turns"
    return several if turns.rounds > 1 else f"One round of {turns.seconds:g} seconds each"


def table(results: Sequence[Result], floor: Sequence[Cost]) -> str:
    rows = [*_HEAD]
    for result in results:
        rows += [
            _row(f"**{result.key}** {result.title}", "ours", median(result.ours), result.statements[0],
                 against(ratio(result.ours, result.theirs), least=WANTED.get(result.key))),
            _row("", "by hand", median(result.theirs), result.statements[1], "1"),
        ]  # fmt: skip
    if floor:
        rows.append(_row("constant answer", "floor", median(floor), 0, ""))
    return "\n".join(rows)


def _row(title: str, who: str, cost: Cost, statements: int, share: str) -> str:
    cpu = " | ".join(f"{used:.2f}" for used in (cost.server_cpu, cost.database_cpu, cost.load_cpu))
    return (
        f"| {title} | {who} | {rate(cost.rate)} | {share} | {cost.p50:.1f} | {cost.p99:.1f} | {cpu} "
        f"| {cost.memory / 1e6:.0f} | {statements} |"
    )


def rate(per_second: float) -> str:
    return f"{per_second:,.0f}" if per_second >= _EXACTLY else f"{per_second:.1f}"


def against(figure: float, *, least: float | None = None, most: float | None = None, digits: int = 2) -> str:
    """A figure, and what it should have been if it is not that."""
    if least is not None and figure < least:
        return f"**{figure:.{digits}f}**, wanted ≥ {least:g}"
    if most is not None and figure > most:
        return f"**{figure:.{digits}f}**, wanted ≤ {most:g}"
    return f"**{figure:.{digits}f}**"


def elsewhere(results: Sequence[Result]) -> str:
    """Our figures of this run beside those of other programs."""
    said = (
        "Other programs, as they come, over the same catalog; measured once, on another machine of the same kind. Requests a second, "
        "of W5 orders, beside ours of this run:"
    )
    rows = [
        said,
        "",
        "| | ours: per second | SQL statements | Vendure 3.7: per second | SQL statements | Saleor 3.23: per second | SQL statements |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for result in results:
        others = (f"{text} | {statements or ''}" for text, statements in _ELSEWHERE[result.key])
        ours = f"{rate(median(result.ours).rate)} | {result.statements[0]}"
        rows.append(f"| **{result.key}** | {' | '.join([ours, *others])} |")
    return "\n".join(rows)


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


def marks(of: str, command: str) -> tuple[str, str]:
    return f"<!-- figures of {of}: written by `{command}` -->", f"<!-- end of figures of {of} -->"


def write(text: str, begin: str = _BEGIN, end: str = _END) -> None:
    """Between two marks of the page."""
    before, found, rest = PAGE.read_text().partition(begin)
    if not found:
        raise SystemExit(f"{PAGE} has no place for it: {begin}")
    PAGE.write_text(f"{before}{begin}\n\n{text}\n\n{end}{rest.partition(end)[2]}")
