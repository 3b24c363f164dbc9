"""One order, or what is to become one, made two."""

from typing import Annotated, Any

import strawberry

from commerce_api.domain.order import SplitShipping as Shipping
from commerce_api.operations import splitting
from commerce_api.operations.cart_opening import CartOpening
from commerce_api.operations.cart_splitting import SPLITTING, CartSplitting
from commerce_api.operations.execute import execute
from commerce_api.persistence.readers.orders import orders_by_id
from commerce_api.schema.cart_splitting import SplitCartBackordersInput, SplitCartBackordersPayload
from commerce_api.schema.context import Info, once
from commerce_api.schema.errors import errors_of, result_of
from commerce_api.schema.order import Order
from commerce_api.schema.order_units import OrderUnitsInput
from commerce_api.schema.permissions import requires
from commerce_api.schema.splitting import (
    SHIPPING,
    UNITS,
    SplitOrderInput,
    SplitOrderPayload,
    SplitPreview,
    SplitShipping,
    parse_split,
)

Lines = Annotated[list[OrderUnitsInput] | None, strawberry.argument(description=UNITS)]
By = Annotated[SplitShipping, strawberry.argument(description=SHIPPING)]  # type: ignore[valid-type]  # made by a call
_splits: Any = [requires(*splitting.SPLITTING)]


@strawberry.type
class SplittingQueries:
    @strawberry.field(
        description="What both orders would be and cost if this were split off an order.", directives=_splits
    )
    async def split_preview(
        self, info: Info, order_id: strawberry.ID, lines: Lines = None, shipping: By = Shipping.KEEP_ON_PARENT
    ) -> SplitPreview:
        context, wanted = info.context, parse_split(order_id, lines, shipping)
        return SplitPreview.of(await execute(context.database, context.by, splitting.preview, wanted))


async def _order(info: Info, id: Any) -> Order | None:
    row = await info.context.load(orders_by_id, id) if id else None
    return Order.of(row) if row else None


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

    @strawberry.mutation(
        description="Make an order of its own of units of a paid order, or of all that is still to come in, so that the rest need "
        "not wait for it. Nobody is given in between what was set aside for them; they keep their prices and their share of "
        "discounts, taxes and charges to the last cent, money that is held is shared, and what holds the order up holds up "
        "both. The customer is told by one mail.",
        directives=_splits,
    )
    async def split_order(self, info: Info, input: SplitOrderInput) -> SplitOrderPayload:
        once_ = once(input.idempotency_key, splitting.load)
        outcome = await info.context.write(splitting.split, input.parse(), once=once_)
        done = result_of(outcome)
        order, new_order = [await _order(info, id_) for id_ in ((done.order_id, done.id) if done else (None, None))]
        return SplitOrderPayload(order=order, new_order=new_order, errors=errors_of(outcome))
