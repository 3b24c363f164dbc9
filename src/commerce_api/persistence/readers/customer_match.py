"""Customers who may be the caller (S1-17): some by each thing that was said and by any two of them together, then all keys of these
to judge them by. What many share yields a bounded number, so that it costs much the same however many customers there are.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import combinations
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    any_,
    bindparam,
    exists,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.sql.elements import KeyedColumnElement

from commerce_api.domain.customer_keys import CustomerKey, marks_of
from commerce_api.domain.customer_match import NAMES, Candidate, Said, misheard, ranked, rarest_first
from commerce_api.domain.ids import CustomerId
from commerce_api.domain.spelling import trigrams
from commerce_api.persistence.readers.customer_find import having
from commerce_api.persistence.readers.customers import visible_customers, visible_to
from commerce_api.persistence.rows import among
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Connection, Statement
from commerce_api.persistence.tables.buying import orders
from commerce_api.persistence.tables.customer_desk import customer_keys, customer_marks
from commerce_api.persistence.tables.identity import customers

_MOST_OF_EACH = 100
_MOST_TOGETHER = 4
"""So many of the rarest keys are looked up in pairs."""
_Lead: TypeAlias = tuple[KeyedColumnElement[UUID], ColumnElement[bool]]
_PAST_ALL_LETTERS = "\U0010ffff"
_LIKE_NAMES = Statement(
    text(
        """
        SELECT asked.name, ARRAY(
            SELECT near.name FROM customer_names near
            WHERE near.trigrams && string_to_array(asked.trigrams, '|')
            AND length(near.name) BETWEEN length(asked.name) - 1 AND length(asked.name) + 1
            ORDER BY cardinality(ARRAY(
                SELECT unnest(near.trigrams) INTERSECT SELECT unnest(string_to_array(asked.trigrams, '|'))
            )) DESC, near.name
            LIMIT 40
        ) AS candidates
        FROM unnest(:names, :trigrams) AS asked (name, trigrams)
        """
    ).bindparams(bindparam("names", type_=ARRAY(Text())), bindparam("trigrams", type_=ARRAY(Text())))
)
_KEYS = Statement(select(customer_keys).where(among(customer_keys.c.customer_id)))
_NUMBERS = Statement(
    select(orders.c.customer_id, orders.c.number).where(
        among(orders.c.customer_id), orders.c.number == any_(bindparam("numbers", type_=ARRAY(Text())))
    )
)


class _Key(NamedTuple):
    """A key that was said, with how many texts; `long_digits`: so many digits that an index finds numbers that end with them."""

    key: CustomerKey
    texts: int
    long_digits: bool


async def candidates(scope: Scope, said: Said) -> list[Candidate]:
    async with scope.database.connection() as connection:
        heard = said.heard_as(await _alike(connection, said.names))
        found = await connection.fetch(_likely(_shape(heard)), **_values(heard), **visible_to(scope.actor))
        keys = await _keys(connection, [row["customer_id"] for row in found], said)
    return ranked(said, keys)


async def _alike(connection: Connection, names: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """Names that there are, one letter off those that were said."""
    if not names:
        return {}
    rows = await connection.fetch(_LIKE_NAMES, names=list(names), trigrams=["|".join(trigrams(name)) for name in names])
    return {row["name"]: tuple(near for near in row["candidates"] if misheard(row["name"], near)) for row in rows}


async def _keys(connection: Connection, ids: Sequence[UUID], said: Said) -> Mapping[CustomerId, list[tuple[str, str]]]:
    keys: dict[CustomerId, list[tuple[str, str]]] = defaultdict(list)
    for row in await connection.fetch(_KEYS, ids=list(ids)):
        keys[CustomerId(row["customer_id"])].append((row["kind"], row["value"]))
    if numbers := said.texts.get(CustomerKey.ORDER_NUMBER):
        for row in await connection.fetch(_NUMBERS, ids=list(ids), numbers=list(numbers)):
            keys[CustomerId(row["customer_id"])].append((CustomerKey.ORDER_NUMBER, row["number"]))
    return keys


def _shape(heard: Mapping[CustomerKey, Sequence[str]]) -> tuple[_Key, ...]:
    """What a statement depends on: building one takes far longer than running it, so each is built once."""
    return tuple(
        _Key(key, len(heard[key]), key is CustomerKey.PHONE and bool(marks_of(key, heard[key][0])))
        for key in rarest_first(heard)
    )


def _values(heard: Mapping[CustomerKey, Sequence[str]]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, texts in heard.items():
        values[f"{key}_texts"] = list(texts)
        for number, one in enumerate(texts):
            values |= {f"{key}_{number}": one, f"{key}_{number}_past": one + _PAST_ALL_LETTERS}
        values[f"{key}_marks"] = marks_of(key, texts[0])
    return values


@lru_cache(maxsize=256)
def _likely(asked: tuple[_Key, ...]) -> Statement:
    """Whom each key leads to, and whom two of them lead to together."""
    leads = {one.key: _leads(one) for one in asked}
    branches = [_some(*lead) for one in asked for lead in leads[one.key]]
    for one, other in combinations(asked[:_MOST_TOGETHER], 2):
        branches += [_some(id_, fits & _fits(other, id_)) for id_, fits in leads[one.key]]
    first, *others = branches
    return Statement(select(first.union_all(*others).subquery("likely")).distinct())


def _some(customer_id: KeyedColumnElement[UUID], fits: ColumnElement[bool]) -> Select[Any]:
    rows = select(customer_id).join_from(customer_id.table, customers, customers.c.id == customer_id)
    part = rows.where(fits, visible_customers()).order_by(customer_id.desc()).limit(_MOST_OF_EACH)
    return select(part.subquery())


def _leads(one: _Key) -> list[_Lead]:
    """What an index finds: whole texts, beginnings, and the last digits of a telephone number."""
    if one.key is CustomerKey.ORDER_NUMBER:
        return [(orders.c.customer_id, orders.c.number == _any_of(one))]
    keys = customer_keys.alias()
    leads: list[_Lead] = [(keys.c.customer_id, _kind(keys.c.kind, one.key) & (keys.c.value == _any_of(one)))]
    if one.long_digits:
        likely = customer_marks.c.marks.contains(bindparam(f"{one.key}_marks", type_=ARRAY(TEXT())))
        marked = having(customer_marks, likely)
        leads.append((marked.c.customer_id, _fits(one, marked.c.customer_id)))
    elif one.key not in NAMES:
        of_kind = keys.c.kind == one.key.value
        leads += [(keys.c.customer_id, of_kind & _begins(keys.c.value, one, number)) for number in range(one.texts)]
    return leads


def _fits(one: _Key, customer_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    if one.key is CustomerKey.ORDER_NUMBER:
        placed = orders.alias()
        return exists().where(placed.c.customer_id == customer_id, placed.c.number == _any_of(one))
    keys = customer_keys.alias()
    near = [_near(keys.c.value, one, number) for number in range(one.texts)]
    fits = or_(keys.c.value == _any_of(one), *near)
    return exists().where(keys.c.customer_id == customer_id, _kind(keys.c.kind, one.key), fits)


def _near(value: ColumnElement[str], one: _Key, number: int) -> ColumnElement[bool]:
    said = bindparam(f"{one.key}_{number}", type_=TEXT())
    is_end = func.right(value, func.length(said)) == said
    return is_end if one.key is CustomerKey.PHONE else _begins(value, one, number)


def _any_of(one: _Key) -> Any:
    return any_(bindparam(f"{one.key}_texts", type_=ARRAY(TEXT())))


def _kind(kind: ColumnElement[str], key: CustomerKey) -> ColumnElement[bool]:
    """A name may be the other one."""
    return or_(*(kind == name.value for name in NAMES)) if key in NAMES else kind == key.value


def _begins(value: ColumnElement[str], one: _Key, number: int) -> ColumnElement[bool]:
    name = f"{one.key}_{number}"
    past = bindparam(f"{name}_past", type_=TEXT())
    return (value >= bindparam(name, type_=TEXT())) & (value < past)
