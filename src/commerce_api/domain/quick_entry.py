"""Quick entry: lines as people paste or dictate them, each a SKU and a quantity (S1-04).

    MUG-1 3
    KETTLE; x2
    12 x POT

What is no such line is reported with its number; the others are taken. Lines of the same SKU add up. Nobody has to type capitals.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from commerce_api.domain.decision import Refusal
from commerce_api.domain.value import replace, value

MOST_LINES: Final = 250
LONGEST: Final = 25_000
_LONGEST_LINE: Final = 200
_BETWEEN: Final = re.compile(r"[\s,;]+")
_TIMES: Final = "xX*\N{MULTIPLICATION SIGN}"
_FIRST: Final = re.compile(f"(0*[1-9][0-9]{{0,8}})[{_TIMES}]")
_LAST: Final = re.compile(f"[{_TIMES}]?(0*[1-9][0-9]{{0,8}})")


@value
class LineUnreadable(Refusal):
    """Write a SKU and how many of it, at least one, such as `MUG-1 3`."""


@value
class Entered:
    """A line as it was understood: at least one. `number` counts from 1, empty lines included."""

    number: int
    sku: str
    quantity: int


@value
class Unread:
    number: int
    text: str


Line: TypeAlias = Entered | Unread


def read_lines(text: str) -> tuple[Line, ...]:
    """Each line that is not empty."""
    return tuple(_lines(text))


def written(sku: str) -> tuple[str, ...]:
    """How the catalog may have it, likeliest first."""
    return sku, sku.upper(), sku.lower()


def as_in_catalog(lines: Sequence[Line], known: Collection[str]) -> tuple[Line, ...]:
    """With each SKU as it is written there, if it is."""

    def found(sku: str) -> str:
        return next((one for one in written(sku) if one in known), sku)

    return tuple(replace(line, sku=found(line.sku)) if isinstance(line, Entered) else line for line in lines)


def wanted(lines: Sequence[Line]) -> Mapping[str, int]:
    """How many of each SKU, in the order in which they were first named."""
    found: dict[str, int] = {}
    for line in lines:
        if isinstance(line, Entered):
            found[line.sku] = found.get(line.sku, 0) + line.quantity
    return found


def _lines(text: str) -> Iterator[Line]:
    for number, line in enumerate(text.splitlines(), 1):
        if words := [word for word in _BETWEEN.split(line) if word]:
            read = _read(words) if len(line) <= _LONGEST_LINE else None
            yield (
                Entered(number=number, sku=read[0], quantity=read[1])
                if read
                else Unread(number=number, text=line[:_LONGEST_LINE].strip())
            )


def _read(words: Sequence[str]) -> tuple[str, int] | None:
    """SKU and quantity; a SKU alone is one of it. The words of a SKU stand one blank apart."""
    match words:
        case [sku]:
            return sku, 1
        case [first, times, *sku] if sku and times in _TIMES and (found := _LAST.fullmatch(first)):
            return " ".join(sku), int(found[1])
        case [first, *sku] if found := _FIRST.fullmatch(first):
            return " ".join(sku), int(found[1])
        case [*sku, last] if found := _LAST.fullmatch(last):
            named = sku[:-1] if len(sku) > 1 and sku[-1] in _TIMES else sku
            return " ".join(named), int(found[1])
        case _:
            return None
