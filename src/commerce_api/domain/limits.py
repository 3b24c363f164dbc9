"""How far somebody may go below what is asked: limits are part of a grant (C.7).

Several roles may each bring a limit; what one of them allows is allowed. No limit at all means as far as one likes.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import combinations_with_replacement
from typing import Final, TypeAlias
from uuid import UUID

from commerce_api.domain.described import DescribedEnum
from commerce_api.domain.ids import CategoryId, ChannelId
from commerce_api.domain.permissions import Permission
from commerce_api.domain.value import value

LIMITED: Final = frozenset(
    {
        Permission.APPROVE_QUOTES,
        Permission.AUTHOR_QUOTES,
        Permission.DEDUCT_AMOUNTS,
        Permission.OVERRIDE_CHARGES,
        Permission.OVERRIDE_PRICES,
    }
)
"""Permissions whose grant may have a limit. That of quotes is on their discount."""
BY_REASON: Final = frozenset({Permission.DEDUCT_AMOUNTS, Permission.OVERRIDE_CHARGES, Permission.OVERRIDE_PRICES})
"""Those that are used for a reason; quotes as a whole have none."""
BY_CATEGORY: Final = LIMITED - {Permission.OVERRIDE_CHARGES}
"""Those that are about products, which charges are not."""

Lineage: TypeAlias = tuple[CategoryId, ...]
"""A category after those above it, from the top."""
Tree: TypeAlias = Mapping[CategoryId, Lineage]


class Floor(DescribedEnum):
    """What a price may not go below, however large the limit."""

    NONE = "NONE", "Nothing holds it up."
    COST = "COST", "What the goods cost the shop, where that is known."
    LOWEST_PRICE = "LOWEST_PRICE", "The lowest price that the price list tells beside theirs, where it tells one."
    COST_AND_LOWEST_PRICE = "COST_AND_LOWEST_PRICE", "Both, each where it is known."


_HELD: Final[Mapping[Floor, frozenset[Floor]]] = {
    Floor.NONE: frozenset(),
    Floor.COST: frozenset({Floor.COST}),
    Floor.LOWEST_PRICE: frozenset({Floor.LOWEST_PRICE}),
    Floor.COST_AND_LOWEST_PRICE: frozenset({Floor.COST, Floor.LOWEST_PRICE}),
}
"""What each floor is made of."""


@value
class Limit:
    """`percent` 10 is ten per cent of what is asked; `amounts` are minor units by currency. Where both are given, both
    hold; in a currency that has neither, nothing is allowed. A limit of nothing but a floor holds by that alone.

    `exceptions` take the place of all that, whether they allow more or less. Of those that fit, the narrowest hold: what names
    a category goes before what names one above it or none, what names the reason before what does not. If several are left, as
    for a product in two categories, or with one for the reason and one for the category, all of them hold: the strictest
    decides.
    """

    percent: Decimal | None = None
    amounts: tuple[tuple[str, int], ...] = ()
    floor: Floor = Floor.NONE
    exceptions: tuple["LimitException", ...] = ()

    @property
    def by_amount(self) -> Mapping[str, int]:
        return dict(self.amounts)


@value
class LimitException:
    """`limit`, which has no exceptions of its own, holds for a reason, for a category and what is below it, or for both."""

    reason: str | None = None
    category_id: CategoryId | None = None
    limit: Limit


Limits: TypeAlias = Mapping[Permission, Limit]


@value
class Bound:
    """A permission that is held with a limit, or without one, everywhere (`channel_id` None) or in one channel."""

    permission: Permission
    channel_id: ChannelId | None
    limit: Limit | None


@value
class Lowering:
    """`new` is asked instead of `original`, for a `reason`. `cost` is what it costs the shop, and `lowest` the least that is to
    be asked for it, as far as there are such.
    """

    original: int
    new: int | Fraction
    reason: str = ""
    line_id: UUID | None = None
    categories: tuple[Lineage, ...] = ()
    cost: int | None = None
    lowest: int | None = None


def bounds_in(bounds: Iterable[Bound], permission: Permission, channel_id: ChannelId | None) -> tuple[Limit, ...]:
    """The limits of a permission in a channel, or everywhere: each allows by itself. None at all is no limit."""
    found = [b.limit for b in bounds if b.permission is permission and b.channel_id in {None, channel_id}]
    return () if None in found else tuple(limit for limit in found if limit is not None)


def beyond(limits: Sequence[Limit], currency: str, lowerings: Sequence[Lowering]) -> bool:
    """Whether these together go further down than every one of the limits allows."""
    return bool(limits) and all(_exceeded(limit, currency, lowerings) for limit in limits)


def _exceeded(limit: Limit, currency: str, lowerings: Sequence[Lowering]) -> bool:
    return any(_too_low(held, currency, part) for held, part in parts(limit, lowerings))


def parts(limit: Limit, lowerings: Iterable[Lowering]) -> Iterator[tuple[Limit, Sequence[Lowering]]]:
    """What the limit, or an exception of it, holds for: that is judged together."""
    found: defaultdict[LimitException | None, list[Lowering]] = defaultdict(list)
    for lowering in lowerings:
        for exception in _holding(limit, lowering.reason, lowering.categories) or (None,):
            found[exception].append(lowering)
    return ((exception.limit if exception else limit, part) for exception, part in found.items())


def _holding(limit: Limit, reason: str, categories: Iterable[Lineage]) -> tuple[LimitException, ...]:
    """The narrowest exceptions of each category that something is in; none at all leaves the limit itself."""
    held = {each for lineage in categories or ((),) for each in _narrowest(limit.exceptions, reason, lineage)}
    return tuple(each for each in limit.exceptions if each in held)


def _narrowest(exceptions: Iterable[LimitException], reason: str, lineage: Lineage) -> Iterator[LimitException]:
    depths = {category_id: depth for depth, category_id in enumerate(lineage)}
    fitting = {
        each: (each.reason is not None, -1 if each.category_id is None else depths[each.category_id])
        for each in exceptions
        if each.reason in {None, reason} and (each.category_id is None or each.category_id in depths)
    }
    for each, (named, depth) in fitting.items():
        if not any(other is not each and n >= named and d >= depth for other, (n, d) in fitting.items()):
            yield each


def _too_low(limit: Limit, currency: str, part: Sequence[Lowering]) -> bool:
    original, new = sum(each.original for each in part), sum(each.new for each in part)
    less = original - new
    if less <= 0:
        return False
    if any(_BELOW[floor](part) for floor in _HELD[limit.floor]):
        return True
    most = limit.by_amount.get(currency)
    if limit.percent is None and most is None:
        return bool(limit.amounts)
    of_percent = limit.percent is not None and less * 100 > original * Fraction(limit.percent)
    return of_percent or (most is not None and less > most)


def _below_cost(part: Iterable[Lowering]) -> bool:
    """All together: what one gives away another may bring in."""
    return sum(each.new - each.cost for each in part if each.cost is not None) < 0


def _below_lowest(part: Iterable[Lowering]) -> bool:
    """Any of them: others do not make good a price that was promised."""
    return any(each.new < min(each.lowest, each.original) for each in part if each.lowest is not None)


_BELOW: Final[Mapping[Floor, Callable[[Iterable[Lowering]], bool]]] = {
    Floor.COST: _below_cost,
    Floor.LOWEST_PRICE: _below_lowest,
}


def covers(own: Sequence[Limit], given: Limit | None, tree: Tree) -> bool:
    """Whether whoever holds `own` may give a limit to somebody: one of theirs allows all that it allows. `tree` has the
    categories that the exceptions name, as far as there are such.
    """
    return not own or (given is not None and any(_covers(limit, given, tree) for limit in own))


def _covers(own: Limit, given: Limit, tree: Tree) -> bool:
    """In each case of which one of them makes an exception. A product that is in two categories may escape to the laxer one,
    which is why they are tried by twos; a third one adds nothing to that.
    """
    exceptions = (*own.exceptions, *given.exceptions)
    for reason in {"", *(each.reason or "" for each in exceptions)}:
        named = {each.category_id for each in exceptions if each.reason in {None, reason}}
        lineages = [(), *(tree[id_] for id_ in named if id_ is not None and id_ in tree)]
        for two in combinations_with_replacement(lineages, 2):
            if not _allowed(_terms(given, reason, two), _terms(own, reason, two)):
                return False
    return True


def _terms(limit: Limit, reason: str, categories: Iterable[Lineage]) -> Sequence[Limit]:
    return [each.limit for each in _holding(limit, reason, categories)] or [limit]


def _allowed(given: Iterable[Limit], own: Iterable[Limit]) -> bool:
    return all(any(_narrower(each, held) for each in given) for held in own)


def _narrower(given: Limit, own: Limit) -> bool:
    """By what they say themselves."""
    bare = own.percent is None and not own.amounts
    return _HELD[own.floor] <= _HELD[given.floor] and (bare or _less(given, own))


def _less(given: Limit, own: Limit) -> bool:
    """By percent and amounts."""
    theirs, mine = given.by_amount, own.by_amount
    if own.percent is None:
        named = bool(theirs) and given.percent is None
        return named and all(currency in mine and amount <= mine[currency] for currency, amount in theirs.items())
    percent = given.percent is not None and given.percent <= own.percent
    return percent and all(currency in theirs and theirs[currency] <= most for currency, most in mine.items())


def changed(before: Limits, after: Limits) -> frozenset[Permission]:
    """The permissions whose limit is another one."""
    return frozenset(p for p in before.keys() | after.keys() if before.get(p) != after.get(p))


def categories_named(limits: Iterable[Limit]) -> frozenset[CategoryId]:
    """Those of which something must be known to judge by the limits."""
    return frozenset(each.category_id for limit in limits for each in limit.exceptions if each.category_id is not None)
