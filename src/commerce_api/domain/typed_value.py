"""Values of a type that is data: what products say of themselves, and custom fields."""

import re
from datetime import date
from enum import StrEnum
from typing import Any

from commerce_api.domain.decision import InvalidValue
from commerce_api.domain.value import value

CODE = re.compile(r"[a-z][a-z0-9_]{0,49}")
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_WHOLE = re.compile(r"-?[0-9]+")


class AttributeKind(StrEnum):
    TEXT = "TEXT"
    NUMBER = "NUMBER"
    BOOLEAN = "BOOLEAN"
    DATE = "DATE"
    CHOICE = "CHOICE"


@value
class ValueType:
    """`choices` are what a CHOICE offers, one of them or `several`; a NUMBER may have to be `whole`, a TEXT not be longer than
    `longest`.
    """

    kind: AttributeKind
    choices: tuple[str, ...] = ()
    several: bool = True
    whole: bool = False
    longest: int | None = None

    def problem_of(self, raw: Any) -> InvalidValue | None:
        """What keeps a value from being one of this type."""
        if self.kind is AttributeKind.TEXT:
            return self._of_text(raw)
        problem = self._of_other(raw)
        return InvalidValue(problem=problem) if problem else None

    def _of_other(self, raw: Any) -> str | None:
        match self.kind:
            case AttributeKind.BOOLEAN:
                return None if isinstance(raw, bool) else "This is true or false."
            case AttributeKind.NUMBER:
                return self._of_number(raw)
            case AttributeKind.DATE:
                return None if _is_date(raw) else 'This is a day, such as "2026-11-22".'
            case _:
                return self._of_choice(raw)

    def _of_text(self, raw: Any) -> InvalidValue | None:
        if not isinstance(raw, str):
            return InvalidValue(problem="This is a text.")
        if self.longest is not None and len(raw) > self.longest:
            words = (("most", self.longest), ("given", len(raw)))
            return InvalidValue(problem="At most {most} characters, please; these are {given}.", words=words)
        return None

    def _of_number(self, raw: Any) -> str | None:
        if not isinstance(raw, str) or not NUMBER.fullmatch(raw):
            return 'This is a number as text, such as "1.5".'
        return "This is a whole number." if self.whole and not _WHOLE.fullmatch(raw) else None

    def _of_choice(self, raw: Any) -> str | None:
        chosen = raw if isinstance(raw, list | tuple) else [raw]
        if not all(each in self.choices for each in chosen):
            return "Choose from what the attribute offers."
        return None if self.several or len(chosen) == 1 else "Choose one."


def _is_date(raw: Any) -> bool:
    """One spelling for each day, so that days can be compared as texts."""
    try:
        return isinstance(raw, str) and date.fromisoformat(raw).isoformat() == raw
    except ValueError:
        return False
