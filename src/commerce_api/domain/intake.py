"""Collects everything that is wrong with an input, so that it is told all at once (K3)."""

import re
import unicodedata
from typing import Any

from stdnum import ean, luhn

from commerce_api.domain.decision import InvalidValue, Refusal, Refused
from commerce_api.domain.value import value

_CARD_LIKE = re.compile(
    r"(?<![0-9+])[2-6][0-9]{12,18}(?![0-9])"  # written in one; after a + it is a phone number
    # or in the groups that are printed on cards; groups inside a UUID have letters or digits next to them
    r"|(?<![0-9A-Za-z])[2-6][0-9]{3}[ .-]"
    r"(?:[0-9]{4}[ .-][0-9]{4}[ .-][0-9]{1,4}(?:[ .-][0-9]{3})?|[0-9]{6}[ .-][0-9]{4,5})(?![0-9A-Za-z])"
)

# A digest or a UUID in hexadecimal digits, or an id of ours: one of 500 SHA-256 digests has a "card number" in it.
_OPAQUE = re.compile(
    r"(?<![0-9A-Za-z])(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9A-F]{32}|[0-9A-F]{40}|[0-9A-F]{64}"
    r"|[a-z]{3}_[0-7][0-9a-hjkmnp-tv-z]{25})(?![0-9A-Za-z])"
)

_SHORTEST = 13
_BARCODE = (13, 14)


@value
class PanInPlainInput(Refusal):
    """This looks like a card number. Card numbers go to the card vault only; take it out and never send it here."""


def has_card_number(text: str) -> bool:
    """Whether it has 13 to 19 digits as payment cards begin and are written, that pass the Luhn check (P1, D28).

    Digits inside a digest, a UUID or an id of ours are none, whatever they are.
    """
    if len(text) < _SHORTEST:
        return False
    plain = text if text.isascii() else _as_typed(text)
    return _has_card_like(plain) and _has_card_like(_OPAQUE.sub("#", plain))


def _has_card_like(plain: str) -> bool:
    return any(_is_card_number(run.group()) for run in _CARD_LIKE.finditer(plain))


def _is_card_number(run: str) -> bool:
    """Written in one, 13 or 14 digits with the check digit of a barcode are one: those are typed every day, and cards
    of that length are hardly issued any more.
    """
    digits = re.sub(r"\D", "", run)
    is_barcode = len(run) in _BARCODE and ean.is_valid(run)
    return luhn.is_valid(digits) and not is_barcode


def _as_typed(text: str) -> str:
    """Digits, spaces and dashes of any width as those of ASCII; what is invisible, as copied from pages, left out."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join("-" if unicodedata.category(c) == "Pd" else c for c in plain if unicodedata.category(c) != "Cf")


class Intake:
    """Hand each raw value through a method; read `problems` at the end. A bad value comes back as given, or as the default."""

    def __init__(self) -> None:
        self.problems: list[Refusal] = []

    def refused(self) -> Refused:
        return Refused(reasons=tuple(self.problems))

    def add(self, problem: Refusal) -> None:
        self.problems.append(problem)

    def invalid(self, problem: str, *path: Any, **words: object) -> None:
        """`words` fill the `{names}` in the problem, so that it can be said in another language."""
        self.add(InvalidValue(path=tuple(str(step) for step in path), problem=problem, words=tuple(words.items())))

    def text(self, raw: str | None, *path: Any, most: int = 200, required: bool = False) -> str:
        """Trimmed text of one paragraph or several; no control characters, no card numbers, at most `most` characters."""
        text = (raw or "").strip()
        if required and not text:
            self.invalid("This is required.", *path)
        if len(text) > most:
            problem = "At most {most} characters, please; these are {given}."
            self.invalid(problem, *path, most=most, given=len(text))
        if any(ch < " " and ch not in "\n\t\r" for ch in text) or "\x7f" in text:
            self.invalid("Control characters are not allowed.", *path)
        if has_card_number(text):
            self.add(PanInPlainInput(path=tuple(str(step) for step in path)))
        return text
