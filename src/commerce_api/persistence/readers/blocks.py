"""Blocks of orders that were shown, and the reasons for them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from commerce_api.domain.ids import BlockId, BlockReasonId, ChannelId, OrderId, OrderLineId, StaffId
from commerce_api.domain.order.blocks import (
    Block,
    BlockKind,
    BlockReason,
    BlockScope,
    ReasonKind,
    Resolution,
    Resolved,
    Stop,
)
from commerce_api.persistence.sql import Row


def reason_of(row: Row) -> BlockReason:
    channels = row["channel_ids"]
    return BlockReason(
        id=BlockReasonId(row["id"]),
        code=row["code"],
        kind=ReasonKind(row["kind"]),
        category=row["category"],
        stops=frozenset(map(Stop, row["stops"])),
        scope=BlockScope(row["scope"]),
        auto_resolve=row["auto_resolve"],
        resolver_roles=frozenset(row["resolver_roles"]),
        only_resolver_roles=row["only_resolver_roles"],
        four_eyes=row["four_eyes"],
        comment_required=row["comment_required"],
        names=row["names"],
        shopper_texts=row["shopper_texts"],
        sla_hours=row["sla_hours"],
        channel_ids=None if channels is None else frozenset(map(ChannelId, channels)),
    )


def block_of(row: Row) -> Block:
    return Block(
        id=BlockId(row["id"]),
        order_id=OrderId(row["order_id"]),
        reason=row["reason"],
        kind=BlockKind(row["kind"]),
        stops=frozenset(map(Stop, row["stops"])),
        line_ids=tuple(map(OrderLineId, row["line_ids"])),
        comment=row["comment"],
        ref=row["ref"],
        amount=row["amount"],
        caused_by=tuple(row["caused_by"]),
        placed_by=person_of(row["placed_by"]),
        placed_at=row["placed_at"],
        assignee_id=StaffId(row["assignee_id"]) if row["assignee_id"] else None,
        due_at=row["due_at"],
        resolved=_resolved(row),
    )


def _resolved(row: Row) -> Resolved | None:
    if row["resolution"] is None:
        return None
    return Resolved(
        resolution=Resolution(row["resolution"]),
        by=person_of(row["resolved_by"]),
        at=row["resolved_at"],
        comment=row["resolution_comment"],
    )


def person_of(actor: Mapping[str, Any]) -> UUID | None:
    """Who an actor's document speaks of."""
    return UUID(actor["id"]) if actor["id"] else None
