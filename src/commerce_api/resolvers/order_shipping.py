"""How placed orders leave."""

import strawberry

from commerce_api.operations import shipping_policies
from commerce_api.persistence.readers.orders import orders_by_id
from commerce_api.schema.context import Info, once
from commerce_api.schema.errors import errors_of, result_of
from commerce_api.schema.order import Order
from commerce_api.schema.order_shipping import SetShippingPolicyInput, SetShippingPolicyPayload
from commerce_api.schema.permissions import requires


@strawberry.type
class OrderShippingMutations:
    @strawberry.mutation(
        description="Say anew when a placed order may leave, until something of it was given to a warehouse: customers of their own "
        "orders, staff of any. It makes a new version; what it costs stays. For single lines, edit the order.",
        directives=[requires(*shipping_policies.CHOOSING)],
    )
    async def set_shipping_policy(self, info: Info, input: SetShippingPolicyInput) -> SetShippingPolicyPayload:
        replay = once(input.idempotency_key, shipping_policies.load)
        outcome = await info.context.write(shipping_policies.choose, input.parse(), once=replay)
        done = result_of(outcome)
        row = await info.context.load(orders_by_id, done.id) if done else None
        return SetShippingPolicyPayload(order=Order.of(row) if row else None, errors=errors_of(outcome))
