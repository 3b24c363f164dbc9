"""What was read and is kept in memory for those who do not say who they are: never anything that is out of date.

It depends on *things* (`touched`). Changes are counted; each thing has the number of its last one. What is kept is given as long as
none of its things changed since the reading for it began. What ends by the clock is a change too, which is known before. The cache
is closed, and empty, while its process is not told of the changes of others. See docs/decisions/0018.
"""

from array import array
from collections import OrderedDict
from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal, NamedTuple, TypeAlias, get_args

from prometheus_client import Counter

from commerce_api.persistence.touched import Thing

LONGEST: Final = timedelta(seconds=60)
"""That anything is kept: the end of what nobody could tell, because a process died between commit and NOTIFY, or because somebody
wrote past the program.
"""
_MOST_OF_ALL: Final = 8
"""Nothing takes more than this part of the cache."""
_MOST_THINGS: Final = 50_000
_NEVER: Final = datetime.min.replace(tzinfo=UTC)

_PER_ENTRY, _PER_THING = 500, 8
"""Bytes that are taken beside what is kept."""

_COUNTER: Final = Counter(
    "commerce_cache",
    "What is public, kept in memory: given from there (hit), made (miss), and let go because something changed, time went by or room "
    "was needed (dropped).",
    ("kind", "outcome"),
)
Kind: TypeAlias = Literal["answer", "new cart"]
_COUNTED: Final = {
    (kind, outcome): _COUNTER.labels(kind, outcome) for kind in get_args(Kind) for outcome in ("hit", "miss", "dropped")
}


class Began(NamedTuple):
    """When the reading for something began: by the clock, and by the number of changes."""

    at: datetime
    turn: int


@dataclass(slots=True)
class _Kept:
    what: Any
    kind: Kind
    begun: datetime
    turn: int
    marks: "array[int]"
    size: int


class Cache:
    """Of one process; at most `most` bytes. It is closed until it is told by `foresee` what comes."""

    def __init__(self, most: int = 0) -> None:
        self._most, self.size = most, 0
        self._entries: OrderedDict[Hashable, _Kept] = OrderedDict()
        self.is_open = False
        self._turn = self._floor = 0
        self._changed: dict[int, int] = {}
        self._moments: list[tuple[datetime, Thing]] = []
        self._known_until = self._due = _NEVER

    def begin(self, at: datetime) -> Began | None:
        """To be asked before the reading for something begins; None if nothing can be kept now."""
        return Began(at, self._turn) if self.is_open else None

    def find(self, key: Hashable, at: datetime) -> Any:
        """What is kept under the key, or None."""
        if at >= self._due:
            self._pass(at)
        kept = self._entries.get(key)
        if kept is None:
            return None
        if not (kept.begun <= at < kept.begun + LONGEST and self._holds(kept)):
            self._drop(key)
            return None
        self._entries.move_to_end(key)
        _COUNTED[kept.kind, "hit"].inc()
        return kept.what

    def keep(self, key: Hashable, what: Any, began: Began, things: Collection[Thing], *, kind: Kind, size: int) -> None:
        """Unless one of the `things` that it depends on changed while it was read. `size` are the bytes that it takes with its key;
        the `kind` is what it is counted as.
        """
        _COUNTED[kind, "miss"].inc()
        size += _PER_ENTRY + _PER_THING * len(things)
        kept = _Kept(what, kind, began.at, began.turn, _marks_of(things), size)
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

    def _holds(self, kept: _Kept) -> bool:
        """Whether nothing of it has changed. What was looked through once is not looked through again."""
        if kept.turn != self._turn:
            if kept.turn < self._floor or any(self._changed.get(mark, 0) > kept.turn for mark in kept.marks):
                return False
            kept.turn = self._turn
        return True

    def _drop(self, key: Hashable) -> None:
        kept = self._entries.pop(key)
        self.size -= kept.size
        _COUNTED[kept.kind, "dropped"].inc()


NO_CACHE: Final = Cache()


def _marks_of(things: Iterable[Thing]) -> "array[int]":
    """Things in eight bytes each, a twentieth of what they take. Where two have the same mark, something goes for nothing; nothing
    stays that should go.
    """
    return array("q", map(hash, things))
