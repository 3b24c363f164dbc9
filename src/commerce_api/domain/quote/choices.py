"""What buyers choose of a quote (Q10): one of several lines, or any of some. An add-on goes with the line that it is added on to.

What a quote comes to is told of what is chosen unless somebody says otherwise: the first of each that is one of several, and
nothing that may be left out.
"""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import ClassVar, TypeAlias
from uuid import UUID

from commerce_api.domain.cart import Cart, CartEvent, LineNotFound, RemoveLines, evolved
from commerce_api.domain.cart.lines import removed
from commerce_api.domain.decision import Path, Refusal
from commerce_api.domain.described import DescribedEnum
from commerce_api.domain.ids import CartLineId
from commerce_api.domain.priced_cart import PricedCart
from commerce_api.domain.totals import LineTotal
from commerce_api.domain.value import replace, value


class ChoiceKind(DescribedEnum):
    ONE_OF = "ONE_OF", "Exactly one of the lines; the first unless another one is chosen."
    ANY_OF = "ANY_OF", "Any of the lines, or none; none unless they are chosen."


@value
class Choice:
    """`name` is what buyers read above it."""

    kind: ChoiceKind
    name: str = ""
    line_ids: tuple[CartLineId, ...]


Choices: TypeAlias = tuple[Choice, ...]
Chosen: TypeAlias = frozenset[CartLineId]
Weighed: TypeAlias = tuple[Fraction, frozenset[UUID]]
"""A percentage that a limit allows, and the lines that it is about."""


@value
class ChoiceTooSmall(Refusal):
    """A choice is between two lines at least; what may be left out is one line at least."""

    staff_only: ClassVar[bool] = True


@value
class LineInTwoChoices(Refusal):
    """A line can be chosen in one place only."""

    staff_only: ClassVar[bool] = True


@value
class AddOnNotChosen(Refusal):
    """An add-on goes with its line; it cannot be chosen by itself."""

    staff_only: ClassVar[bool] = True


@value
class NotToBeChosen(Refusal):
    """This is nothing that you can choose in this quote."""


@value
class ChooseOne(Refusal):
    """Choose exactly one of “{name}”, please."""

    name: str
    line_ids: tuple[CartLineId, ...]


def against_choices(choices: Choices, cart: Cart, *path: str) -> Iterator[Refusal]:
    """What stands against offering these lines so."""
    seen: set[CartLineId] = set()
    for number, choice in enumerate(choices):
        here = (*path, str(number), "lineIds")
        if len(choice.line_ids) < (2 if choice.kind is ChoiceKind.ONE_OF else 1):
            yield ChoiceTooSmall(path=here)
        for place, line_id in enumerate(choice.line_ids):
            yield from _against_line(cart, line_id, seen, (*here, str(place)))
            seen.add(line_id)


def _against_line(cart: Cart, line_id: CartLineId, seen: set[CartLineId], path: Path) -> Iterator[Refusal]:
    line = cart.line(line_id)
    if line is None:
        yield LineNotFound(path=path)
    elif line.parent_id is not None:
        yield AddOnNotChosen(path=path)
    elif line_id in seen:
        yield LineInTwoChoices(path=path)


def against_chosen(choices: Choices, chosen: Sequence[CartLineId], *path: str) -> Iterator[Refusal]:
    """What stands against choosing these lines."""
    offered = {line_id for choice in choices for line_id in choice.line_ids}
    for place, line_id in enumerate(chosen):
        if line_id not in offered:
            yield NotToBeChosen(path=(*path, str(place)))
    for choice in choices:
        if choice.kind is ChoiceKind.ONE_OF and len(set(chosen) & set(choice.line_ids)) != 1:
            yield ChooseOne(path=path, name=choice.name, line_ids=choice.line_ids)


def still_there(choices: Choices, cart: Cart) -> Choices:
    """Those between lines that there are. Where one is left of several, there is nothing to choose."""
    left = ((choice, tuple(id_ for id_ in choice.line_ids if cart.line(id_))) for choice in choices)
    return tuple(
        Choice(kind=choice.kind, name=choice.name, line_ids=line_ids)
        for choice, line_ids in left
        if len(line_ids) > (1 if choice.kind is ChoiceKind.ONE_OF else 0)
    )


def between_copies(choices: Choices, cart: Cart, copy: Cart) -> Choices:
    """The same choices between the lines of a copy."""
    ids = {before.id: after.id for before, after in zip(cart.lines, copy.lines, strict=True)}
    return tuple(
        replace(choice, line_ids=tuple(ids[line_id] for line_id in choice.line_ids))
        for choice in still_there(choices, cart)
    )


def first_of_each(choices: Choices) -> Chosen:
    return frozenset(choice.line_ids[0] for choice in choices if choice.kind is ChoiceKind.ONE_OF)


def with_all_options(choices: Choices) -> Chosen:
    optional = (line_id for choice in choices if choice.kind is ChoiceKind.ANY_OF for line_id in choice.line_ids)
    return first_of_each(choices).union(optional)


def with_line(choices: Choices, line_id: CartLineId) -> Chosen:
    """This line besides what is chosen anyway, or instead of it."""
    others = {id_ for c in choices if c.kind is ChoiceKind.ONE_OF and line_id in c.line_ids for id_ in c.line_ids}
    return (first_of_each(choices) - others) | {line_id}


def taken(cart: Cart, choices: Choices, chosen: Iterable[CartLineId]) -> Cart:
    """What is bought if these lines are chosen."""
    return evolved(cart, leaving(cart, choices, chosen))


def leaving(cart: Cart, choices: Choices, chosen: Iterable[CartLineId]) -> Sequence[CartEvent]:
    left = {line_id for choice in choices for line_id in choice.line_ids}.difference(chosen)
    return removed(cart, RemoveLines(line_ids=tuple(sorted(left))))


def extremes(choices: Choices, everything: PricedCart, weighed: Iterable[Weighed]) -> set[Chosen]:
    """What is chosen by whoever wants most of what staff let go: for each percentage the lines that cost so much less, and the
    cheapest of all. Whoever may let these go may let anything go that can be chosen.
    """
    every = frozenset(total.id for total in everything.totals.lines)
    cheapest: _Gains = {id_: -_offered(everything, id_, every) for choice in choices for id_ in choice.line_ids}
    weights = [cheapest, *(_gains(everything, cheapest, each) for each in {(Fraction(0), every), *weighed})]
    best = {frozenset(line_id for choice in choices for line_id in _best(choice, gains)) for gains in weights}
    return {first_of_each(choices), with_all_options(choices), *best}


def _best(choice: Choice, gains: "_Gains") -> Iterable[CartLineId]:
    if choice.kind is ChoiceKind.ONE_OF:
        return (max(choice.line_ids, key=lambda id_: gains[id_]),)
    return (id_ for id_ in choice.line_ids if gains[id_] > 0)


_Gains: TypeAlias = dict[CartLineId, Fraction | int]


def _gains(everything: PricedCart, line_ids: Iterable[CartLineId], weighed: Weighed) -> _Gains:
    """By how much the lines are cheaper than a percentage of what is asked."""
    gains: _Gains = {}
    percent, among = weighed
    for line_id in line_ids:
        asked = sum(t.original_unit_price * t.quantity for t in _totals(everything, line_id, among))
        gains[line_id] = asked - _offered(everything, line_id, among) - asked * percent / 100
    return gains


def family(cart: Cart, line_id: CartLineId) -> frozenset[CartLineId]:
    """A line and what was added on to it."""
    added_on = (family(cart, line.id) for line in cart.lines if line.parent_id == line_id)
    return frozenset({line_id}).union(*added_on)


def _totals(priced: PricedCart, line_id: CartLineId, among: frozenset[UUID]) -> list[LineTotal]:
    ids = family(priced.cart, line_id) & among
    return [total for total in priced.totals.lines if total.id in ids]


def _offered(everything: PricedCart, line_id: CartLineId, among: frozenset[UUID]) -> int:
    """What is asked for a line and its add-ons. Amounts off the whole are off whatever is chosen."""
    percents = {adjustment.id for adjustment in everything.cart.adjustments if adjustment.percent is not None}
    return sum(
        total.subtotal - sum(d.amount for d in total.discounts if d.adjustment_id in {None, *percents})
        for total in _totals(everything, line_id, among)
    )
