"""Who a token stands for: one statement for each kind, what they may do included."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, any_, bindparam, func, literal_column, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from commerce_api.domain.grants import Grant, Held, held_by, known
from commerce_api.domain.ids import ChannelId
from commerce_api.domain.session import SessionKind
from commerce_api.domain.value import value
from commerce_api.persistence.readers.limits import limits_of
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Database, Row, Statement
from commerce_api.persistence.tables.buying import carts
from commerce_api.persistence.tables.identity import (
    api_keys,
    assisted_sessions,
    customers,
    one_time_tokens,
    roles,
    second_factors,
    sessions,
    staff,
    staff_roles,
)


def grants_of(staff_id: ColumnElement[UUID]) -> ColumnElement[Any]:
    """All of one member of staff, for `held_of`."""
    one = func.jsonb_build_object(
        *(literal_column("'permissions'"), roles.c.permissions),
        *(literal_column("'limits'"), roles.c.limits),
        *(literal_column("'channels'"), staff_roles.c.channel_ids),
    )
    grants = select(func.jsonb_agg(one, type_=JSONB())).select_from(staff_roles.join(roles))
    return grants.where(staff_roles.c.staff_id == staff_id).scalar_subquery().label("grants")


_OPEN = (
    sessions.c.access_hash == bindparam("hash"),
    sessions.c.access_expires_at > bindparam("at"),
    sessions.c.ended_at.is_(None),
)
_CUSTOMER = Statement(
    select(sessions.c.id, sessions.c.customer_id)
    .select_from(sessions.join(customers))
    .where(*_OPEN, customers.c.status == "ENABLED")
)
_STAFF = Statement(
    select(sessions.c.id, sessions.c.staff_id, staff.c.limits, grants_of(staff.c.id))
    .select_from(sessions.join(staff))
    .where(*_OPEN, staff.c.status == "ENABLED")
)
_ASSISTED = Statement(
    select(
        *(assisted_sessions.c[name] for name in ("id", "staff_id", "customer_id", "channel_id", "source")),
        *(sessions.c.id.label("session_id"), carts.c.token_hash.label("cart_token_hash")),
        *(staff.c.limits, grants_of(staff.c.id)),
    )
    .select_from(
        assisted_sessions.join(sessions, sessions.c.id == assisted_sessions.c.staff_session_id)
        .join(staff, staff.c.id == assisted_sessions.c.staff_id)
        .outerjoin(customers, customers.c.id == assisted_sessions.c.customer_id)
        .outerjoin(carts, carts.c.id == assisted_sessions.c.cart_id)
    )
    .where(
        assisted_sessions.c.token_hash == bindparam("hash"),
        assisted_sessions.c.expires_at > bindparam("at"),
        assisted_sessions.c.ended_at.is_(None),
        sessions.c.expires_at > bindparam("at"),
        sessions.c.ended_at.is_(None),
        staff.c.status == "ENABLED",
        or_(customers.c.id.is_(None), (customers.c.status == "ENABLED") & customers.c.assistance_allowed),
    )
)
_API_KEY = Statement(
    select(
        *(api_keys.c.id, api_keys.c.permissions, api_keys.c.channel_ids, api_keys.c.last_used_at),
        *(staff.c.limits, grants_of(staff.c.id)),
    )
    .select_from(api_keys.join(staff))
    .where(
        or_(
            api_keys.c.secret_hash == bindparam("hash"),
            (api_keys.c.previous_hash == bindparam("hash")) & (api_keys.c.previous_until > bindparam("at")),
        ),
        api_keys.c.revoked_at.is_(None),
        or_(api_keys.c.expires_at.is_(None), api_keys.c.expires_at > bindparam("at")),
        staff.c.status == "ENABLED",
    )
)

_USED = Statement(
    update(api_keys)
    .where(api_keys.c.id == bindparam("key_id"))
    .values(last_used_at=bindparam("used_at", type_=api_keys.c.last_used_at.type))
)

_login = select(customers.c.id, customers.c.email, customers.c.password_hash, customers.c.password_is_temporary)
_has_password = customers.c.password_hash.is_not(None)
_BY_NAME = Statement(
    _login.where(or_(customers.c.email == bindparam("name"), customers.c.logon == bindparam("name")), _has_password)
)
_BY_ID = Statement(_login.where(customers.c.id == bindparam("id"), _has_password))
_BY_TOKEN = Statement(
    _login.join(one_time_tokens, one_time_tokens.c.subject_id == customers.c.id).where(
        one_time_tokens.c.hash == bindparam("hash"),
        one_time_tokens.c.purpose == bindparam("purpose"),
        one_time_tokens.c.expires_at > bindparam("at"),
        one_time_tokens.c.used_at.is_(None),
    )
)

_STAFF_LOGIN = Statement(
    select(staff.c.id, staff.c.email, staff.c.password_hash).where(staff.c.email == bindparam("email"))
)
_STAFF_BY_ID = Statement(select(staff.c.id, staff.c.email, staff.c.password_hash).where(staff.c.id == bindparam("id")))
_CHALLENGED = {
    kind: Statement(
        select(who.c.id)
        .join(one_time_tokens, one_time_tokens.c.subject_id == who.c.id)
        .where(
            who.c.status == "ENABLED",
            one_time_tokens.c.hash == bindparam("hash"),
            one_time_tokens.c.purpose == "SECOND_FACTOR",
            one_time_tokens.c.expires_at > bindparam("at"),
            one_time_tokens.c.used_at.is_(None),
        )
    )
    for kind, who in ((SessionKind.CUSTOMER, customers), (SessionKind.STAFF, staff))
}
_SECOND_FACTORS = Statement(
    select(
        second_factors.c.subject_id,
        second_factors.c.turned_on_at,
        func.cardinality(second_factors.c.recovery_hashes).label("recovery_codes_left"),
    ).where(
        second_factors.c.subject_id == any_(bindparam("ids", type_=ARRAY(Uuid()))), second_factors.c.secret.is_not(None)
    )
)


@value
class Login:
    """What a sign-in is compared with."""

    id: UUID
    email: str
    password_hash: str = field(repr=False)
    temporary: bool = False


async def customer_login(database: Database, name: str) -> Login | None:
    """Whose mail address or logon this is."""
    return await _login_by(database, _BY_NAME, name=name)


async def login_of(database: Database, customer_id: UUID | None) -> Login | None:
    return await _login_by(database, _BY_ID, id=customer_id)


async def login_by_token(database: Database, purpose: str, token_hash: bytes, at: datetime) -> Login | None:
    """The customer whom an unused token of a mail was sent to, or who is about to choose a password; with no password yet, as
    after an invitation, the hash is empty.
    """
    return await _login_by(database, _BY_TOKEN, hash=token_hash, purpose=purpose, at=at)


async def staff_login(database: Database, email: str) -> Login | None:
    return await _login_by(database, _STAFF_LOGIN, email=email)


async def staff_login_of(database: Database, staff_id: UUID | None) -> Login | None:
    return await _login_by(database, _STAFF_BY_ID, id=staff_id)


async def challenged(database: Database, kind: SessionKind, challenge_hash: bytes, at: datetime) -> UUID | None:
    """Who has still to answer a challenge."""
    async with database.connection() as connection:
        found: UUID | None = await connection.fetch_value(_CHALLENGED[kind], hash=challenge_hash, at=at)
    return found


@value
class SecondFactorState:
    turned_on_at: datetime
    recovery_codes_left: int


async def second_factors_of(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, SecondFactorState]:
    """Of customers or staff whom the actor has found already."""
    async with scope.database.connection() as connection:
        rows = await connection.fetch(_SECOND_FACTORS, ids=list(ids))
    return {row.pop("subject_id"): SecondFactorState(**row) for row in map(dict, rows)}


async def _login_by(database: Database, statement: Statement, **key: Any) -> Login | None:
    async with database.connection() as connection:
        row = await connection.fetch_one(statement, **key)
    if row is None:
        return None
    temporary = row.get("password_is_temporary", False)
    return Login(id=row["id"], email=row["email"], password_hash=row["password_hash"] or "", temporary=temporary)


async def customer_session(database: Database, access_hash: bytes, at: datetime) -> Row | None:
    async with database.connection() as connection:
        return await connection.fetch_one(_CUSTOMER, hash=access_hash, at=at)


async def staff_session(database: Database, access_hash: bytes, at: datetime) -> Row | None:
    async with database.connection() as connection:
        return await connection.fetch_one(_STAFF, hash=access_hash, at=at)


async def assisted_session(database: Database, hash: bytes, at: datetime) -> Row | None:
    """For as long as both are there: the session of the staff, and the customer's consent."""
    async with database.connection() as connection:
        return await connection.fetch_one(_ASSISTED, hash=hash, at=at)


async def api_key(database: Database, secret_hash: bytes, at: datetime) -> Row | None:
    async with database.connection() as connection:
        return await connection.fetch_one(_API_KEY, hash=secret_hash, at=at)


async def note_use(database: Database, key_id: UUID, at: datetime) -> None:
    async with database.connection() as connection:
        await connection.execute(_USED, key_id=key_id, used_at=at)


def held_of(row: Row) -> Held:
    """What the staff member of such a row holds."""
    return held_by(_grants_of(row["grants"]), limits_of(row["limits"]))


def _grants_of(documents: Iterable[Any] | None) -> list[Grant]:
    return [
        Grant(
            permissions=known(document["permissions"]),
            limits=limits_of(document["limits"]),
            channels=None
            if document["channels"] is None
            else frozenset(ChannelId(UUID(channel)) for channel in document["channels"]),
        )
        for document in documents or ()
    ]
