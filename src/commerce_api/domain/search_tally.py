"""What shoppers search for, counted without a trace of who they are."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final

from commerce_api.domain.ids import ChannelId
from commerce_api.domain.spelling import words_of
from commerce_api.domain.value import value

EVERY: Final = timedelta(seconds=5)
"""So long counts are gathered before they are written."""
MOST_TERMS: Final = 1000
"""So many different ones are gathered; more in so short a time are made up."""
_MOST_DIGITS: Final = 6
"""More in a search may be a telephone number, an order or a card."""


@value
class Searched:
    channel_id: ChannelId
    day: date
    language: str
    term: str


def countable(search: str) -> str | None:
    """The words as they are counted; None if there are none, or if they may say who somebody is."""
    if "@" in search or sum(letter.isdigit() for letter in search) > _MOST_DIGITS:
        return None
    return " ".join(words_of(search)) or None


class SearchTally:
    """Counts of one process since they were taken last."""

    def __init__(self) -> None:
        self._searches: Counter[Searched] = Counter()
        self._without_hit: Counter[Searched] = Counter()
        self._since: datetime | None = None

    def note(self, searched: Searched, *, hit: bool, at: datetime) -> None:
        self._since = self._since or at
        if searched in self._searches or len(self._searches) < MOST_TERMS:
            self._searches[searched] += 1
            self._without_hit[searched] += not hit

    def due(self, at: datetime) -> bool:
        return self._since is not None and at - self._since >= EVERY

    def take(self) -> Mapping[Searched, tuple[int, int]]:
        """Each with how often it was searched for and how often in vain; counting begins anew."""
        taken = {searched: (count, self._without_hit[searched]) for searched, count in self._searches.items()}
        self._searches.clear()
        self._without_hit.clear()
        self._since = None
        return taken
