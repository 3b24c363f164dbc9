"""Which media type an answer has (RFC 9110, and GraphQL over HTTP)."""

from functools import lru_cache
from typing import Final

GRAPHQL: Final = "application/graphql-response+json"
JSON: Final = "application/json"
HTML: Final = "text/html"

LONGEST_KEPT: Final = 200
"""Headers up to this length are understood once; the same few come all the time."""


def _ranges(accept: str) -> list[tuple[str, float]]:
    found = []
    for part in accept.lower().split(",")[:50]:
        media, *parameters = (piece.strip() for piece in part.split(";"))
        quality = next((text[2:] for text in parameters if text.startswith("q=")), "1")
        found.append((media, _quality(quality)))
    return found


def _quality(text: str) -> float:
    try:
        return min(max(float(text), 0.0), 1.0)
    except ValueError:
        return 0.0


def chosen(accept: str | None, offers: tuple[str, ...]) -> str | None:
    """The offer that the client likes best; the first offered among equals. None if it takes none of them.

    Named types come before ranges such as `*/*`, which take the last offer: plain JSON, as the specification asks.
    """
    if not accept:
        return JSON
    return _best(accept, offers) if len(accept) > LONGEST_KEPT else _kept_best(accept, offers)


def _best(accept: str, offers: tuple[str, ...]) -> str | None:
    if not accept.strip():
        return JSON
    best: tuple[float, int, int] = (0.0, 0, 0)
    answer = None
    for media, quality in _ranges(accept):
        for position, offer in enumerate(offers):
            if media == offer:
                rank = (quality, 2, -position)
            elif media in ("*/*", offer.split("/")[0] + "/*") and offer == JSON:
                rank = (quality, 1, 0)
            else:
                continue
            if quality > 0 and rank > best:
                best, answer = rank, offer
    return answer


_kept_best: Final = lru_cache(maxsize=1_000)(_best)
