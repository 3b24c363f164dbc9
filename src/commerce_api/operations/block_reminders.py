"""Reminding whoever has a block to look into, once it is due."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from commerce_api.domain.ids import BlockId, StaffId
from commerce_api.domain.order import blocks as b
from commerce_api.operations.execute import execute
from commerce_api.operations.services import Services
from commerce_api.persistence.readers.channels import channel_by_id
from commerce_api.persistence.stores.blocks import BlockStore
from commerce_api.persistence.stores.orders import OrderStore
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
        await uow.outbox.put(TOPIC, subject, dedupe_key=key, due_at=due_at)


async def handle(services: Services, payload: Mapping[str, Any]) -> None:
    await execute(services.database, services.desk.by(payload["dedupe_key"]), _remind, payload)


async def _remind(uow: UnitOfWork, payload: Mapping[str, Any]) -> None:
    """Unless it was resolved, or is another's or due at another moment now."""
    store, id_ = BlockStore(uow), UUID(payload["block_id"])
    found = await store.orders_of([id_])
    order = await OrderStore(uow).get(found[id_]) if found else None
    if order is None:
        return
    block = next(each for each in await store.of_order(order.id) if each.id == id_)
    assignee_id, due_at = UUID(payload["assignee_id"]), datetime.fromisoformat(payload["due_at"])
    to = await store.address_of(assignee_id) if block.active else None
    if to and (block.assignee_id, block.due_at) == (assignee_id, due_at):
        channel = await channel_by_id(uow.connection, order.channel_id)
        data = {"number": order.number, "reason": block.reason, "due_at": due_at, "time_zone": channel.time_zone}
        mail = {"kind": "BLOCK_OVERDUE", "recipient": to, "language": "en", "order_id": order.id, "data": data}
        await uow.outbox.put("mail", mail, dedupe_key=f"block-overdue:{payload['dedupe_key']}")
