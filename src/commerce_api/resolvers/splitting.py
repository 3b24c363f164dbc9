"""One order, or what is to become one, made two."""

import strawberry

from commerce_api.operations.cart_opening import CartOpening
from commerce_api.operations.cart_splitting import SPLITTING, CartSplitting
from commerce_api.schema.cart_splitting import SplitCartBackordersInput, SplitCartBackordersPayload
from commerce_api.schema.context import Info, once
from commerce_api.schema.permissions import requires


@strawberry.type
class SplittingMutations:
    @strawberry.mutation(
        description="Move what is still to come in to a cart of its own, so that the rest need not wait for it: for the same "
        "buyer, with the same addresses, shipping methods and contact. Lines that are partly on the shelf are divided. Each "
        "cart is then checked out by itself, with shipping of its own; terms have to be accepted for each.",
        directives=[requires(*SPLITTING)],
    )
    async def split_cart_backorders(self, info: Info, input: SplitCartBackordersInput) -> SplitCartBackordersPayload:
        secret = info.context.app.settings.secret.get_secret_value()
        splitting = CartSplitting(opening=CartOpening(secret=secret))
        once_ = once(input.idempotency_key, splitting.load)
        outcome = await info.context.write(splitting.split, input.parse(), once=once_)
        return SplitCartBackordersPayload.of(outcome, info.context.scope.at)
