"""What an edit would make of its order, as of now."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

import orjson

from commerce_api.domain.blocks import (
    ORDER_VALUE_LIMIT,
    Block,
    BlockAdded,
    BlockEvent,
    BlockResolved,
    Cause,
    Judged,
    OrderFacts,
    automatic_causes,
    judge,
)
from commerce_api.domain.checkout import Missing, Requirement, missing
from commerce_api.domain.order import Order, OrderEdit, Settlement, blockable, settlement
from commerce_api.domain.value import value
from commerce_api.operations import adjusting
from commerce_api.operations.checkout import Viewed, view
from commerce_api.persistence.parameters import json_of
from commerce_api.persistence.readers.blocks import block_of, blocks_of, reasons_by_code
from commerce_api.persistence.readers.carts import find_drafts
from commerce_api.persistence.readers.order_edits import edits_by_id
from commerce_api.persistence.readers.order_versions import Past
from commerce_api.persistence.readers.orders import ledgers_of, order_of
from commerce_api.persistence.readers.split_orders import total_of_others
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Connection
from commerce_api.persistence.stores import order_versions
from commerce_api.persistence.stores.edited_orders import would_be
from commerce_api.persistence.stores.order_versions import Snapshot

RULES: Final = frozenset({ORDER_VALUE_LIMIT, *adjusting.MONEY_RULES.values()})
"""The rules whose causes an edit can bring and take away."""
NOT_OF_EDITS: Final = frozenset({Requirement.STOCK, Requirement.PAYMENT, Requirement.TERMS})
"""Stock is dealt at the commit, and how an order is paid is not changed by editing it."""


@value
class Preview:
    """The order as it is and as it would be, what that does to the money and to its blocks, and what stands against it."""

    before: Past
    after: Past
    settlement: Settlement
    missing: tuple[Missing, ...]
    raised: tuple[Block, ...]
    cleared: tuple[Block, ...]


async def previews(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, Preview]:
    """By the ids of edits that were shown."""
    edits = {id_: read.edit for id_, read in (await edits_by_id(scope, ids)).items()}
    order_ids = [edit.order_id for edit in edits.values()]
    ledgers, blocks = await ledgers_of(scope, order_ids), await blocks_of(scope, order_ids)
    reasons = await reasons_by_code(scope, sorted(RULES))
    found: dict[UUID, Preview] = {}
    async with scope.database.connection() as connection:
        for id_, edit in edits.items():
            before = await order_versions.current(connection, edit.order_id)
            viewed = await viewed_draft(connection, edit, scope)
            order = order_of(before["order"], ledgers.get(edit.order_id, ()))
            after = would_be(before, viewed.checkout)
            present = [block_of(row) for row in blocks.get(edit.order_id, ())]
            changed = replace(order, total=after["order"]["total"])
            blamed = None if edit.owner == order.customer_id else edit.owner
            causes = await causes_of(connection, changed, viewed, blamed)
            judged = Judged(causes=causes, rules=RULES, by=edit.owner, at=scope.at)
            events = judge(blockable(changed), present, judged, reasons, (edit.id for _ in causes))
            found[id_] = Preview(
                before=Past.of(document_of(before)),
                after=Past.of(document_of(after)),
                settlement=settlement(order, changed.total),
                missing=lacking(viewed),
                raised=tuple(event.block for event in events if isinstance(event, BlockAdded)),
                cleared=tuple(_resolved(present, events)),
            )
    return found


def _resolved(blocks: Sequence[Block], events: Sequence[BlockEvent]) -> Iterator[Block]:
    ids = {event.block_id for event in events if isinstance(event, BlockResolved)}
    return (block for block in blocks if block.id in ids)


async def viewed_draft(connection: Connection, edit: OrderEdit, scope: Scope) -> Viewed:
    (draft,) = await find_drafts(connection, [edit.draft_id])
    return await view(connection, draft, scope.at)


def lacking(viewed: Viewed) -> tuple[Missing, ...]:
    """What stands against committing."""
    return tuple(one for one in missing(viewed.checkout) if one.requirement not in NOT_OF_EDITS)


async def causes_of(connection: Connection, order: Order, viewed: Viewed, staff_id: UUID | None) -> tuple[Cause, ...]:
    """For what an order is held up that is what was viewed. One that was split is as great as it was: nobody gets below a
    limit by dividing.
    """
    total = order.total + await total_of_others(connection, order.id)
    facts = OrderFacts(total=total, currency=order.currency, staff_id=staff_id)
    automatic = automatic_causes(viewed.channel.checks, facts)
    of_value = (cause for cause in automatic if cause.reason == ORDER_VALUE_LIMIT)
    return (*of_value, *await adjusting.causes(connection, viewed.checkout.priced, order.id))


def document_of(snapshot: Snapshot) -> Mapping[str, Any]:
    """As if it had been kept and read."""
    document: Mapping[str, Any] = orjson.loads(json_of(snapshot))
    return document
