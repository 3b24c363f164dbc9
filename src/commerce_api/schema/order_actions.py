"""What can be done with an order now, by the rules that also decide (K14)."""

from typing import Any
from uuid import UUID

import strawberry

from commerce_api.domain import order as domain
from commerce_api.domain.blocks import against_blocking
from commerce_api.domain.described import DescribedEnum
from commerce_api.domain.order.editing import against_beginning, against_editing
from commerce_api.domain.permissions import Permission
from commerce_api.operations.cancellations import CANCELING, as_customer
from commerce_api.persistence.readers.blocks import block_of, blocks_of
from commerce_api.persistence.readers.order_edits import open_edits_of
from commerce_api.schema.actions import Blocker, blockers
from commerce_api.schema.context import Context
from commerce_api.schema.order_enums import OrderActionAllowed
from commerce_api.schema.permissions import requires


class OrderDeskAction(DescribedEnum):
    EDIT = "EDIT", "Begin to edit it, or go on with it."
    BLOCK = "BLOCK", "Hold it up."
    COMMENT = "COMMENT", "Write something about it."


_ENUM = strawberry.enum(OrderDeskAction, name="OrderDeskAction", description="What staff can do with an order.")
_PAYING = (Permission.BUY, Permission.ACT_FOR_CUSTOMERS)
"""What the mutations need that pay an order."""
_NEEDED = {domain.OrderAction.CANCEL: CANCELING}
_AT_THE_DESK = {
    OrderDeskAction.EDIT: Permission.EDIT_ORDERS,
    OrderDeskAction.BLOCK: Permission.BLOCK_ORDERS,
    OrderDeskAction.COMMENT: Permission.COMMENT_ON_ORDERS,
}
STAFF: Any = [requires(Permission.READ_ORDERS)]


@strawberry.type(description="Something that staff can do with an order, or cannot now.", directives=STAFF)
class OrderDeskActionAllowed:
    action: _ENUM = strawberry.field(description="What.")  # type: ignore[valid-type]  # made by a call
    allowed: bool = strawberry.field(description="Whether you can do it now.")
    blockers: list[Blocker] = strawberry.field(description="What stands against it; empty if it is allowed.")


def allowed_actions(context: Context, order: domain.Order) -> list[OrderActionAllowed]:
    """What its customer can do, and staff for them."""
    actor = context.actor
    found = domain.actions(order, context.scope.at, by_customer=as_customer(actor, order.channel_id))
    return [
        OrderActionAllowed(action=action, allowed=not why, blockers=why)
        for action, reasons in found.items()
        for why in [blockers(actor, _NEEDED.get(action, _PAYING), order.channel_id, reasons)]
    ]


async def desk_actions(context: Context, order: domain.Order) -> list[OrderDeskActionAllowed]:
    """What staff alone can do."""
    key: UUID = order.id
    held_up = [block_of(row) for row in await context.load(blocks_of, key) or ()]
    open_ = await context.load(open_edits_of, key)
    at, me = context.scope.at, context.actor.id
    taken = open_ and against_beginning(open_.edit, me, open_.row["owner_name"], at)
    against = {
        OrderDeskAction.EDIT: (*against_editing(order, held_up), *((taken,) if taken else ())),
        OrderDeskAction.BLOCK: tuple(against_blocking(domain.blockable(order))),
        OrderDeskAction.COMMENT: (),
    }
    found = (
        (action, blockers(context.actor, (_AT_THE_DESK[action],), order.channel_id, reasons))
        for action, reasons in against.items()
    )
    return [OrderDeskActionAllowed(action=action, allowed=not why, blockers=why) for action, why in found]
