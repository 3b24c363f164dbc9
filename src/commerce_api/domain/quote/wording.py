"""What happened to a quote in words, for its buyer."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from commerce_api.domain.quote import events as e

_EVENTS: Final[Mapping[str, Mapping[type, str]]] = MappingProxyType(
    {
        "en": {
            e.QuoteRequested: "You have asked for a quote.",
            e.QuoteSent: "We have sent you our quote.",
            e.QuoteAccepted: "The quote was accepted.",
            e.QuoteDeclined: "The quote was declined.",
            e.QuoteCountered: "You have asked for something else.",
            e.QuoteWithdrawn: "We have taken the quote back.",
            e.QuotePartlyConverted: "Some of the quote was ordered.",
            e.QuoteConverted: "The quote was ordered.",
        },
        "de": {
            e.QuoteRequested: "Sie haben um ein Angebot gebeten.",
            e.QuoteSent: "Wir haben Ihnen unser Angebot geschickt.",
            e.QuoteAccepted: "Das Angebot wurde angenommen.",
            e.QuoteDeclined: "Das Angebot wurde abgelehnt.",
            e.QuoteCountered: "Sie haben um etwas anderes gebeten.",
            e.QuoteWithdrawn: "Wir haben das Angebot zurückgezogen.",
            e.QuotePartlyConverted: "Ein Teil des Angebots wurde bestellt.",
            e.QuoteConverted: "Das Angebot wurde bestellt.",
        },
    }
)
_TEXTS: Final = {
    language: {event.__name__: text for event, text in texts.items()} for language, texts in _EVENTS.items()
}


def of_event(type_name: str, language: str) -> str | None:
    """None for what only staff see."""
    return _TEXTS.get(language.partition("-")[0], _TEXTS["en"]).get(type_name)
