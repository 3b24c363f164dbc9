"""Blocks of orders and quotes, and the reasons for them."""

from typing import Annotated, Any
from uuid import UUID

import strawberry

from commerce_api.domain.permissions import Permission
from commerce_api.domain.setting import SaveBlockReason
from commerce_api.operations import blocks, settings
from commerce_api.persistence.lists import Listed
from commerce_api.persistence.readers.blocks import (
    block_counts,
    blocks_by_id,
    blocks_in,
    count_blocks,
    every_reason,
    reason_rows,
)
from commerce_api.persistence.readers.override_report import READING
from commerce_api.schema.block import BLOCK_READERS, Block, BlockMetrics
from commerce_api.schema.block_inputs import (
    AssignBlockInput,
    BlockFilterInput,
    BlockOrderInput,
    BlockPayload,
    BlockQuoteInput,
    ResolveBlockInput,
    ResolveBlocksInput,
    ResolveBlocksPayload,
    ReviewOrderInput,
)
from commerce_api.schema.block_reason import BlockReason, SaveBlockReasonInput, SaveBlockReasonPayload
from commerce_api.schema.context import Context, Info, once
from commerce_api.schema.errors import result_of
from commerce_api.schema.node import answers_for
from commerce_api.schema.override_report import OverrideReportGroup, OverrideReportInput, override_report
from commerce_api.schema.pagination import After, Before, Connection, First, Last, instant_of, listed, page_of
from commerce_api.schema.permissions import requires
from commerce_api.schema.setting_inputs import DeleteSettingInput
from commerce_api.schema.setting_payloads import DeleteSettingPayload

Chosen = Annotated[BlockFilterInput | None, strawberry.argument(description="Which blocks; all if left out.")]
Made = Annotated[OverrideReportInput, strawberry.argument(description="Which changes.")]
_reads: Any = [requires(*BLOCK_READERS)]
_blocks: Any = [requires(Permission.BLOCK_ORDERS)]
_reasons: Any = [requires(Permission.MANAGE_BLOCK_REASONS)]
_resolves: Any = [requires(Permission.RESOLVE_BLOCKS, Permission.RESOLVE_OWN_BLOCKS)]


@answers_for("blk")
async def _node(context: Context, key: UUID) -> Block | None:
    reads = any(context.actor.may(permission) for permission in BLOCK_READERS)
    row = await context.load(blocks_by_id, key) if reads else None
    return Block.of(row) if row else None


async def _changed(info: Info, operation: Any, input: Any) -> BlockPayload:
    outcome = await info.context.write(operation, input.parse(), once=once(input.idempotency_key, blocks.load))
    touched = result_of(outcome)
    return BlockPayload.of(outcome, await info.context.load(blocks_by_id, touched.id) if touched else None)


@answers_for("brn")
async def _reason(context: Context, key: UUID) -> BlockReason | None:
    row = await context.load(reason_rows, key) if context.actor.may(Permission.STAFF_DESK) else None
    return BlockReason.of(row) if row else None


@strawberry.type
class BlockQueries:
    @strawberry.field(description="All reasons by code, at most 100.", directives=[requires(Permission.STAFF_DESK)])
    async def block_reasons(self, info: Info) -> list[BlockReason]:
        return [BlockReason.of(row) for row in await every_reason(info.context.scope)]

    @strawberry.field(
        description="How long which blocks have been there, of those that you may see.", directives=_reads
    )
    async def block_metrics(self, info: Info) -> BlockMetrics:
        scope = info.context.scope
        return BlockMetrics.of(await block_counts(scope, "reason"), await block_counts(scope, "assignee_id"))

    @strawberry.field(
        description="What staff took off what orders cost, by who, for which reason and where: what most was taken off by first; at "
        "most 1000 groups.",
        directives=[requires(*READING)],
    )
    async def override_report(self, info: Info, made: Made) -> list[OverrideReportGroup]:
        return await override_report(info.context, made)

    @strawberry.field(
        description="Blocks of all orders and quotes that you may see, the oldest first.", directives=_reads
    )
    async def blocks(
        self,
        info: Info,
        filter: Chosen = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Block]:
        return await listed(
            info.context,
            (blocks_in, count_blocks),
            page_of(first, after, last, before, of="blocks", width=2),
            Listed(chosen=(filter or BlockFilterInput()).parse(info.context.scope.at)),
            (instant_of, UUID),
            Block.of,
            lambda row: (row["placed_at"], row["id"]),
        )


@strawberry.type
class BlockMutations:
    @strawberry.mutation(
        description="Hold an order up. An order may have many blocks, also several for the same reason.",
        directives=_blocks,
    )
    async def block_order(self, info: Info, input: BlockOrderInput) -> BlockPayload:
        return await _changed(info, blocks.add, input)

    @strawberry.mutation(
        description="Hold up whatever orders are made of a quote. The quote itself goes on: it can be sent, accepted and "
        "ordered, and each order has the blocks that are active then.",
        directives=_blocks,
    )
    async def block_quote(self, info: Info, input: BlockQuoteInput) -> BlockPayload:
        return await _changed(info, blocks.add, input)

    @strawberry.mutation(
        description="Let an order or quote go on, as far as one block is concerned. Not for whoever placed or caused it, where "
        "its reason wants four eyes.",
        directives=_resolves,
    )
    async def resolve_block(self, info: Info, input: ResolveBlockInput) -> BlockPayload:
        return await _changed(info, blocks.resolve, input)

    @strawberry.mutation(
        description="Say what looking through an order has come to, where its channel wants each one reviewed.",
        directives=_resolves,
    )
    async def review_order(self, info: Info, input: ReviewOrderInput) -> BlockPayload:
        return await _changed(info, blocks.review, input)

    @strawberry.mutation(description="Resolve several blocks, each as if alone; all or none.", directives=_resolves)
    async def resolve_blocks(self, info: Info, input: ResolveBlocksInput) -> ResolveBlocksPayload:
        outcome = await info.context.write(blocks.resolve, input.parse(), once=once(input.idempotency_key, blocks.load))
        return ResolveBlocksPayload.of(outcome, await info.context.load_many(blocks_by_id, input.keys))

    @strawberry.mutation(description="Make a reason for blocks, or change one.", directives=_reasons)
    async def save_block_reason(self, info: Info, input: SaveBlockReasonInput) -> SaveBlockReasonPayload:
        replay = once(input.idempotency_key, settings.load)
        payload: SaveBlockReasonPayload = SaveBlockReasonPayload.of(
            await info.context.write(settings.save, input.parse(), once=replay)
        )
        return payload

    @strawberry.mutation(description="Delete a reason that nothing was ever blocked for.", directives=_reasons)
    async def delete_block_reason(self, info: Info, input: DeleteSettingInput) -> DeleteSettingPayload:
        replay, command = once(input.idempotency_key, settings.load), input.parse(SaveBlockReason, "brn")
        return DeleteSettingPayload.of(await info.context.write(settings.delete, command, once=replay), "brn")

    @strawberry.mutation(description="Say who looks into a block, and until when.", directives=_blocks)
    async def assign_block(self, info: Info, input: AssignBlockInput) -> BlockPayload:
        return await _changed(info, blocks.assign, input)
