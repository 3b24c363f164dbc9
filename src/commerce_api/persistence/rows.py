"""The statements that every store needs, made from a table."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnClause,
    ColumnElement,
    Date,
    DateTime,
    FromClause,
    Select,
    Table,
    Uuid,
    and_,
    any_,
    bindparam,
    column,
    delete,
    func,
    not_,
    select,
    text,
    update,
    values,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, Insert, insert

from commerce_api.persistence.parameters import name_in_row
from commerce_api.persistence.sql import Connection, Statement, Writing


def insert_into(table: Table, *names: str) -> Statement:
    """Insert all columns, or the ones named; a value for each must be given."""
    columns = names or tuple(c.name for c in table.columns if c.identity is None)
    return Statement(insert(table).values({name: bindparam(name, type_=table.c[name].type) for name in columns}))


def upsert(table: Table, *names: str, stock_told: bool = False) -> Statement:
    """Insert, or update what is there by primary key."""
    columns = names or tuple(c.name for c in table.columns if c.identity is None)
    keys = [c.name for c in table.primary_key.columns]
    statement = insert(table).values({name: bindparam(name, type_=table.c[name].type) for name in columns})
    changed = {name: statement.excluded[name] for name in columns if name not in keys}
    return Statement(statement.on_conflict_do_update(index_elements=keys, set_=changed), stock_told=stock_told)


_FEW: Final = 2
"""A statement has several sets, and each number of rows in each of them makes another one, to be compiled and planned."""


def few(rows: Sequence[Any]) -> int:
    """How many they are, if they are few: then a statement is made for just so many."""
    return len(rows) if len(rows) <= _FEW else 0


def row_set(table: Table, *names: str, called: str = "rows", count: int = 0) -> FromClause:
    """Rows for a statement that writes a whole set at once: a list of mappings. With `count`, just so many, of which each value is a
    parameter of its own: of a document, PostgreSQL takes as long to make one row as to write it.
    """
    return given_rows({name: table.c[name].type for name in names}, called=called, count=count)


def given_rows(types: Mapping[str, Any], *, called: str, count: int = 0) -> FromClause:
    """The same of columns of these types."""
    columns = [column(name, type_) for name, type_ in types.items()]
    given = "given" if called == "rows" else f"given_{called}"
    if count:
        return values(*columns, name=given).data([_parameters(columns, called, each) for each in range(count)])
    rows = func.jsonb_to_recordset(bindparam(called, type_=JSONB()))
    return rows.table_valued(*columns, name=given).render_derived(name=given, with_types=True)


def _parameters(columns: Iterable[ColumnClause[Any]], called: str, number: int) -> tuple[BindParameter[Any], ...]:
    return tuple(bindparam(name_in_row(called, number, each.name), type_=each.type) for each in columns)


def insert_set(table: Table, *names: str) -> Statement:
    """Insert a whole set of rows; values for these columns must be given."""
    given = row_set(table, *names)
    return Statement(insert(table).from_select(names, select(*(given.c[name] for name in names))))


class Write(NamedTuple):
    """Something to be written by one statement with other things. No two of them change the same row, and equal names of
    parameters mean equal values. `stock_told`: as of `Statement`.
    """

    clause: Any
    values: Mapping[str, Any]
    stock_told: bool = False


async def write_all(connection: Connection, writes: Sequence[Write]) -> None:
    """By one statement. Rows may refer to each other in any order: PostgreSQL looks at foreign keys when it is over. Only the
    last may be a query.
    """
    if writes:
        await connection.execute(*_together(writes))


async def insert_all(connection: Connection, rows: Mapping[Table, Sequence[Mapping[str, Any]]]) -> None:
    """Rows of several tables by one statement."""
    await write_all(connection, inserts(rows))


async def insert_at_last(connection: Writing, rows: Mapping[Table, Sequence[Mapping[str, Any]]]) -> None:
    """The same, when nothing else is left to do."""
    await connection.at_last(*_together(inserts(rows)))


def inserts(rows: Mapping[Table, Sequence[Mapping[str, Any]]]) -> list[Write]:
    return [
        Write(insert_given(table, count=few(of_table)), {table.name: of_table})
        for table, of_table in rows.items()
        if of_table
    ]


def _together(writes: Sequence[Write]) -> tuple[Statement, Mapping[str, Any]]:
    statement = _statement_of(tuple(write.clause for write in writes), any(write.stock_told for write in writes))
    return statement, {name: value for write in writes for name, value in write.values.items()}


@lru_cache(maxsize=256)
def _statement_of(clauses: tuple[Any, ...], stock_told: bool) -> Statement:  # noqa: FBT001 - part of its cache's key
    *others, last = clauses
    together = last.add_cte(*(other.cte(f"write_{number}") for number, other in enumerate(others)))
    return Statement(together, stock_told=stock_told)


@cache
def insert_given(table: Table, *conditions: ColumnElement[bool], count: int) -> Insert:
    """To be part of a statement: rows that are given to it by the table's name, so many as `few` says."""
    names = [c.name for c in table.columns if c.identity is None]
    given = row_set(table, *names, called=table.name, count=count)
    return insert(table).from_select(names, select(*(given.c[name] for name in names)).where(*conditions))


@cache
def upsert_given(table: Table, *conditions: ColumnElement[bool], count: int) -> Insert:
    """The same, of which some are there and are changed by primary key."""
    write = insert_given(table, *conditions, count=count)
    names = [c.name for c in table.columns if c.identity is None]
    keys = [c.name for c in table.primary_key.columns]
    changed = {name: write.excluded[name] for name in names if name not in keys}
    return write.on_conflict_do_update(index_elements=keys, set_=changed)


def update_set(table: Table, *names: str) -> Statement:
    """Update a whole set of rows by `id`, each to its next revision. What is null stays as it is in columns that need a value."""
    given = row_set(table, "id", *names)
    changed = {n: given.c[n] if table.c[n].nullable else func.coalesce(given.c[n], table.c[n]) for n in names}
    mine = table.c.id == given.c.id
    return Statement(update(table).values({**changed, "revision": table.c.revision + 1}).where(mine))


def among(column: ColumnElement[Any], name: str = "ids") -> ColumnElement[bool]:
    """Whether a column is one of the values of an array parameter."""
    return column == any_(bindparam(name, type_=ARRAY(column.type)))


def by_id(table: Table, *conditions: ColumnElement[bool], lock: bool = False) -> Statement:
    """The row with `id`; with `lock`, `FOR UPDATE`, so that decisions about one aggregate come one after another."""
    statement = select(table).where(table.c.id == bindparam("id"), *conditions)
    return Statement(statement.with_for_update(of=table) if lock else statement)


class Children:
    """The rows below a root, written as a whole: what is given stays or changes, what is missing goes."""

    def __init__(self, table: Table, parent: str, *, order_by: str | None = None) -> None:
        self._write = upsert(table)
        mine = table.c[parent] == any_(bindparam("parents", type_=ARRAY(table.c[parent].type)))
        self._read = Statement(select(table).where(mine).order_by(table.c[order_by] if order_by else table.c.id))
        kept = table.c.id == any_(bindparam("kept", type_=ARRAY(table.c.id.type)))
        self._prune = Statement(delete(table).where(and_(table.c[parent] == bindparam("parent"), not_(kept))))

    async def of(self, connection: Connection, parents: Iterable[Any]) -> list[Any]:
        return await connection.fetch(self._read, parents=list(parents))

    async def replace(self, connection: Connection, parent: Any, rows: list[Mapping[str, Any]]) -> None:
        await connection.execute(self._prune, parent=parent, kept=[row["id"] for row in rows])
        if rows:
            await connection.execute_many(self._write, rows)


class Parts:
    """The rows of several tables below any number of roots, read by one statement: the names are what each is called, and a
    column tells the order.
    """

    def __init__(self, parent: str, **tables: tuple[Table, str]) -> None:
        self._tables = {name: table for name, (table, _) in tables.items()}
        self._read = Statement(select(*(_all_of(name, table, parent, by) for name, (table, by) in tables.items())))

        self._parent, self._given = parent, tables

    async def of(self, connection: Connection, parents: Iterable[Any]) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        return self.read_back(await connection.fetch_one(self._read, parents=list(parents)))

    def below(self, root: FromClause) -> list[ColumnElement[Any]]:
        """Columns beside those of one root, for who reads it without locking it."""
        return [
            _listed(name, select(table).where(table.c[self._parent] == root.c.id).correlate(root), table, by)
            for name, (table, by) in self._given.items()
        ]

    def read_back(self, found: Any) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        return {name: [read_back(table, row) for row in found[name]] for name, table in self._tables.items()}


def _all_of(name: str, table: Table, parent: str, order_by: str) -> ColumnElement[Any]:
    return _listed(name, select(table).where(among(table.c[parent], "parents")), table, order_by)


def _listed(name: str, rows: Select[Any], table: Table, order_by: str) -> ColumnElement[Any]:
    return documents(name, rows.order_by(table.c[order_by], *table.primary_key.columns))


def documents(name: str, rows: Select[Any]) -> ColumnElement[Any]:
    """All rows of a select as one value, which is a list of documents. Exact decimals are to be selected as text."""
    of_rows = rows.subquery(f"of_{name}")
    listed = select(func.jsonb_agg(func.to_jsonb(of_rows.table_valued()), type_=JSONB())).scalar_subquery()
    return func.coalesce(listed, text("'[]'::jsonb"), type_=JSONB()).label(name)


def read_back(table: Table, kept: Mapping[str, Any]) -> dict[str, Any]:
    """A row as the database gives it, from the document that it was kept in. Columns that are younger are null."""
    return {name: read(kept.get(name)) for name, read in _readers(table).items()}


@cache
def _readers(table: Table) -> Mapping[str, Callable[[Any], Any]]:
    return {column.name: _reader(column.type) for column in table.columns}


def _reader(type_: Any) -> Callable[[Any], Any]:
    if isinstance(type_, Uuid):
        return lambda kept: kept and UUID(kept)
    if isinstance(type_, DateTime):
        return lambda kept: kept and datetime.fromisoformat(kept)
    if isinstance(type_, Date):
        return lambda kept: kept and date.fromisoformat(kept)
    return lambda kept: kept
