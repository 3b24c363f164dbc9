"""One spelling for what people write in many ways: names, telephone numbers, postal codes. Both what is kept to be found and what
is looked for go through here, so that they meet (D42).
"""

import re
import unicodedata
from functools import cache
from typing import Final

_LETTERS: Final = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "oe", "å": "a", "ł": "l", "đ": "d", "\u0131": "i"}
)
_MARKS: Final = ("\u0300", "\u036f")
_LONGEST: Final = 100
_UMLAUT: Final = re.compile("([aou])e")
_AREA_ZERO: Final = re.compile(r"\(\s*0\s*\)")


def spelled(text: str) -> str:
    """Letters and digits alone, without capitals and accents: "Jean-Pierre" and "jean pierre" are both "jeanpierre"."""
    low = text.lower()
    if not text.isascii():
        bare = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold().translate(_LETTERS))
        low = "".join(c for c in bare if not _MARKS[0] <= c <= _MARKS[1])
    return low[:_LONGEST] if low.isalnum() else "".join(filter(str.isalnum, low))[:_LONGEST]


def folded(text: str) -> str:
    """`spelled`, and ae, oe, ue count as a, o, u: "Müller", "Mueller" and "Muller" are all "muller".

    The beginning of a text folds to the beginning of what the text folds to.
    """
    return _UMLAUT.sub(r"\1", spelled(text))


def digits_of(phone: str) -> str:
    """The digits of a telephone number as somebody says it, without the zeros that are dialed before it: `+49 (0)170 123`,
    `0049 170 123` and `0170 123` become `49170123`, `49170123` and `170123`.
    """
    text = unicodedata.normalize("NFKC", phone).strip()
    if text.startswith(("+", "00")):
        text = _AREA_ZERO.sub("", text)
    return "".join(c for c in text if "0" <= c <= "9").lstrip("0")


def phone_keys(phone: str) -> frozenset[str]:
    """What a number in E.164 is found by: all of it, and as it is dialed within its country."""
    digits = digits_of(phone)
    if not phone.startswith("+"):
        return frozenset({digits} - {""})
    within = digits[_length_of_country(digits) :].lstrip("0")
    return frozenset({digits, within} - {""})


def mail_keys(address: str) -> frozenset[str]:
    """A mail address in small letters; one with a +tag is found without it as well."""
    low = mail_key(address)
    local, at, host = low.rpartition("@")
    return frozenset({low, f"{local.partition('+')[0]}{at}{host}"} - {""})


def mail_key(address: str) -> str:
    return unicodedata.normalize("NFKC", address).strip().lower()[:254]


def _length_of_country(digits: str) -> int:
    """How many digits the country's prefix has; none of them begins with another."""
    return next(
        (length for length in (1, 2, 3) if digits[:length].isdigit() and int(digits[:length]) in _countries()), 0
    )


@cache
def _countries() -> frozenset[int]:
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE  # noqa: PLC0415 - takes long to load, and the start does not need it

    return frozenset(COUNTRY_CODE_TO_REGION_CODE)
