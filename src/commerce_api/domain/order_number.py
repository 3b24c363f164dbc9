"""Order numbers: a channel's prefix, a running number, a check digit, such as `E100001-7`.

People read them out and write them down, so any one wrong character and any two that changed places are noticed (Damm's
scheme). A number by itself opens nothing (D22).
"""

import re
from typing import Final

from stdnum import damm

_WRITTEN = re.compile(r"([A-Z]{0,6})([0-9]{1,15})-?([0-9])")
_ALPHABET: Final = """
    Alfa Bravo Charlie Delta Echo Foxtrot Golf Hotel India Juliett Kilo Lima Mike November Oscar Papa Quebec Romeo
    Sierra Tango Uniform Victor Whiskey X-ray Yankee Zulu
"""
_LETTERS: Final = {word[0]: word for word in _ALPHABET.split()}
_DIGITS: Final = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_GROUP = 3


def order_number(prefix: str, sequence: int) -> str:
    return f"{prefix}{sequence}-{_check_digit(prefix, str(sequence))}"


def read_order_number(text: str) -> str | None:
    """The number as we write it, however it was typed; None if that cannot be one of ours."""
    found = _WRITTEN.fullmatch(re.sub(r"[\s._]", "", text.upper()))
    if not found:
        return None
    prefix, sequence, check = found.groups()
    return f"{prefix}{sequence}-{check}" if _check_digit(prefix, sequence) == check else None


def spoken(number: str) -> str:
    """How to read a number out on the telephone: `Echo, one zero zero, zero zero one, seven`."""
    found = _WRITTEN.fullmatch(number)
    if not found:
        return number
    prefix, sequence, check = found.groups()
    first = len(sequence) % _GROUP
    groups = [sequence[:first], *(sequence[i : i + _GROUP] for i in range(first, len(sequence), _GROUP)), check]
    words = [_LETTERS[letter] for letter in prefix]
    words += [" ".join(_DIGITS[int(digit)] for digit in group) for group in groups if group]
    return ", ".join(words)


def _check_digit(prefix: str, sequence: str) -> str:
    """Over the letters too: each stands for two digits."""
    letters = "".join(f"{ord(letter) - ord('A') + 10}" for letter in prefix)
    digit: str = damm.calc_check_digit(letters + sequence)
    return digit
