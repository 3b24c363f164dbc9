"""Mails that were or are to be sent: one per dedupe key, whatever happens."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from commerce_api.domain.quote.content import VersionRef
from commerce_api.domain.value import value
from commerce_api.persistence.documents import read
from commerce_api.persistence.sql import Connection, Row, Statement
from commerce_api.persistence.tables.columns import moment
from commerce_api.persistence.tables.records import mails


class MailState(StrEnum):
    QUEUED = "QUEUED"
    SENT = "SENT"
    KEPT = "KEPT"
    REJECTED = "REJECTED"


@value
class Mail:
    """`html` and `text` lack the secret of what the mail `opens`; see `operations.mailed_secrets`. The document that it `attaches`
    is made when it is needed.
    """

    id: UUID
    kind: str
    dedupe_key: str
    recipient: str
    language: str
    subject: str
    html: str
    text: str
    template_version: str
    content_hash: bytes
    order_id: UUID | None
    opens: str | None
    attaches: VersionRef | None = None
    state: MailState
    error: str | None = None
    created_at: datetime
    sent_at: datetime | None = None


_COLUMNS = tuple(c for c in mails.columns if c.name in Mail.__dataclass_fields__)
_ADD = Statement(
    insert(mails)
    .values({c.name: bindparam(c.name, type_=c.type) for c in _COLUMNS})
    .on_conflict_do_update(index_elements=["dedupe_key"], set_={"dedupe_key": mails.c.dedupe_key})
    .returning(*_COLUMNS)
)
"""Of two that come at once both get the row of the first."""
_BY_KEY = Statement(select(*_COLUMNS).where(mails.c.dedupe_key == bindparam("dedupe_key")))
_BY_ID = Statement(select(*_COLUMNS).where(mails.c.id == bindparam("id")))
_LATEST = Statement(select(*_COLUMNS).order_by(mails.c.created_at.desc(), mails.c.id.desc()).limit(bindparam("most")))
_LEFT = Statement(
    update(mails)
    .where(mails.c.id == bindparam("mail"))
    .values(
        state=bindparam("state"),
        error=bindparam("error"),
        sent_at=bindparam("sent_at", type_=moment("at").type),
    )
)


async def add(connection: Connection, mail: Mail) -> Mail:
    """The one with this dedupe key: this one, or one that was there already."""
    [row] = await connection.fetch(_ADD, **{name: getattr(mail, name) for name in Mail.__dataclass_fields__})
    return _mail(row)


def _mail(row: Row) -> Mail:
    attaches = row["attaches"] and read(VersionRef, row["attaches"])
    return Mail(**{**row, "state": MailState(row["state"]), "attaches": attaches})


async def by_key(connection: Connection, dedupe_key: str) -> Mail | None:
    row = await connection.fetch_one(_BY_KEY, dedupe_key=dedupe_key)
    return _mail(row) if row else None


async def by_id(connection: Connection, id_: UUID) -> Mail | None:
    row = await connection.fetch_one(_BY_ID, id=id_)
    return _mail(row) if row else None


async def latest(connection: Connection, most: int) -> list[Mail]:
    return [_mail(row) for row in await connection.fetch(_LATEST, most=most)]


async def has_left(connection: Connection, mail: Mail, state: MailState, *, at: datetime, error: str | None) -> None:
    """Write down how the sending went."""
    await connection.execute(_LEFT, mail=mail.id, state=state, sent_at=at, error=error)
