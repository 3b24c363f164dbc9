"""Who is asking, and the attribution that every write carries (K10)."""

from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from commerce_api.domain.decision import Refusal
from commerce_api.domain.ids import ChannelId, CustomerId, SessionId
from commerce_api.domain.limits import Bound, Limit, bounds_in
from commerce_api.domain.permissions import GUEST, Permission
from commerce_api.domain.value import value


class ActorKind(StrEnum):
    GUEST = "GUEST"
    CUSTOMER = "CUSTOMER"
    STAFF = "STAFF"
    APP = "APP"
    SYSTEM = "SYSTEM"


@value
class Actor:
    """`id` is the customer's, the staff member's or the API key's; guests and the system have none.

    `cart_token_hash` is the guest's proof that a cart is theirs. `narrowed` permissions are held in some channels only;
    `bounds` are the limits that permissions are held with.
    """

    kind: ActorKind
    id: UUID | None = None
    permissions: frozenset[Permission]
    narrowed: frozenset[tuple[Permission, ChannelId]] = frozenset()
    bounds: frozenset[Bound] = frozenset()
    session_id: SessionId | None = None
    on_behalf_of: CustomerId | None = None
    cart_token_hash: bytes | None = None

    @property
    def customer_id(self) -> CustomerId | None:
        """The customer whose own things these are: the actor, or the one acted for."""
        if self.kind is ActorKind.CUSTOMER and self.id is not None:
            return CustomerId(self.id)
        return self.on_behalf_of

    def may(self, permission: Permission) -> bool:
        """In all channels, or in some."""
        return permission in self.permissions or any(held is permission for held, _ in self.narrowed)

    def channels_with(self, permission: Permission) -> frozenset[ChannelId] | None:
        """Where the actor holds a permission; None means everywhere."""
        if permission in self.permissions:
            return None
        return frozenset(channel for held, channel in self.narrowed if held is permission)

    def may_in(self, permission: Permission, channel_id: ChannelId) -> bool:
        """In this channel."""
        return permission in self.permissions or (permission, channel_id) in self.narrowed

    def limits(self, permission: Permission, channel_id: ChannelId | None) -> tuple[Limit, ...]:
        """How far a permission goes in this channel, or everywhere; nothing is as far as one likes. See `limits.beyond`."""
        return bounds_in(self.bounds, permission, channel_id)


@value
class Unauthenticated(Refusal):
    """Sign in first."""


@value
class Forbidden(Refusal):
    """You are not permitted to do this."""


def lacking(actor: Actor, permission: Permission) -> tuple[Refusal, ...]:
    """Why the actor is not even heard, in the words of the top-level errors."""
    if actor.may(permission):
        return ()
    return (Unauthenticated(),) if actor.kind is ActorKind.GUEST else (Forbidden(),)


ANYBODY: Final = Actor(kind=ActorKind.GUEST, permissions=GUEST)
SYSTEM: Final = Actor(kind=ActorKind.SYSTEM, permissions=frozenset(Permission))


@value
class Attribution:
    """Who writes, through which channel, in which request, from where, when. Nothing is written without one."""

    actor: Actor
    at: datetime
    request_id: str
    channel_id: ChannelId | None = None
    ip: str | None = None
