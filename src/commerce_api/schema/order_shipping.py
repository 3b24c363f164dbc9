"""What clients send to change how a placed order leaves."""

import strawberry

from commerce_api.domain.ids import OrderId
from commerce_api.domain.shipping_policy import ShippingPolicy
from commerce_api.operations.shipping_policies import SetShippingPolicy
from commerce_api.schema.errors import UserError
from commerce_api.schema.node import key_of
from commerce_api.schema.order import Order


@strawberry.input(description="When a placed order may leave.")
class SetShippingPolicyInput:
    order_id: strawberry.ID = strawberry.field(description="The order.")
    shipping_policy: ShippingPolicy = strawberry.field(description="What is wanted from now on.")
    expected_revision: int | None = strawberry.field(
        default=None, description="The revision that you have seen; if it is another by now, nothing happens."
    )
    idempotency_key: str | None = strawberry.field(
        default=None, description="A key of your own; with it the request can be repeated safely."
    )

    def parse(self) -> SetShippingPolicy:
        key = key_of(self.order_id, "ord")
        return SetShippingPolicy(
            order_id=OrderId(key) if key else None,
            policy=self.shipping_policy,
            expected_revision=self.expected_revision,
        )


@strawberry.type(description="The order as it is now, or the errors that prevented a change.")
class SetShippingPolicyPayload:
    order: Order | None = strawberry.field(description="Null if nothing happened.")
    errors: list[UserError] = strawberry.field(description="Why nothing happened.")
