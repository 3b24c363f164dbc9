"""What people read of errors, in the language of the request: `messages/<language>.toml` by the English text."""

import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from commerce_api.domain.decision import Finding

_LANGUAGES: Final = ("de",)
"""Beside English, which the rules themselves are written in."""


def said(finding: Finding, language: str) -> str:
    return finding.said(words_in(language))


def words_in(language: str) -> Callable[[str], str]:
    """Puts a text into a language, as far as it is known there."""
    known = language.partition("-")[0].lower()
    texts = _texts(known) if known in _LANGUAGES else {}
    return lambda text: texts.get(text, text)


@cache
def _texts(language: str) -> Mapping[str, str]:
    catalog: dict[str, dict[str, str]] = tomllib.loads(
        (files("commerce_api.schema") / "messages" / f"{language}.toml").read_text("utf-8")
    )
    return {english: text for section in catalog.values() for english, text in section.items()}
