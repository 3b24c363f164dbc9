"""Words as search compares them, and which word was meant by a misspelled one."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

MOST_WORDS: Final = 8
"""Of what somebody searched for, so many words count."""

SHORTEST_TO_CORRECT: Final = 4
_LONG = 8
_MOST_MEANT = 5
_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "\u0131": "i"})


def words_of(text: str) -> list[str]:
    """Words without capitals, accents and signs, as `persistence.stores.product_search` keeps them."""
    plain = unicodedata.normalize("NFKD", text.lower())
    bare = "".join(letter for letter in plain if not "\u0300" <= letter <= "\u036f")
    return [word[:40] for word in re.findall(r"[^\W_]+", bare.translate(_LETTERS))][:MOST_WORDS]


def trigrams(word: str) -> list[str]:
    padded = f"  {word} "
    return [padded[place : place + 3] for place in range(len(word) + 1)]


def distance(one: str, other: str) -> int:
    """How many letters are wrong, missing, too many, or changed places with their neighbor."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, its in enumerate(other, 1):
            steps = min(row[j - 1] + 1, before[j] + 1, before[j - 1] + (letter != its))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == its:
                steps = min(steps, earlier[j - 2] + 1)
            row.append(steps)
    return row[-1]


def meant_by(word: str, candidates: Iterable[str], *, unfinished: bool) -> tuple[str, ...]:
    """The nearest words if they are near enough: one letter off, or two in a long word."""
    near = []
    for candidate in candidates:
        starts = {candidate, candidate[: len(word)]} if unfinished else {candidate}
        near.append((min(distance(word, start) for start in starts), candidate))
    least = min((steps for steps, _ in near), default=99)
    if least > (1 if len(word) < _LONG else 2):
        return ()
    return tuple(candidate for steps, candidate in near if steps == least)[:_MOST_MEANT]
