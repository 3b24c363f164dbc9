"""Orders, for those who placed them and for staff."""

from typing import Annotated, Any
from uuid import UUID

import strawberry

from commerce_api.domain.decision import Refused
from commerce_api.domain.order_number import read_order_number
from commerce_api.domain.permissions import Permission
from commerce_api.operations import order_access, order_claims
from commerce_api.persistence.readers import orders as questions
from commerce_api.persistence.readers.order_history import check_history
from commerce_api.schema.context import Context, Info
from commerce_api.schema.errors import BadInput, RequestError
from commerce_api.schema.node import answers_for, key_of
from commerce_api.schema.order import Order
from commerce_api.schema.order_claims import ClaimOrderInput, ClaimOrderPayload
from commerce_api.schema.order_history import OrderHistoryCheck
from commerce_api.schema.order_inputs import (
    SendOrderAccessCodeInput,
    SendOrderAccessCodePayload,
)
from commerce_api.schema.permissions import ALONE, requires

Number = Annotated[str | None, strawberry.argument(description="Number of the order, however it was typed.")]
Code = Annotated[str, strawberry.argument(description="The digits that were mailed; spaces do not matter.")]

_buys: Any = [requires(Permission.BUY)]
_reads: Any = [requires(Permission.READ_ORDERS)]


@answers_for("ord")
async def _node(context: Context, key: UUID) -> Order | None:
    return await _by_key(context, key)


async def _by_key(context: Context, key: UUID) -> Order | None:
    row = await context.load(questions.orders_by_id, key)
    return Order.of(row) if row else None


async def _by_number(context: Context, number: str) -> Order | None:
    known = read_order_number(number)
    row = await questions.order_by_number(context.scope, known) if known else None
    return Order.of(row) if row else None


@strawberry.type
class OrderQueries:
    @strawberry.field(
        description="An order by its id or its number, however it was typed: one's own, or for staff any; guests send the "
        "`X-Cart-Token` of the cart that it was. Null if there is none that you may see.",
        directives=[requires(Permission.BUY, Permission.READ_ORDERS)],
    )
    async def order(self, info: Info, id: strawberry.ID | None = None, number: Number = None) -> Order | None:
        if (id is None) is (number is None):
            raise BadInput("Say which order is meant: by its `id` or by its `number`.")
        if id is None:
            return await _by_number(info.context, number or "")
        key = key_of(id, "ord")
        return await _by_key(info.context, key) if key else None

    @strawberry.field(
        description="An order by its number and the code that `sendOrderAccessCode` has mailed; null if they do not fit.",
        directives=_buys,
        metadata=ALONE,
    )
    async def order_by_code(self, info: Info, code: Code, number: Number = None) -> Order | None:
        found = await order_access.read(info.context.entrance, (number or "")[:40], code[:40])
        if isinstance(found, Refused):
            raise RequestError("TOO_MANY_ATTEMPTS", found.reasons[0].message)
        return Order.of(found, only_read=True) if found else None

    @strawberry.field(
        description="Whether the history of an order is as it was written: computed again from the first event on. Null if "
        "there is none that you may see. What was cut off at its end, this does not find.",
        directives=_reads,
    )
    async def verify_order_history(self, info: Info, order_id: strawberry.ID) -> OrderHistoryCheck | None:
        key = key_of(order_id, "ord")
        row = await info.context.load(questions.orders_by_id, key) if key else None
        return OrderHistoryCheck.of(await check_history(info.context.scope, row["id"])) if row else None


@strawberry.type
class OrderMutations:
    @strawberry.mutation(
        description="Have a code mailed that opens an order for a guest. The answer is the same whether there is one or not.",
        directives=_buys,
        metadata=ALONE,
    )
    async def send_order_access_code(self, info: Info, input: SendOrderAccessCodeInput) -> SendOrderAccessCodePayload:
        command = input.parse()
        outcome = command if isinstance(command, Refused) else await order_access.ask(info.context.entrance, command)
        return SendOrderAccessCodePayload.of(outcome)

    @strawberry.mutation(
        description="Take an order that was placed as a guest into the account. Doing it again does nothing.",
        directives=[requires(Permission.OWN_ACCOUNT)],
        metadata=ALONE,
    )
    async def claim_order(self, info: Info, input: ClaimOrderInput) -> ClaimOrderPayload:
        command = input.parse()
        outcome = command if isinstance(command, Refused) else await order_claims.claim(info.context.entrance, command)
        claimed = None if isinstance(outcome, Refused) else await _by_key(info.context, outcome.id)
        return ClaimOrderPayload.of(outcome, claimed)
