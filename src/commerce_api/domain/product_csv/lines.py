"""Bytes to records, one at a time: nothing of a file is kept but the record that is read."""

import csv
from collections.abc import Iterable, Iterator
from typing import Final

from commerce_api.domain.product_csv.problems import Problem, ProblemCode
from commerce_api.domain.value import value

MOST_BYTES_IN_A_LINE: Final = 1_000_000
MOST_IN_A_CELL: Final = 131_072
"""Also how far an opened quote is looked for its end."""

_BOM, _UTF_16 = b"\xef\xbb\xbf", (b"\xff\xfe", b"\xfe\xff")


@value
class Record:
    """The cells of one record, and what is wrong with it: then they are good for finding its product only."""

    line: int
    cells: tuple[str, ...] = ()
    problem: Problem | None = None


class _Text:
    """Decodes lines one by one and remembers what was wrong with those of the current record."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = iter(lines)
        self.number = 0
        self.problem: Problem | None = None
        self.cut = False

    def __iter__(self) -> Iterator[str]:
        return self

    def begin(self) -> int:
        """Forget the last record; the number of the line that the next one begins at."""
        self.problem = None
        return self.number + 1

    def __next__(self) -> str:
        if self.cut:
            raise StopIteration
        raw = next(self._lines)
        self.number += 1
        if self.number == 1:
            raw = raw.removeprefix(_BOM)
        if len(raw) >= MOST_BYTES_IN_A_LINE and not raw.endswith(b"\n"):
            self.cut = True
            self._note(ProblemCode.LINE_TOO_LONG, "No line of a product file is this long; nothing after it was read.")
        return self._decoded(raw)

    def _decoded(self, raw: bytes) -> str:
        try:
            text = raw.decode()
        except UnicodeDecodeError as error:
            saved_as = "UTF-16" if raw.startswith(_UTF_16) else "another encoding"
            self._note(
                ProblemCode.BAD_ENCODING,
                f"Byte {error.start + 1} is not UTF-8: the file was saved in {saved_as}. Save it as “CSV UTF-8”.",
            )
            return raw.decode(errors="replace").replace("\0", "")
        if "\0" in text:
            self._note(ProblemCode.BAD_ENCODING, "NUL bytes are not text: the file is damaged, or no CSV at all.")
        return text.replace("\r\n", "\n")

    def _note(self, code: ProblemCode, message: str) -> None:
        self.problem = self.problem or Problem(line=self.number, code=code, message=message)


def records(lines: Iterable[bytes]) -> Iterator[Record]:
    """Records with the number of the line that each begins at; empty ones are left out.

    Quotes are taken strictly, and a record that cannot be read is followed by the next line.
    """
    text = _Text(lines)
    reader = csv.reader(text, strict=True)
    while True:
        first = text.begin()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Record(line=first, problem=text.problem or _quoting(first, str(error)))
            continue
        if text.problem or any(cells):
            yield Record(line=first, cells=tuple(cells), problem=text.problem)


def _quoting(line: int, error: str) -> Problem:
    if "new-line" in error:
        message = "Lines must end with LF or CRLF; a lone CR in a cell needs quotes around the cell."
    elif "limit" in error:
        message = f"A cell has more than {MOST_IN_A_CELL} characters; most likely a quote is opened and never closed."
    elif "end of data" in error:
        message = "A quote is opened here and never closed."
    else:
        message = "After a closing quote only a comma may follow; a quote inside of quotes is written twice."
    return Problem(line=line, code=ProblemCode.BAD_QUOTES, message=message)
