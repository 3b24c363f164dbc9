"""Pictures that are kept here."""

from sqlalchemy import bindparam, select

from commerce_api.domain.value import value
from commerce_api.persistence.sql import Database, Statement
from commerce_api.persistence.tables.catalog import media

_CONTENT = Statement(
    select(media.c.content_type, media.c.content).where(
        media.c.sha256 == bindparam("sha256"), media.c.content.is_not(None)
    )
)


@value
class Picture:
    content_type: str
    content: bytes


async def picture_of(database: Database, sha256: str) -> Picture | None:
    """Pictures are public: whoever knows the hash of the content has seen the content."""
    async with database.connection() as connection:
        row = await connection.fetch_one(_CONTENT, sha256=sha256)
    return row and Picture(content_type=row["content_type"], content=row["content"])
