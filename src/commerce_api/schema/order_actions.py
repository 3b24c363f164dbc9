"""What can be done with an order now, by the rules that also decide (K14)."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import strawberry

from commerce_api.domain import blocks
from commerce_api.domain import order as domain
from commerce_api.domain.assistance import against_acting
from commerce_api.domain.cloning import CloneInto
from commerce_api.domain.decision import Refusal
from commerce_api.domain.permissions import Permission
from commerce_api.operations.cancellations import CANCELING
from commerce_api.operations.cancellations import as_customer as cancels_as_customer
from commerce_api.operations.cloning import NEEDED as CLONING
from commerce_api.operations.order_attributes import SAYING
from commerce_api.operations.order_edits import EDITING
from commerce_api.operations.order_edits import as_customer as edits_as_customer
from commerce_api.operations.shipping_policies import CHOOSING
from commerce_api.operations.splitting import SPLITTING
from commerce_api.persistence.readers.assistance import assisted_by_id
from commerce_api.persistence.readers.blocks import block_of, blocks_of
from commerce_api.persistence.readers.order_edits import open_edits_of
from commerce_api.persistence.readers.orders import adjustments_of
from commerce_api.schema.actions import Blocker, blockers
from commerce_api.schema.block import against_resolving
from commerce_api.schema.context import Context
from commerce_api.schema.order_enums import OrderActionAllowed
from commerce_api.schema.permissions import requires

Action = domain.OrderAction
Desk = domain.DeskAction
_ENUM = strawberry.enum(Desk, name="OrderDeskAction", description="What staff alone can do with an order.")
_PAYING = (Permission.BUY, Permission.ACT_FOR_CUSTOMERS)
_NEEDED = {
    **dict.fromkeys(domain.PAYING, _PAYING),
    Action.EDIT: EDITING,
    Action.SET_SHIPPING_POLICY: CHOOSING,
    Action.SET_ATTRIBUTES: SAYING,
    Action.CANCEL: CANCELING,
    Action.CLONE: CLONING[CloneInto.CART],
    Action.COMMENT: (Permission.BUY, Permission.COMMENT_ON_ORDERS),
}
_AT_THE_DESK = {
    Desk.BLOCK: (Permission.BLOCK_ORDERS,),
    Desk.REVIEW: (Permission.RESOLVE_BLOCKS, Permission.RESOLVE_OWN_BLOCKS),
    Desk.TAKE_OVER_EDIT: (Permission.TAKE_OVER_EDITS,),
    Desk.SPLIT: SPLITTING,
    Desk.RECORD_PAYMENT: (Permission.RECORD_PAYMENTS,),
    Desk.RECORD_REFUND: (Permission.RECORD_PAYMENTS,),
    Desk.REVERSE_PAYMENT: (Permission.RECORD_PAYMENTS,),
    Desk.QUOTE: CLONING[CloneInto.QUOTE],
}
"""What the mutations need: of several permissions one."""
_IN_THEIR_NAME = frozenset({*domain.PAYING, Action.CLONE, Desk.QUOTE})
"""What the customer can forbid staff."""
STAFF: Any = [requires(Permission.READ_ORDERS)]


@strawberry.type(description="Something that staff can do with an order, or cannot now.", directives=STAFF)
class OrderDeskActionAllowed:
    action: _ENUM = strawberry.field(description="What.")  # type: ignore[valid-type]  # made by a call
    allowed: bool = strawberry.field(description="Whether you can do it now.")
    blockers: list[Blocker] = strawberry.field(description="What stands against it; empty if it is allowed.")


async def allowed_actions(context: Context, order: domain.Order) -> list[OrderActionAllowed]:
    """What its customer can do, and staff for them."""
    around = await _around(context, order)
    found = domain.actions(order, context.scope.at, around)
    forbidden = await _forbidden(context, order)
    return [
        OrderActionAllowed(action=action, allowed=not why, blockers=why, until=domain.until(order, action, around))
        for action, reasons in found.items()
        for why in [_blockers(context, order, action, (*_of(action, forbidden), *reasons))]
    ]


async def desk_actions(context: Context, order: domain.Order) -> list[OrderDeskActionAllowed]:
    """What staff alone can do."""
    around, forbidden = await _around(context, order), await _forbidden(context, order)
    found = {**domain.desk_actions(order, context.scope.at, around)}
    found[Desk.REVIEW] = found[Desk.REVIEW] or await _against_letting_go(context, order, around)
    return [
        OrderDeskActionAllowed(action=action, allowed=not why, blockers=why)
        for action, reasons in found.items()
        for why in [_blockers(context, order, action, (*_of(action, forbidden), *reasons))]
    ]


def _blockers(
    context: Context, order: domain.Order, action: Action | Desk, reasons: Iterable[Refusal]
) -> list[Blocker]:
    needed = _NEEDED[action] if isinstance(action, Action) else _AT_THE_DESK[action]
    return blockers(context.actor, needed, order.channel_id, reasons)


def _of(action: Action | Desk, forbidden: tuple[Refusal, ...]) -> tuple[Refusal, ...]:
    return forbidden if action in _IN_THEIR_NAME else ()


async def _around(context: Context, order: domain.Order) -> domain.Around:
    """The same as the mutations look at."""
    actor, channel_id = context.actor, order.channel_id
    key: UUID = order.id
    own = {Action.CANCEL: cancels_as_customer(actor, channel_id), Action.EDIT: edits_as_customer(actor, channel_id)}
    adjusted = await context.load(adjustments_of, key) if own[Action.EDIT] else None
    worked_on = await context.load(open_edits_of, key)
    return domain.Around(
        by=actor.id,
        as_staff=frozenset(action for action, as_customer in own.items() if not as_customer),
        held_up=tuple(block_of(row) for row in await context.load(blocks_of, key) or ()),
        prices_agreed_on=bool(adjusted),
        edit=worked_on.edit if worked_on else None,
        owner=domain.told_owner(worked_on.edit, worked_on.row["owner_name"], actor) if worked_on else "",
    )


async def _forbidden(context: Context, order: domain.Order) -> tuple[Refusal, ...]:
    """Why staff may not act for its customer."""
    if order.customer_id is None or not context.actor.is_staff:
        return ()
    key: UUID = order.customer_id
    customer = await context.load(assisted_by_id, key)
    reason = against_acting(customer) if customer else None
    return (reason,) if reason else ()


async def _against_letting_go(context: Context, order: domain.Order, around: domain.Around) -> tuple[Refusal, ...]:
    """Of the block for whose review an order waits."""
    return await against_resolving(context, blocks.in_review(around.held_up)[0], order.channel_id)
