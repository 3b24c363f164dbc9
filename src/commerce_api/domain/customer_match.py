"""Who may be on the telephone: customers ranked by how much of what the caller says is theirs (S1-17).

Each key that was said has a weight, the rarer the greater; a key that fits as it was said counts whole, one that nearly fits
counts in part. The score is what was reached of what could be, in percent.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from commerce_api.domain.customer_find import NoSearchKey
from commerce_api.domain.customer_keys import CustomerKey, sought
from commerce_api.domain.decision import Refused
from commerce_api.domain.described import DescribedEnum
from commerce_api.domain.folding import mail_keys, spelled
from commerce_api.domain.ids import CustomerId
from commerce_api.domain.intake import Intake
from commerce_api.domain.spelling import distance
from commerce_api.domain.value import value

K = CustomerKey
NAMES: Final = (K.FIRST_NAME, K.LAST_NAME)
MOST_CANDIDATES: Final = 10
LEAST_SCORE: Final = 20
"""Below that it is hardly the caller."""

_WEIGHTS: Final[Mapping[CustomerKey, int]] = {
    K.ORDER_NUMBER: 50,
    K.EMAIL: 50,
    K.LOGON: 50,
    K.PHONE: 45,
    K.LAST_NAME: 20,
    K.POSTAL_CODE: 15,
    K.ACCOUNT: 15,
    K.FIRST_NAME: 10,
    K.COMPANY: 10,
    K.CITY: 5,
}
_OTHER_NAME: Final = {K.FIRST_NAME: K.LAST_NAME, K.LAST_NAME: K.FIRST_NAME}
_SHORTEST_MISHEARD: Final = 4
_FEWEST_DIGITS: Final = 3
_SHORTEST_BEGINNING: Final = 3


class Fit(DescribedEnum):
    """In order: what counts most first."""

    EXACT = "EXACT", "As it was said."
    SWAPPED = "SWAPPED", "The first name is the last one, and the other way round."
    ENDING = "ENDING", "The last digits of a telephone number."
    MISHEARD = "MISHEARD", "But for one letter that is wrong, missing, too many or in its neighbor's place."
    BEGINNING = "BEGINNING", "What was said is the beginning of it."


_PARTS: Final[Mapping[Fit, int]] = {
    Fit.EXACT: 100,
    Fit.SWAPPED: 90,
    Fit.ENDING: 80,
    Fit.MISHEARD: 70,
    Fit.BEGINNING: 50,
}


@value
class Said:
    """What the caller says, in the spelling of the keys; whatever was not said is missing."""

    texts: Mapping[CustomerKey, tuple[str, ...]]

    @property
    def names(self) -> tuple[str, ...]:
        """Those that are long enough to be misheard."""
        return tuple(text for name in NAMES for text in self.texts.get(name, ()) if misheard(text, text))

    def heard_as(self, alike: Mapping[str, Sequence[str]]) -> Mapping[CustomerKey, tuple[str, ...]]:
        """With the names that may have been meant."""
        return {
            key: tuple(one for text in texts for one in (text, *alike.get(text, ()))) if key in NAMES else texts
            for key, texts in self.texts.items()
        }


@value
class MatchedKey:
    key: CustomerKey
    fit: Fit


@value
class Candidate:
    """`score` of 100."""

    customer_id: CustomerId
    score: int
    matched: tuple[MatchedKey, ...]


def misheard(said: str, name: str) -> bool:
    """Whether one letter at most is wrong; short names are too easily somebody else's."""
    return len(said) >= _SHORTEST_MISHEARD and abs(len(said) - len(name)) <= 1 and distance(said, name) <= 1


def rarest_first(keys: Iterable[CustomerKey]) -> list[CustomerKey]:
    return sorted(keys, key=lambda key: -_WEIGHTS[key])


def said(given: Mapping[CustomerKey, str], intake: Intake) -> Said | Refused:
    """One text for each key; an address with a +tag is looked for without it too."""
    texts = {key: _spellings(key, text) for key, text in given.items()}
    texts = {key: spelled for key, spelled in texts.items() if spelled}
    if not texts:
        intake.add(NoSearchKey())
        return intake.refused()
    return Said(texts=texts)


def _spellings(key: CustomerKey, text: str) -> tuple[str, ...]:
    if key is K.EMAIL:
        return tuple(sorted(mail_keys(text)))
    own = sought(key, text)
    if key is K.PHONE and len(own) < _FEWEST_DIGITS:
        own = spelled(text) if own else ""  # last digits may begin with zeros
    return (own,) if own else ()


def ranked(said: Said, candidates: Mapping[CustomerId, Iterable[tuple[str, str]]]) -> list[Candidate]:
    """The best first, of equals the newest; with all keys of each candidate."""
    found = [_judged(said, customer_id, keys) for customer_id, keys in candidates.items()]
    likely = [one for one in found if one.score >= LEAST_SCORE]
    return sorted(likely, key=lambda one: (-one.score, -one.customer_id.int))[:MOST_CANDIDATES]


def _judged(said: Said, customer_id: CustomerId, keys: Iterable[tuple[str, str]]) -> Candidate:
    own: dict[str, set[str]] = {}
    for kind, text in keys:
        own.setdefault(kind, set()).add(text)
    fits = {key: _fit(key, texts, own) for key, texts in said.texts.items()}
    possible = sum(_WEIGHTS[key] for key in fits)
    reached = sum(_WEIGHTS[key] * _PARTS[fit] for key, fit in fits.items() if fit)
    matched = tuple(MatchedKey(key=key, fit=fit) for key, fit in fits.items() if fit)
    return Candidate(customer_id=customer_id, score=reached // possible, matched=matched)


def _fit(key: CustomerKey, texts: Sequence[str], own: Mapping[str, set[str]]) -> Fit | None:
    fits = [_fit_of(key, text, own) for text in texts]
    return min((fit for fit in fits if fit), key=list(Fit).index, default=None)


def _fit_of(key: CustomerKey, text: str, own: Mapping[str, set[str]]) -> Fit | None:
    mine = own.get(key, set())
    other = own.get(_OTHER_NAME[key], set()) if key in _OTHER_NAME else set[str]()
    if text in mine:
        return Fit.EXACT
    if text in other:
        return Fit.SWAPPED
    if key is K.PHONE:
        ends = len(text) >= _FEWEST_DIGITS and any(number.endswith(text) for number in mine)
        return Fit.ENDING if ends else None
    if key in _OTHER_NAME and any(misheard(text, name) for name in mine | other):
        return Fit.MISHEARD
    begins = len(text) >= _SHORTEST_BEGINNING and any(whole.startswith(text) for whole in mine)
    return Fit.BEGINNING if begins else None
