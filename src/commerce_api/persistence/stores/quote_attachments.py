"""The files of quotes. They never change."""

from dataclasses import field
from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, bindparam, func, or_, select

from commerce_api.domain.actor import Author
from commerce_api.domain.quote import Audience
from commerce_api.domain.value import value
from commerce_api.persistence.rows import insert_into
from commerce_api.persistence.sql import Connection, Statement
from commerce_api.persistence.tables.quotes import quote_attachments as t


@value
class Attachment:
    """`round` is the version that had been sent by then."""

    id: UUID
    quote_id: UUID
    round: int
    audience: Audience
    name: str = field(repr=False)
    content_type: str
    content: bytes = field(repr=False)


_KEPT = ("id", "quote_id", "round", "audience", "name", "content_type", "content")
_ADD = insert_into(t)
_COUNT = Statement(select(func.count()).where(t.c.quote_id == bindparam("quote_id")))
_FIND = Statement(
    select(*(t.c[name] for name in _KEPT)).where(
        t.c.quote_id == bindparam("quote_id"),
        t.c.id == bindparam("id"),
        or_(bindparam("whole", type_=Boolean()), t.c.audience == Audience.CUSTOMER),
    )
)


async def add(connection: Connection, attachment: Attachment, author: Author, at: datetime) -> None:
    kept = {name: getattr(attachment, name) for name in _KEPT}
    await connection.execute(_ADD, {**kept, "size": len(attachment.content), "author": author, "at": at})


async def count(connection: Connection, quote_id: UUID) -> int:
    found: int = await connection.fetch_value(_COUNT, quote_id=quote_id)
    return found


async def find(connection: Connection, quote_id: UUID, id: UUID, *, whole: bool) -> Attachment | None:
    """`whole` finds also what staff keep to themselves."""
    row = await connection.fetch_one(_FIND, quote_id=quote_id, id=id, whole=whole)
    if row is None:
        return None
    return Attachment(**{name: row[name] for name in _KEPT if name != "audience"}, audience=Audience(row["audience"]))
