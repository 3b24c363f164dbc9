"""The statements that every store needs, made from a table."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, any_, bindparam, delete, not_, select
from sqlalchemy.dialects.postgresql import ARRAY, insert

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
