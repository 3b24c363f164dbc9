"""What a rule can answer: events, or the reasons why not.

Finding ─┬─ Refusal ── Caution   nothing happens; a caution may be acknowledged and overruled
         └─ Notice               it happened, and the caller should know this
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from inspect import getdoc
from typing import ClassVar, Generic, TypeAlias, TypeVar

from commerce_api.domain.value import value

Path: TypeAlias = tuple[str, ...]
E = TypeVar("E")
T = TypeVar("T")


@value
class Finding:
    """Each subclass is one rule: its name is the code, its docstring the message people read.

    `{names}` in the docstring are filled from the fields. `path` leads to the cause in the input, as clients spell it:
    `("lines", "0", "quantity")`. Codes of `staff_only` findings are left out of the shop contract.
    """

    path: Path = ()
    staff_only: ClassVar[bool] = False

    @classmethod
    def code(cls) -> str:
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cls.__name__).upper()

    @property
    def template(self) -> str:
        return " ".join((getdoc(type(self)) or "").split())

    @property
    def facts(self) -> Mapping[str, object]:
        """What fills the template."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @property
    def message(self) -> str:
        return self.said(lambda text: text)

    def said(self, translated: Callable[[str], str]) -> str:
        """The message with its template, and what fills it as far as that is words, in another language."""
        facts = {name: _spelled(fact, translated) for name, fact in self.facts.items()}
        template = translated(self.template)
        return template.format_map(facts) if facts else template


def _spelled(fact: object, translated: Callable[[str], str]) -> object:
    if isinstance(fact, datetime):
        return f"{fact:%Y-%m-%d %H:%M} UTC"
    return translated(fact) if isinstance(fact, str) else fact


@value
class Refusal(Finding):
    """A rule said no."""


@value
class Caution(Refusal):
    """A rule said no unless its code is acknowledged (K4)."""


@value
class CautionsOverruled:
    """An event: it was done although these codes spoke against it, by the one whom the log names."""

    codes: tuple[str, ...]


@value
class Notice(Finding):
    """Done, and something about it is worth telling."""


@value
class NotFound(Refusal):
    """Nothing with this id is visible to you."""


@value
class InvalidValue(Refusal):
    """This value cannot be used; the message says why."""

    problem: str
    words: tuple[tuple[str, object], ...] = ()

    @property
    def template(self) -> str:
        return self.problem

    @property
    def facts(self) -> Mapping[str, object]:
        return dict(self.words)


@value
class TooMany(Refusal):
    """There are {most} already, as many as there may be."""

    staff_only: ClassVar[bool] = True
    most: int


@value
class CodeTaken(Refusal):
    """The code {taken} is taken; choose another."""

    staff_only: ClassVar[bool] = True

    taken: str


@value
class StaleRevision(Refusal):
    """Somebody changed this in the meantime: it is at revision {current_revision} now. Load it again and repeat."""

    current_revision: int


@value
class Refused:
    """Nothing happened, for all of these reasons."""

    reasons: tuple[Refusal, ...]


@value
class Done(Generic[T]):
    """It happened; `notices` accompany the result, and so does what was `known` of it, for whoever goes on from there."""

    result: T
    notices: tuple[Notice, ...] = ()
    known: object = None


Decision: TypeAlias = list[E] | Refused


def refuse(*reasons: Refusal) -> Refused:
    return Refused(reasons=reasons)


def unheeded(cautions: Sequence[Caution], acknowledged: Collection[str]) -> Refused | None:
    """What the caller has to acknowledge before it is done (K4)."""
    left = tuple(caution for caution in cautions if caution.code() not in acknowledged)
    return Refused(reasons=left) if left else None


def overruled(cautions: Sequence[Caution]) -> list[CautionsOverruled]:
    """To be recorded beside what was done in spite of them."""
    return [CautionsOverruled(codes=tuple(caution.code() for caution in cautions))] if cautions else []


def check_revision(current: int, expected: int | None) -> Refused | None:
    """Compare with the revision that the caller has seen (K6); None given means do not compare."""
    if expected is None or expected == current:
        return None
    return refuse(StaleRevision(path=("expectedRevision",), current_revision=current))
