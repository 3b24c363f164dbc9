"""Texts that are looked for."""

import strawberry

from commerce_api.domain.intake import Intake
from commerce_api.domain.text_match import TextMatch

MOST_LETTERS = 100
_TextMatch = strawberry.enum(TextMatch, name="TextMatch", description="How a text has to fit what is looked through.")


@strawberry.input(description="A text to look for. Capitals, accents and signs do not matter.")
class TextMatchInput:
    text: str = strawberry.field(description="What is looked for.")
    match: TextMatch = strawberry.field(
        default=TextMatch.STARTS_WITH,
        description="How it has to fit. It takes two letters to find what begins with them, three to find what contains them.",
    )


def note_too_short(intake: Intake, plain: str, match: TextMatch, *path: object) -> None:
    """Of `plain`, what counts of a text that was typed."""
    if len(plain) < match.least:
        intake.invalid(match.too_short, *path, "text", least=match.least)
