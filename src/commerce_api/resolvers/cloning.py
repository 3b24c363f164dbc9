"""Copying orders."""

import strawberry

from commerce_api.operations.cart_opening import CartOpening
from commerce_api.operations.cloning import CLONING, Cloning
from commerce_api.schema.cloning import CloneOrderInput, CloneOrderPayload
from commerce_api.schema.context import Info, once
from commerce_api.schema.permissions import requires


@strawberry.type
class CloningMutations:
    @strawberry.mutation(
        description="Begin a cart with what an order had, canceled or not: its lines in the quantities that were ordered, its "
        "addresses, shipping methods and attributes, at the prices of today. Several destinations are joined in the first. How "
        "it was paid, what staff changed or said and what held it up are not copied. Customers copy their own orders, staff "
        "those of customers whom they act for.",
        directives=[requires(*CLONING)],
    )
    async def clone_order(self, info: Info, input: CloneOrderInput) -> CloneOrderPayload:
        secret = info.context.app.settings.secret.get_secret_value()
        cloning = Cloning(opening=CartOpening(secret=secret))
        outcome = await info.context.write(cloning.clone, input.parse(), once=once(input.idempotency_key, cloning.load))
        return CloneOrderPayload.of(outcome, info.context.scope.at)
