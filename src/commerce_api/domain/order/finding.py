"""Which orders are meant, and what a list of them begins with."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Final, TypeAlias, Union
from zoneinfo import ZoneInfo

from commerce_api.domain.conditions import AllOf, AnyOf, NoneOf
from commerce_api.domain.decision import Refusal
from commerce_api.domain.described import DescribedEnum
from commerce_api.domain.ids import ChannelId, CustomerId, StaffId
from commerce_api.domain.order.keys import HasKey
from commerce_api.domain.order.state import OrderState
from commerce_api.domain.origin import OrderingChannel
from commerce_api.domain.particulars import Priority
from commerce_api.domain.value import value

MOST_DEEP: Final = 3
MOST_PARTS: Final = 10


class OrderSort(DescribedEnum):
    BEST_MATCH = (
        "BEST_MATCH",
        "By the text that was found, the whole text first, of equal ones the newest. Where no text is sought: the newest.",
    )
    NEWEST = "NEWEST", "The one placed last."
    OLDEST = "OLDEST", "The one placed first."
    HIGHEST_TOTAL = "HIGHEST_TOTAL", "The most expensive; compares amounts of any currency as they are."
    LOWEST_TOTAL = "LOWEST_TOTAL", "The cheapest; compares amounts of any currency as they are."


class MomentKind(DescribedEnum):
    PLACED = "PLACED", "When it was placed."
    UPDATED = "UPDATED", "When it was changed last."
    EDITED = "EDITED", "When what was agreed on was changed, each time."


@value
class InStates:
    states: tuple[OrderState, ...]


@value
class InChannel:
    channel_id: ChannelId


@value
class OfCustomer:
    customer_id: CustomerId


@value
class PlacedByStaff:
    staff_id: StaffId


@value
class OfAccount:
    """Of a customer who buys for the account of this number."""

    number: str


@value
class WithPriority:
    priorities: tuple[Priority, ...]


@value
class OrderedThrough:
    """What the buyer spoke to the shop through."""

    channels: tuple[OrderingChannel, ...]


@value
class FromSource:
    source: str


@value
class PaidWithCard:
    last_four: str


@value
class Authorized:
    """The payment provider's reference; heeded where the actor may read payments."""

    reference: str


@value
class Calendar:
    """When days begin where `time_zone` is, counted back from the one that has `at` in it."""

    at: datetime
    time_zone: str

    def began(self, days_ago: int) -> datetime:
        zone = ZoneInfo(self.time_zone)
        day = self.at.astimezone(zone).date() - timedelta(days=days_ago)
        return datetime.combine(day, time(), zone).astimezone(UTC)


@value
class Within:
    """Half-open, as all spans of time."""

    kind: MomentKind
    start: datetime | None = None
    end: datetime | None = None


@value
class TotalBetween:
    """Costs at least and at most so much, both included, in minor units of the currency."""

    currency: str
    least: int | None = None
    most: int | None = None


Plain: TypeAlias = (
    HasKey
    | InStates
    | InChannel
    | OfCustomer
    | OfAccount
    | WithPriority
    | OrderedThrough
    | PlacedByStaff
    | FromSource
    | PaidWithCard
    | Authorized
    | Within
    | TotalBetween
)
Condition: TypeAlias = Union[Plain, AllOf["Condition"], AnyOf["Condition"], NoneOf["Condition"]]  # noqa: UP007 - refers to itself
_TELLING: Final = (OfCustomer, OfAccount, PlacedByStaff, PaidWithCard, Authorized, Within)
_ORDERED: Final = (InStates, InChannel, WithPriority, OrderedThrough)
"""An index holds these in the order of time, so that a page of them is found at once."""


@value
class TooBroad(Refusal):
    """This would look through all orders: add a name, a SKU or a postal code, or say when they were placed."""

    staff_only = True


def conjuncts(condition: Condition) -> Iterator[Condition]:
    """What must hold, one by one."""
    if isinstance(condition, AllOf):
        for part in condition.parts:
            yield from conjuncts(part)
    else:
        yield condition


def sought(condition: Condition) -> Iterator[HasKey]:
    """All texts that are looked for, and none of those that must not be there."""
    match condition:
        case HasKey():
            yield condition
        case AllOf(parts=parts) | AnyOf(parts=parts):
            for part in parts:
                yield from sought(part)
        case _:
            return


def leading(condition: Condition) -> HasKey | None:
    """The text that must be there and that the fewest orders have: the search begins with it. What holds for many orders
    leads only where nothing else tells more.
    """
    parts = tuple(conjuncts(condition))
    keys = [part for part in parts if isinstance(part, HasKey)]
    if not keys:
        return None
    lead = keys[0] if len(keys) == 1 else min(keys, key=_tells_little)
    return None if lead.kind.is_queue and any(isinstance(part, _TELLING) for part in parts) else lead


def _tells_little(key: HasKey) -> tuple[bool, bool, int, int]:
    return key.kind.is_queue, not key.one_key, key.kind.place, -len(key.plain)


def without(condition: Condition, lead: HasKey) -> AllOf[Condition]:
    """The rest of what must hold."""
    return AllOf(parts=tuple(part for part in conjuncts(condition) if part != lead))


def sources(condition: Condition) -> tuple[Condition, ...]:
    """Conditions of which one holds for every order that is meant, each found by an index of its own. None if that of the
    whole needs no help.
    """
    if lead := leading(condition):
        return (lead,)
    parts = tuple(conjuncts(condition))
    alternatives = [part for part in parts if isinstance(part, AnyOf) and is_telling(part)]
    if any(isinstance(part, _TELLING) for part in parts) or not alternatives:
        return ()
    return tuple(source for part in alternatives[0].parts for source in sources(part) or (part,))


def is_telling(condition: Condition) -> bool:
    """Whether an index leads to the few orders that it may be about."""
    match condition:
        case HasKey():
            return True
        case AllOf(parts=parts):
            return any(map(is_telling, parts))
        case AnyOf(parts=parts):
            return all(map(is_telling, parts))
        case _:
            return isinstance(condition, _TELLING)


def too_broad(condition: Condition) -> TooBroad | None:
    """Whether finding out takes looking at all orders."""
    listed = all(map(_is_listed, conjuncts(condition)))
    return None if listed or is_telling(condition) else TooBroad(path=("find",))


def _is_listed(condition: Condition) -> bool:
    """Whether a page of what it is about is soon found, going from one order to the next."""
    if isinstance(condition, NoneOf):
        return all(map(_is_rare, condition.parts))
    return isinstance(condition, _ORDERED)


def _is_rare(condition: Condition) -> bool:
    parts = tuple(conjuncts(condition))
    return bool(parts) and all(isinstance(part, HasKey) and part.kind.is_queue for part in parts)
