"""What customers let staff do for them, and the sessions in which staff do it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, update

from commerce_api.domain.assistance import Assistance, AssistanceEnd, AssistedSession, AssistEnded, AssistStarted
from commerce_api.domain.ids import CustomerId
from commerce_api.persistence.readers.assisted_sessions import session_of
from commerce_api.persistence.rows import among, insert_into
from commerce_api.persistence.sql import Connection, Statement
from commerce_api.persistence.tables.identity import assisted_sessions as t
from commerce_api.persistence.tables.identity import customers
from commerce_api.persistence.unit_of_work import UnitOfWork

_SET = Statement(
    update(customers)
    .where(customers.c.id == bindparam("customer_id"))
    .values(assistance_allowed=bindparam("allowed"), assistance_with_cards=bindparam("with_cards"))
)


async def set_assistance(connection: Connection, customer_id: CustomerId, wanted: Assistance) -> None:
    await connection.execute(_SET, customer_id=customer_id, allowed=wanted.allowed, with_cards=wanted.with_cards)


_ADD = insert_into(t)
_end = (
    update(t)
    .where(t.c.ended_at.is_(None))
    .values(ended_at=bindparam("at"), end_reason=bindparam("reason"))
    .returning(t)
)
_END = Statement(_end.where(t.c.id == bindparam("session_id")))
_END_OWN = Statement(_end.where(t.c.id == bindparam("session_id"), t.c.staff_id == bindparam("by")))
_END_WITH = Statement(_end.where(among(t.c.staff_session_id, "staff_session_ids")))


class AssistedSessionStore:
    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    async def start(self, session: AssistedSession, token_hash: bytes) -> None:
        names = AssistedSession.__dataclass_fields__
        row = {name: getattr(session, name) for name in names}
        await self._uow.connection.execute(_ADD, {**row, "token_hash": token_hash})
        told = {name: row[name] for name in ("staff_id", "customer_id", "cart_id", "source", "reason")}
        await self._record(session, AssistStarted(**told))

    async def end_own(self, id: UUID) -> AssistedSession | None:
        """One that the actor has begun; None if there is no such one that is open."""
        ended = await self._end(_END_OWN, AssistanceEnd.ENDED, session_id=id, by=self._uow.by.actor.id)
        return ended[0] if ended else None

    async def expire(self, id: UUID) -> None:
        await self._end(_END, AssistanceEnd.EXPIRED, session_id=id)

    async def end_with(self, staff_session_ids: Sequence[UUID]) -> None:
        """What hangs on sessions of staff ends with them."""
        await self._end(_END_WITH, AssistanceEnd.STAFF_SIGNED_OUT, staff_session_ids=list(staff_session_ids))

    async def _end(self, statement: Statement, reason: AssistanceEnd, **which: Any) -> list[AssistedSession]:
        rows = await self._uow.connection.fetch(statement, at=self._uow.by.at, reason=reason, **which)
        ended = [session_of(row) for row in rows]
        for session in ended:
            await self._record(session, AssistEnded(reason=reason))
        return ended

    async def _record(self, session: AssistedSession, happened: AssistStarted | AssistEnded) -> None:
        self._uow.serve(session.customer_id)
        await self._uow.events.record("ASSISTED_SESSION", session.id, [happened])
