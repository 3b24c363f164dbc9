"""Customers by their keys (S1-16). The key that fits fewest is read in the order of its index, and each other one is looked up
for whom that yields: a page of whole texts or beginnings costs the same however many customers there are.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Subquery,
    Uuid,
    and_,
    bindparam,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY, TEXT

from commerce_api.domain.customer import Customer
from commerce_api.domain.customer_find import CustomerFind, Sought
from commerce_api.domain.customer_keys import CustomerKey, kinds_with, marks_of
from commerce_api.domain.text_match import TextMatch
from commerce_api.persistence.readers.customers import opened, opener, seen, visible_customers, visible_to
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Statement
from commerce_api.persistence.tables.buying import orders
from commerce_api.persistence.tables.customer_desk import customer_keys, customer_marks
from commerce_api.persistence.tables.identity import customers

Position: TypeAlias = tuple[str, UUID]
_PAST_ALL_LETTERS = "\U0010ffff"


class Found(NamedTuple):
    """`place` is where the customer stands in the list: by the text that was found first, then by age."""

    customer: Customer
    place: Position


class _Source(NamedTuple):
    """Rows that tell a text and whose it is."""

    rows: FromClause
    text: ColumnElement[str]
    customer_id: ColumnElement[UUID]
    fits: ColumnElement[bool]


async def found_page(
    scope: Scope, find: CustomerFind, *, limit: int, backward: bool, position: Position | None
) -> Sequence[Found]:
    """In the direction of reading."""
    statement, values = page_question(scope, find, limit=limit, backward=backward, position=position)
    async with scope.database.connection() as connection:
        rows = await connection.fetch(statement, **values)
    return [Found(seen(scope.actor, row), (row["text"], row["id"])) for row in rows]


def page_question(
    scope: Scope, find: CustomerFind, *, limit: int, backward: bool = False, position: Position | None = None
) -> tuple[Statement, dict[str, Any]]:
    """The statement and its values."""
    text, customer_id = position or ("", None)
    values = {**_values(scope, find), "most": limit, "after_text": text, "after_id": customer_id}
    return _page_statement(_shape(find), backward=backward, onward=position is not None), values


async def found_count(scope: Scope, find: CustomerFind) -> int:
    async with scope.database.connection() as connection:
        return int(await connection.fetch_value(_count_statement(_shape(find)), **_values(scope, find)))


def _names(find: CustomerFind) -> dict[str, str]:
    """What each text is called in a statement."""
    texts = dict.fromkeys(text for way in find.ways for one in way for text in one.texts)
    return {text: f"text_{number}" for number, text in enumerate(texts)}


def _shape(find: CustomerFind) -> CustomerFind:
    """The same question about whatever texts: building a statement takes longer than running it, so each kind is built once."""
    names = _names(find)

    def shaped(way: Sequence[Sought]) -> tuple[Sought, ...]:
        return tuple(replace(one, texts=tuple(names[text] for text in one.texts)) for one in way)

    return replace(find, wanted=shaped(find.wanted), swapped=find.swapped and shaped(find.swapped), keys=())


def _values(scope: Scope, find: CustomerFind) -> dict[str, Any]:
    values: dict[str, Any] = {**visible_to(scope.actor), **opener(scope.actor, scope.at)}
    names = _names(find)
    for text, name in names.items():
        values |= {name: text, f"{name}_past": text + _PAST_ALL_LETTERS}
    contained = [one for way in find.ways for one in way if one.mode is TextMatch.CONTAINS]
    return values | {f"{names[t]}_{one.kind}": marks_of(one.kind, t) for one in contained for t in one.texts}


@lru_cache(maxsize=256)
def _page_statement(shape: CustomerFind, *, backward: bool, onward: bool) -> Statement:
    """`onward` from a position."""
    page = _page(shape, backward=backward, onward=onward).subquery("page")
    rows = select(customers, opened(), page.c.text).join_from(page, customers, page.c.customer_id == customers.c.id)
    return Statement(rows.order_by(*_order((page.c.text, page.c.customer_id), backward=backward)))


@lru_cache(maxsize=64)
def _count_statement(shape: CustomerFind) -> Statement:
    first, *others = (rows for _, rows in _ways(shape))
    return Statement(select(func.count()).select_from(first.union_all(*others).subquery("found")))


def _page(shape: CustomerFind, *, backward: bool, onward: bool) -> Select[Any]:
    """Of each way to read the question as many as are wanted, and of these as many."""
    most = bindparam("most", type_=Integer())
    pages = [_part(source, rows, backward=backward, onward=onward).limit(most) for source, rows in _ways(shape)]
    if len(pages) == 1:
        return pages[0]
    first, *others = (select(page.subquery()) for page in pages)
    both = first.union_all(*others).subquery("ways")
    return select(both).order_by(*_order((both.c.text, both.c.customer_id), backward=backward)).limit(most)


def _part(source: _Source, rows: Select[Any], *, backward: bool, onward: bool) -> Select[Any]:
    place = (source.text, source.customer_id)
    ordered = rows.order_by(*_order(place, backward=backward))
    if not onward:
        return ordered
    here = tuple_(bindparam("after_text", type_=TEXT()), bindparam("after_id", type_=Uuid()))
    return ordered.where(tuple_(*place) < here if backward else tuple_(*place) > here)


def _ways(find: CustomerFind) -> list[tuple[_Source, Select[Any]]]:
    """The names as they were given, and who has them the other way round only."""
    straight = _rows(find.wanted)
    if find.swapped is None:
        return [straight]
    source, rows = _rows(find.swapped)
    return [straight, (source, rows.where(not_(and_(*map(_has, find.wanted)))))]


def _rows(wanted: Sequence[Sought]) -> tuple[_Source, Select[Any]]:
    first, *others = wanted
    source = _leading(first)
    columns: list[ColumnElement[Any]] = [source.text.label("text"), source.customer_id.label("customer_id")]
    rows = select(*columns).join_from(source.rows, customers, customers.c.id == source.customer_id)
    return source, rows.where(source.fits, visible_customers(), *map(_has, others))


def _order(place: Sequence[ColumnElement[Any]], *, backward: bool) -> list[ColumnElement[Any]]:
    return [column.desc() if backward else column.asc() for column in place]


def _leading(one: Sought) -> _Source:
    """Each customer once, by the first text that fits: looked up for those who are shown. PostgreSQL would join all texts that fit
    with each other if it was asked for those without an earlier one.
    """
    if one.mode is TextMatch.CONTAINS:
        marks = customer_marks.alias()
        parts = (bindparam(f"{name}_{one.kind}", type_=ARRAY(TEXT())) for name in one.texts)
        likely = or_(*(marks.c.marks.contains(part) for part in parts))
        marked = having(marks, likely)
        return _Source(marked, literal("", TEXT()), marked.c.customer_id, _has(one, marked.c.customer_id))
    source = _source(one)
    if one.mode is TextMatch.EXACT:
        return source
    earlier = _source(one)
    mine = select(func.min(earlier.text)).where(earlier.customer_id == source.customer_id, earlier.fits)
    first = mine.correlate_except(earlier.rows).scalar_subquery()
    return source._replace(fits=and_(source.fits, source.text == first))


def having(marks: FromClause, likely: ColumnElement[bool]) -> Subquery:
    """Apart from all else, so that the index of marks is used: PostgreSQL would rather look through all customers in the order of
    the page, since it does not know how few have these marks.
    """
    return select(marks.c.customer_id).where(likely).offset(0).subquery("marked")


def _has(one: Sought, customer_id: ColumnElement[UUID] = customers.c.id) -> ColumnElement[bool]:
    source = _source(one)
    return exists().where(source.customer_id == customer_id, source.fits).correlate_except(source.rows)


def _source(one: Sought) -> _Source:
    if one.kind == CustomerKey.ORDER_NUMBER:
        placed = orders.alias()
        return _Source(placed, placed.c.number, placed.c.customer_id, _fits(placed.c.number, one))
    keys = customer_keys.alias()
    kinds = kinds_with(CustomerKey(one.kind)) if one.mode is TextMatch.CONTAINS else (one.kind,)
    of_kind = or_(*(keys.c.kind == kind for kind in kinds))
    return _Source(keys, keys.c.value, keys.c.customer_id, and_(of_kind, _fits(keys.c.value, one)))


def _fits(text: ColumnElement[str], one: Sought) -> ColumnElement[bool]:
    texts = [bindparam(name, type_=TEXT()) for name in one.texts]
    if one.mode is TextMatch.CONTAINS:
        return or_(*(func.strpos(text, part) > 0 for part in texts))
    [whole] = texts
    if one.mode is TextMatch.EXACT:
        return text == whole
    return and_(text >= whole, text < bindparam(f"{one.texts[0]}_past", type_=TEXT()))
