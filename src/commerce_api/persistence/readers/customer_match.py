"""Customers who may be the caller (S1-17): some by each thing that was said and by any two of them together, then all keys of these
to judge them by. What many share yields a bounded number, so that it costs much the same however many customers there are.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    Select,
    Text,
    any_,
    bindparam,
    exists,
    func,
    literal,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, TEXT

from commerce_api.domain.customer_keys import CustomerKey, marks_of
from commerce_api.domain.customer_match import NAMES, Candidate, Said, misheard, ranked, rarest_first
from commerce_api.domain.ids import CustomerId
from commerce_api.domain.spelling import trigrams
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
_Lead: TypeAlias = tuple[Column[UUID], ColumnElement[bool]]
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


async def candidates(scope: Scope, said: Said) -> list[Candidate]:
    async with scope.database.connection() as connection:
        heard = said.heard_as(await _alike(connection, said.names))
        found = await connection.fetch(Statement(_likely(heard)), **visible_to(scope.actor))
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


def _likely(heard: Mapping[CustomerKey, Sequence[str]]) -> Select[Any]:
    """Whom each key leads to, and whom two of them lead to together."""
    rare = rarest_first(heard)
    leads = {key: _leads(key, heard[key]) for key in rare}
    branches = [_some(*lead) for key in rare for lead in leads[key]]
    for key, other in combinations(rare[:_MOST_TOGETHER], 2):
        branches += [_some(id_, fits & _fits(other, heard[other], id_)) for id_, fits in leads[key]]
    first, *others = branches
    return select(first.union_all(*others).subquery("likely")).distinct()


def _some(customer_id: Column[UUID], fits: ColumnElement[bool]) -> Select[Any]:
    rows = select(customer_id).join_from(customer_id.table, customers, customers.c.id == customer_id)
    part = rows.where(fits, visible_customers()).order_by(customer_id.desc()).limit(_MOST_OF_EACH)
    return select(part.subquery())


def _leads(key: CustomerKey, texts: Sequence[str]) -> list[_Lead]:
    """What an index finds: whole texts, beginnings, and the last digits of a telephone number."""
    whole = literal(list(texts), ARRAY(TEXT()))
    if key is CustomerKey.ORDER_NUMBER:
        return [(orders.c.customer_id, orders.c.number == any_(whole))]
    keys = customer_keys.alias()
    leads: list[_Lead] = [(keys.c.customer_id, _kind(keys.c.kind, key) & (keys.c.value == any_(whole)))]
    if key is CustomerKey.PHONE:
        leads += [(customer_marks.c.customer_id, _ends(digits)) for digits in texts if marks_of(key, digits)]
    elif key not in NAMES:
        leads += [(keys.c.customer_id, (keys.c.kind == key.value) & _begins(keys.c.value, t)) for t in texts]
    return leads


def _ends(digits: str) -> ColumnElement[bool]:
    likely = customer_marks.c.marks.contains(literal(marks_of(CustomerKey.PHONE, digits), ARRAY(TEXT())))
    return likely & _fits(CustomerKey.PHONE, [digits], customer_marks.c.customer_id)


def _fits(key: CustomerKey, texts: Sequence[str], customer_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    whole = literal(list(texts), ARRAY(TEXT()))
    if key is CustomerKey.ORDER_NUMBER:
        placed = orders.alias()
        return exists().where(placed.c.customer_id == customer_id, placed.c.number == any_(whole))
    keys = customer_keys.alias()
    value = keys.c.value
    near = [func.right(value, len(t)) == t if key is CustomerKey.PHONE else _begins(value, t) for t in texts]
    return exists().where(keys.c.customer_id == customer_id, _kind(keys.c.kind, key), or_(value == any_(whole), *near))


def _kind(kind: ColumnElement[str], key: CustomerKey) -> ColumnElement[bool]:
    """A name may be the other one."""
    return or_(*(kind == name.value for name in NAMES)) if key in NAMES else kind == key.value


def _begins(value: ColumnElement[str], beginning: str) -> ColumnElement[bool]:
    return (value >= beginning) & (value < beginning + _PAST_ALL_LETTERS)
