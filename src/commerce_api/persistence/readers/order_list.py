"""Lists of orders: which ones, and in what order."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from sqlalchemy import ColumnElement, and_, false, func, not_, or_, select, true

from commerce_api.domain.ids import ChannelId, CustomerId
from commerce_api.domain.order import OrderState
from commerce_api.domain.value import value
from commerce_api.persistence.lists import Listed, Lists, Part, Place
from commerce_api.persistence.readers.order_visibility import visibility, visible_orders
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Row
from commerce_api.persistence.tables import buying as t


class OrderSort(StrEnum):
    """What a list of orders begins with."""

    NEWEST = "NEWEST"
    OLDEST = "OLDEST"
    HIGHEST_TOTAL = "HIGHEST_TOTAL"
    LOWEST_TOTAL = "LOWEST_TOTAL"


_PLACES: Mapping[OrderSort, Place] = {
    OrderSort.NEWEST: ((t.orders.c.placed_at, t.orders.c.id), True),
    OrderSort.OLDEST: ((t.orders.c.placed_at, t.orders.c.id), False),
    OrderSort.HIGHEST_TOTAL: ((t.orders.c.total, t.orders.c.id), True),
    OrderSort.LOWEST_TOTAL: ((t.orders.c.total, t.orders.c.id), False),
}


@value
class TotalBetween:
    """Costs at least and at most so much, both included, in minor units of the currency."""

    currency: str
    least: int | None = None
    most: int | None = None


@value
class OrderFilter:
    """All that is given must hold. `number` is a whole number or how it begins; no states or parts mean none at all."""

    number: str | None = None
    states: tuple[OrderState, ...] | None = None
    email: str | None = None
    customer_id: CustomerId | None = None
    channel_id: ChannelId | None = None
    placed_from: datetime | None = None
    placed_until: datetime | None = None
    total: TotalBetween | None = None
    all_of: tuple["OrderFilter", ...] = ()
    any_of: tuple["OrderFilter", ...] | None = None
    none_of: tuple["OrderFilter", ...] = ()


OrderChoice: TypeAlias = tuple[OrderFilter, OrderSort]
_ORDERS = Lists[OrderChoice](
    rows=lambda choice: select(t.orders).where(visible_orders(), _meaning(choice[0])),
    parent=t.orders.c.customer_id,
    place=lambda choice: _PLACES[choice[1]],
)


async def orders_in(scope: Scope, parts: Sequence[Part[OrderChoice]]) -> Mapping[Part[OrderChoice], Sequence[Row]]:
    """Parts of all orders, or of those of customers."""
    async with scope.database.connection() as connection:
        return await _ORDERS.parts(connection, parts, **visibility(scope.actor))


async def count_orders(scope: Scope, lists: Sequence[Listed[OrderChoice]]) -> Mapping[Listed[OrderChoice], int]:
    async with scope.database.connection() as connection:
        return await _ORDERS.counts(connection, lists, **visibility(scope.actor))


def _meaning(chosen: OrderFilter) -> ColumnElement[bool]:
    return and_(true(), *_about_itself(chosen), *_about_money_and_time(chosen), *_combined(chosen))


def _about_itself(chosen: OrderFilter) -> Iterator[ColumnElement[bool]]:
    c = t.orders.c
    if chosen.number is not None:
        yield c.number.startswith(chosen.number, autoescape=True)
    if chosen.states is not None:
        yield or_(false(), *(c.state == state for state in chosen.states))
    if chosen.email is not None:
        yield c.email == chosen.email
    if chosen.customer_id is not None:
        yield c.customer_id == chosen.customer_id
    if chosen.channel_id is not None:
        yield c.channel_id == chosen.channel_id


def _about_money_and_time(chosen: OrderFilter) -> Iterator[ColumnElement[bool]]:
    c, total = t.orders.c, chosen.total
    if chosen.placed_from is not None:
        yield c.placed_at >= chosen.placed_from
    if chosen.placed_until is not None:
        yield c.placed_at < chosen.placed_until
    if total is not None:
        yield c.currency == total.currency
        if total.least is not None:
            yield c.total >= total.least
        if total.most is not None:
            yield c.total <= total.most


def _combined(chosen: OrderFilter) -> Iterator[ColumnElement[bool]]:
    """A guest's order has no customer, and is still none of a certain customer's: not unknown, but false."""
    yield from map(_meaning, chosen.all_of)
    if chosen.any_of is not None:
        yield or_(false(), *map(_meaning, chosen.any_of))
    yield from (not_(func.coalesce(_meaning(part), false())) for part in chosen.none_of)
