"""What the roles of one person add up to."""

from collections.abc import Iterable

from commerce_api.domain.ids import ChannelId
from commerce_api.domain.limits import LIMITED, Bound, Limits
from commerce_api.domain.permissions import EVERY_STAFF, GRANTABLE, PER_CHANNEL, Permission
from commerce_api.domain.value import value


@value
class Grant:
    """The permissions of a role, everywhere (`channels` None) or in some channels only."""

    permissions: frozenset[Permission]
    channels: frozenset[ChannelId] | None = None
    limits: Limits


@value
class Held:
    everywhere: frozenset[Permission]
    narrowed: frozenset[tuple[Permission, ChannelId]] = frozenset()
    bounds: frozenset[Bound] = frozenset()


def known(names: Iterable[str]) -> frozenset[Permission]:
    """Permissions by name. Those that this version does not know grant nothing."""
    return frozenset(Permission(name) for name in names if name in Permission.__members__) & GRANTABLE


def held_by(grants: Iterable[Grant], own: Limits) -> Held:
    """`own` are limits of the person, which take the place of those of the roles."""
    grants = list(grants)
    everywhere = EVERY_STAFF.union(*(g.permissions for g in grants if g.channels is None))
    narrowed = frozenset(
        (permission, channel)
        for grant in grants
        for channel in grant.channels or ()
        for permission in (grant.permissions & PER_CHANNEL) - everywhere
    )
    bounds = frozenset(
        Bound(permission=permission, channel_id=channel, limit=own.get(permission, grant.limits.get(permission)))
        for grant in grants
        for permission in grant.permissions & LIMITED
        for channel in (grant.channels if grant.channels is not None else (None,))
    )
    return Held(everywhere=everywhere, narrowed=narrowed, bounds=bounds)


def limited_to(scopes: frozenset[Permission], issuer: Held, channels: frozenset[ChannelId] | None = None) -> Held:
    """What an API key holds: its scopes, as far as its issuer holds them still; in these channels only, if it has any."""
    narrowed = frozenset((permission, channel) for permission, channel in issuer.narrowed if permission in scopes)
    bounds = frozenset(bound for bound in issuer.bounds if bound.permission in scopes)
    if channels is None:
        return Held(everywhere=EVERY_STAFF | (scopes & issuer.everywhere), narrowed=narrowed, bounds=bounds)
    shared = frozenset((p, channel) for p in scopes & issuer.everywhere & PER_CHANNEL for channel in channels)
    within = shared | {held for held in narrowed if held[1] in channels}
    return Held(everywhere=EVERY_STAFF, narrowed=within, bounds=bounds)
