"""Which passwords are good enough: long ones that nobody else would think of first."""

import re
from collections.abc import Mapping
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
    admin administrator autumn baseball basketball batman butterfly changeme charlie chocolate computer default dragon
    flower football freedom geheim hallo hello herbst ichliebedich iloveyou internet jordan killer letmein liverpool
    login master michael monkey mustang password passwort pokemon princess qazwsx qwerty qwertz samsung schalke schatz
    secret shadow shopping sommer spring starwars summer sunshine superman test trustno trustnoone welcome whatever
    willkommen winter
    january february march april june july august september october november december
    januar februar juni juli oktober dezember
    monday tuesday wednesday thursday friday saturday sunday
"""
"""Words that we thought of as being thought of first; longer lists are for `COMMERCE_BREACHED_PASSWORDS`."""
_COMMON: Final = frozenset(_WORDS.split())
_SPELLED: Final = str.maketrans("013457@$!", "oleastasi")


@value
class WeakPassword(Refusal):
    """This password is too easy to guess; the message says why."""

    problem: str

    @property
    def template(self) -> str:
        return self.problem

    @property
    def facts(self) -> Mapping[str, object]:
        return {}


@value
class PasswordTooCommon(Refusal):
    """Too many people use this password or one much like it; it would be tried first."""


@value
class PasswordBreached(Refusal):
    """This password stands in a published list of stolen ones, which thieves try first. Take another."""


@value
class SamePassword(Refusal):
    """This is the password that you were given. Take one that nobody else knows."""


@value
class WrongPassword(Refusal):
    """This is not your present password."""


def check_password(intake: Intake, password: str, email: str, *path: Any) -> None:
    """Note what is wrong with a new password. The password itself goes into no message."""
    where = tuple(str(step) for step in path)
    if problem := _problem(password, email):
        intake.add(WeakPassword(path=where, problem=problem))
    elif _is_common(password.casefold()):
        intake.add(PasswordTooCommon(path=where))


def _problem(password: str, email: str) -> str | None:
    if len(password) < SHORTEST:
        return f"Take at least {SHORTEST} characters; a few words in a row are easy to remember."
    if len(password) > LONGEST:
        return f"Take at most {LONGEST} characters."
    low = password.casefold()
    name = email.partition("@")[0]
    if email and (low == email or (len(name) > 3 and low.startswith(name) and len(low) - len(name) < 4)):  # noqa: PLR2004
        return "Do not take the mail address as the password."
    return None


def _is_common(low: str) -> bool:
    return len(set(low)) < 4 or _is_row(low) or _core(low) in _COMMON  # noqa: PLR2004


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
