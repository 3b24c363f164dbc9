"""Finding orders by what people remember of them: docs/decisions/0011."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    any_,
    bindparam,
    func,
    literal_column,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from commerce_api.domain.order.finding import (
    Condition,
    OrderSort,
    leading,
    sources,
    without,
)
from commerce_api.domain.order.keys import HasKey
from commerce_api.domain.value import value
from commerce_api.persistence.lists import Listed, Part
from commerce_api.persistence.readers.order_conditions import Clauses, Shape, payments_seen_by, shape_of, values_of
from commerce_api.persistence.readers.order_visibility import visibility, visible_orders
from commerce_api.persistence.rows import among
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Row, Statement
from commerce_api.persistence.tables.buying import orders
from commerce_api.persistence.tables.finding import order_keys

_MOST_SHAPES: Final = 200
_TEXTS: Final = ARRAY(Text(collation="C"))
_BY_AGE: Final = {OrderSort.NEWEST, OrderSort.OLDEST}
_BY: Final = {
    OrderSort.NEWEST: ((orders.c.placed_at, orders.c.id), True),
    OrderSort.OLDEST: ((orders.c.placed_at, orders.c.id), False),
    OrderSort.HIGHEST_TOTAL: ((orders.c.total, orders.c.id), True),
    OrderSort.LOWEST_TOTAL: ((orders.c.total, orders.c.id), False),
}


@value
class Find:
    """Which orders, and by what the list of them is read: along the keys that fit `lead`, if there is one."""

    condition: Condition
    sort: OrderSort
    lead: HasKey | None

    @classmethod
    def of(cls, condition: Condition, sort: OrderSort) -> "Find":
        """BEST_MATCH is read where there is a text to match. The orders of a key stand with the newest first."""
        lead = leading(condition)
        if lead and (sort is OrderSort.BEST_MATCH or (sort in _BY_AGE and lead.one_key)):
            read_by = OrderSort.OLDEST if sort is OrderSort.OLDEST else OrderSort.BEST_MATCH
            return cls(condition=condition, sort=read_by, lead=lead)
        return cls(condition=condition, sort=OrderSort.NEWEST if sort is OrderSort.BEST_MATCH else sort, lead=None)


@value
class _Way:
    """Which way a page is read: what a statement depends on beside the condition. `limit` is known when it is planned,
    so that PostgreSQL knows how little is wanted.
    """

    sort: OrderSort
    limit: int
    backward: bool
    goes_on: bool


async def found_orders(scope: Scope, parts: Sequence[Part[Find]]) -> Mapping[Part[Find], Sequence[Row]]:
    """Pages of orders as far as the actor sees them, in the direction of reading."""
    seen = visibility(scope.actor) | payments_seen_by(scope.actor)
    async with scope.database.connection() as connection:
        found = {}
        for part in parts:
            statement, values = page_question(part)
            found[part] = await connection.fetch(statement, **values, **seen)
        return found


async def count_found(scope: Scope, lists: Sequence[Listed[Find]]) -> Mapping[Listed[Find], int]:
    seen = visibility(scope.actor) | payments_seen_by(scope.actor)
    counts = {}
    async with scope.database.connection() as connection:
        for each in lists:
            condition = each.chosen.condition
            statement = _count(tuple(map(shape_of, sources(condition))), shape_of(condition))
            values = _numbered((*sources(condition), condition))
            counts[each] = int(await connection.fetch_value(statement, **values, **seen))
    return counts


_sought = (
    func.unnest(bindparam("firsts", type_=_TEXTS), bindparam("ends", type_=_TEXTS))
    .table_valued("first", "end")
    .render_derived(name="sought")
)
_of_each = (
    select(order_keys.c.order_id, order_keys.c.key, order_keys.c.value)
    .where(order_keys.c.key >= _sought.c.first, order_keys.c.key < _sought.c.end, among(order_keys.c.order_id))
    .lateral("fitting")
)
_KEYS = Statement(select(_of_each).select_from(_sought.join(_of_each, true())).order_by(*_of_each.c))


@value
class Matching:
    """An order that was shown, and the keys that may be why it was found: from the first of each pair on, before the second."""

    order_id: UUID
    bounds: tuple[tuple[str, str], ...]


async def matching_keys(scope: Scope, asked: Sequence[Matching]) -> Mapping[Matching, list[tuple[str, str]]]:
    """With what they stand for, as it is written in the order."""
    found: dict[Matching, list[tuple[str, str]]] = {each: [] for each in asked}
    of_bounds: defaultdict[tuple[tuple[str, str], ...], dict[UUID, Matching]] = defaultdict(dict)
    for each in asked:
        of_bounds[each.bounds][each.order_id] = each
    async with scope.database.connection() as connection:
        for bounds, orders_ in of_bounds.items():
            firsts, ends = ([pair[side] for pair in bounds] for side in (0, 1))
            for row in await connection.fetch(_KEYS, firsts=firsts, ends=ends, ids=list(orders_)):
                found[orders_[row["order_id"]]].append((row["key"], row["value"]))
    return found


def page_question(part: Part[Find]) -> tuple[Statement, dict[str, Any]]:
    """What is asked for a page, and its values but those that tell who asks."""
    find, condition, lead = part.chosen, part.chosen.condition, part.chosen.lead
    way = _Way(sort=find.sort, limit=part.limit, backward=part.backward, goes_on=part.position is not None)
    if lead:
        rest = without(condition, lead)
        asked: tuple[Condition, ...] = (lead, rest)
        statement = _along_keys(shape_of(lead), lead.one_key, shape_of(rest), way)
    else:
        found_by = sources(condition)
        asked = (*found_by, condition)
        statement = _along_orders(tuple(map(shape_of, found_by)), shape_of(condition), way)
    place = {f"here{number}": value for number, value in enumerate(part.position or ())}
    return statement, _numbered(asked) | place


def _numbered(conditions: Iterable[Condition]) -> dict[str, Any]:
    values: Iterator[Any] = chain.from_iterable(map(values_of, conditions))
    return {f"p{number}": value for number, value in enumerate(values)}


@lru_cache(_MOST_SHAPES)
def _along_keys(lead: Shape, one_key: bool, rest: Shape, way: _Way) -> Statement:  # noqa: FBT001 - what it is made of
    """Read off the index of keys in its own order. An order that several keys lead to is there for the first of them."""
    clauses = Clauses()
    key, fits = clauses.key(lead)
    query = select(orders, key.c.key.label("found_key"), key.c.recency)
    query = query.select_from(key.join(orders, orders.c.id == key.c.order_id)).where(fits)
    if lead == ("part",):
        query = clauses.among_texts(query, key)
    if not one_key:
        query = query.where(_none_before(lead, key))
    places = (key.c.key, key.c.recency, key.c.order_id)
    found = query.where(clauses.of(rest), visible_orders())
    return Statement(_page(found, places, way, down=way.sort is OrderSort.OLDEST))


def _none_before(lead: Shape, key: Any) -> ColumnElement[bool]:
    """With the same values, whose parameters therefore have the same names."""
    before, fits = Clauses().key(lead, "before")
    same = select(true()).select_from(before).where(before.c.order_id == key.c.order_id, fits, before.c.key < key.c.key)
    return same.limit(1).correlate(key).scalar_subquery().is_(None)


@lru_cache(_MOST_SHAPES)
def _along_orders(found_by: tuple[Shape, ...], shape: Shape, way: _Way) -> Statement:
    places, down = _BY[way.sort]
    return Statement(_page(_all(select(orders), found_by, shape), places, way, down=down))


@lru_cache(_MOST_SHAPES)
def _count(found_by: tuple[Shape, ...], shape: Shape) -> Statement:
    return Statement(_all(select(func.count()).select_from(orders), found_by, shape))


def _all(query: Select[Any], found_by: tuple[Shape, ...], shape: Shape) -> Select[Any]:
    clauses = Clauses()
    if found_by:
        ids = union_all(*(clauses.ids(source) for source in found_by)).scalar_subquery()
        query = query.where(orders.c.id == any_(func.array(ids)))
    return query.where(clauses.of(shape), visible_orders())


def _page(query: Select[Any], places: Sequence[ColumnElement[Any]], way: _Way, *, down: bool) -> Select[Any]:
    down = down is not way.backward
    if way.goes_on:
        here = tuple_(*(bindparam(f"here{n}", type_=place.type) for n, place in enumerate(places)))
        query = query.where(tuple_(*places) < here if down else tuple_(*places) > here)
    in_order = [place.desc() if down else place.asc() for place in places]
    return query.order_by(*in_order).limit(literal_column(str(way.limit)))
