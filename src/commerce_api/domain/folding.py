"""One spelling for what people write in many ways: names, towns, mail addresses. Both what is found and what is looked for go
through here, so that they meet (D42).
"""

import re
import unicodedata
from typing import Final

_LETTERS: Final = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "oe", "å": "a", "ł": "l", "đ": "d", "\u0131": "i"}
)
_MARKS: Final = ("\u0300", "\u036f")
_LONGEST: Final = 100
_UMLAUT: Final = re.compile("([aou])e")


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


def mail_keys(address: str) -> frozenset[str]:
    """A mail address in small letters; one with a +tag is found without it as well."""
    low = mail_key(address)
    local, at, host = low.rpartition("@")
    return frozenset({low, f"{local.partition('+')[0]}{at}{host}"} - {""})


def mail_key(address: str) -> str:
    return unicodedata.normalize("NFKC", address).strip().lower()[:254]
