"""The statements that every store needs, made from a table."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Table,
    TableValuedAlias,
    and_,
    any_,
    bindparam,
    column,
    delete,
    func,
    not_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert

from commerce_api.persistence.sql import Connection, Statement


def insert_into(table: Table, *names: str) -> Statement:
    """Insert all columns, or the ones named; a value for each must be given."""
    columns = names or tuple(c.name for c in table.columns if c.identity is None)
    return Statement(insert(table).values({name: bindparam(name, type_=table.c[name].type) for name in columns}))


def upsert(table: Table, *names: str) -> Statement:
    """Insert, or update what is there by primary key."""
    columns = names or tuple(c.name for c in table.columns if c.identity is None)
    keys = [c.name for c in table.primary_key.columns]
    statement = insert(table).values({name: bindparam(name, type_=table.c[name].type) for name in columns})
    changed = {name: statement.excluded[name] for name in columns if name not in keys}
    return Statement(statement.on_conflict_do_update(index_elements=keys, set_=changed))


def row_set(table: Table, *names: str) -> TableValuedAlias:
    """Any number of rows as one parameter, `rows`: a list of mappings. For statements that write a whole set at once."""
    columns = [column(name, table.c[name].type) for name in names]
    rows = func.jsonb_to_recordset(bindparam("rows", type_=JSONB()))
    return rows.table_valued(*columns, name="given").render_derived(name="given", with_types=True)


def insert_set(table: Table, *names: str) -> Statement:
    """Insert a whole set of rows; values for these columns must be given."""
    given = row_set(table, *names)
    return Statement(insert(table).from_select(names, select(*(given.c[name] for name in names))))


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
