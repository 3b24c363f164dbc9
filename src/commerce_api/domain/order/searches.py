"""Searches for orders: those that staff keep for themselves or their team, and the trace that each leaves."""

from collections.abc import Iterator, Mapping
from dataclasses import field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from commerce_api.domain.conditions import AllOf, AnyOf, NoneOf
from commerce_api.domain.ids import OrderSearchId
from commerce_api.domain.order.finding import Condition, OrderSort, Within
from commerce_api.domain.order.keys import HasKey
from commerce_api.domain.value import value

MOST_SEARCHES: Final = 100
"""That one person keeps."""


@value
class OrderSearch:
    """`find` is what is asked, as it was sent. `owner_id` is a member of staff's or an API key's."""

    id: OrderSearchId
    owner_id: UUID
    name: str = field(repr=False)
    shared: bool
    find: Mapping[str, Any] = field(repr=False)
    sort: OrderSort
    updated_at: datetime


@value
class SaveOrderSearch:
    """What the same person has kept under this name before is replaced."""

    name: str
    shared: bool
    find: Mapping[str, Any]
    sort: OrderSort


@value
class DeleteOrderSearch:
    id: OrderSearchId


@value
class OrderSearchSaved:
    shared: bool


@value
class OrderSearchDeleted:
    pass


@value
class OrderSearched:
    """Somebody has looked for orders. Of what nothing is kept but the kinds of keys, and how many were shown."""

    keys: tuple[str, ...]
    shown: int


def keys_asked(condition: Condition) -> tuple[str, ...]:
    """By what orders are looked for, without what that is."""
    return tuple(sorted(set(_asked(condition))))


def _asked(condition: Condition) -> Iterator[str]:
    match condition:
        case HasKey(kind=kind):
            yield str(kind)
        case Within(kind=moment):
            yield str(moment)
        case AllOf(parts=parts) | AnyOf(parts=parts) | NoneOf(parts=parts):
            for part in parts:
                yield from _asked(part)
        case _:
            yield _NAMES[type(condition).__name__]


_NAMES: Final = {
    "InStates": "STATE",
    "InChannel": "CHANNEL",
    "OfCustomer": "CUSTOMER",
    "OfAccount": "ACCOUNT",
    "WithPriority": "PRIORITY",
    "OrderedThrough": "ORDERED_THROUGH",
    "PlacedByStaff": "PLACED_BY",
    "FromSource": "SOURCE",
    "PaidWithCard": "CARD_LAST_FOUR",
    "Authorized": "AUTHORIZATION",
    "TotalBetween": "TOTAL",
}
