"""Who is asking, and the attribution that every write carries (K10)."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final, Self
from uuid import UUID

from commerce_api.domain.decision import Refusal
from commerce_api.domain.ids import AssistedSessionId, ChannelId, CustomerId, SessionId
from commerce_api.domain.limits import Bound, Limit, bounds_in
from commerce_api.domain.origin import OrderingChannel
from commerce_api.domain.permissions import GUEST, Permission
from commerce_api.domain.value import replace, value


class ActorKind(StrEnum):
    GUEST = "GUEST"
    CUSTOMER = "CUSTOMER"
    STAFF = "STAFF"
    APP = "APP"
    SYSTEM = "SYSTEM"


@value
class Delegation:
    """An assisted session: staff in the shop as a customer or a guest sees it, in one channel."""

    session_id: AssistedSessionId
    channel_id: ChannelId
    source: OrderingChannel


@value
class Author:
    """Who did something, such as putting a line into a cart."""

    kind: ActorKind
    id: UUID | None = None


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
    delegation: Delegation | None = None

    @property
    def is_staff(self) -> bool:
        """A person of the staff, or a program of theirs."""
        return self.kind in {ActorKind.STAFF, ActorKind.APP}

    @property
    def at_desk(self) -> bool:
        """Who sees and says what is for staff alone: in an assisted session they are where the customer is, and do not."""
        return self.is_staff and self.delegation is None

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


@value
class FourEyes(Refusal):
    """Somebody else has to do this: it is about something that you have done yourself."""

    staff_only: ClassVar[bool] = True


def lacking(actor: Actor, any_of: Iterable[Permission], channel_id: ChannelId) -> tuple[Refusal, ...]:
    """Why the actor is not even heard, in the words of the top-level errors. Of several permissions one is enough."""
    if any(actor.may_in(permission, channel_id) for permission in any_of):
        return ()
    return (Unauthenticated(),) if actor.kind is ActorKind.GUEST else (Forbidden(),)


ANYBODY: Final = Actor(kind=ActorKind.GUEST, permissions=GUEST)
SYSTEM: Final = Actor(kind=ActorKind.SYSTEM, permissions=frozenset(Permission))


@value
class Attribution:
    """Who writes, through which channel, in which request, from where, when, and for whom. Nothing is written without one."""

    actor: Actor
    at: datetime
    request_id: str
    channel_id: ChannelId | None = None
    ip: str | None = None
    served: CustomerId | None = None

    @property
    def on_behalf_of(self) -> CustomerId | None:
        """The customer whose things these are, if it is staff who handle them."""
        return self.served or self.actor.on_behalf_of

    def serving(self, customer_id: CustomerId | None) -> Self:
        """The same for the customer whose things come next; nobody serves himself, and nothing that runs by itself serves."""
        return replace(self, served=customer_id) if self.actor.is_staff else self
