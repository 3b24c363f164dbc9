"""What staff say of a placed order that is no part of what was agreed on."""

import strawberry

from commerce_api.domain.permissions import Permission
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
        description="Set priority, tags and custom fields of a placed order that are no part of what was agreed on: no version is "
        "made, and no open edit is disturbed. What is commercial is changed by an edit.",
        directives=[requires(Permission.EDIT_ORDERS)],
    )
    async def set_order_attributes(self, info: Info, input: SetOrderAttributesInput) -> SetOrderAttributesPayload:
        replay = once(input.idempotency_key, order_attributes.load)
        outcome = await info.context.write(order_attributes.set_attributes, input.parse(), once=replay)
        done = result_of(outcome)
        row = await info.context.load(orders_by_id, done.id) if done else None
        return SetOrderAttributesPayload.of(outcome, Order.of(row) if row else None)
