"""Whether PostgreSQL finds things by an index, whatever the values are."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import orjson

from commerce_api.persistence.sql import Database

_SMALL = {"channels", "carts", "customer_openings", "accounts"}
"""Nearly empty in what is made."""


class Watched:
    """A pool of one connection that notes the statements it is given."""

    def __init__(self, raw: Any) -> None:
        self._raw, self.seen = raw, list[tuple[str, int]]()

    @asynccontextmanager
    async def acquire(self) -> AsyncGenerator[Any]:
        yield self

    async def fetch(self, sql: str, *values: Any) -> Any:
        self.seen.append((sql, len(values)))
        return await self._raw.fetch(sql, *values)

    async def indexes(self) -> str:
        """The indexes that the statements noted last use. A table that is read from end to end ends the run."""
        nodes = [node for sql, values in self.seen for node in _nodes(await self._plan(sql, values))]
        self.seen.clear()
        whole = {node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"} - _SMALL
        if whole:
            raise SystemExit(f"All of {', '.join(sorted(whole))} is read.")
        return ", ".join(sorted({f"`{node['Index Name']}`" for node in nodes if "Index Name" in node}))

    async def _plan(self, sql: str, values: int) -> Any:
        """As the program has it made: once for all values."""
        await self._raw.execute(f"PREPARE asked AS {sql}")
        (said,) = await self._raw.fetchrow(f"EXPLAIN (FORMAT JSON) EXECUTE asked ({', '.join(['NULL'] * values)})")
        await self._raw.execute("DEALLOCATE asked")
        return orjson.loads(said)[0]["Plan"]


def _nodes(plan: Any) -> Iterator[Any]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _nodes(part)


def watched(raw: Any) -> tuple[Watched, Database]:
    watch = Watched(raw)
    return watch, Database(watch)  # type: ignore[arg-type]  # it is only read from
