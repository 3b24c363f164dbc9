"""Reminding whoever has a block to look into, once it is due."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from commerce_api.domain import blocks as b
from commerce_api.domain.ids import BlockId, StaffId
from commerce_api.domain.order import Order
from commerce_api.domain.quote import Quote
from commerce_api.operations.execute import execute
from commerce_api.operations.services import Services
from commerce_api.persistence.readers.channels import channel_by_id
from commerce_api.persistence.stores.blocks import BlockStore
from commerce_api.persistence.stores.orders import OrderStore
from commerce_api.persistence.stores.quotes import QuoteStore
from commerce_api.persistence.unit_of_work import UnitOfWork

TOPIC: Final = "blocks.remind"


async def schedule(uow: UnitOfWork, events: Sequence[b.BlockEvent]) -> None:
    """For blocks that have become somebody's until a moment just now."""
    for event in events:
        match event:
            case b.BlockAdded(block=block):
                await _at(uow, block.id, block.assignee_id, block.due_at)
            case b.BlockAssigned():
                await _at(uow, event.block_id, event.assignee_id, event.due_at)
            case _:
                pass


async def _at(uow: UnitOfWork, id: BlockId, assignee_id: StaffId | None, due_at: datetime | None) -> None:
    if assignee_id and due_at:
        subject = {"block_id": id, "assignee_id": assignee_id, "due_at": due_at}
        key = f"{TOPIC}:{id}:{assignee_id}:{due_at.isoformat()}"
        uow.outbox.put(TOPIC, subject, dedupe_key=key, due_at=due_at)


async def handle(services: Services, payload: Mapping[str, Any]) -> None:
    await execute(services.database, services.desk.by(payload["dedupe_key"]), _remind, payload)


async def _remind(uow: UnitOfWork, payload: Mapping[str, Any]) -> None:
    """Unless it was resolved, or is another's or due at another moment now."""
    store, id_ = BlockStore(uow), UUID(payload["block_id"])
    owner = (await store.owners_of([id_])).get(id_)
    blocked = await _blocked(uow, owner) if owner else None
    if owner is None or blocked is None:
        return
    block = next(each for each in await store.on(owner) if each.id == id_)
    assignee_id, due_at = UUID(payload["assignee_id"]), datetime.fromisoformat(payload["due_at"])
    to = await store.address_of(assignee_id) if block.active else None
    if to and (block.assignee_id, block.due_at) == (assignee_id, due_at):
        channel = await channel_by_id(uow.connection, blocked.channel_id)
        data = {"number": blocked.number, "reason": block.reason, "due_at": due_at, "time_zone": channel.time_zone}
        kind = "BLOCK_OVERDUE" if owner.kind is b.OwnerKind.ORDER else "QUOTE_BLOCK_OVERDUE"
        order = {"order_id": owner.id} if owner.kind is b.OwnerKind.ORDER else {}
        mail = {"kind": kind, "recipient": to, "language": "en", **order, "data": data}
        uow.outbox.put("mail", mail, dedupe_key=f"block-overdue:{payload['dedupe_key']}")


async def _blocked(uow: UnitOfWork, owner: b.Owner) -> Order | Quote | None:
    """Under lock."""
    of_order = owner.kind is b.OwnerKind.ORDER
    return await OrderStore(uow).get(owner.id) if of_order else await QuoteStore(uow, proven=True).get(owner.id)
