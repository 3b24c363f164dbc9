"""Canceling orders."""

from typing import Annotated, Any

import strawberry

from commerce_api.domain.decision import Refused
from commerce_api.domain.ids import OrderId
from commerce_api.domain.intake import Intake
from commerce_api.domain.permissions import Permission
from commerce_api.operations import cancellations
from commerce_api.operations.execute import execute
from commerce_api.persistence.readers.cancel_reasons import all_reasons
from commerce_api.persistence.readers.orders import orders_by_id
from commerce_api.schema.cancel_reason import CancelReason
from commerce_api.schema.canceling import (
    CancelOrderInput,
    CancelOrderPayload,
    CancelPreview,
)
from commerce_api.schema.context import Info, once
from commerce_api.schema.errors import errors_of, result_of
from commerce_api.schema.node import key_of
from commerce_api.schema.order import Order
from commerce_api.schema.order_units import OrderUnitsInput, parse_units
from commerce_api.schema.permissions import requires

Lines = Annotated[
    list[OrderUnitsInput] | None,
    strawberry.argument(description="Units of these lines; all of the order if left out."),
]
_cancels: Any = [requires(*cancellations.CANCELING)]


def _wanted(order_id: str, lines: list[OrderUnitsInput] | None) -> cancellations.CancelOrder | Refused:
    intake, key = Intake(), key_of(order_id, "ord")
    units = parse_units(intake, lines)
    order = OrderId(key) if key else None
    return intake.refused() if intake.problems else cancellations.CancelOrder(order_id=order, units=units, reason="")


async def _order(info: Info, outcome: Any) -> Order | None:
    done = result_of(outcome)
    row = await info.context.load(orders_by_id, done.id) if done else None
    return Order.of(row) if row else None


@strawberry.type
class CancelingQueries:
    @strawberry.field(
        description="Why orders can be canceled, as far as you can choose: staff and customers have their own.",
        directives=_cancels,
    )
    async def cancel_reasons(self, info: Info) -> list[CancelReason]:
        scope, staff = info.context.scope, info.context.actor.may(Permission.CANCEL_ORDERS)
        offered = [each for each in await all_reasons(scope) if (each.for_staff if staff else each.for_shoppers)]
        return [CancelReason.of(reason, scope.language) for reason in offered]

    @strawberry.field(
        description="What would be left of an order, and what it would cost, if this were canceled.",
        directives=_cancels,
    )
    async def cancel_preview(self, info: Info, order_id: strawberry.ID, lines: Lines = None) -> CancelPreview:
        context = info.context
        found = await execute(context.database, context.by, cancellations.preview, _wanted(order_id, lines))
        return CancelPreview.of(found)


@strawberry.type
class CancelingMutations:
    @strawberry.mutation(
        description="Cancel an order before anything of it was given to a warehouse, or units of its lines: customers their own "
        "for as long as the channel lets them, staff any. Goods go back on the shelves and held money is let go. Units that are "
        "canceled take their share of discounts with them; nothing else becomes cheaper or dearer. A canceled order stays so.",
        directives=_cancels,
    )
    async def cancel_order(self, info: Info, input: CancelOrderInput) -> CancelOrderPayload:
        outcome = await info.context.write(
            cancellations.cancel, input.parse(), once=once(input.idempotency_key, cancellations.load)
        )
        return CancelOrderPayload(order=await _order(info, outcome), errors=errors_of(outcome))
