"""Staff accounts, roles, API keys. Nobody grants what they do not hold themselves; somebody can always manage staff (C.7)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import ClassVar

from commerce_api.domain.actor import Actor
from commerce_api.domain.decision import Refusal
from commerce_api.domain.described import DescribedEnum
from commerce_api.domain.ids import ApiKeyId, ChannelId, RoleId, StaffId
from commerce_api.domain.limits import LIMITED, Limit, Limits, Tree, covers
from commerce_api.domain.permissions import GRANTABLE, TAKES_A_PERSON, Permission
from commerce_api.domain.value import value


class StaffStatus(DescribedEnum):
    ENABLED = "ENABLED", "May sign in."
    DISABLED = "DISABLED", "May not sign in; all sessions have ended."


@value
class StaffMember:
    id: StaffId
    email: str
    name: str
    status: StaffStatus
    second_factor: bool
    limits: Limits
    created_at: datetime
    revision: int


@value
class Role:
    id: RoleId
    code: str
    name: str
    permissions: frozenset[Permission]
    limits: Limits
    revision: int


@value
class RoleGrant:
    """A role that somebody has: everywhere (`channel_ids` None), or in some channels."""

    role_id: RoleId
    channel_ids: tuple[ChannelId, ...] | None = None


@value
class ApiKey:
    """`prefix` is the beginning of the secret, enough to tell keys apart. With `channel_ids` it holds in these only. Until
    `previous_until` the secret before the last rotation opens it, too.
    """

    id: ApiKeyId
    name: str
    prefix: str
    permissions: frozenset[Permission]
    created_by: StaffId
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None = None
    channel_ids: tuple[ChannelId, ...] | None = None
    last_used_at: datetime | None = None
    previous_until: datetime | None = None

    def is_over(self, at: datetime) -> bool:
        return self.revoked_at is not None or (self.expires_at is not None and self.expires_at <= at)


@value
class StaffCreated:
    role_ids: tuple[RoleId, ...]


@value
class StaffRolesSet:
    grants: tuple[RoleGrant, ...]


@value
class StaffLimitsSet:
    limits: Limits


@value
class StaffStatusSet:
    status: StaffStatus


@value
class StaffPasswordChanged:
    pass


@value
class RoleCreated:
    permissions: tuple[Permission, ...]
    limits: Limits


@value
class RoleUpdated:
    permissions: tuple[Permission, ...]
    limits: Limits


@value
class RoleDeleted:
    code: str


@value
class ApiKeyCreated:
    permissions: tuple[Permission, ...]
    expires_at: datetime | None


@value
class ApiKeyRotated:
    previous_until: datetime


@value
class ApiKeyRevoked:
    pass


@value
class ApiKeyIsOver(Refusal):
    """This key was stopped or has expired; issue another."""

    staff_only: ClassVar[bool] = True


@value
class ExceedsOwnPermissions(Refusal):
    """Nobody grants what they do not hold everywhere themselves: {missing}."""

    missing: str
    staff_only: ClassVar[bool] = True


@value
class ExceedsOwnLimits(Refusal):
    """Nobody lets others go further than they may go everywhere themselves: {permissions}."""

    permissions: str
    staff_only: ClassVar[bool] = True


@value
class NotGrantable(Refusal):
    """No role and no key can hold these: {permissions}."""

    permissions: str
    staff_only: ClassVar[bool] = True


@value
class LastAdministrator(Refusal):
    """Afterwards nobody could manage staff any more; let somebody else do so first."""

    staff_only: ClassVar[bool] = True


@value
class RoleInUse(Refusal):
    """{holders} of the staff have this role, such as {one}; give them another first."""

    staff_only: ClassVar[bool] = True
    holders: int
    one: str


@value
class Taken(Refusal):
    """This is taken by another."""

    staff_only: ClassVar[bool] = True


def may_grant(wanted: Iterable[Permission], held: frozenset[Permission]) -> Refusal | None:
    """Whether somebody who holds permissions everywhere may pass these on."""
    wanted = frozenset(wanted)
    if strange := wanted - GRANTABLE:
        return NotGrantable(path=("permissions",), permissions=", ".join(sorted(strange)))
    if missing := wanted - held:
        return ExceedsOwnPermissions(path=("permissions",), missing=", ".join(sorted(missing)))
    return None


def may_issue(wanted: frozenset[Permission], actor: Actor) -> Refusal | None:
    """Whether somebody may give these to a program, which knows no limits and stands behind nothing."""
    if refusal := may_grant(wanted, actor.permissions):
        return refusal
    if personal := wanted & TAKES_A_PERSON:
        return NotGrantable(path=("permissions",), permissions=", ".join(sorted(personal)))
    return may_limit(dict.fromkeys(wanted & LIMITED), actor, {}, "permissions")


def may_limit(
    given: Mapping[Permission, Limit | None], actor: Actor, tree: Tree, *path: str
) -> ExceedsOwnLimits | None:
    """Whether the actor may let others go so far; None is as far as they like. `tree`: see `limits.covers`."""
    exceeding = [
        permission
        for permission, limit in given.items()
        if permission not in actor.permissions or not covers(actor.limits(permission, None), limit, tree)
    ]
    return ExceedsOwnLimits(path=path, permissions=", ".join(sorted(exceeding))) if exceeding else None


def limits_raised(
    permissions: frozenset[Permission], before: Role | None, after: Limits, tree: Tree
) -> Mapping[Permission, Limit | None]:
    """What a role is to let people go further with than it did."""
    limited = permissions & LIMITED
    held = {p: before.limits.get(p) for p in before.permissions} if before else {}
    return {p: after.get(p) for p in limited if p not in held or not _lowered(held[p], after.get(p), tree)}


def _lowered(before: Limit | None, after: Limit | None, tree: Tree) -> bool:
    return covers((before,) if before else (), after, tree)


@value
class ShippedRole:
    """`resolves` are categories of block reasons that name this role."""

    code: str
    name: str
    permissions: frozenset[Permission]
    limits: Limits
    complete: bool = False
    resolves: frozenset[str] = frozenset()
