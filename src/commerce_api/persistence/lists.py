"""Lists that belong to something, such as the orders of a customer: one statement reads the same page of many of them."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace
from typing import Any, Generic, TypeAlias, TypeVar
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Select, Uuid, bindparam, func, literal, select, true, tuple_
from sqlalchemy.dialects.postgresql import ARRAY

from commerce_api.domain.value import value
from commerce_api.persistence.rows import among
from commerce_api.persistence.sql import Connection, Row, Statement

C = TypeVar("C", bound=Hashable)
K = TypeVar("K", bound="Listed[Any]")
Place: TypeAlias = tuple[Sequence[Column[Any]], bool]
_PARENTS = func.unnest(bindparam("parents", type_=ARRAY(Uuid()))).table_valued("id").render_derived(name="parents")


@value
class Listed(Generic[C]):
    """A list: what is chosen of all there is, and what it belongs to, if anything."""

    chosen: C
    parent_id: UUID | None = None


@value
class Part(Listed[C]):
    """`limit` rows of a list after `position`, or before it if `backward`."""

    limit: int
    backward: bool = False
    position: tuple[Any, ...] | None = None


@value
class Lists(Generic[C]):
    """How lists of a kind are read: the `rows` of all of them, the column of the `parent`, and the columns that make the
    `place` in the order, with whether the greatest comes first.
    """

    rows: Callable[[C], Select[Any]]
    parent: Column[Any]
    place: Callable[[C], Place]

    async def parts(
        self, connection: Connection, parts: Iterable[Part[C]], **values: Any
    ) -> dict[Part[C], Sequence[Row]]:
        """In the direction of reading; those that differ only in their parents come together."""
        found: dict[Part[C], Sequence[Row]] = {}
        for by_parent in _alike(parts):
            if None in by_parent:
                found[by_parent[None]] = await connection.fetch(Statement(self._part(by_parent[None])), **values)
                continue
            rows: defaultdict[UUID, list[Row]] = defaultdict(list)
            statement = self._of_each(next(iter(by_parent.values())))
            for row in await connection.fetch(statement, parents=list(by_parent), **values):
                rows[row[self.parent.name]].append(row)
            found |= {part: rows[id_] for id_, part in by_parent.items() if id_}
        return found

    async def counts(self, connection: Connection, lists: Iterable[Listed[C]], **values: Any) -> dict[Listed[C], int]:
        """How long each list is."""
        found: dict[Listed[C], int] = {}
        for by_parent in _alike(lists):
            rows = self.rows(next(iter(by_parent.values())).chosen)
            if None in by_parent:
                whole = Statement(rows.with_only_columns(func.count(), maintain_column_froms=True))
                found[by_parent[None]] = await connection.fetch_value(whole, **values)
                continue
            counted = rows.with_only_columns(self.parent, func.count().label("count"), maintain_column_froms=True)
            each = Statement(counted.where(among(self.parent, "parents")).group_by(self.parent))
            of = await connection.fetch(each, parents=list(by_parent), **values)
            found |= dict.fromkeys(by_parent.values(), 0)
            found |= {by_parent[row[self.parent.name]]: row["count"] for row in of}
        return found

    def _part(self, part: Part[C]) -> Select[Any]:
        columns, _ = self.place(part.chosen)
        rows = self.rows(part.chosen).order_by(*self._order(columns, part)).limit(part.limit)
        if part.position is None:
            return rows
        here = tuple_(*(literal(v, c.type) for v, c in zip(part.position, columns, strict=True)))
        return rows.where(tuple_(*columns) < here if self._down(part) else tuple_(*columns) > here)

    def _of_each(self, part: Part[C]) -> Statement:
        rows = self._part(part).where(self.parent == _PARENTS.c.id).correlate(_PARENTS).lateral("part")
        places = [rows.c[column.name] for column in self.place(part.chosen)[0]]
        return Statement(select(rows).select_from(_PARENTS.join(rows, true())).order_by(*self._order(places, part)))

    def _order(self, columns: Iterable[ColumnElement[Any]], part: Part[C]) -> list[ColumnElement[Any]]:
        return [column.desc() if self._down(part) else column.asc() for column in columns]

    def _down(self, part: Part[C]) -> bool:
        return self.place(part.chosen)[1] is not part.backward


def _alike(keys: Iterable[K]) -> Iterable[dict[UUID | None, K]]:
    """Keys that differ only in their parents, by these; a list without one is alone."""
    groups: defaultdict[Any, dict[UUID | None, K]] = defaultdict(dict)
    for key in keys:
        groups[replace(key, parent_id=None), key.parent_id is None][key.parent_id] = key
    return groups.values()
