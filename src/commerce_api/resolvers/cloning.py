"""Copying orders."""

from itertools import chain

import strawberry

from commerce_api.operations.cart_opening import CartOpening
from commerce_api.operations.cloning import NEEDED, Cloning
from commerce_api.resolvers.quotes import shown_quote
from commerce_api.schema.cloning import CloneOrderInput, CloneOrderPayload
from commerce_api.schema.context import Info, once
from commerce_api.schema.errors import result_of
from commerce_api.schema.permissions import requires


@strawberry.type
class CloningMutations:
    @strawberry.mutation(
        description="Begin a cart, or a quote, with what an order had, canceled or not: its lines with their add-ons in the "
        "quantities that were ordered, its destinations, shipping methods and attributes, at the prices of today. How it was "
        "paid, what staff changed or said and what held it up are not copied. Customers copy their own orders, staff those "
        "of customers whom they act for or write quotes for.",
        directives=[requires(*dict.fromkeys(chain.from_iterable(NEEDED.values())))],
    )
    async def clone_order(self, info: Info, input: CloneOrderInput) -> CloneOrderPayload:
        cloning = Cloning(opening=CartOpening(secret=info.context.app.settings.secret.get_secret_value()))
        outcome = await info.context.write(cloning.clone, input.parse(), once=once(input.idempotency_key, cloning.load))
        made = result_of(outcome)
        quote = await shown_quote(info.context, made.id) if made and made.quote else None
        return CloneOrderPayload.of(outcome, quote, info.context.scope.at)
