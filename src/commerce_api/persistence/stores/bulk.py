"""Many rows at once by COPY, for data that no rule has to look at: demonstration and benchmark catalogs."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, exists, func, select
from sqlalchemy.dialects.postgresql import BIGINT

from commerce_api.persistence.sql import Connection, Statement
from commerce_api.persistence.tables import metadata
from commerce_api.persistence.tables.channels import channels
from commerce_api.persistence.tables.identity import roles

_LOCK = 7_236_111_402
_ALONE = Statement(select(func.pg_advisory_xact_lock(bindparam("lock", _LOCK, type_=BIGINT))))
_OPEN = Statement(select(exists(select(channels.c.id))))
_ROLES = Statement(select(roles.c.id, roles.c.code, roles.c.name).order_by(roles.c.code))


class Rows:
    """Rows by table name, in any order of tables: `copy` follows the foreign keys."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, tuple[str, ...]], list[tuple[Any, ...]]] = defaultdict(list)

    def add(self, table: str, **values: Any) -> None:
        self._rows[table, tuple(values)].append(tuple(values.values()))

    async def copy(self, connection: Connection) -> None:
        for table in metadata.sorted_tables:
            for (name, columns), records in self._rows.items():
                if name == table.name:
                    await connection.copy_in(name, columns, records)


async def store_is_new(connection: Connection) -> bool:
    """Whether there is no channel yet. Whoever asks first has the answer alone until the transaction ends."""
    await connection.execute(_ALONE)
    return not await connection.fetch_value(_OPEN)


async def role_ids(connection: Connection) -> Mapping[str, tuple[UUID, str]]:
    """Code to id and name of every role."""
    return {row["code"]: (row["id"], row["name"]) for row in await connection.fetch(_ROLES)}


async def ids_by(connection: Connection, table: str, column: str) -> Mapping[str, UUID]:
    """The id of each row by something that tells rows apart."""
    columns = metadata.tables[table].c
    return {row[column]: row["id"] for row in await connection.fetch(Statement(select(columns.id, columns[column])))}
