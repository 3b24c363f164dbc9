"""Answers about public things, kept in memory for those who do not say who they are: never one that is out of date.

An answer depends on *things* (`persistence.touched`). Changes are counted; each thing has the number of its last one. An answer
is given as long as none of its things changed since the reading for it began. What ends by the clock is a change too, which is
known before. The cache is closed, and empty, while its process is not told of the changes of others. See docs/decisions/0018.
"""

from array import array
from collections import OrderedDict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeAlias

from prometheus_client import Counter

from commerce_api.domain.search_tally import Searched
from commerce_api.persistence.touched import Thing
from commerce_api.web import headers
from commerce_api.web.headers import Header

LONGEST: Final = timedelta(seconds=60)
"""That an answer is kept: the end of what nobody could tell, because a process died between commit and NOTIFY, or because somebody
wrote past the program.
"""
LONGEST_QUESTION: Final = 20_000
_MOST_OF_ALL: Final = 8
"""No answer takes more than this part of the cache."""
_MOST_THINGS: Final = 50_000
_OVERHEAD, _PER_MARK = 2_000, 8
_NEVER: Final = datetime.min.replace(tzinfo=UTC)

Key: TypeAlias = tuple[Any, ...]
Marks: TypeAlias = "array[int]"

_NAMING: Final = frozenset(name.lower().encode() for name in headers.NAMING)
_CHOOSING: Final = frozenset(name.lower().encode() for name in (*headers.CHOOSING, "Accept"))

_OUTCOMES: Final = Counter(
    "commerce_public_answers",
    "Answers about public things: given from memory (hit), made (miss), and let go because something changed, time went by or room "
    "was needed (dropped).",
    ("outcome",),
)
_HITS, _MISSES, _DROPPED = (_OUTCOMES.labels(outcome) for outcome in ("hit", "miss", "dropped"))


def marks_of(things: Iterable[Thing]) -> Marks:
    """Things in eight bytes each, a twentieth of what they take. Where two have the same mark, an answer goes for nothing; none stays
    that should go.
    """
    return array("q", map(hash, things))


@dataclass(slots=True)
class Kept:
    """An answer as it goes out, but for what is about one request."""

    begun: datetime
    turn: int
    marks: Marks
    headers: Sequence[Header]
    body: bytes
    cost: int
    operation: str | None
    tag: str | None
    searches: Sequence[tuple[Searched, bool]]

    @property
    def size(self) -> int:
        return _OVERHEAD + len(self.body) + _PER_MARK * len(self.marks)


def key_of(content: bytes, given: Iterable[Header], *about: Any) -> Key | None:
    """What decides the answer to somebody who is nobody in particular; None for all others."""
    if len(content) > LONGEST_QUESTION:
        return None
    chosen: list[bytes] = []
    for name, text in given:
        if name in _CHOOSING:
            if name in _NAMING:
                return None
            chosen += name, text
    return (content, *about, *chosen)


class AnswerCache:
    """Of one process; at most `most` bytes. It is closed until it is told by `foresee` what comes."""

    def __init__(self, most: int = 0) -> None:
        self._most, self.size = most, 0
        self._entries: OrderedDict[Key, Kept] = OrderedDict()
        self.is_open = False
        self._turn = self._floor = 0
        self._changed: dict[int, int] = {}
        self._moments: list[tuple[datetime, Thing]] = []
        self._known_until = self._due = _NEVER

    @property
    def turn(self) -> int | None:
        """To be asked before the reading for an answer begins; None if nothing can be kept now."""
        return self._turn if self.is_open else None

    def find(self, key: Key, at: datetime) -> Kept | None:
        if at >= self._due:
            self._pass(at)
        kept = self._entries.get(key)
        if kept is None:
            return None
        if not (kept.begun <= at < kept.begun + LONGEST and self._holds(kept)):
            self._drop(key)
            return None
        self._entries.move_to_end(key)
        _HITS.inc()
        return kept

    def keep(self, key: Key, kept: Kept) -> None:
        """Unless something of it changed while it was read."""
        _MISSES.inc()
        size = kept.size + len(key[0])
        if not self.is_open or size * _MOST_OF_ALL > self._most or not self._holds(kept):
            return
        if key in self._entries:
            self._drop(key)
        self._entries[key] = kept
        self.size += size
        while self.size > self._most:
            self._drop(next(iter(self._entries)))

    def change(self, things: Collection[Thing]) -> None:
        self._turn += 1
        if len(self._changed) > _MOST_THINGS:
            self._changed.clear()
            self._floor = self._turn
        self._changed.update(dict.fromkeys(map(hash, things), self._turn))

    def foresee(self, moments: Sequence[tuple[datetime, Thing]], until: datetime) -> None:
        self._moments, self._known_until = sorted(moments, key=lambda each: each[0]), until
        self._due = min(self._moments[0][0], until) if moments else until
        self.is_open = self._most > 0

    def close(self) -> None:
        self.is_open, self._due, self.size = False, _NEVER, 0
        self._entries.clear()
        self._turn += 1
        self._floor = self._turn

    def _pass(self, at: datetime) -> None:
        """Time goes on: what was foreseen comes true."""
        if not self.is_open:
            return
        if at >= self._known_until:
            self.close()
            return
        past = [thing for moment, thing in self._moments if moment <= at]
        self._moments = self._moments[len(past) :]
        self._due = min(self._moments[0][0], self._known_until) if self._moments else self._known_until
        self.change(past)

    def _holds(self, kept: Kept) -> bool:
        """Whether nothing of it has changed. What was looked through once is not looked through again."""
        if kept.turn != self._turn:
            if kept.turn < self._floor or any(self._changed.get(mark, 0) > kept.turn for mark in kept.marks):
                return False
            kept.turn = self._turn
        return True

    def _drop(self, key: Key) -> None:
        self.size -= self._entries.pop(key).size + len(key[0])
        _DROPPED.inc()
