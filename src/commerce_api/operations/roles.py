"""Roles: rows that name permissions."""

from dataclasses import replace
from decimal import Decimal
from typing import Final
from uuid import UUID

from commerce_api.adapters.clock import now
from commerce_api.adapters.ids import new_id
from commerce_api.domain import staff as domain
from commerce_api.domain.actor import SYSTEM, Attribution
from commerce_api.domain.decision import NotFound, Refused, TooMany, check_revision, refuse
from commerce_api.domain.ids import RoleId
from commerce_api.domain.limits import LIMITED, Floor, Limit, Limits
from commerce_api.domain.permissions import GRANTABLE, Permission
from commerce_api.domain.setting import MOST_LISTED
from commerce_api.domain.staff import Role, RoleCreated, RoleDeleted, RoleInUse, RoleUpdated, ShippedRole, Taken
from commerce_api.domain.value import value
from commerce_api.operations.limits import tree_for, unknown
from commerce_api.persistence.sql import Database
from commerce_api.persistence.stores.staff import RoleStore, StaffStore
from commerce_api.persistence.unit_of_work import UnitOfWork, unit_of_work

P = Permission
_CSR: Final = frozenset(
    {
        P.ACT_FOR_CUSTOMERS,
        P.AUTHOR_QUOTES,
        P.BLOCK_ORDERS,
        P.CANCEL_ORDERS,
        P.COMMENT_ON_ORDERS,
        P.DEDUCT_AMOUNTS,
        P.EDIT_ORDERS,
        P.FIND_CUSTOMERS,
        P.INVITE_CUSTOMERS,
        P.MANAGE_CUSTOMERS,
        P.OVERRIDE_CHARGES,
        P.OVERRIDE_NOTIFICATIONS,
        P.OVERRIDE_PRICES,
        P.READ_CARTS,
        P.READ_CUSTOMERS,
        P.READ_ORDERS,
        P.READ_PAYMENTS,
        P.READ_QUOTES,
        P.READ_STOCK,
    }
)
_MORE: Final = frozenset(
    {
        P.APPROVE_QUOTES,
        P.DISABLE_CUSTOMERS,
        P.READ_COSTS,
        P.RESERVE_FOR_QUOTES,
        P.RESOLVE_BLOCKS,
        P.SET_CUSTOMER_TERMS,
        P.TAKE_OVER_EDITS,
    }
)
_SMALL: Final = Limit(percent=Decimal(10), floor=Floor.COST_AND_LOWEST_PRICE)
_LARGER: Final = Limit(percent=Decimal(30), floor=Floor.COST)
SHIPPED_ROLES: Final = (
    ShippedRole(code="CSR", name="Customer service", permissions=_CSR, limits=dict.fromkeys(_CSR & LIMITED, _SMALL)),
    ShippedRole(
        code="SUPERVISOR",
        name="Service supervisor",
        permissions=_CSR | _MORE,
        limits=dict.fromkeys(LIMITED, _LARGER),
    ),
    ShippedRole(
        code="CATALOG_MANAGER",
        name="Catalog manager",
        permissions=frozenset({P.MANAGE_CATALOG, P.MANAGE_PRICES, P.READ_COSTS, P.READ_STOCK}),
        limits={},
    ),
    ShippedRole(
        code="WAREHOUSE",
        name="Warehouse",
        permissions=frozenset({P.ADJUST_STOCK, P.FIND_CUSTOMERS, P.READ_STOCK}),
        limits={},
    ),
    ShippedRole(
        code="FINANCE",
        name="Finance",
        permissions=frozenset(
            {
                P.APPROVE_QUOTES,
                P.BLOCK_ORDERS,
                P.COMMENT_ON_ORDERS,
                P.DEDUCT_AMOUNTS,
                P.FIND_CUSTOMERS,
                P.OVERRIDE_CHARGES,
                P.READ_AUDIT_LOG,
                P.READ_COSTS,
                P.READ_ORDERS,
                P.READ_PAYMENTS,
                P.READ_QUOTES,
                P.READ_STOCK,
                P.RECORD_PAYMENTS,
                P.RESOLVE_OWN_BLOCKS,
                P.SET_CUSTOMER_TERMS,
            }
        ),
        limits=dict.fromkeys((P.APPROVE_QUOTES, P.DEDUCT_AMOUNTS, P.OVERRIDE_CHARGES), _LARGER),
        resolves=frozenset({"PAYMENT"}),
    ),
    ShippedRole(
        code="ADMINISTRATOR",
        name="Administrator",
        permissions=GRANTABLE,
        limits={},
        complete=True,
        resolves=frozenset({"PAYMENT"}),
    ),
)
"""What a new store begins with; rows from then on, which may be changed (C.7). `complete` gets what later versions add."""


async def seed_roles(uow: UnitOfWork) -> None:
    """The shipped roles, as far as they are not there; what people made of them stays."""
    for role in SHIPPED_ROLES:
        await RoleStore(uow).seed(role)


async def put_shipped_roles(database: Database) -> None:
    """After each change of the schema, in a transaction of the system's own."""
    by = Attribution(actor=SYSTEM, at=now(), request_id="shipped-roles")
    async with unit_of_work(database, by, new_id) as uow:
        await seed_roles(uow)


@value
class CreateRole:
    code: str
    name: str
    permissions: frozenset[Permission]
    limits: Limits


@value
class UpdateRole:
    """None leaves a field as it is."""

    id: RoleId
    name: str | None
    permissions: frozenset[Permission] | None
    limits: Limits | None
    expected_revision: int | None


@value
class DeleteRole:
    id: RoleId
    expected_revision: int | None


async def load_role(uow: UnitOfWork, id: UUID) -> Role | None:
    return await RoleStore(uow).get(id)


async def create_role(uow: UnitOfWork, command: CreateRole) -> Role | Refused:
    if no := await unknown(uow, command.limits) or await _exceeding(uow, None, command.permissions, command.limits):
        return no
    if await RoleStore(uow).count() >= MOST_LISTED:
        return refuse(TooMany(most=MOST_LISTED))
    role = Role(
        id=RoleId(uow.new_id()),
        code=command.code,
        name=command.name,
        permissions=command.permissions,
        limits=command.limits,
        revision=1,
    )
    created = RoleCreated(permissions=tuple(sorted(role.permissions)), limits=role.limits)
    return role if await RoleStore(uow).add(role, created) else refuse(Taken(path=("code",)))


async def update_role(uow: UnitOfWork, command: UpdateRole) -> Role | Refused:
    """Adding a permission takes holding it; taking one away does not, as long as somebody can still manage staff."""
    await StaffStore(uow).one_at_a_time()
    store = RoleStore(uow)
    role = await store.get(command.id)
    if role is None:
        return refuse(NotFound(path=("id",)))
    permissions = role.permissions if command.permissions is None else command.permissions
    limits = role.limits if command.limits is None else command.limits
    if no := check_revision(role.revision, command.expected_revision) or await unknown(uow, command.limits or {}):
        return no
    if exceeding := await _exceeding(uow, role, permissions, limits):
        return exceeding
    changed = replace(
        role, name=command.name or role.name, permissions=permissions, limits=limits, revision=role.revision + 1
    )
    await store.save(changed, RoleUpdated(permissions=tuple(sorted(permissions)), limits=limits))
    return await _unless_nobody_is_left(uow, changed)


async def delete_role(uow: UnitOfWork, command: DeleteRole) -> Role | Refused:
    store = RoleStore(uow)
    await StaffStore(uow).one_at_a_time()
    role = await store.get(command.id)
    if role is None:
        return refuse(NotFound(path=("id",)))
    if no := check_revision(role.revision, command.expected_revision):
        return no
    if held := await store.held(role.id):
        return refuse(RoleInUse(path=("id",), holders=held["holders"], one=held["one"]))
    await store.delete(role.id, RoleDeleted(code=role.code))
    return role


async def _exceeding(
    uow: UnitOfWork, before: Role | None, permissions: frozenset[Permission], limits: Limits
) -> Refused | None:
    """What is new in a role, or goes further than it did, and that whoever acts may not give."""
    actor, tree = uow.by.actor, await tree_for(uow, limits, before.limits if before else {})
    new = permissions - before.permissions if before else permissions
    raised = domain.limits_raised(permissions, before, limits, tree)
    reasons = domain.may_grant(new, actor.permissions), domain.may_limit(raised, actor, tree, "limits")
    found = tuple(reason for reason in reasons if reason)
    return Refused(reasons=found) if found else None


async def _unless_nobody_is_left(uow: UnitOfWork, role: Role) -> Role | Refused:
    return role if await StaffStore(uow).has_administrator() else refuse(domain.LastAdministrator())
