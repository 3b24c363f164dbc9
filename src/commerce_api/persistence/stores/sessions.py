"""Sessions and their refresh tokens."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, update

from commerce_api.domain.ids import SessionId
from commerce_api.domain.session import EndReason, Session, SessionEnded, SessionKind, SessionOpened
from commerce_api.domain.value import value
from commerce_api.persistence.rows import insert_into
from commerce_api.persistence.sql import Row, Statement
from commerce_api.persistence.stores.assistance import AssistedSessionStore
from commerce_api.persistence.tables.identity import refresh_tokens, sessions
from commerce_api.persistence.unit_of_work import UnitOfWork

_OPEN = insert_into(
    sessions, "id", "customer_id", "staff_id", "access_hash", "access_expires_at", "created_at", "expires_at"
)
_ADD_REFRESH = insert_into(refresh_tokens, "hash", "session_id", "created_at")
_BY_REFRESH = Statement(
    select(sessions, refresh_tokens.c.used_at)
    .select_from(sessions.join(refresh_tokens))
    .where(refresh_tokens.c.hash == bindparam("hash"))
    .with_for_update(of=[sessions, refresh_tokens])
)
_USE = Statement(
    update(refresh_tokens).where(refresh_tokens.c.hash == bindparam("hash")).values(used_at=bindparam("at"))
)
_RENEW = Statement(
    update(sessions)
    .where(sessions.c.id == bindparam("session_id"))
    .values(
        access_hash=bindparam("access_hash"),
        access_expires_at=bindparam("access_expires_at"),
        expires_at=bindparam("expires_at"),
    )
)
_end = update(sessions).values(ended_at=bindparam("at"), end_reason=bindparam("reason"))
_still_open = sessions.c.ended_at.is_(None)
_END_ONE = Statement(_end.where(sessions.c.id == bindparam("session_id"), _still_open).returning(sessions))
_others = (_still_open, sessions.c.id.is_distinct_from(bindparam("but", type_=sessions.c.id.type)))
_END_ALL = {
    SessionKind.CUSTOMER: Statement(
        _end.where(sessions.c.customer_id == bindparam("subject_id"), *_others).returning(sessions)
    ),
    SessionKind.STAFF: Statement(
        _end.where(sessions.c.staff_id == bindparam("subject_id"), *_others).returning(sessions)
    ),
}


@value
class Hashes:
    access: bytes
    refresh: bytes


class SessionStore:
    def __init__(self, uow: UnitOfWork) -> None:
        self._uow, self._connection = uow, uow.connection

    async def open(self, session: Session, tokens: Hashes, access_until: datetime) -> None:
        is_customer = session.kind is SessionKind.CUSTOMER
        await self._connection.execute(
            _OPEN,
            id=session.id,
            customer_id=session.subject_id if is_customer else None,
            staff_id=None if is_customer else session.subject_id,
            access_hash=tokens.access,
            access_expires_at=access_until,
            created_at=self._uow.by.at,
            expires_at=session.expires_at,
        )
        await self._add_refresh(session.id, tokens.refresh)
        opened = SessionOpened(subject=session.kind, subject_id=session.subject_id)
        await self._uow.events.record("SESSION", session.id, [opened])

    async def by_refresh(self, refresh_hash: bytes) -> tuple[Session, datetime | None] | None:
        """The session that a refresh token belongs to, locked, and when that token was used."""
        row = await self._connection.fetch_one(_BY_REFRESH, hash=refresh_hash)
        return row and (_session(row), row["used_at"])

    async def renew(self, session: Session, used: bytes, tokens: Hashes, access_until: datetime) -> None:
        await self._connection.execute(_USE, hash=used, at=self._uow.by.at)
        await self._connection.execute(
            _RENEW,
            session_id=session.id,
            access_hash=tokens.access,
            access_expires_at=access_until,
            expires_at=session.expires_at,
        )
        await self._add_refresh(session.id, tokens.refresh)

    async def end(self, session_id: SessionId | None, reason: EndReason) -> int:
        return await self._end(_END_ONE, reason, session_id=session_id)

    async def end_all(
        self, kind: SessionKind, subject_id: UUID | None, reason: EndReason, *, but: SessionId | None = None
    ) -> int:
        return await self._end(_END_ALL[kind], reason, subject_id=subject_id, but=but)

    async def _end(self, statement: Statement, reason: EndReason, **which: Any) -> int:
        ended = await self._connection.fetch(statement, at=self._uow.by.at, reason=reason, **which)
        for row in ended:
            session = _session(row)
            event = SessionEnded(subject_id=session.subject_id, reason=reason)
            await self._uow.events.record("SESSION", session.id, [event])
        if staff := [row["id"] for row in ended if row["staff_id"]]:
            await AssistedSessionStore(self._uow).end_with(staff)
        return len(ended)

    async def _add_refresh(self, session_id: SessionId, refresh_hash: bytes) -> None:
        await self._connection.execute(
            _ADD_REFRESH, hash=refresh_hash, session_id=session_id, created_at=self._uow.by.at
        )


def _session(row: Row) -> Session:
    is_customer = row["customer_id"] is not None
    return Session(
        id=SessionId(row["id"]),
        kind=SessionKind.CUSTOMER if is_customer else SessionKind.STAFF,
        subject_id=row["customer_id"] if is_customer else row["staff_id"],
        expires_at=row["expires_at"],
        ended_at=row["ended_at"],
    )
