"""What happened to a quote in words, for its buyer."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from commerce_api.domain.quote import commands as c

_EVENTS: Final[Mapping[str, Mapping[type, str]]] = MappingProxyType(
    {
        "en": {
            c.QuoteRequested: "You have asked for a quote.",
            c.QuoteSent: "We have sent you our quote.",
            c.QuoteAccepted: "The quote was accepted.",
            c.QuoteDeclined: "The quote was declined.",
            c.QuoteCountered: "You have asked for something else.",
            c.QuoteWithdrawn: "We have taken the quote back.",
            c.QuotePartlyConverted: "Some of the quote was ordered.",
            c.QuoteConverted: "The quote was ordered.",
        },
        "de": {
            c.QuoteRequested: "Sie haben um ein Angebot gebeten.",
            c.QuoteSent: "Wir haben Ihnen unser Angebot geschickt.",
            c.QuoteAccepted: "Das Angebot wurde angenommen.",
            c.QuoteDeclined: "Das Angebot wurde abgelehnt.",
            c.QuoteCountered: "Sie haben um etwas anderes gebeten.",
            c.QuoteWithdrawn: "Wir haben das Angebot zurückgezogen.",
            c.QuotePartlyConverted: "Ein Teil des Angebots wurde bestellt.",
            c.QuoteConverted: "Das Angebot wurde bestellt.",
        },
    }
)
_TEXTS: Final = {language: {e.__name__: text for e, text in texts.items()} for language, texts in _EVENTS.items()}


def of_event(type_name: str, language: str) -> str | None:
    """None for what only staff see."""
    return _TEXTS.get(language.partition("-")[0], _TEXTS["en"]).get(type_name)
