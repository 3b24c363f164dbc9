"""Who of the staff may do something, with how far they may go."""

from collections.abc import Sequence

from sqlalchemy import String, any_, bindparam, select

from commerce_api.domain.grants import Held
from commerce_api.domain.permissions import Permission
from commerce_api.domain.staff import StaffMember
from commerce_api.persistence.readers.credentials import grants_of, held_of
from commerce_api.persistence.readers.staff import MEMBER, member_of
from commerce_api.persistence.sql import Connection, Statement
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


async def colleagues_with(connection: Connection, permission: Permission) -> Sequence[tuple[StaffMember, Held]]:
    """Those who have it anywhere, by name."""
    rows = await connection.fetch(_COLLEAGUES, permission=permission)
    return [(member_of(row), held_of(row)) for row in rows]
