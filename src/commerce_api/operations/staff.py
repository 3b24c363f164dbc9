"""Staff accounts: who works here, with which roles."""

from collections.abc import Sequence
from dataclasses import field, replace
from uuid import UUID

from commerce_api.adapters.passwords import PasswordHash
from commerce_api.domain import staff as domain
from commerce_api.domain.decision import NotFound, Refused, check_revision, refuse
from commerce_api.domain.ids import StaffId
from commerce_api.domain.limits import Limits, changed
from commerce_api.domain.session import EndReason, SessionKind
from commerce_api.domain.staff import (
    LastAdministrator,
    RoleGrant,
    StaffCreated,
    StaffLimitsSet,
    StaffMember,
    StaffRolesSet,
    StaffStatus,
    StaffStatusSet,
    Taken,
)
from commerce_api.domain.value import value
from commerce_api.operations.entrance import Entrance
from commerce_api.operations.limits import tree_for, unknown
from commerce_api.operations.second_factor import taken_off
from commerce_api.persistence.stores import accounts
from commerce_api.persistence.stores.sessions import SessionStore
from commerce_api.persistence.stores.staff import RoleStore, StaffStore
from commerce_api.persistence.unit_of_work import UnitOfWork


@value
class CreateStaff:
    email: str
    name: str
    password_hash: PasswordHash
    grants: tuple[RoleGrant, ...]


@value
class NewStaff:
    email: str
    name: str
    password: str = field(repr=False)
    grants: tuple[RoleGrant, ...]


@value
class SetStaffRoles:
    id: StaffId
    grants: tuple[RoleGrant, ...]
    expected_revision: int | None = None


@value
class SetStaffLimits:
    id: StaffId
    limits: Limits
    expected_revision: int | None = None


@value
class SetStaffStatus:
    id: StaffId
    status: StaffStatus
    expected_revision: int | None = None


@value
class ResetSecondFactor:
    id: StaffId
    expected_revision: int | None


async def hashed(entrance: Entrance, command: NewStaff | Refused) -> CreateStaff | Refused:
    """With the password as it is kept. To be done before the transaction: it takes long."""
    if isinstance(command, Refused):
        return command
    made = await entrance.hashed(command.password, "password")
    if isinstance(made, Refused):
        return made
    return CreateStaff(email=command.email, name=command.name, password_hash=PasswordHash(made), grants=command.grants)


async def load_staff(uow: UnitOfWork, id: UUID) -> StaffMember | None:
    return await StaffStore(uow).get(id)


async def create_staff(uow: UnitOfWork, command: CreateStaff) -> StaffMember | Refused:
    if no := await _granting(uow, command.grants):
        return no
    store = StaffStore(uow)
    member = StaffMember(
        id=StaffId(uow.new_id()),
        email=command.email,
        name=command.name,
        status=StaffStatus.ENABLED,
        second_factor=False,
        limits={},
        created_at=uow.by.at,
        revision=2,
    )
    created = StaffCreated(role_ids=tuple(grant.role_id for grant in command.grants))
    if not await store.add(member, command.password_hash.text, created):
        return refuse(Taken(path=("email",)))
    await store.set_grants(member.id, command.grants)
    return member


async def grants_by_code(uow: UnitOfWork, codes: Sequence[str]) -> tuple[RoleGrant, ...] | Refused:
    """Roles as people type them: everywhere."""
    roles = await RoleStore(uow).by_code(codes)
    unknown = [code for code in codes if code not in roles]
    if unknown:
        return refuse(*(NotFound(path=("roles", code)) for code in unknown))
    return tuple(RoleGrant(role_id=role.id) for role in roles.values())


async def set_roles(uow: UnitOfWork, command: SetStaffRoles) -> StaffMember | Refused:
    """Only roles that are new to somebody have to be within what one holds oneself."""
    store = StaffStore(uow)
    member = await _found(store, command.id, command.expected_revision)
    if isinstance(member, Refused):
        return member
    had = await store.grants(member.id)
    if no := await _granting(uow, [grant for grant in command.grants if grant not in had]):
        return no
    await store.set_grants(member.id, command.grants)
    await store.record(member.id, StaffRolesSet(grants=command.grants))
    return await _unless_nobody_is_left(store, member)


async def set_limits(uow: UnitOfWork, command: SetStaffLimits) -> StaffMember | Refused:
    """What is given, and what a role gives where something is taken away, has to be within what one holds oneself."""
    store = StaffStore(uow)
    member = await _found(store, command.id, command.expected_revision)
    if isinstance(member, Refused):
        return member
    if refused := await unknown(uow, command.limits):
        return refused
    roles = await RoleStore(uow).some([grant.role_id for grant in await store.grants(member.id)])
    fallback = {p: role.limits.get(p) for role in roles.values() for p in role.permissions & member.limits.keys()}
    given = {p: command.limits[p] for p in changed(member.limits, command.limits) & command.limits.keys()}
    taken_away = {p: limit for p, limit in fallback.items() if p not in command.limits}
    wanted = {**given, **taken_away}
    if exceeding := domain.may_limit(wanted, uow.by.actor, await tree_for(uow, wanted), "limits"):
        return refuse(exceeding)
    await store.set_limits(member.id, command.limits)
    await store.record(member.id, StaffLimitsSet(limits=command.limits))
    return replace(member, limits=command.limits, revision=member.revision + 1)


async def set_status(uow: UnitOfWork, command: SetStaffStatus) -> StaffMember | Refused:
    """Disabling ends all sessions; keys that the person issued stop with the account."""
    store = StaffStore(uow)
    member = await _found(store, command.id, command.expected_revision)
    if isinstance(member, Refused) or member.status is command.status:
        return member
    await store.set_status(member.id, command.status)
    await store.record(member.id, StaffStatusSet(status=command.status))
    if command.status is StaffStatus.DISABLED:
        await SessionStore(uow).end_all(SessionKind.STAFF, member.id, EndReason.DISABLED)
    return await _unless_nobody_is_left(store, replace(member, status=command.status))


async def reset_second_factor(uow: UnitOfWork, command: ResetSecondFactor) -> StaffMember | Refused:
    """For somebody whose device is lost."""
    store = StaffStore(uow)
    member = await _found(store, command.id, command.expected_revision)
    if isinstance(member, Refused):
        return member
    if account := await accounts.locked(uow.connection, SessionKind.STAFF, member.id):
        await taken_off(uow, account)
    await store.touch(member.id)
    return replace(member, second_factor=False, revision=member.revision + 1)


async def _found(store: StaffStore, id: StaffId, expected: int | None) -> StaffMember | Refused:
    await store.one_at_a_time()
    member = await store.get(id)
    if member is None:
        return refuse(NotFound(path=("id",)))
    return check_revision(member.revision, expected) or member


async def _granting(uow: UnitOfWork, grants: Sequence[RoleGrant]) -> Refused | None:
    roles = await RoleStore(uow).some([grant.role_id for grant in grants])
    unknown = [n for n, grant in enumerate(grants) if grant.role_id not in roles]
    if unknown:
        return refuse(*(NotFound(path=("roles", str(n), "roleId")) for n in unknown))
    wanted = frozenset(permission for role in roles.values() for permission in role.permissions)
    if exceeding := domain.may_grant(wanted, uow.by.actor.permissions):
        return refuse(replace(exceeding, path=("roles",)))
    tree = await tree_for(uow, *(role.limits for role in roles.values()))
    each = [domain.limits_raised(role.permissions, None, role.limits, tree) for role in roles.values()]
    further = (domain.may_limit(limits, uow.by.actor, tree, "roles") for limits in each)
    return next((refuse(reason) for reason in further if reason), None)


async def _unless_nobody_is_left(store: StaffStore, member: StaffMember) -> StaffMember | Refused:
    if not await store.has_administrator():
        return refuse(LastAdministrator())
    return replace(member, revision=member.revision + 1)
