"""Locks of carts: who is working on one."""

from datetime import datetime, timedelta
from typing import Final, Self
from uuid import UUID

import strawberry

from commerce_api.domain import cart as domain
from commerce_api.domain.actor import Actor
from commerce_api.domain.decision import Refused
from commerce_api.domain.intake import Intake
from commerce_api.domain.permissions import Permission
from commerce_api.operations.carts import Asked, ChangeCart
from commerce_api.persistence.readers.staff import staff_names
from commerce_api.schema.cart_inputs import CartInput
from commerce_api.schema.context import Info
from commerce_api.schema.errors import UserError, common, present
from commerce_api.schema.node import global_id
from commerce_api.schema.permissions import requires

_MOST_MINUTES: Final = 60


@strawberry.type(description="Somebody is working on a cart, and nobody else can change it meanwhile.")
class CartLock:
    by_staff: bool = strawberry.field(description="Whether it is somebody of the staff.")
    mine: bool = strawberry.field(description="Whether it is you.")
    since: datetime = strawberry.field(description="When it was locked.")
    until: datetime = strawberry.field(description="When the lock ends by itself.")
    holder: strawberry.Private[UUID]

    @strawberry.field(
        description="Who it is.", directives=[requires(Permission.ACT_FOR_CUSTOMERS, Permission.READ_CARTS)]
    )
    async def staff_name(self, info: Info) -> str | None:
        return await info.context.load(staff_names, self.holder)

    @classmethod
    def of(cls, cart: domain.Cart, actor: Actor, at: datetime) -> Self | None:
        """The lock, if it has not ended."""
        lock = cart.lock
        if lock is None or lock.until <= at:
            return None
        return cls(
            by_staff=lock.by != cart.customer_id,
            mine=lock.by == actor.id,
            since=lock.since,
            until=lock.until,
            holder=lock.by,
        )


@strawberry.input(description="Keep everybody else from changing a cart.")
class LockCartInput(CartInput):
    minutes: int = strawberry.field(default=10, description="For how long, between 1 and 60; it ends by itself.")

    def parse(self, at: datetime, command: type[domain.LockCart] | type[domain.TakeOverCart]) -> ChangeCart | Refused:
        intake = Intake()
        if not 1 <= self.minutes <= _MOST_MINUTES:
            intake.invalid(f"Between 1 and {_MOST_MINUTES}, please.", "minutes")
            return intake.refused()
        return self.changes(Asked(action=command(until=at + timedelta(minutes=self.minutes))))


@strawberry.type(description="Somebody else has the cart locked.")
class CartLockedError(UserError):
    since: datetime = strawberry.field(description="When it was locked.")
    until: datetime = strawberry.field(description="When the lock ends at the latest.")
    holder: strawberry.Private[UUID]

    @strawberry.field(
        description="Who it is.", directives=[requires(Permission.ACT_FOR_CUSTOMERS, Permission.READ_CARTS)]
    )
    async def staff_name(self, info: Info) -> str | None:
        return await info.context.load(staff_names, self.holder)


@present.register
def _(finding: domain.CartLocked) -> UserError:
    return CartLockedError(**common(finding), since=finding.since, until=finding.until, holder=finding.by)


@strawberry.type(description="The customer has another cart.", directives=[requires(Permission.ACT_FOR_CUSTOMERS)])
class CustomerHasCartError(UserError):
    cart_id: strawberry.ID = strawberry.field(description="The customer's own cart.")


@present.register
def _(finding: domain.CustomerHasCart) -> UserError:
    cart_id = strawberry.ID(global_id("crt", finding.cart_id))
    return CustomerHasCartError(**common(finding), cart_id=cart_id)
