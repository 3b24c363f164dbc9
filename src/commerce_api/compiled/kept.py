"""Which operations keep what was compiled for them: those run last. What it takes is measured in docs/benchmarks.md."""

from typing import Final, Protocol
from weakref import WeakSet

MOST_FIELDS: Final = 10_000
"""Of all plans of a process together. One takes a kilobyte, more or less."""
FIELDS_OF_A_PLAN: Final = 20
"""What a plan takes besides its fields, in fields."""


class Keeper(Protocol):
    ran: int
    """Grows from run to run, of whichever."""

    @property
    def kept_fields(self) -> int: ...

    def forget(self) -> None: ...


class Kept:
    """Those that have something to forget, as long as somebody else holds them."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._all: WeakSet[Keeper] = WeakSet()

    def make_room(self, new: Keeper) -> None:
        """For what it has made. Plans grow when more of them is looked at, so all are counted anew."""
        self._all.add(new)
        fields = sum(one.kept_fields for one in self._all)
        for one in sorted(self._all, key=lambda one: one.ran):
            if fields <= self._most or one is new:
                return
            fields -= one.kept_fields
            one.forget()
            self._all.discard(one)
