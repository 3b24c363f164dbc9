"""Answers about public things, as they are kept (`persistence.cache`) for those who do not say who they are."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeAlias

from commerce_api.domain.search_tally import Searched
from commerce_api.domain.value import value
from commerce_api.web import headers
from commerce_api.web.headers import Header

LONGEST_QUESTION: Final = 20_000
_OVERHEAD: Final = 1_500

Key: TypeAlias = tuple[Any, ...]

_NAMING: Final = frozenset(name.lower().encode() for name in headers.NAMING)
_CHOOSING: Final = frozenset(name.lower().encode() for name in (*headers.CHOOSING, "Accept"))


@value
class Kept:
    """An answer as it goes out, but for what is about one request."""

    headers: Sequence[Header]
    body: bytes
    cost: int
    operation: str | None
    tag: str | None
    searches: Sequence[tuple[Searched, bool]]

    def size(self, key: Key) -> int:
        """Bytes that both take."""
        return _OVERHEAD + len(self.body) + len(key[0])


def key_of(content: bytes, given: Iterable[Header], *about: Any) -> Key | None:
    """What decides the answer to somebody who is nobody in particular; None for all others."""
    if len(content) > LONGEST_QUESTION:
        return None
    chosen: list[bytes] = []
    for name, text in given:
        if name in _CHOOSING:
            if name in _NAMING:
                return None
            chosen += name, text
    return (content, *about, *chosen)
