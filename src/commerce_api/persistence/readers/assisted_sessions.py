"""Sessions in which staff help customers, for both of them to see."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, ColumnElement, Uuid, any_, bindparam, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from commerce_api.domain.actor import Actor, ActorKind
from commerce_api.domain.assistance import AssistanceEnd, AssistanceSource, AssistedSession
from commerce_api.domain.permissions import Permission
from commerce_api.persistence.lists import Listed, Lists, Part
from commerce_api.persistence.rows import among
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Connection, Row, Statement
from commerce_api.persistence.tables.identity import assisted_sessions as t

_MOST_OPEN = 50


def _visible() -> ColumnElement[bool]:
    """Those about oneself, those that one has begun, and those of channels in which one reads customers."""
    return or_(
        t.c.customer_id == bindparam("own_customer_id", type_=Uuid()),
        t.c.staff_id == bindparam("own_staff_id", type_=Uuid()),
        bindparam("everywhere", type_=Boolean()),
        t.c.channel_id == any_(bindparam("in_channels", type_=ARRAY(Uuid()))),
    )


def _visible_to(actor: Actor) -> dict[str, Any]:
    channels = actor.channels_with(Permission.READ_CUSTOMERS)
    return {
        "own_customer_id": actor.customer_id,
        "own_staff_id": actor.id if actor.kind is ActorKind.STAFF else None,
        "everywhere": channels is None,
        "in_channels": list(channels or ()),
    }


_BY_ID = Statement(select(t).where(among(t.c.id), _visible()))
_OPEN = Statement(
    select(t)
    .where(t.c.staff_id == bindparam("staff_id"), t.c.ended_at.is_(None), t.c.expires_at > bindparam("at"))
    .order_by(t.c.id.desc())
    .limit(_MOST_OPEN)
)
_LIST = Lists[None](
    rows=lambda _: select(t).where(_visible()),
    parent=t.c.customer_id,
    place=lambda _: ((t.c.started_at, t.c.id), True),
)


def session_of(row: Row) -> AssistedSession:
    values = {name: row[name] for name in AssistedSession.__dataclass_fields__}
    values["source"] = AssistanceSource(row["source"])
    values["end_reason"] = AssistanceEnd(row["end_reason"]) if row["end_reason"] else None
    return AssistedSession(**values)


async def find_sessions(connection: Connection, ids: Sequence[UUID], actor: Actor) -> list[AssistedSession]:
    return [session_of(row) for row in await connection.fetch(_BY_ID, ids=list(ids), **_visible_to(actor))]


async def assisted_sessions_of(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, AssistedSession]:
    async with scope.database.connection() as connection:
        return {session.id: session for session in await find_sessions(connection, ids, scope.actor)}


async def own_open_sessions(scope: Scope) -> list[AssistedSession]:
    """Those that the member of staff who asks has begun and that go on, the last one first."""
    async with scope.database.connection() as connection:
        return [session_of(row) for row in await connection.fetch(_OPEN, staff_id=scope.actor.id, at=scope.at)]


async def sessions_in(scope: Scope, parts: Sequence[Part[None]]) -> Mapping[Part[None], Sequence[AssistedSession]]:
    """Parts of what was done in the names of customers, the last first."""
    async with scope.database.connection() as connection:
        found = await _LIST.parts(connection, parts, **_visible_to(scope.actor))
    return {part: [session_of(row) for row in rows] for part, rows in found.items()}


async def count_sessions(scope: Scope, lists: Sequence[Listed[None]]) -> Mapping[Listed[None], int]:
    async with scope.database.connection() as connection:
        return await _LIST.counts(connection, lists, **_visible_to(scope.actor))
