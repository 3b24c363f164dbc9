"""Who of the staff is at work, and who of them may do something, with how far they may go."""

from collections.abc import Mapping, Sequence

from sqlalchemy import String, any_, bindparam, select

from commerce_api.domain.grants import Held
from commerce_api.domain.permissions import Permission
from commerce_api.domain.staff import StaffMember
from commerce_api.persistence.lists import Listed, Lists, Part
from commerce_api.persistence.readers.credentials import grants_of, held_of
from commerce_api.persistence.readers.staff import MEMBER, member_of
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Connection, Row, Statement
from commerce_api.persistence.tables.identity import roles, staff, staff_roles

_having_it = (
    select(staff_roles.c.staff_id)
    .join(roles)
    .where(bindparam("permission", type_=String()) == any_(roles.c.permissions))
)
_COLLEAGUES = Statement(
    select(*MEMBER, grants_of(staff.c.id))
    .where(staff.c.status == "ENABLED", staff.c.id.in_(_having_it))
    .order_by(staff.c.name, staff.c.id)
)

_AT_WORK = Lists[str](
    rows=lambda named: select(staff.c.id, staff.c.name).where(
        staff.c.status == "ENABLED", staff.c.name.icontains(named, autoescape=True)
    ),
    parent=staff.c.id,
    place=lambda _: ((staff.c.name, staff.c.id), False),
)


async def colleagues_in(scope: Scope, parts: Sequence[Part[str]]) -> Mapping[Part[str], Sequence[Row]]:
    """Pages of those whose names have this in them, by name."""
    async with scope.database.connection() as connection:
        return await _AT_WORK.parts(connection, parts)


async def count_colleagues(scope: Scope, lists: Sequence[Listed[str]]) -> Mapping[Listed[str], int]:
    async with scope.database.connection() as connection:
        return await _AT_WORK.counts(connection, lists)


async def colleagues_with(connection: Connection, permission: Permission) -> Sequence[tuple[StaffMember, Held]]:
    """Those who have it anywhere, by name."""
    rows = await connection.fetch(_COLLEAGUES, permission=permission)
    return [(member_of(row), held_of(row)) for row in rows]
