"""Single cells: as they are written, and back."""

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from commerce_api.domain.money import decimal_of, minor_of
from commerce_api.domain.product_csv.columns import Header
from commerce_api.domain.product_csv.problems import Problem, ProblemCode
from commerce_api.domain.stock import MOST_UNITS
from commerce_api.domain.value import value

_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,12})?")
_FORMULA = re.compile(r"'*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")
"""The last four are the wide forms that East Asian spreadsheets take for the same signs."""
_FLAGS = {"true": True, "false": False}
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def guarded(text: str) -> str:
    """A spreadsheet would run a text that begins like a formula: an apostrophe before it says that it is text."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """What `guarded` was given."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def flag_cell(flag: bool) -> str:  # noqa: FBT001 - it is what is written
    return "true" if flag else "false"


def amount_cell(minor: int | None, digits: int) -> str:
    return "" if minor is None else str(decimal_of(minor, digits))


@value
class Cells:
    """One line by column name. Each method takes what holds if the file has no such column, and notes what is wrong."""

    line: int
    cells: tuple[str, ...]
    header: Header
    problems: list[Problem]

    def raw(self, column: str) -> str:
        place = self.header.read.get(column)
        return "" if place is None else self.cells[place].strip()

    def text(self, column: str, otherwise: str = "", *, most: int = 255) -> str:
        if column not in self.header.read:
            return otherwise
        text = unguarded(self.raw(column))
        if len(text) > most:
            self._note(column, ProblemCode.TOO_LONG, f"At most {most} characters, please; these are {len(text)}.")
        if _CONTROLS.search(text):
            self._note(column, ProblemCode.INVALID_VALUE, "Control characters are not allowed.")
        return text

    def flag(self, column: str, otherwise: bool, *, empty: bool) -> bool:  # noqa: FBT001 - a value, not a choice
        if column not in self.header.read:
            return otherwise
        text = self.raw(column).casefold()
        if text and text not in _FLAGS:
            self.invalid(column, f"“{text[:20]}” is neither true nor false.")
        return _FLAGS.get(text, empty)

    def amount(self, column: str, otherwise: int | None, digits: int) -> int | None:
        """Minor units; None if the cell is empty."""
        if column not in self.header.read or not self.raw(column):
            return otherwise if column not in self.header.read else None
        number = self._number(column)
        if number is None:
            return None
        minor = minor_of(number, digits)
        if number < 0:
            self.invalid(column, f"An amount cannot be negative: {number}.")
        elif minor is None:
            self.invalid(column, f"{number} has more than {digits} digits after the point, or is beyond any price.")
        return minor

    def whole(self, column: str, otherwise: int | None, *, least: int) -> int | None:
        """A whole number, rounded if the file has a fraction; None if the cell is empty."""
        if column not in self.header.read or not self.raw(column):
            return otherwise if column not in self.header.read else None
        number = self._number(column)
        if number is None:
            return None
        if not least <= number <= MOST_UNITS:
            self.invalid(column, f"This must be between {least} and {MOST_UNITS}: {number}.")
            return None
        return int(number.to_integral_value(ROUND_HALF_UP))

    def kept(self, places: Mapping[str, int], otherwise: Mapping[str, str]) -> dict[str, str]:
        """Columns that are kept for the next export; those that the file does not have stay as they are."""
        found = {name: text for name, text in otherwise.items() if name not in places}
        for name, place in places.items():
            if text := unguarded(self.cells[place].strip()):
                found[name] = text
                if _CONTROLS.search(text):
                    self._note(name, ProblemCode.INVALID_VALUE, "Control characters are not allowed.")
        return found

    def invalid(self, column: str, message: str) -> None:
        self._note(column, ProblemCode.INVALID_VALUE, message)

    def required(self, column: str) -> None:
        self._note(column, ProblemCode.REQUIRED, "This is required.")

    def _number(self, column: str) -> Decimal | None:
        text = self.raw(column)
        if _NUMBER.fullmatch(text):
            return Decimal(text)
        hint = " Write a point, no comma." if "," in text else ""
        self.invalid(column, f"“{text[:30]}” is not a number.{hint}")
        return None

    def _note(self, column: str, code: ProblemCode, message: str) -> None:
        self.problems.append(Problem(line=self.line, column=column, code=code, message=message))
