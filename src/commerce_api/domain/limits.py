"""How far somebody may go below what is asked: limits are part of a grant (C.7).

Several roles may each bring a limit; what one of them allows is allowed. No limit at all means as far as one likes.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final, TypeAlias

from commerce_api.domain.described import DescribedEnum
from commerce_api.domain.ids import ChannelId
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


class Floor(DescribedEnum):
    """What a price may not go below, however large the limit."""

    NONE = "NONE", "Nothing holds it up."
    COST = "COST", "What the goods cost the shop, where that is known."


@value
class Limit:
    """`percent` 10 is ten per cent of what is asked; `amounts` are minor units by currency. Where both are given, both
    hold; in a currency that has neither, nothing is allowed. A limit of nothing but a floor holds by that alone.
    """

    percent: Decimal | None = None
    amounts: tuple[tuple[str, int], ...] = ()
    floor: Floor = Floor.NONE

    @property
    def by_amount(self) -> Mapping[str, int]:
        return dict(self.amounts)


Limits: TypeAlias = Mapping[Permission, Limit]


@value
class Bound:
    """A permission that is held with a limit, or without one, everywhere (`channel_id` None) or in one channel."""

    permission: Permission
    channel_id: ChannelId | None
    limit: Limit | None


def bounds_in(bounds: Iterable[Bound], permission: Permission, channel_id: ChannelId | None) -> tuple[Limit, ...]:
    """The limits of a permission in a channel, or everywhere: each allows by itself. None at all is no limit."""
    found = [b.limit for b in bounds if b.permission is permission and b.channel_id in {None, channel_id}]
    return () if None in found else tuple(limit for limit in found if limit is not None)


def beyond(limits: Sequence[Limit], original: int, new: int, currency: str, cost: int | None = None) -> bool:
    """Whether `new` instead of `original` goes further down than every one of the limits allows."""
    return bool(limits) and all(_beyond(limit, original, new, currency, cost) for limit in limits)


def _beyond(limit: Limit, original: int, new: int, currency: str, cost: int | None) -> bool:
    less = original - new
    if less <= 0:
        return False
    if limit.floor is Floor.COST and cost is not None and new < cost:
        return True
    most = limit.by_amount.get(currency)
    if limit.percent is None and most is None:
        return bool(limit.amounts)
    of_percent = limit.percent is not None and less * 100 > original * Fraction(limit.percent)
    return of_percent or (most is not None and less > most)


def covers(own: Sequence[Limit], given: Limit | None) -> bool:
    """Whether whoever holds `own` may give a limit to somebody: one of theirs allows all that it allows."""
    return not own or (given is not None and any(_covers(limit, given) for limit in own))


def _covers(own: Limit, given: Limit) -> bool:
    bare = Limit(floor=own.floor)
    return own.floor in {Floor.NONE, given.floor} and (own == bare or _narrower(given, own))


def _narrower(given: Limit, own: Limit) -> bool:
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
