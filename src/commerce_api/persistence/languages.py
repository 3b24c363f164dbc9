"""Which languages PostgreSQL knows the word forms of."""

from typing import Final

CONFIGURATIONS: Final = {
    "ar": "arabic",
    "ca": "catalan",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "et": "estonian",
    "fi": "finnish",
    "fr": "french",
    "hi": "hindi",
    "hu": "hungarian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "tr": "turkish",
}
"""Languages that PostgreSQL can stem; words of all others are taken as they are."""


def configuration_of(language: str) -> str:
    return CONFIGURATIONS.get(language.partition("-")[0], "simple")


_COMPOUNDING: Final = {"da", "de", "fi", "hu", "nl", "no", "sv"}


def makes_compounds(language: str) -> bool:
    """Whether a blanket for picnics is one word that ends with "blanket"."""
    return language.partition("-")[0] in _COMPOUNDING
