"""What is said of a placed order and is no part of what was agreed on."""

import strawberry

from commerce_api.operations import order_attributes
from commerce_api.persistence.readers.orders import orders_by_id
from commerce_api.schema.context import Info, once
from commerce_api.schema.errors import result_of
from commerce_api.schema.order import Order
from commerce_api.schema.order_attributes import SetOrderAttributesInput, SetOrderAttributesPayload
from commerce_api.schema.permissions import requires


@strawberry.type
class OrderAttributeMutations:
    @strawberry.mutation(
        description="Say what is no part of what was agreed on of a placed order: customers of their own, in custom fields that "
        "shoppers set, staff of any, in all fields that are not commercial, with priority and tags. No version is made, and no "
        "open edit is disturbed. What is commercial is changed by an edit.",
        directives=[requires(*order_attributes.SAYING)],
    )
    async def set_order_attributes(self, info: Info, input: SetOrderAttributesInput) -> SetOrderAttributesPayload:
        replay = once(input.idempotency_key, order_attributes.load)
        outcome = await info.context.write(order_attributes.set_attributes, input.parse(), once=replay)
        done = result_of(outcome)
        row = await info.context.load(orders_by_id, done.id) if done else None
        return SetOrderAttributesPayload.of(outcome, Order.of(row) if row else None)
