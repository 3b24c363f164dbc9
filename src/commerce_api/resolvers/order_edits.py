"""Editing placed orders."""

from typing import Any
from uuid import UUID

import strawberry

from commerce_api.domain.permissions import Permission
from commerce_api.operations import edit_charging, order_edits
from commerce_api.persistence.readers.order_edits import edits_by_id
from commerce_api.schema.context import Context, Info, once
from commerce_api.schema.errors import result_of
from commerce_api.schema.node import answers_for, key_of
from commerce_api.schema.order_edit import (
    ApplyToOrderEditInput,
    BeginOrderEditInput,
    CommitOrderEditInput,
    OrderEdit,
    OrderEditInput,
    OrderEditPayload,
)
from commerce_api.schema.permissions import requires

_edits: Any = [requires(*order_edits.EDITING)]


@answers_for(OrderEdit.prefix)
async def _node(context: Context, key: UUID) -> OrderEdit | None:
    return await _edit(context, key)


async def _edit(context: Context, key: UUID) -> OrderEdit | None:
    found = await context.load(edits_by_id, key)
    return OrderEdit.of(found, context) if found else None


async def _write(info: Info, operation: Any, command: Any, input: Any) -> OrderEditPayload:
    outcome = await info.context.write(operation, command, once=once(input.idempotency_key, order_edits.load))
    return await _payload(info, outcome)


async def _payload(info: Info, outcome: Any) -> OrderEditPayload:
    changed = result_of(outcome)
    return OrderEditPayload.of(outcome, await _edit(info.context, changed.id) if changed else None)


@strawberry.type
class OrderEditQueries:
    @strawberry.field(
        description="An edit of an order with what it would make of it; null if there is none that you may see. Customers see "
        "what they have begun.",
        directives=[requires(Permission.OWN_ACCOUNT, Permission.READ_ORDERS)],
    )
    async def order_edit(self, info: Info, id: strawberry.ID) -> OrderEdit | None:
        key = key_of(id, OrderEdit.prefix)
        return await _edit(info.context, key) if key else None


@strawberry.type
class OrderEditMutations:
    @strawberry.mutation(
        description="Begin to work on a placed order, or go on with it: customers on their own for as long as the channel lets "
        "them, staff on any. Nobody else can edit it until you commit, discard, or do nothing for half an hour; all else, such "
        "as blocking it, goes on.",
        directives=_edits,
    )
    async def begin_order_edit(self, info: Info, input: BeginOrderEditInput) -> OrderEditPayload:
        return await _write(info, order_edits.begin, input.parse(), input)

    @strawberry.mutation(
        description="Do to the order that is edited what could be done to a cart. Lines that were there keep their price, also "
        "for units that are added; taxes are those of the day where goods go elsewhere. The preview tells all that it would "
        "come to.",
        directives=_edits,
    )
    async def apply_to_order_edit(self, info: Info, input: ApplyToOrderEditInput) -> OrderEditPayload:
        return await _write(info, order_edits.apply, input.parse(), input)

    @strawberry.mutation(
        description="Make the edit the next version of its order: all of it, or nothing. What is missing in stock refuses it. "
        "What is done about what the order costs more than is paid, `settle` says. While a "
        "bank is asked the edit is `SETTLING`, and answered as that if it takes long: ask for it again, or repeat the "
        "request with its key. A charge that is declined changes nothing and leaves nothing held.",
        directives=_edits,
    )
    async def commit_order_edit(self, info: Info, input: CommitOrderEditInput) -> OrderEditPayload:
        context, desk = info.context, info.context.app.services.desk
        command, repeated = input.parse(inline=desk.inline), once(input.idempotency_key, edit_charging.load)
        outcome = await context.write(edit_charging.commit, command, once=repeated)
        return await _payload(info, await edit_charging.go_on(desk, outcome, context.by.request_id))

    @strawberry.mutation(description="Leave the order as it is.", directives=_edits)
    async def discard_order_edit(self, info: Info, input: OrderEditInput) -> OrderEditPayload:
        return await _write(info, edit_charging.discard, input.change(), input)

    @strawberry.mutation(
        description="Go on with what has expired in the last seven days, or, with TAKE_OVER_EDITS, with what somebody else is "
        "working on. Impossible once the order has another version.",
        directives=[requires(Permission.EDIT_ORDERS)],
    )
    async def take_over_order_edit(self, info: Info, input: OrderEditInput) -> OrderEditPayload:
        return await _write(info, order_edits.take_over, input.change(), input)
