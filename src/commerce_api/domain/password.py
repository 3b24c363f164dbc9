"""Which passwords are good enough: long ones that nobody else would think of first."""

import re
from typing import Any, Final

from commerce_api.domain.decision import Refusal
from commerce_api.domain.intake import Intake
from commerce_api.domain.value import value

SHORTEST, LONGEST = 10, 128
_ROWS: Final = (
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
)
_WORDS: Final = """
    admin administrator baseball batman changeme charlie chocolate computer default dragon football
    freedom hello iloveyou internet jordan killer letmein liverpool login master michael monkey mustang
    password passwort pokemon princess qazwsx qwerty samsung secret shadow starwars summer sunshine
    superman test trustno trustnoone welcome whatever winter
"""
_COMMON: Final = frozenset(_WORDS.split())
_SPELLED: Final = str.maketrans("013457@$!", "oleastasi")


@value
class WeakPassword(Refusal):
    """This password is too easy to guess; the message says why."""

    problem: str

    @property
    def message(self) -> str:
        return self.problem


@value
class WrongPassword(Refusal):
    """This is not your present password."""


def check_password(intake: Intake, password: str, email: str, *path: Any) -> None:
    """Note what is wrong with a new password. The password itself goes into no message."""
    problem = _problem(password, email)
    if problem:
        intake.add(WeakPassword(path=tuple(str(step) for step in path), problem=problem))


def _problem(password: str, email: str) -> str | None:
    if len(password) < SHORTEST:
        return f"Take at least {SHORTEST} characters; a few words in a row are easy to remember."
    if len(password) > LONGEST:
        return f"Take at most {LONGEST} characters."
    low = password.casefold()
    name = email.partition("@")[0]
    if email and (low == email or (len(name) > 3 and low.startswith(name) and len(low) - len(name) < 4)):  # noqa: PLR2004
        return "Do not take the mail address as the password."
    if len(set(low)) < 4 or _is_row(low) or _core(low) in _COMMON:  # noqa: PLR2004
        return "Too many people use this password; it would be tried first."
    return None


def _is_row(low: str) -> bool:
    """Neighbors of the alphabet, of a keyboard or of the digits, forward, backward or again and again."""
    rows = [*_ROWS, "0123456789"]
    shortest_period = (low + low).find(low, 1)
    unit = low[:shortest_period] if shortest_period < len(low) else low
    return any(unit in text or unit in text[::-1] for row in rows for text in (row + row,))


def _core(low: str) -> str:
    """The word that digits and signs were added to, with letters in place of look-alikes, said once."""
    bare = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", low).translate(_SPELLED)
    word = re.sub(r"[\W\d_]+", "", bare)
    period = (word + word).find(word, 1) if word else 0
    return word[:period] if period else word
