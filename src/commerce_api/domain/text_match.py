"""How people look for texts that they half remember: what was typed and what is kept are put into one plain form."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from commerce_api.domain.described import DescribedEnum
from commerce_api.domain.folding import folded, spelled

MOST_WORDS: Final = 8
MOST_ROTATIONS: Final = 5
WORD: Final = re.compile(r"[^\W_]+")
_ONE_DIGIT = ("1", "7")
_TWO_DIGITS = re.compile("2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]")
_THREE = 3


class TextMatch(DescribedEnum):
    """How a text has to fit."""

    EXACT = "EXACT", "Is the text; of a name, whole words of it."
    STARTS_WITH = "STARTS_WITH", "Begins with the text; of a name, any of its words does."
    CONTAINS = "CONTAINS", "Has the text anywhere in it."

    @property
    def least(self) -> int:
        """So many letters at least, for fewer would fit nearly everything."""
        return {TextMatch.EXACT: 1, TextMatch.STARTS_WITH: 2, TextMatch.CONTAINS: _THREE}[self]

    @property
    def too_short(self) -> str:
        """What is told of a text that has fewer."""
        if self is TextMatch.EXACT:
            return "Say what to look for: there is no letter and no digit in this."
        return "At least {least} letters or digits, please, or far too much would fit."


def plain_words(text: str) -> str:
    """Each word in the one spelling: `Émile O'Neill-Müller` is `emile o neill muller`."""
    return " ".join(filter(None, map(folded, _words(text))))


def written_words(text: str) -> str:
    """With ae, oe and ue as they were written, within which a text that something is to contain may begin or end."""
    return " ".join(filter(None, map(spelled, _words(text))))


def _words(text: str) -> list[str]:
    return WORD.findall(unicodedata.normalize("NFKC", text))[:MOST_WORDS]


def rotations(words: str) -> list[str]:
    """The words beginning with each of them in turn, so that what begins with any of its words begins with the text."""
    parts = words.split()
    turns = range(min(len(parts), MOST_ROTATIONS))
    return list(dict.fromkeys(" ".join(parts[turn:] + parts[:turn]) for turn in turns))


def phone_keys(number: str) -> list[str]:
    """The digits of a number of the form E.164, with the country's code and without."""
    digits = re.sub(r"\D", "", number)
    code = 1 if digits.startswith(_ONE_DIGIT) else 2 if _TWO_DIGITS.match(digits) else _THREE
    within = digits[code:].lstrip("0")
    return [each for each in dict.fromkeys((digits, within)) if each]


def phone_sought(text: str) -> str:
    """The digits to look for of a number as it was typed: `+49 (0)30 99`, `0049 30 99`, `030 99`, `30 99`."""
    digits = re.sub(r"\D", "", text.replace("(0)", ""))
    return digits.lstrip("0")


def pieces(text: str) -> list[str]:
    """Every three letters in a row: a text that contains another has all of its pieces."""
    return list(dict.fromkeys(text[place : place + _THREE] for place in range(len(text) - _THREE + 1)))


_bare = lru_cache(1_000)(spelled)
"""Of single letters, of which there are few."""


def spans(shown: str, plain: str) -> list[tuple[int, int]]:
    """From where to where in a text, as people see it, the plain one stands: as a whole, or else each of its words; rather
    where a word begins than within one.
    """
    letters = [(bare, place) for place, letter in enumerate(shown) for bare in _bare(letter)]
    text = "".join(bare for bare, _ in letters)

    def place_of(words: list[str]) -> list[tuple[int, int]]:
        sought = "".join(map(spelled, words))
        if not sought or sought not in text:
            return []
        found = [at for at in range(len(text)) if text.startswith(sought, at)]
        at = next((at for at in found if begins_word(letters[at][1])), found[0])
        return [(letters[at][1], letters[at + len(sought) - 1][1] + 1)]

    def begins_word(place: int) -> bool:
        return place == 0 or not shown[place - 1].isalnum()

    words = _words(plain)
    return place_of(words) or sorted({span for word in words for span in place_of([word])})
