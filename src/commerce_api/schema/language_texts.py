"""Texts that staff write in several languages."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import strawberry

from commerce_api.domain.intake import Intake
from commerce_api.domain.permissions import Permission
from commerce_api.schema.permissions import requires
from commerce_api.schema.scalars import LanguageCode

MOST_LANGUAGES: Final = 50
_STAFF: Any = [requires(Permission.STAFF_DESK)]


@strawberry.type(description="A text in one language.", directives=_STAFF)
class LanguageText:
    language: LanguageCode = strawberry.field(description="Which.")
    text: str = strawberry.field(description="What it says.")


@strawberry.input(description="A text in one language.")
class LanguageTextInput:
    language: LanguageCode = strawberry.field(description="Which.")
    text: str = strawberry.field(description="What it says.")


def texts_of(texts: Mapping[str, str]) -> list[LanguageText]:
    return [LanguageText(language=LanguageCode(language), text=text) for language, text in sorted(texts.items())]


def by_language(
    intake: Intake, given: Sequence[LanguageTextInput], *path: Any, least: int = 1, most: int = 200
) -> dict[str, str]:
    """`least` languages, and at most so many characters in each."""
    if not least <= len(given) <= MOST_LANGUAGES:
        intake.invalid(f"Between {least} and {MOST_LANGUAGES}, please.", *path)
    if len({each.language for each in given}) < len(given):
        intake.invalid("Each language once, please.", *path)
    return {
        str(each.language): intake.text(each.text, *path, number, "text", most=most, required=True)
        for number, each in enumerate(given[:MOST_LANGUAGES])
    }
