"""Records to products: the lines of one product stand together and begin with the same handle."""

from collections.abc import Collection, Iterable, Iterator
from hashlib import blake2b
from typing import Final

from commerce_api.domain.intake import PanInPlainInput, has_card_number
from commerce_api.domain.product_csv.cells import unguarded
from commerce_api.domain.product_csv.columns import Header
from commerce_api.domain.product_csv.lines import Record
from commerce_api.domain.product_csv.problems import Problem, ProblemCode
from commerce_api.domain.value import value

MOST_LINES: Final = 3_000
"""Of one product: more than variants and pictures ever need, and few enough to hold."""


@value
class Group:
    """The lines of one product. With problems it must not be imported, whatever else its lines say."""

    handle: str
    line: int
    records: tuple[Record, ...] = ()
    problems: tuple[Problem, ...] = ()
    size: int


class Groups:
    """Iterate to get one group after the other. All that is remembered is eight bytes for each handle and its line."""

    def __init__(self, header: Header, records: Iterable[Record]) -> None:
        self._header, self._records = header, records
        self._seen: dict[bytes, int] = {}

    def __iter__(self) -> Iterator[Group]:
        draft = _Draft()
        for record in self._records:
            problems = self._problems(record)
            handle = self._handle(record, problems)
            if any(problem.stops_the_file for problem in problems):
                yield from self._closed(draft)
                yield Group(handle="", line=record.line, problems=problems, size=0)
                return
            if handle != draft.handle and handle:
                yield from self._closed(draft)
                draft = _Draft(handle, record.line)
            elif not handle:
                # It may be one of the product before it, which then must not be taken for complete.
                problems = problems or (_nameless(record),)
            draft.add(record, problems)
        yield from self._closed(draft)

    def _closed(self, draft: "_Draft") -> Iterator[Group]:
        if draft.records or draft.problems:
            first = self._seen.setdefault(_digest(draft.handle), draft.line) if draft.handle else draft.line
            if first != draft.line:
                message = f"Lines of a product must stand together; those of this one began in line {first}."
                draft.problems[:0] = [
                    Problem(line=draft.line, column="Handle", code=ProblemCode.HANDLE_APART, message=message)
                ]
            yield draft.group()

    def _problems(self, record: Record) -> tuple[Problem, ...]:
        if record.problem:
            return (record.problem,)
        if len(record.cells) == self._header.width:
            return tuple(self._card_numbers(record))
        message = f"There are {len(record.cells)} cells where the header has {self._header.width}."
        return (Problem(line=record.line, code=ProblemCode.CELL_COUNT, message=message),)

    def _card_numbers(self, record: Record) -> Iterator[Problem]:
        """In whatever column. What else is wrong with such a line is not looked for: it would be told with the number."""
        for column, cell in zip(self._header.given, record.cells, strict=True):
            if has_card_number(cell):
                message = PanInPlainInput().message
                yield Problem(line=record.line, column=column, code=ProblemCode.INVALID_VALUE, message=message)

    def _handle(self, record: Record, problems: Collection[Problem]) -> str:
        """A line that cannot be read is taken for one of the product before it, unless it still names another."""
        place = self._header.read["Handle"]
        if place >= len(record.cells) or "\ufffd" in record.cells[place]:
            return ""
        handle = unguarded(record.cells[place].strip())
        return "" if problems and len(handle) > 255 else handle  # noqa: PLR2004 - as long as a handle may be


class _Draft:
    def __init__(self, handle: str = "", line: int = 1) -> None:
        self.handle, self.line, self.size = handle, line, 0
        self.records: list[Record] = []
        self.problems: list[Problem] = []

    def add(self, record: Record, problems: Collection[Problem]) -> None:
        self.line = self.line if self.records or self.problems or self.handle else record.line
        if problems:
            self.problems.extend(problems)
        elif len(self.records) < MOST_LINES:
            self.records.append(record)
            self.size += sum(map(len, record.cells))
        elif len(self.records) == MOST_LINES:
            message = f"A product can have {MOST_LINES} lines at most."
            self.problems.append(
                Problem(line=record.line, column="Handle", code=ProblemCode.TOO_MANY_LINES, message=message)
            )
            self.records.append(record)

    def group(self) -> Group:
        return Group(
            handle=self.handle,
            line=self.line,
            records=tuple(self.records),
            problems=tuple(self.problems),
            size=self.size,
        )


def _nameless(record: Record) -> Problem:
    return Problem(line=record.line, column="Handle", code=ProblemCode.REQUIRED, message="A line needs a handle.")


def _digest(handle: str) -> bytes:
    return blake2b(handle.encode(errors="replace"), digest_size=8).digest()
