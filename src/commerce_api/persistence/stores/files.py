"""Files in pieces, so that none is ever in memory as a whole."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, select, update

from commerce_api.domain.value import value
from commerce_api.persistence.rows import by_id, insert_into
from commerce_api.persistence.sql import Connection, Database, Statement
from commerce_api.persistence.tables.records import file_chunks, files

CHUNK: Final = 512 * 1024
_ADD = insert_into(files, "id", "name", "content_type", "owner_id", "created_at")
_ADD_CHUNK = insert_into(file_chunks)
_COMPLETE = Statement(update(files).where(files.c.id == bindparam("file")).values(size=bindparam("bytes")))
_FIND = by_id(files)
_CHUNK = Statement(
    select(file_chunks.c.content).where(
        file_chunks.c.file_id == bindparam("file"), file_chunks.c.position == bindparam("place")
    )
)


@value
class File:
    id: UUID
    name: str
    content_type: str
    size: int | None
    owner_id: UUID | None
    created_at: datetime


async def find_file(connection: Connection, id: UUID, owner_id: UUID | None) -> File | None:
    """Only for the one whom it belongs to."""
    row = await connection.fetch_one(_FIND, id=id)
    return File(**row) if row and row["owner_id"] == owner_id else None


async def keep_file(database: Database, file: File, chunks: AsyncIterator[bytes]) -> int:
    """Write a file piece by piece, each in a transaction of its own, so that a slow sender holds no connection."""
    values = {name: getattr(file, name) for name in ("id", "name", "content_type", "owner_id", "created_at")}
    async with database.connection() as connection:
        await connection.execute(_ADD, values)
    size, place = 0, 0
    async for chunk in chunks:
        async with database.connection() as connection:
            await connection.execute(_ADD_CHUNK, file_id=file.id, position=place, content=chunk)
        size, place = size + len(chunk), place + 1
    async with database.connection() as connection:
        await connection.execute(_COMPLETE, file=file.id, bytes=size)
    return size


async def chunks_of(database: Database, id: UUID) -> AsyncIterator[bytes]:
    place = 0
    while True:
        async with database.connection() as connection:
            chunk: bytes | None = await connection.fetch_value(_CHUNK, file=id, place=place)
        if chunk is None:
            return
        yield chunk
        place += 1
