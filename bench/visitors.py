"""Visitors who come when they come, whether those before them were answered or not; in a process of their own.

Time counts from when a visit should have begun, so that a server that keeps everybody waiting is not asked less for it.
"""

import asyncio
import gc
import multiprocessing
import re
import selectors
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import httptools

from bench.line import Line
from bench.load import Step
from bench.schedule import taking_turns

_PATIENCE = 20


@dataclass(frozen=True, slots=True)
class Kind:
    """What some of the visitors do, `share` times as often as a kind with share 1."""

    name: str
    share: int
    steps: list[Step]


@dataclass(frozen=True, slots=True)
class Visits:
    """`rate` a second for so long; or without it, as many as are answered with all connections busy."""

    address: str
    kinds: list[Kind]
    seconds: float
    connections: int
    rate: float | None = None


@dataclass(slots=True)
class Seen:
    """Milliseconds from when a visit should have begun until its last answer, by kind; what failed; what the visitors cost."""

    took: dict[str, list[float]]
    failed: list[str] = field(default_factory=list)
    seconds: float = 0.0
    cpu: float = 0.0

    @property
    def rate(self) -> float:
        return len(self.all) / self.seconds

    def whole(self) -> "Seen":
        """Itself; a visit that failed ends the run."""
        if self.failed or not self.all:
            raise SystemExit(f"{len(self.failed)} visits failed, {len(self.all)} did not: {self.failed[:1]}")
        return self

    @property
    def all(self) -> list[float]:
        return [each for of_kind in self.took.values() for each in of_kind]


@contextmanager
def elsewhere() -> Iterator[Callable[[Visits], "Future[Seen]"]]:
    """A process that visits on demand."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"), initializer=gc.freeze) as process:
        yield lambda visits: process.submit(visit, visits)


def visit(visits: Visits) -> Seen:
    """In an event loop that wakes up to the microsecond; the usual one is up to a millisecond late."""
    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(selectors.SelectSelector())) as runner:
        return runner.run(_visit(visits))


async def _visit(visits: Visits) -> Seen:
    crowd = _Crowd(visits)
    begun, used = crowd.begun, time.process_time()
    await asyncio.gather(*(crowd.come() for _ in range(visits.connections)))
    crowd.seen.seconds, crowd.seen.cpu = time.perf_counter() - begun, time.process_time() - used
    return crowd.seen


class _Crowd:
    """As many visitors at a time as there are connections; who finds none free comes late, and that counts."""

    def __init__(self, visits: Visits) -> None:
        self._visits, self._turns, self._number = visits, Counter[str](), 0
        self._kinds = {kind.name: [_Ready.of(step) for step in kind.steps] for kind in visits.kinds}
        self._names = taking_turns({kind.name: kind.share for kind in visits.kinds})
        self.seen = Seen({kind.name: [] for kind in visits.kinds})
        self.begun = time.perf_counter()

    async def come(self) -> None:
        """One after the other on one connection."""
        line = Line(self._visits.address)
        while (due := self._due()) is not None:
            name = next(self._names)
            turn, self._turns[name] = self._turns[name], self._turns[name] + 1
            if (early := due - time.perf_counter()) > 0:
                await asyncio.sleep(early)
            failed = await self._walk(line, self._kinds[name], turn)
            if failed:
                self.seen.failed.append(failed)
            else:
                self.seen.took[name].append((time.perf_counter() - due) * 1000)
        line.close()

    def _due(self) -> float | None:
        """When the next visit should begin, if any."""
        after = time.perf_counter() - self.begun
        if self._visits.rate:
            after, self._number = self._number / self._visits.rate, self._number + 1
        return self.begun + after if after < self._visits.seconds else None

    async def _walk(self, line: Line, steps: list["_Ready"], turn: int) -> str | None:
        """What went wrong, if something did."""
        known: dict[bytes, bytes] = {}
        try:
            async with asyncio.timeout(_PATIENCE):
                for step in steps:
                    status, body = await line.ask(step.request(known, turn))
                    if said := step.take(status, body, known):
                        return said
        except (OSError, TimeoutError, httptools.HttpParserError) as error:
            line.close()
            return repr(error)
        return None


@dataclass(frozen=True, slots=True)
class _Ready:
    """A step as bytes."""

    path: str
    bodies: list[bytes]
    headers: bytes
    patterns: list[tuple[bytes, re.Pattern[bytes]]]

    @classmethod
    def of(cls, step: Step) -> "_Ready":
        sent = {"host": "bench", "content-type": "application/json", "accept": "application/json", **step.headers}
        head = "".join(f"{name}: {text}\r\n" for name, text in sent.items())
        patterns = [(name.encode(), re.compile(pattern.encode())) for name, pattern in step.take.items()]
        return cls(step.path, step.bodies, f"POST {step.path} HTTP/1.1\r\n{head}".encode(), patterns)

    def request(self, known: dict[bytes, bytes], turn: int) -> bytes:
        body, head = self.bodies[turn % len(self.bodies)], self.headers
        for name, found in known.items():
            body, head = (text.replace(b"{{" + name + b"}}", found) for text in (body, head))
        return b"%bcontent-length: %d\r\n\r\n%b" % (head, len(body), body)

    def take(self, status: int, body: bytes, known: dict[bytes, bytes]) -> str | None:
        """Learn what later steps need; what is wrong with the answer, if something is."""
        found = {name: pattern.search(body) for name, pattern in self.patterns}
        if status > 299 or not all(found.values()) or b'"errors":[{' in body:
            return f"{self.path} {status} {body[:400]!r}"
        known |= {name: match[1] for name, match in found.items() if match}
        return None
