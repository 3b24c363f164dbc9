"""A PostgreSQL with a generated catalog, kept between runs; each run works on a copy that it throws away."""

import asyncio
import hashlib
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import psutil

from bench.catalog import generate
from bench.loading import unhindered
from commerce_api.adapters.clock import now
from commerce_api.adapters.postgres_server import DATABASE, PostgresServer
from commerce_api.persistence.migrate import migrate
from commerce_api.persistence.sql import connect

ROOT = Path(__file__).parents[1]
_COPY = "bench"
_ABREAST = 2
"""Connections that fill a store: while one waits for PostgreSQL, Python makes rows for the other."""


@dataclass(frozen=True, slots=True)
class Store:
    """Where a run's database answers, the process of its PostgreSQL, and which that is."""

    dsn: str
    process: psutil.Process
    version: str

    def analyze(self) -> None:
        """Once there are rows in tables that were empty: a shop that is open has statistics of them, and no plans from before."""
        asyncio.run(_done(self.dsn, "ANALYZE"))


@contextmanager
def opened(folder: Path, products: int, *, copied: bool = True) -> Iterator[Store]:
    """A fresh copy of a store with so many products; the original where it is only read, since a large one is large twice."""
    _discard_outdated(folder, products)
    with PostgresServer(folder / "postgres") as server:
        if not _stamp(folder).exists():
            asyncio.run(_fill(server.dsn, products))
            _stamp(folder).write_text(_version(products))
        with _copy(server.dsn) if copied else nullcontext(server.dsn) as dsn:
            yield Store(dsn, psutil.Process(server.pid), asyncio.run(_version_of(dsn)))


def _stamp(folder: Path) -> Path:
    return folder / "filled"


def _version(products: int) -> str:
    """Changes with whatever decides how the database looks."""
    sources = sorted(
        [
            *ROOT.glob("alembic/versions/*.py"),
            *ROOT.glob("src/commerce_api/persistence/stores/product_search.py"),
            ROOT / "bench/catalog.py",
            ROOT / "bench/loading.py",
        ]
    )
    digest = hashlib.sha256(b"".join(source.read_bytes() for source in sources))
    return f"{products} {digest.hexdigest()}"


def _discard_outdated(folder: Path, products: int) -> None:
    stamp = _stamp(folder)
    if not stamp.exists() or stamp.read_text() != _version(products):
        stamp.unlink(missing_ok=True)
        shutil.rmtree(folder / "postgres", ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)


async def _fill(dsn: str, products: int) -> None:
    begun = time.monotonic()
    print(f"Generating {products:,} products, once ...", flush=True)
    await migrate(dsn)
    async with unhindered(dsn):
        database = await connect(dsn, size=_ABREAST)
        try:
            await generate(database, products=products, at=now(), abreast=_ABREAST)
        finally:
            await database.close()
    await _done(dsn, "VACUUM ANALYZE")
    print(f"... in {time.monotonic() - begun:.0f} s.", flush=True)


@contextmanager
def _copy(dsn: str) -> Iterator[str]:
    discard, make = f"DROP DATABASE IF EXISTS {_COPY} WITH (FORCE)", f"CREATE DATABASE {_COPY} TEMPLATE {DATABASE}"
    beside = dsn.replace(f"/{DATABASE}?", "/postgres?")
    asyncio.run(_done(beside, discard, make))
    try:
        yield dsn.replace(f"/{DATABASE}?", f"/{_COPY}?")
    finally:
        asyncio.run(_done(beside, discard))


async def _done(dsn: str, *commands: str) -> None:
    raw = await asyncpg.connect(dsn)
    for command in commands:
        await raw.execute(command)
    await raw.close()


async def _version_of(dsn: str) -> str:
    raw = await asyncpg.connect(dsn)
    said = await raw.fetchval("SHOW server_version")
    await raw.close()
    return f"PostgreSQL {said.split()[0]}"
