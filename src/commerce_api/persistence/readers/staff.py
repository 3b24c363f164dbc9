"""Staff accounts, their roles, and API keys."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Table, Uuid, any_, bindparam, exists, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from commerce_api.domain.grants import known
from commerce_api.domain.ids import ApiKeyId, ChannelId, RoleId, StaffId
from commerce_api.domain.staff import ApiKey, Role, RoleGrant, StaffMember, StaffStatus
from commerce_api.domain.value import value
from commerce_api.persistence.readers.limits import limits_of
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Connection, Row, Statement
from commerce_api.persistence.tables.identity import api_keys, roles, second_factors, staff, staff_roles

_IDS = any_(bindparam("ids", type_=ARRAY(Uuid())))
_second_factor = exists().where(second_factors.c.subject_id == staff.c.id, second_factors.c.secret.is_not(None))
MEMBER = (*staff.columns, _second_factor.label("second_factor"))
"""The columns that make a `StaffMember`, and what a sign-in needs."""
_STAFF = Statement(select(*MEMBER).where(staff.c.id == _IDS))
_NAMES = Statement(select(staff.c.id, staff.c.name).where(staff.c.id == _IDS))
_ROLES = Statement(select(roles).where(roles.c.id == _IDS))
_ALL_ROLES = Statement(select(roles).order_by(roles.c.code))
_GRANTS = Statement(
    select(staff_roles).where(staff_roles.c.staff_id == _IDS).order_by(staff_roles.c.staff_id, staff_roles.c.role_id)
)
_ROLE_CODES = Statement(
    select(roles.c.code)
    .join_from(staff_roles, roles)
    .where(
        staff_roles.c.staff_id == bindparam("staff_id"),
        or_(
            staff_roles.c.channel_ids.is_(None),
            bindparam("channel_id", type_=Uuid()) == any_(staff_roles.c.channel_ids),
        ),
    )
)
_API_KEYS = Statement(select(api_keys).where(api_keys.c.id == _IDS))


async def staff_of(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, StaffMember]:
    async with scope.database.connection() as connection:
        return {row["id"]: member_of(row) for row in await connection.fetch(_STAFF, ids=list(ids))}


async def staff_names(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, str]:
    """For those who work with them."""
    async with scope.database.connection() as connection:
        return {row["id"]: row["name"] for row in await connection.fetch(_NAMES, ids=list(ids))}


async def roles_of(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, Role]:
    async with scope.database.connection() as connection:
        return {row["id"]: role_of(row) for row in await connection.fetch(_ROLES, ids=list(ids))}


async def all_roles(scope: Scope) -> list[Role]:
    async with scope.database.connection() as connection:
        return [role_of(row) for row in await connection.fetch(_ALL_ROLES)]


async def grants_of(scope: Scope, staff_ids: Sequence[UUID]) -> Mapping[UUID, list[RoleGrant]]:
    found: dict[UUID, list[RoleGrant]] = {id_: [] for id_ in staff_ids}
    async with scope.database.connection() as connection:
        for row in await connection.fetch(_GRANTS, ids=list(staff_ids)):
            found[row["staff_id"]].append(grant_of(row))
    return found


async def role_codes_of(connection: Connection, staff_id: UUID, channel_id: UUID) -> frozenset[str]:
    """Codes of the roles that somebody has in a channel."""
    found = await connection.fetch(_ROLE_CODES, staff_id=staff_id, channel_id=channel_id)
    return frozenset(row["code"] for row in found)


async def api_keys_of(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, ApiKey]:
    async with scope.database.connection() as connection:
        return {row["id"]: key_of(row) for row in await connection.fetch(_API_KEYS, ids=list(ids))}


@value
class Slice:
    """One page of a list that is ordered by `id`: newest last."""

    limit: int
    backward: bool
    position: UUID | None


async def staff_page(scope: Scope, page: Slice) -> list[StaffMember]:
    return [member_of(row) for row in await _page(scope, select(*MEMBER), staff, page)]


async def api_key_page(scope: Scope, page: Slice) -> list[ApiKey]:
    return [key_of(row) for row in await _page(scope, select(api_keys), api_keys, page)]


async def staff_count(scope: Scope) -> int:
    return await _count(scope, staff)


async def api_key_count(scope: Scope) -> int:
    return await _count(scope, api_keys)


async def _page(scope: Scope, rows: Select[Any], table: Table, page: Slice) -> list[Row]:
    statement = rows.limit(page.limit)
    statement = statement.order_by(table.c.id.desc() if page.backward else table.c.id)
    if page.position is not None:
        statement = statement.where(table.c.id < page.position if page.backward else table.c.id > page.position)
    async with scope.database.connection() as connection:
        return await connection.fetch(Statement(statement))


async def _count(scope: Scope, table: Table) -> int:
    async with scope.database.connection() as connection:
        return int(await connection.fetch_value(Statement(select(func.count()).select_from(table))))


def member_of(row: Row) -> StaffMember:
    return StaffMember(
        id=StaffId(row["id"]),
        email=row["email"],
        name=row["name"],
        status=StaffStatus(row["status"]),
        second_factor=row["second_factor"],
        limits=limits_of(row["limits"]),
        created_at=row["created_at"],
        revision=row["revision"],
    )


def role_of(row: Row) -> Role:
    return Role(
        id=RoleId(row["id"]),
        code=row["code"],
        name=row["name"],
        permissions=known(row["permissions"]),
        limits=limits_of(row["limits"]),
        revision=row["revision"],
    )


def grant_of(row: Row) -> RoleGrant:
    return RoleGrant(role_id=RoleId(row["role_id"]), channel_ids=_channels(row["channel_ids"]))


def key_of(row: Row) -> ApiKey:
    return ApiKey(
        id=ApiKeyId(row["id"]),
        name=row["name"],
        prefix=row["prefix"],
        permissions=known(row["permissions"]),
        created_by=StaffId(row["created_by"]),
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        revoked_at=row["revoked_at"],
        channel_ids=_channels(row["channel_ids"]),
        last_used_at=row["last_used_at"],
        previous_until=row["previous_until"],
    )


def _channels(ids: Sequence[UUID] | None) -> tuple[ChannelId, ...] | None:
    return None if ids is None else tuple(map(ChannelId, ids))
