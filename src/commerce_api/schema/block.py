"""Blocks as staff see them, and what shoppers see of them."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self, TypeAlias
from uuid import UUID

import strawberry

from commerce_api.domain import blocks as domain
from commerce_api.domain.decision import Refusal
from commerce_api.domain.described import DescribedEnum
from commerce_api.domain.permissions import Permission
from commerce_api.operations.adjusting import MONEY_RULES
from commerce_api.persistence.readers.blocks import block_of, own_role_codes, reasons_by_code
from commerce_api.persistence.readers.quote_visibility import DESK
from commerce_api.persistence.sql import Row
from commerce_api.schema.actions import Blocker, blockers
from commerce_api.schema.actors import name_of
from commerce_api.schema.context import Context, Info
from commerce_api.schema.node import Node, find_node, global_id
from commerce_api.schema.permissions import requires

if TYPE_CHECKING:
    from commerce_api.schema.order import Order
    from commerce_api.schema.quote import Quote

_Order: TypeAlias = Annotated["Order", strawberry.lazy("commerce_api.schema.order")]
_Quote: TypeAlias = Annotated["Quote", strawberry.lazy("commerce_api.schema.quote")]

BLOCK_READERS = (Permission.READ_ORDERS, *DESK)
"""What shows blocks: each those of what it shows."""
_STAFF: Any = [requires(*BLOCK_READERS)]
BlockKind = strawberry.enum(domain.BlockKind, name="BlockKind", description="Who blocked.")
BlockResolution = strawberry.enum(domain.Resolution, name="BlockResolution", description="How a block ended.")
BlockOwner = strawberry.enum(domain.OwnerKind, name="BlockOwner", description="What a block is on.")
BlockStop = strawberry.enum(domain.Stop, name="BlockStop", description="What a block stands in the way of.")


class Action(DescribedEnum):
    RESOLVE = "RESOLVE", "Let it go on."
    ASSIGN = "ASSIGN", "Give it to somebody, or set when it is due."


BlockAction = strawberry.enum(Action, name="BlockAction", description="What can be done to a block.")


@strawberry.type(description="Something that can be done to a block, or cannot now.", directives=_STAFF)
class BlockActionAllowed:
    action: BlockAction = strawberry.field(description="What.")  # type: ignore[valid-type]  # made by a call
    allowed: bool = strawberry.field(description="Whether you can do it now.")
    blockers: list[Blocker] = strawberry.field(description="What stands against it; empty if it is allowed.")


@strawberry.type(description="What a rule has found.", directives=_STAFF)
class BlockCause:
    rule: str = strawberry.field(description="Code of the rule, which is that of the reason.")
    ref: str = strawberry.field(description="What of the order it is about, such as the id of one of its adjustments.")

    @classmethod
    def of(cls, rule: str, ref: str) -> Self:
        return cls(rule=rule, ref=global_id("adj", UUID(ref)) if rule in MONEY_RULES.values() else ref)


@strawberry.type(
    description="What holds an order up until somebody has resolved it. Those of a quote do not stop the quote; the orders that "
    "are made of it have them too.",
    directives=_STAFF,
)
class Block(Node):
    prefix: ClassVar[str] = "blk"

    row: strawberry.Private[Row]
    block: strawberry.Private[domain.Block]
    reason_code: str = strawberry.field(description="Code of the reason.")
    kind: BlockKind = strawberry.field(description="Whether a person or a rule blocked.")  # type: ignore[valid-type]  # made by a call
    stops: list[BlockStop] = strawberry.field(description="What it stands in the way of, while it is active.")  # type: ignore[valid-type]  # made by a call
    line_ids: list[strawberry.ID] = strawberry.field(description="Which lines it is about; none: all of it.")
    comment: str = strawberry.field(description="Of whoever blocked; may be empty.")
    cause: BlockCause | None = strawberry.field(description="What the rule found; null if a person blocked.")
    active: bool = strawberry.field(description="Whether it stands in the way.")
    placed_at: datetime = strawberry.field(description="When it was placed.")
    assignee_id: strawberry.ID | None = strawberry.field(description="Who looks into it.")
    due_at: datetime | None = strawberry.field(description="When it should be resolved.")
    resolution: BlockResolution | None = strawberry.field(description="How it ended; null while it is active.")  # type: ignore[valid-type]  # made by a call
    resolved_at: datetime | None = strawberry.field(description="When it ended.")
    resolution_comment: str = strawberry.field(description="Of whoever resolved it; may be empty.")

    @strawberry.field(description="Its reason for people, in the language of the request.")
    async def reason_name(self, info: Info) -> str:
        reason = await info.context.load(reasons_by_code, self.reason_code)
        return domain.in_language(reason.names, info.context.scope.language) if reason else self.reason_code

    @strawberry.field(description="Seconds for which it stood in the way, or has so far.")
    def age(self, info: Info) -> int:
        return int(((self.resolved_at or info.context.scope.at) - self.placed_at).total_seconds())

    @strawberry.field(description="Whether it should have been resolved by now.")
    def overdue(self, info: Info) -> bool:
        return self.block.overdue(info.context.scope.at)

    @strawberry.field(description="Name of who placed it, or in whose action a rule did; null if not of the staff.")
    async def placed_by(self, info: Info) -> str | None:
        return await name_of(info.context, self.row["placed_by"])

    @strawberry.field(description="Name of who looks into it.")
    async def assignee(self, info: Info) -> str | None:
        id_ = self.row["assignee_id"]
        return await name_of(info.context, {"kind": "STAFF", "id": str(id_)}) if id_ else None

    @strawberry.field(description="Name of who resolved it, or in whose action it was resolved.")
    async def resolved_by(self, info: Info) -> str | None:
        by = self.row["resolved_by"]
        return await name_of(info.context, by) if by else None

    @strawberry.field(description="The order that it holds up; null if it is on a quote.")
    async def order(self, info: Info) -> _Order | None:
        found: Order | None = await order_of(info, self.block)
        return found

    @strawberry.field(description="The quote that it is on; null if it is on an order.")
    async def quote(self, info: Info) -> _Quote | None:
        found: Quote | None = await quote_of(info, self.block)
        return found

    @strawberry.field(description="What you can do with it now, and what stands against the rest.")
    async def allowed_actions(self, info: Info) -> list[BlockActionAllowed]:
        context, channel_id = info.context, self.row["channel_id"]
        against = await against_resolving(context, self.block, channel_id)
        assigning = () if self.block.active else (domain.BlockNotActive(),)
        found = {
            Action.RESOLVE: blockers(context.actor, _RESOLVING, channel_id, against),
            Action.ASSIGN: blockers(context.actor, (Permission.BLOCK_ORDERS,), channel_id, assigning),
        }
        return [BlockActionAllowed(action=action, allowed=not why, blockers=why) for action, why in found.items()]

    @classmethod
    def of(cls, row: Row) -> Self:
        block = block_of(row)
        return cls(
            key=block.id,
            row=row,
            block=block,
            reason_code=block.reason,
            stops=sorted(block.stops),
            line_ids=[strawberry.ID(global_id("oln", id_)) for id_ in block.line_ids],
            cause=BlockCause.of(block.reason, block.ref) if block.ref else None,
            assignee_id=strawberry.ID(global_id("stf", block.assignee_id)) if block.assignee_id else None,
            resolution=block.resolved.resolution if block.resolved else None,
            resolved_at=block.resolved.at if block.resolved else None,
            resolution_comment=block.resolved.comment if block.resolved else "",
            **{name: getattr(block, name) for name in ("kind", "comment", "active", "placed_at", "due_at")},
        )


@strawberry.type(description="A block that a change of an order would bring.", directives=_STAFF)
class BlockToRaise:
    reason_code: str = strawberry.field(description="Code of the reason.")
    stops: list[BlockStop] = strawberry.field(description="What it would stand in the way of.")  # type: ignore[valid-type]  # made by a call
    cause: BlockCause | None = strawberry.field(description="What the rule would find.")

    @strawberry.field(description="Its reason for people, in the language of the request.")
    async def reason_name(self, info: Info) -> str:
        reason = await info.context.load(reasons_by_code, self.reason_code)
        return domain.in_language(reason.names, info.context.scope.language) if reason else self.reason_code

    @classmethod
    def of(cls, block: domain.Block) -> Self:
        cause = BlockCause.of(block.reason, block.ref) if block.ref else None
        return cls(reason_code=block.reason, stops=sorted(block.stops), cause=cause)


async def order_of(info: Info, block: domain.Block) -> Any:
    on_order = block.owner.kind is domain.OwnerKind.ORDER
    return (await find_node(info.context, global_id("ord", block.owner.id), {"Order"}) or None) if on_order else None


async def quote_of(info: Info, block: domain.Block) -> Any:
    on_quote = block.owner.kind is domain.OwnerKind.QUOTE
    return (await find_node(info.context, global_id("quo", block.owner.id), {"Quote"}) or None) if on_quote else None


_RESOLVING = (Permission.RESOLVE_BLOCKS, Permission.RESOLVE_OWN_BLOCKS)


async def against_resolving(context: Context, block: domain.Block, channel_id: Any) -> tuple[Refusal, ...]:
    """What resolving it would be refused for, by the rules that also decide."""
    actor, reason = context.actor, await context.load(reasons_by_code, block.reason)
    who = domain.Resolver(
        id=actor.id,
        may_all=actor.may_in(Permission.RESOLVE_BLOCKS, channel_id),
        may_own=actor.may_in(Permission.RESOLVE_OWN_BLOCKS, channel_id),
        roles=await context.load(own_role_codes, channel_id) or frozenset(),
    )
    return tuple(domain.against_resolving(block, reason, who)) if reason else ()


@strawberry.type(description="Why something takes longer than usual. It says no more than that somebody looks at it.")
class Hold:
    text: str = strawberry.field(description="For the customer, in the language of the request.")
    since: datetime = strawberry.field(description="Since when.")


async def holds(info: Info, rows: Iterable[Row]) -> list[Hold]:
    """Active blocks, told without their reasons; those that read alike are one (B10)."""
    active, found = [block for row in rows if (block := block_of(row)).active], dict[str, datetime]()
    reasons = await info.context.load_many(reasons_by_code, [block.reason for block in active])
    for block, reason in zip(active, reasons, strict=True):
        if reason:
            text = domain.in_language(reason.shopper_texts, info.context.scope.language)
            found[text] = min(block.placed_at, found.get(text, block.placed_at))
    return [Hold(text=text, since=since) for text, since in found.items()]


@strawberry.type(description="Active blocks that have something in common.", directives=_STAFF)
class BlockMetric:
    row: strawberry.Private[Row]
    reason_code: str | None = strawberry.field(description="For this reason; null if they are counted by who has them.")
    assignee_id: strawberry.ID | None = strawberry.field(description="Of this member of staff; null: of nobody.")
    active: int = strawberry.field(description="How many.")
    overdue: int = strawberry.field(description="How many of them should have been resolved by now.")
    oldest_since: datetime = strawberry.field(description="Since when the oldest is there.")
    average_age: int = strawberry.field(description="In seconds.")

    @strawberry.field(description="Name of who has them.")
    async def assignee(self, info: Info) -> str | None:
        key = self.row["key"] if self.assignee_id else None
        return await name_of(info.context, {"kind": "STAFF", "id": str(key)}) if key else None

    @classmethod
    def of(cls, row: Row, *, by_reason: bool) -> Self:
        key = row["key"]
        return cls(
            row=row,
            reason_code=key if by_reason else None,
            assignee_id=None if by_reason or key is None else strawberry.ID(global_id("stf", key)),
            active=row["active"],
            overdue=row["overdue"],
            oldest_since=row["oldest"],
            average_age=row["age"],
        )


@strawberry.type(description="Active blocks, counted. At most 100 of each.", directives=_STAFF)
class BlockMetrics:
    by_reason: list[BlockMetric] = strawberry.field(description="The most frequent reason first.")
    by_assignee: list[BlockMetric] = strawberry.field(description="Who has most of them first.")

    @classmethod
    def of(cls, by_reason: list[Row], by_assignee: list[Row]) -> Self:
        return cls(
            by_reason=[BlockMetric.of(row, by_reason=True) for row in by_reason],
            by_assignee=[BlockMetric.of(row, by_reason=False) for row in by_assignee],
        )
