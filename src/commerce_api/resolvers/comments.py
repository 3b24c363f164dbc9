"""Comments on orders, by staff and by those whose orders they are."""

from typing import Any
from uuid import UUID

import strawberry

from commerce_api.domain.permissions import Permission
from commerce_api.operations import comments
from commerce_api.persistence.readers.comments import comments_by_id
from commerce_api.schema.comment import (
    AddOrderCommentInput,
    OrderComment,
    OrderCommentPayload,
    RedactOrderCommentInput,
    ReviseOrderCommentInput,
)
from commerce_api.schema.context import Context, Info, once
from commerce_api.schema.errors import result_of
from commerce_api.schema.node import answers_for
from commerce_api.schema.permissions import requires

_writes: Any = [requires(Permission.BUY, Permission.COMMENT_ON_ORDERS)]


@answers_for("cmt")
async def _node(context: Context, key: UUID) -> OrderComment | None:
    row = await context.load(comments_by_id, key)
    if row is None:
        return None
    context.note_read(row["order_id"], row["channel_id"])
    return OrderComment.of(row)


async def _changed(info: Info, operation: Any, input: Any) -> OrderCommentPayload:
    outcome = await info.context.write(operation, input.parse(), once=once(input.idempotency_key, comments.load))
    made = result_of(outcome)
    return OrderCommentPayload.of(outcome, await info.context.load(comments_by_id, made.id) if made else None)


@strawberry.type
class CommentMutations:
    @strawberry.mutation(
        description="Write a comment on an order: staff for themselves or for the customer, customers on their own orders.",
        directives=_writes,
    )
    async def add_order_comment(self, info: Info, input: AddOrderCommentInput) -> OrderCommentPayload:
        return await _changed(info, comments.add, input)

    @strawberry.mutation(description="Say it in other words. What was said before is kept.", directives=_writes)
    async def revise_order_comment(self, info: Info, input: ReviseOrderCommentInput) -> OrderCommentPayload:
        return await _changed(info, comments.revise, input)

    @strawberry.mutation(
        description="Blank out all that a comment ever said.", directives=[requires(Permission.REDACT_COMMENTS)]
    )
    async def redact_order_comment(self, info: Info, input: RedactOrderCommentInput) -> OrderCommentPayload:
        return await _changed(info, comments.redact, input)
