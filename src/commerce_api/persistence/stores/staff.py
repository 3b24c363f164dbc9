"""Staff, roles and keys, written one administrator at a time."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, any_, bindparam, delete, exists, func, literal_column, select, update
from sqlalchemy.dialects.postgresql import ARRAY, insert

from commerce_api.domain.ids import ApiKeyId, RoleId, StaffId
from commerce_api.domain.limits import Limits
from commerce_api.domain.permissions import Permission
from commerce_api.domain.staff import ApiKey, Role, RoleGrant, ShippedRole, StaffMember, StaffStatus
from commerce_api.persistence.readers.limits import document_of
from commerce_api.persistence.readers.staff import MEMBER, grant_of, key_of, member_of, role_of
from commerce_api.persistence.rows import by_id, insert_into
from commerce_api.persistence.sql import Row, Statement
from commerce_api.persistence.tables.identity import api_keys, roles, staff, staff_roles
from commerce_api.persistence.unit_of_work import UnitOfWork

_LOCK = 7_236_111_402
_ONE_AT_A_TIME = Statement(select(func.pg_advisory_xact_lock(literal_column(str(_LOCK)))))
_IDS = any_(bindparam("ids", type_=ARRAY(Uuid())))

_MEMBER = Statement(select(*MEMBER).where(staff.c.id == bindparam("id")).with_for_update(of=staff))
_add_member = insert(staff).values(
    {
        name: bindparam(name, type_=staff.c[name].type)
        for name in ("id", "email", "name", "password_hash", "status", "created_at")
    }
)
_ADD_MEMBER = Statement(_add_member.on_conflict_do_nothing(index_elements=["email"]))
_by_member = update(staff).where(staff.c.id == bindparam("staff_id"))
_next = {"revision": staff.c.revision + 1}
_SET_STATUS = Statement(_by_member.values(status=bindparam("new_status", type_=staff.c.status.type), **_next))
_SET_PASSWORD = Statement(
    _by_member.values(password_hash=bindparam("new_hash", type_=staff.c.password_hash.type), **_next)
)
_SET_LIMITS = Statement(_by_member.values(limits=bindparam("new_limits", type_=staff.c.limits.type), **_next))
_TOUCH = Statement(_by_member.values(**_next))

_IS_OWN = Statement(
    select(
        exists().where(
            staff.c.email == bindparam("email"),
            (staff.c.id == bindparam("id"))
            | (staff.c.id == select(api_keys.c.created_by).where(api_keys.c.id == bindparam("id")).scalar_subquery()),
        )
    )
)
_GRANTS = Statement(select(staff_roles).where(staff_roles.c.staff_id == bindparam("staff_id")))
_DROP_GRANTS = Statement(delete(staff_roles).where(staff_roles.c.staff_id == bindparam("staff_id")))
_GRANT = insert_into(staff_roles)
_HAS_ADMINISTRATOR = Statement(
    select(
        exists().where(
            staff.c.id == staff_roles.c.staff_id,
            staff.c.status == "ENABLED",
            staff_roles.c.channel_ids.is_(None),
            roles.c.id == staff_roles.c.role_id,
            literal_column(f"'{Permission.MANAGE_STAFF.value}'") == any_(roles.c.permissions),
        )
    )
)

_ROLE = by_id(roles, lock=True)
_COUNT_ROLES = Statement(select(func.count()).select_from(roles))
_SOME_ROLES = Statement(select(roles).where(roles.c.id == _IDS).with_for_update(read=True))
_BY_CODE = Statement(select(roles).where(roles.c.code == any_(bindparam("codes", type_=ARRAY(roles.c.code.type)))))
_add_role = insert(roles).values(
    {name: bindparam(name, type_=roles.c[name].type) for name in ("id", "code", "name", "permissions", "limits")}
)
_ADD_ROLE = Statement(_add_role.on_conflict_do_nothing(index_elements=["code"]))
_COMPLETE_ROLE = Statement(
    _add_role.on_conflict_do_update(index_elements=["code"], set_={"permissions": _add_role.excluded.permissions})
)
_SAVE_ROLE = Statement(
    update(roles)
    .where(roles.c.id == bindparam("role_id"))
    .values(
        name=bindparam("name", type_=roles.c.name.type),
        permissions=bindparam("permissions", type_=roles.c.permissions.type),
        limits=bindparam("limits", type_=roles.c.limits.type),
        revision=roles.c.revision + 1,
    )
)
_HELD = Statement(
    select(func.count().over().label("holders"), staff.c.name.label("one"))
    .join_from(staff_roles, staff)
    .where(staff_roles.c.role_id == bindparam("role_id"))
    .order_by(staff.c.name)
    .limit(1)
)
_DELETE_ROLE = Statement(delete(roles).where(roles.c.id == bindparam("role_id")))

_KEY = by_id(api_keys, lock=True)
_ADD_KEY = insert_into(
    api_keys,
    *("id", "name", "prefix", "secret_hash", "permissions", "channel_ids", "created_by", "created_at", "expires_at"),
)
_ROTATE_KEY = Statement(
    update(api_keys)
    .where(api_keys.c.id == bindparam("key_id"))
    .values(
        prefix=bindparam("new_prefix", type_=api_keys.c.prefix.type),
        secret_hash=bindparam("new_hash", type_=api_keys.c.secret_hash.type),
        previous_hash=api_keys.c.secret_hash,
        previous_until=bindparam("until", type_=api_keys.c.created_at.type),
    )
)
_REVOKE_KEY = Statement(update(api_keys).where(api_keys.c.id == bindparam("key_id")).values(revoked_at=bindparam("at")))


async def is_own(uow: UnitOfWork, email: str) -> bool:
    """Whether this is the address of whoever acts, or of whoever issued the key that acts."""
    actor_id = uow.by.actor.id
    return actor_id is not None and bool(await uow.connection.fetch_value(_IS_OWN, email=email, id=actor_id))


class StaffStore:
    def __init__(self, uow: UnitOfWork) -> None:
        self._uow, self._connection = uow, uow.connection

    async def one_at_a_time(self) -> None:
        """Until the transaction ends nobody else changes who may do what, so that two cannot remove each other."""
        await self._connection.execute(_ONE_AT_A_TIME)

    async def has_administrator(self) -> bool:
        return bool(await self._connection.fetch_value(_HAS_ADMINISTRATOR))

    async def get(self, id: UUID) -> StaffMember | None:
        row = await self.row(id)
        return member_of(row) if row else None

    async def row(self, id: UUID) -> Row | None:
        """With what only a sign-in needs; locked."""
        return await self._connection.fetch_one(_MEMBER, id=id)

    async def add(self, member: StaffMember, password_hash: str, event: Any) -> bool:
        """False if the address is taken."""
        added = await self._connection.execute(
            _ADD_MEMBER,
            id=member.id,
            email=member.email,
            name=member.name,
            password_hash=password_hash,
            status=member.status,
            created_at=member.created_at,
        )
        if added:
            await self.record(member.id, event)
        return bool(added)

    async def grants(self, id: StaffId) -> list[RoleGrant]:
        return [grant_of(row) for row in await self._connection.fetch(_GRANTS, staff_id=id)]

    async def set_grants(self, id: StaffId, grants: Sequence[RoleGrant]) -> None:
        await self._connection.execute(_DROP_GRANTS, staff_id=id)
        rows = [
            {
                "staff_id": id,
                "role_id": g.role_id,
                "channel_ids": None if g.channel_ids is None else list(g.channel_ids),
            }
            for g in grants
        ]
        await self._connection.execute_many(_GRANT, rows)
        await self._connection.execute(_TOUCH, staff_id=id)

    async def set_status(self, id: StaffId, status: StaffStatus) -> None:
        await self._connection.execute(_SET_STATUS, staff_id=id, new_status=status)

    async def set_limits(self, id: StaffId, limits: Limits) -> None:
        await self._connection.execute(_SET_LIMITS, staff_id=id, new_limits=document_of(limits))

    async def set_password(self, id: UUID, password_hash: str) -> None:
        await self._connection.execute(_SET_PASSWORD, staff_id=id, new_hash=password_hash)

    async def touch(self, id: UUID) -> None:
        """Let the revision grow: what belongs to the account has changed."""
        await self._connection.execute(_TOUCH, staff_id=id)

    async def record(self, id: UUID, event: Any) -> None:
        await self._uow.events.record("STAFF", id, [event])


class RoleStore:
    def __init__(self, uow: UnitOfWork) -> None:
        self._uow, self._connection = uow, uow.connection

    async def get(self, id: UUID) -> Role | None:
        row = await self._connection.fetch_one(_ROLE, id=id)
        return role_of(row) if row else None

    async def some(self, ids: Sequence[RoleId]) -> dict[UUID, Role]:
        """These roles, kept from changing until the transaction ends."""
        return {row["id"]: role_of(row) for row in await self._connection.fetch(_SOME_ROLES, ids=list(ids))}

    async def by_code(self, codes: Sequence[str]) -> dict[str, Role]:
        rows = await self._connection.fetch(_BY_CODE, codes=list(codes))
        return {row["code"]: role_of(row) for row in rows}

    async def count(self) -> int:
        found: int = await self._connection.fetch_value(_COUNT_ROLES)
        return found

    async def seed(self, role: ShippedRole) -> None:
        """Add a shipped role, unless there is one of its code; the complete one always gets everything."""
        statement = _COMPLETE_ROLE if role.complete else _ADD_ROLE
        await self._add(statement, self._uow.new_id(), role)

    async def add(self, role: Role, event: Any) -> bool:
        """False if the code is taken."""
        added = await self._add(_ADD_ROLE, role.id, role)
        if added:
            await self.record(role.id, event)
        return added

    async def _add(self, statement: Statement, id: UUID, role: Role | ShippedRole) -> bool:
        added = await self._connection.execute(
            statement,
            id=id,
            code=role.code,
            name=role.name,
            permissions=sorted(role.permissions),
            limits=document_of(role.limits),
        )
        return bool(added)

    async def save(self, role: Role, event: Any) -> None:
        await self._connection.execute(
            _SAVE_ROLE,
            role_id=role.id,
            name=role.name,
            permissions=sorted(role.permissions),
            limits=document_of(role.limits),
        )
        await self.record(role.id, event)

    async def held(self, id: RoleId) -> Row | None:
        """By how many `holders`, and the name of `one` of them; None if nobody has the role."""
        return await self._connection.fetch_one(_HELD, role_id=id)

    async def delete(self, id: RoleId, event: Any) -> None:
        await self.record(id, event)
        await self._connection.execute(_DELETE_ROLE, role_id=id)

    async def record(self, id: UUID, event: Any) -> None:
        await self._uow.events.record("ROLE", id, [event])


class ApiKeyStore:
    def __init__(self, uow: UnitOfWork) -> None:
        self._uow, self._connection = uow, uow.connection

    async def get(self, id: UUID) -> ApiKey | None:
        row = await self._connection.fetch_one(_KEY, id=id)
        return key_of(row) if row else None

    async def add(self, key: ApiKey, secret_hash: bytes, event: Any) -> None:
        await self._connection.execute(
            _ADD_KEY,
            id=key.id,
            name=key.name,
            prefix=key.prefix,
            secret_hash=secret_hash,
            permissions=sorted(key.permissions),
            channel_ids=None if key.channel_ids is None else list(key.channel_ids),
            created_by=key.created_by,
            created_at=key.created_at,
            expires_at=key.expires_at,
        )
        await self._uow.events.record("API_KEY", key.id, [event])

    async def rotate(self, key: ApiKey, secret_hash: bytes, event: Any) -> None:
        """`key` as it is to be."""
        await self._connection.execute(
            _ROTATE_KEY, key_id=key.id, new_prefix=key.prefix, new_hash=secret_hash, until=key.previous_until
        )
        await self._uow.events.record("API_KEY", key.id, [event])

    async def revoke(self, id: ApiKeyId, event: Any) -> None:
        await self._connection.execute(_REVOKE_KEY, key_id=id, at=self._uow.by.at)
        await self._uow.events.record("API_KEY", id, [event])
