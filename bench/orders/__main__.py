"""`make bench-orders`: make stores of two sizes, find things in both by turns, write the page."""

import argparse
import asyncio
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from statistics import median, quantiles
from typing import Any

import asyncpg

from bench import report
from bench.orders import asked, made, over_http, plans
from bench.orders.asked import Question
from bench.store import ROOT
from commerce_api.adapters.postgres_server import PostgresServer
from commerce_api.domain.actor import SYSTEM
from commerce_api.persistence.migrate import migrate
from commerce_api.persistence.readers.channels import active_channels
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Database, connect

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
MARKS = "<!-- figures of orders: written by `make bench-orders` -->", "<!-- end of figures of orders -->"
MOST_P50, MOST_P99, MOST_OF_ID = 1.5, 2.0, 5.0
_SEARCHES, _ROUNDS, _WARM_UP = 1000, 5, 200


def main() -> None:
    given = _arguments()
    sizes = sorted(given.orders)
    with ExitStack() as stack:
        dsns = [stack.enter_context(_store(size)) for size in sizes]
        found = asyncio.run(_measured(dsns, given.searches, given.rounds))
        of_report = asyncio.run(_plan_of(asked.REPORT, dsns[-1]))
        whole = asyncio.run(_through_everything(dsns, given.searches))
    beside = f"{asked.REPORT.title} is found by {of_report}."
    text = "\n\n".join((_page(sizes, found, given), beside, _whole_page(sizes, whole)))
    print(text)
    if given.write:
        report.write(text, *MARKS)


def _arguments() -> Any:
    parser = argparse.ArgumentParser(prog="make bench-orders ARGS=…", description=__doc__)
    parser.add_argument("--orders", type=int, nargs=2, default=[100_000, 1_000_000], help="how many, of two stores")
    parser.add_argument("--searches", type=int, default=_SEARCHES, help="different values looked for in each round")
    parser.add_argument("--rounds", type=int, default=_ROUNDS, help="taking turns")
    parser.add_argument("--no-page", dest="write", action="store_false", help="leave the page as it is")
    return parser.parse_args()


@contextmanager
def _store(orders: int) -> Iterator[str]:
    """Made once, and kept as long as what makes it stays."""
    folder = ROOT / ".data" / "bench" / f"orders-{orders}"
    stamp, version = folder / "filled", _version()
    if not stamp.exists() or stamp.read_text() != version:
        stamp.unlink(missing_ok=True)
        shutil.rmtree(folder / "postgres", ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    with PostgresServer(folder / "postgres") as server:
        if not stamp.exists():
            asyncio.run(_fill(server.dsn, orders))
            stamp.write_text(version)
        yield server.dsn


def _version() -> str:
    sources = [*ROOT.glob("alembic/versions/*.py"), *ROOT.glob("bench/orders/[dm]*.py"), *ROOT.glob("bench/c*.py")]
    sources += [ROOT / "src/commerce_api/domain" / name for name in ("folding.py", "text_match.py", "order/keys.py")]
    return sha256(b"".join(source.read_bytes() for source in sorted(sources))).hexdigest()


async def _fill(dsn: str, orders: int) -> None:
    begun = time.monotonic()
    print(f"Making {orders:,} orders, once ...", flush=True)
    await migrate(dsn)
    database = await connect(dsn, size=2)
    try:
        await made.fill(database, orders, at=AT)
    finally:
        await database.close()
    raw = await asyncpg.connect(dsn)
    await raw.execute("VACUUM ANALYZE")
    await raw.execute("CHECKPOINT")
    await raw.close()
    print(f"... in {time.monotonic() - begun:.0f} s.", flush=True)


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds."""

    p50: float
    p99: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> "Times":
        cuts = quantiles(seconds, n=100)
        return cls(p50=cuts[49] * 1000, p99=cuts[98] * 1000)


@dataclass(frozen=True, slots=True)
class Measured:
    """One question: what the plan uses, and in each store the median of the rounds."""

    title: str
    indexes: str
    times: Sequence[Times]


async def _measured(dsns: Sequence[str], searches: int, rounds: int) -> list[Measured]:
    stores = [await _Store.open(dsn, searches) for dsn in dsns]
    questions, found = asked.questions(), []
    for question in questions:
        indexes = await stores[-1].plan(question)
        for store in stores:
            await store.times(question, most=_WARM_UP)
        turns = [[await store.times(question) for store in stores] for _ in range(rounds)]
        times = [
            Times(median(each.p50 for each in of_store), median(each.p99 for each in of_store))
            for of_store in zip(*turns, strict=True)
        ]
        found.append(Measured(question.title, indexes, times))
        print(f"{question.title}: {' | '.join(f'{each.p50:.2f} {each.p99:.2f}' for each in times)}", flush=True)
    for store in stores:
        await store.database.close()
    return found


async def _plan_of(question: Question, dsn: str) -> str:
    store = await _Store.open(dsn, 1)
    indexes = await store.plan(question)
    await store.database.close()
    return indexes


async def _through_everything(dsns: Sequence[str], searches: int) -> list[tuple[Times, Times]]:
    """Of requests by id and by mail address, in each store."""
    found = []
    for dsn in dsns:
        raw = await asyncpg.connect(dsn)
        sample = await asked.samples(raw, searches)
        by_id, by_mail = await over_http.seconds(raw, dsn, sample["orders"], ROOT / ".data" / "bench" / "orders.log")
        await raw.close()
        found.append((Times.of(by_id), Times.of(by_mail)))
    return found


class _Store:
    def __init__(self, database: Database, scope: Scope, samples: dict[str, list[Any]]) -> None:
        self.database, self._scope, self._samples = database, scope, samples

    @classmethod
    async def open(cls, dsn: str, searches: int) -> "_Store":
        database = await connect(dsn, size=1)
        channel = next(channel for channel, default in await active_channels(database) if default)
        scope = Scope(database=database, actor=SYSTEM, channel=channel, currency="EUR", language="en", at=AT)
        async with database.connection() as connection:
            return cls(database, scope, await asked.samples(connection.raw, searches))

    async def plan(self, question: Question) -> str:
        async with self.database.connection() as connection:
            watch, database = plans.watched(connection.raw)
            scope = Scope(**{name: getattr(self._scope, name) for name in Scope.__slots__} | {"database": database})
            await question.ask(scope, self._samples[question.of][0])
            return await watch.indexes()

    async def times(self, question: Question, most: int | None = None) -> Times:
        """One after the other, each looking for something else."""
        seconds = []
        for row in self._samples[question.of][:most]:
            begun = time.perf_counter()
            found = await question.ask(self._scope, row)
            seconds.append(time.perf_counter() - begun)
            if not found:
                raise SystemExit(f"Nothing is found by {question.title}: {dict(row)}")
        return Times.of(seconds)


def _page(sizes: Sequence[int], found: Sequence[Measured], given: Any) -> str:
    by_id = next(each for each in found if each.title == asked.BY_ID).times[-1].p50
    small, large = (f"{size:,}" for size in sizes)
    said = (
        f"Finding the first {asked.PAGE} orders among {small} and among {large}, by {given.searches:,} different values each, medians "
        f"of {given.rounds} rounds taking turns; milliseconds within the program, from the question to the rows."
    )
    head = (
        f"| | p50 of {small} | p99 | p50 of {large} | p99 | ratio of p50 (at most {MOST_P50}) | ratio of p99 (at most {MOST_P99:g}) "
        f"| p50 to that by id (at most {MOST_OF_ID:g}) | found by |"
    )
    rows = [said, "", head, "|---|--:|--:|--:|--:|--:|--:|--:|---|"]
    for each in found:
        one, other = each.times
        figures = [f"{figure:.2f}" for figure in (one.p50, one.p99, other.p50, other.p99)]
        ratios = [
            _against(other.p50 / one.p50, MOST_P50), _against(other.p99 / one.p99, MOST_P99), _against(other.p50 / by_id, MOST_OF_ID)
        ]  # fmt: skip
        rows.append(f"| {' | '.join([each.title, *figures, *ratios, each.indexes])} |")
    return "\n".join(rows)


def _whole_page(sizes: Sequence[int], whole: Sequence[tuple[Times, Times]]) -> str:
    said = "Through everything, HTTP and GraphQL and permissions, one request after the other, in milliseconds:"
    rows = [said, "", "| orders | by id: p50 | p99 | by mail address: p50 | p99 |", "|--:|--:|--:|--:|--:|"]
    for size, (by_id, by_mail) in zip(sizes, whole, strict=True):
        figures = " | ".join(f"{each:.1f}" for each in (by_id.p50, by_id.p99, by_mail.p50, by_mail.p99))
        rows.append(f"| {size:,} | {figures} |")
    return "\n".join(rows)


def _against(ratio: float, most: float) -> str:
    return f"{ratio:.2f}" if ratio <= most else f"**{ratio:.2f}, too much**"


if __name__ == "__main__":
    main()
