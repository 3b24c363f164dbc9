"""What is asked for when customers are looked for: every key that was given has to fit (S1-16)."""

from collections.abc import Iterable
from typing import ClassVar, Final

from commerce_api.domain.customer_keys import (
    BOTH_NAMES,
    CustomerKey,
    both_names,
    parts_sought,
    sought,
)
from commerce_api.domain.decision import Refusal, Refused
from commerce_api.domain.folding import spelled
from commerce_api.domain.intake import Intake
from commerce_api.domain.text_match import TextMatch
from commerce_api.domain.value import value

_RANK: Final = (
    *(CustomerKey.LOGON, CustomerKey.EMAIL, CustomerKey.PHONE, CustomerKey.ORDER_NUMBER, BOTH_NAMES),
    *(CustomerKey.POSTAL_CODE, CustomerKey.ACCOUNT, CustomerKey.LAST_NAME, CustomerKey.COMPANY),
    *(CustomerKey.FIRST_NAME, CustomerKey.CITY),
)
_MODES: Final = tuple(TextMatch)
_NAMES: Final = (CustomerKey.FIRST_NAME, CustomerKey.LAST_NAME)


@value
class Sought:
    """One key. `texts` are in the spelling of the keys: one, or several spellings of a part of which one has to be contained."""

    kind: str
    mode: TextMatch
    texts: tuple[str, ...]


@value
class CustomerFind:
    """`wanted` begins with what fits fewest. `swapped` are the same names the other way round, if that is another question.
    `keys` is what was asked for, to be told of.
    """

    wanted: tuple[Sought, ...]
    swapped: tuple[Sought, ...] | None
    keys: tuple[CustomerKey, ...]

    @property
    def ways(self) -> tuple[tuple[Sought, ...], ...]:
        return (self.wanted,) if self.swapped is None else (self.wanted, self.swapped)


@value
class Asked:
    """One key as it was given."""

    key: CustomerKey
    text: str
    mode: TextMatch


@value
class NoSearchKey(Refusal):
    """Give at least one key to look for."""

    staff_only: ClassVar[bool] = True


def find(asked: Iterable[Asked], intake: Intake) -> CustomerFind | Refused:
    given = {one.key: one for one in asked}
    if not given:
        intake.add(NoSearchKey())
    wanted = {key: _sought(one, intake) for key, one in given.items()}
    if intake.problems:
        return intake.refused()
    keys = tuple(given)
    names = tuple(given[name] for name in _NAMES if name in given)
    if len(names) < len(_NAMES):
        return CustomerFind(wanted=_ranked(wanted.values()), swapped=None, keys=keys)
    others = [one for key, one in wanted.items() if key not in _NAMES]
    if all(name.mode is TextMatch.EXACT for name in names):
        both = Sought(kind=BOTH_NAMES, mode=TextMatch.EXACT, texts=(both_names(*(name.text for name in names)),))
        return CustomerFind(wanted=_ranked([both, *others]), swapped=None, keys=keys)
    first, last = (wanted[name] for name in _NAMES)
    swapped = [
        Sought(kind=CustomerKey.LAST_NAME, mode=first.mode, texts=first.texts),
        Sought(kind=CustomerKey.FIRST_NAME, mode=last.mode, texts=last.texts),
    ]
    return CustomerFind(wanted=_ranked([first, last, *others]), swapped=_ranked([*swapped, *others]), keys=keys)


def _sought(asked: Asked, intake: Intake) -> Sought:
    text = sought(asked.key, asked.text)
    parts: tuple[str, ...] = (text,)
    if asked.mode is TextMatch.CONTAINS:
        parts = tuple(sorted(part for part in parts_sought(asked.key, asked.text) if len(part) >= asked.mode.least))
    problem = _problem(asked, text, parts)
    if problem:
        intake.invalid(problem, "find", _path(asked.key), "text", least=asked.mode.least)
    return Sought(kind=asked.key, mode=asked.mode, texts=parts)


def _problem(asked: Asked, text: str, parts: tuple[str, ...]) -> str | None:
    if asked.mode is TextMatch.CONTAINS and asked.key is CustomerKey.ORDER_NUMBER:
        return "An order is found by its whole number or by how it begins."
    enough = len(text) >= asked.mode.least or len(spelled(asked.text)) >= asked.mode.least
    return None if text and parts and enough else asked.mode.too_short


def _path(key: CustomerKey) -> str:
    first, *rest = key.lower().split("_")
    return first + "".join(word.title() for word in rest)


def _ranked(wanted: Iterable[Sought]) -> tuple[Sought, ...]:
    return tuple(sorted(wanted, key=lambda one: (_MODES.index(one.mode), _RANK.index(one.kind))))
