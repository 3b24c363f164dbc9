"""What staff send to hold orders up and to let them go on."""

from dataclasses import replace
from datetime import datetime
from typing import Any, Self
from uuid import UUID

import strawberry

from commerce_api.domain import blocks as domain
from commerce_api.domain.decision import NotFound, Path, Refused
from commerce_api.domain.described import DescribedEnum
from commerce_api.domain.ids import BlockId, OrderId, OrderLineId, StaffId
from commerce_api.domain.intake import Intake
from commerce_api.domain.permissions import Permission
from commerce_api.operations.blocks import AssignBlock, PutBlock, ResolveBlocks, ReviewOrder
from commerce_api.persistence.readers.blocks import BlockFilter
from commerce_api.schema.block import Block, BlockOwner, order_of, quote_of
from commerce_api.schema.context import Info
from commerce_api.schema.errors import BadInput, UserError, common, errors_of, present
from commerce_api.schema.node import global_id, key_of
from commerce_api.schema.order import Order
from commerce_api.schema.permissions import requires
from commerce_api.schema.quote import Quote

MOST_AT_ONCE = 100
LONGEST_COMMENT = 2_000
_KEY = "A key of your own; with it the request can be repeated safely."
_SEEN = "Revision of the order or quote that you have seen; if it is at another one, nothing happens."
_MOST_LINES = 500


_ASSIGNEE = "Member of staff who is to look into it; see `colleagues`."
_DUE = "When it should be resolved; the assignee is reminded then."


_PREFIXES = {domain.OwnerKind.ORDER: "ord", domain.OwnerKind.QUOTE: "quo"}


def _owner(kind: domain.OwnerKind, raw: strawberry.ID) -> domain.Owner | None:
    key = key_of(raw, _PREFIXES[kind])
    return domain.Owner(kind=kind, id=key) if key else None


def _assignee(intake: Intake, raw: strawberry.ID | None) -> StaffId | None:
    key = key_of(raw, "stf") if raw is not None else None
    if raw is not None and key is None:
        intake.add(NotFound(path=("assigneeId",)))
    return StaffId(key) if key else None


@strawberry.input(description="What blocking has in common, whatever is blocked.")
class PutBlockInput:
    reason_code: str = strawberry.field(description="Code of a reason for which people block in the channel.")
    comment: str = strawberry.field(default="", description="More about it; some reasons want one.")
    assignee_id: strawberry.ID | None = strawberry.field(default=None, description=_ASSIGNEE)
    due_at: datetime | None = strawberry.field(
        default=None, description=f"{_DUE} The reason may have a time of its own."
    )
    expected_revision: int | None = strawberry.field(default=None, description=_SEEN)
    idempotency_key: str | None = strawberry.field(default=None, description=_KEY)

    def _parsed(self, intake: Intake, owner: domain.Owner | None, path: Path) -> PutBlock:
        return PutBlock(
            owner=owner,
            path=path,
            reason=intake.text(self.reason_code, "reasonCode", most=50, required=True),
            comment=intake.text(self.comment, "comment", most=LONGEST_COMMENT),
            assignee_id=_assignee(intake, self.assignee_id),
            due_at=self.due_at,
            expected_revision=self.expected_revision,
        )


@strawberry.input(description="An order to hold up, and why.")
class BlockOrderInput(PutBlockInput):
    order_id: strawberry.ID = strawberry.field(description="The order.")
    line_ids: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="Only these lines of it, if the reason is for lines."
    )

    def parse(self) -> PutBlock | Refused:
        intake, owner = Intake(), _owner(domain.OwnerKind.ORDER, self.order_id)
        if len(self.line_ids) > _MOST_LINES:
            intake.invalid("At most {most}, please.", "lineIds", most=_MOST_LINES)
        lines = dict.fromkeys(key_of(raw, "oln") for raw in self.line_ids[:_MOST_LINES])
        command = self._parsed(intake, owner, ("orderId",))
        line_ids = tuple(OrderLineId(id_) if id_ else None for id_ in lines)
        return intake.refused() if intake.problems else replace(command, line_ids=line_ids)


@strawberry.input(description="A quote whose orders are to be held up, and why.")
class BlockQuoteInput(PutBlockInput):
    quote_id: strawberry.ID = strawberry.field(description="The quote.")

    def parse(self) -> PutBlock | Refused:
        intake = Intake()
        command = self._parsed(intake, _owner(domain.OwnerKind.QUOTE, self.quote_id), ("quoteId",))
        return intake.refused() if intake.problems else command


@strawberry.input(description="A block that has been looked into.")
class ResolveBlockInput:
    block_id: strawberry.ID = strawberry.field(description="The block.")
    comment: str = strawberry.field(description="What was found.")
    overruled: bool = strawberry.field(
        default=False, description="Whether the order goes on in spite of what was found."
    )
    expected_revision: int | None = strawberry.field(default=None, description=_SEEN)
    idempotency_key: str | None = strawberry.field(default=None, description=_KEY)

    def parse(self) -> ResolveBlocks | Refused:
        intake = Intake()
        comment = intake.text(self.comment, "comment", most=LONGEST_COMMENT, required=True)
        command = _resolving(
            [self.block_id], ("blockId",), comment, _resolution(overruled=self.overruled), self.expected_revision
        )
        return intake.refused() if intake.problems else command


@strawberry.input(description="Blocks that have been looked into together. All are resolved, or none.")
class ResolveBlocksInput:
    block_ids: list[strawberry.ID] = strawberry.field(description="1 to 100 blocks, of whatever orders and quotes.")
    comment: str = strawberry.field(description="What was found.")
    overruled: bool = strawberry.field(
        default=False, description="Whether the orders go on in spite of what was found."
    )
    idempotency_key: str | None = strawberry.field(default=None, description=_KEY)

    def parse(self) -> ResolveBlocks | Refused:
        intake = Intake()
        if not 1 <= len(self.block_ids) <= MOST_AT_ONCE:
            intake.invalid(f"Between 1 and {MOST_AT_ONCE}, please.", "blockIds")
        comment = intake.text(self.comment, "comment", most=LONGEST_COMMENT, required=True)
        command = _resolving(self.block_ids, ("blockIds",), comment, _resolution(overruled=self.overruled), None)
        return intake.refused() if intake.problems else command

    @property
    def keys(self) -> list[UUID]:
        return [key for raw in self.block_ids if (key := key_of(raw, "blk"))]


def _resolution(*, overruled: bool) -> domain.Resolution:
    return domain.Resolution.OVERRULED if overruled else domain.Resolution.CLEARED


def _resolving(
    ids: list[strawberry.ID],
    path: tuple[str, ...],
    comment: str,
    resolution: domain.Resolution,
    revision: int | None,
) -> ResolveBlocks:
    keys = [key_of(raw, "blk") for raw in ids]
    return ResolveBlocks(
        ids=tuple(BlockId(key) if key else None for key in keys),
        path=path,
        resolution=resolution,
        comment=comment,
        expected_revision=revision,
    )


class Decision(DescribedEnum):
    PASS = "PASS", "The order goes on."
    KEEP = "KEEP", "The order stays held up."


ReviewDecision = strawberry.enum(Decision, name="ReviewDecision", description="What a review has come to.")


@strawberry.input(description="What looking through an order has come to.")
class ReviewOrderInput:
    order_id: strawberry.ID = strawberry.field(description="The order.")
    decision: ReviewDecision = strawberry.field(description="Whether it goes on.")  # type: ignore[valid-type]  # made by a call
    note: str = strawberry.field(description="What was found; a comment among staff if the order is kept.")
    expected_revision: int | None = strawberry.field(default=None, description=_SEEN)
    idempotency_key: str | None = strawberry.field(default=None, description=_KEY)

    def parse(self) -> ReviewOrder | Refused:
        intake = Intake()
        order = key_of(self.order_id, "ord")
        command = ReviewOrder(
            order_id=OrderId(order) if order else None,
            passes=self.decision is Decision.PASS,
            note=intake.text(self.note, "note", most=LONGEST_COMMENT, required=True),
            expected_revision=self.expected_revision,
        )
        return intake.refused() if intake.problems else command


@strawberry.input(description="Who looks into a block, and until when. Both are set as given.")
class AssignBlockInput:
    block_id: strawberry.ID = strawberry.field(description="The block.")
    assignee_id: strawberry.ID | None = strawberry.field(default=None, description=f"{_ASSIGNEE} None: nobody.")
    due_at: datetime | None = strawberry.field(default=None, description=f"{_DUE} None: no time.")
    expected_revision: int | None = strawberry.field(default=None, description=_SEEN)
    idempotency_key: str | None = strawberry.field(default=None, description=_KEY)

    def parse(self) -> AssignBlock | Refused:
        intake = Intake()
        key = key_of(self.block_id, "blk")
        command = AssignBlock(
            id=BlockId(key) if key else None,
            assignee_id=_assignee(intake, self.assignee_id),
            due_at=self.due_at,
            expected_revision=self.expected_revision,
        )
        return intake.refused() if intake.problems else command


@strawberry.input(description="Which blocks; all that is given must hold.")
class BlockFilterInput:
    on: BlockOwner | None = strawberry.field(default=None, description="On orders, or on quotes.")  # type: ignore[valid-type]  # made by a call
    active: bool | None = strawberry.field(default=None, description="Whether they stand in the way.")
    reason_code: str | None = strawberry.field(default=None, description="For this reason.")
    assignee_id: strawberry.ID | None = strawberry.field(default=None, description="That this member of staff has.")
    overdue: bool = strawberry.field(default=False, description="Only those that should have been resolved by now.")

    def parse(self, at: datetime) -> BlockFilter:
        key = key_of(self.assignee_id, "stf") if self.assignee_id is not None else None
        if self.assignee_id is not None and key is None:
            raise BadInput("`assigneeId` is not the id of a member of staff.")
        return BlockFilter(
            on=self.on,
            active=self.active,
            reason=self.reason_code,
            assignee_id=StaffId(key) if key else None,
            overdue_at=at if self.overdue else None,
        )


@strawberry.type(description="The block as it is now, or the errors that prevented it.")
class BlockPayload:
    block: Block | None = strawberry.field(description="Null if nothing happened.")
    errors: list[UserError] = strawberry.field(description="Why nothing happened.")

    @strawberry.field(description="The order with its revision; null if nothing happened, or the block is on a quote.")
    async def order(self, info: Info) -> Order | None:
        found: Order | None = await order_of(info, self.block.block) if self.block else None
        return found

    @strawberry.field(description="The quote; null if nothing happened, or the block is on an order.")
    async def quote(self, info: Info) -> Quote | None:
        found: Quote | None = await quote_of(info, self.block.block) if self.block else None
        return found

    @classmethod
    def of(cls, outcome: Any, row: Any) -> Self:
        return cls(block=Block.of(row) if row else None, errors=errors_of(outcome))


@strawberry.type(description="The blocks as they are now, or the errors that prevented it.")
class ResolveBlocksPayload:
    blocks: list[Block] = strawberry.field(
        description="In the order in which they were named; none if nothing happened."
    )
    errors: list[UserError] = strawberry.field(description="Why nothing happened.")

    @classmethod
    def of(cls, outcome: Any, rows: list[Any]) -> Self:
        errors = errors_of(outcome)
        return cls(blocks=[] if errors else [Block.of(row) for row in rows if row], errors=errors)


@strawberry.type(
    description="Blocks stand in the way of what was to be done.", directives=[requires(Permission.READ_ORDERS)]
)
class BlockedError(UserError):
    block_ids: list[strawberry.ID] = strawberry.field(description="All the blocks that stand in the way.")
    reason_codes: list[str] = strawberry.field(description="Their reasons.")


@present.register
def _(finding: domain.Blocked) -> UserError:
    ids = [strawberry.ID(global_id("blk", block.id)) for block in finding.blocks]
    reasons = list(dict.fromkeys(block.reason for block in finding.blocks))
    return BlockedError(**common(finding), block_ids=ids, reason_codes=reasons)
