"""Keeps pictures by their content."""

from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from commerce_api.domain.picture import PictureFacts
from commerce_api.persistence.sql import Connection, Statement
from commerce_api.persistence.tables.catalog import media

_COLUMNS = ("id", "sha256", "content_type", "content", "width", "height")
_KEEP = Statement(
    insert(media)
    .values({name: bindparam(name, type_=media.c[name].type) for name in _COLUMNS})
    .on_conflict_do_nothing(index_elements=["sha256"])
)
_FIND = Statement(select(media.c.id).where(media.c.sha256 == bindparam("sha256")))


async def keep_picture(connection: Connection, id: UUID, digest: str, facts: PictureFacts, content: bytes) -> UUID:
    """The id of the picture with this content, whether it is new or was there."""
    values = {"id": id, "sha256": digest, "content_type": facts.type, "content": content}
    await connection.execute(_KEEP, values, width=facts.width, height=facts.height)
    found: UUID = await connection.fetch_value(_FIND, sha256=digest)
    return found
