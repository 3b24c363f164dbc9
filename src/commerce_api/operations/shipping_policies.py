"""When a placed order may leave, chosen once more (S2-07). What it costs stays."""

from uuid import UUID

from commerce_api.domain.actor import lacking
from commerce_api.domain.decision import NotFound, Refused, check_revision, refuse
from commerce_api.domain.ids import OrderId
from commerce_api.domain.order import Order
from commerce_api.domain.order.shipping import set_policy
from commerce_api.domain.permissions import Permission
from commerce_api.domain.shipping_policy import ShippingPolicy
from commerce_api.domain.value import value
from commerce_api.persistence.stores.order_versions import VersionNote
from commerce_api.persistence.stores.order_versions import commit as commit_version
from commerce_api.persistence.stores.orders import OrderStore
from commerce_api.persistence.unit_of_work import UnitOfWork

CHOOSING = (Permission.BUY, Permission.EDIT_ORDERS)


@value
class SetShippingPolicy:
    order_id: OrderId | None
    policy: ShippingPolicy
    expected_revision: int | None = None


async def choose(uow: UnitOfWork, command: SetShippingPolicy) -> Order | Refused:
    orders = OrderStore(uow)
    order = await orders.get(command.order_id) if command.order_id else None
    if order is None:
        return refuse(NotFound(path=("orderId",)))
    if reasons := lacking(uow.by.actor, CHOOSING, order.channel_id):
        return Refused(reasons=reasons)
    if stale := check_revision(order.revision, command.expected_revision):
        return stale
    decided = set_policy(order, command.policy)
    if isinstance(decided, Refused):
        return decided
    for event in decided:
        order = await orders.ship(order, event)
        await commit_version(uow, order.id, VersionNote(total_before=order.total))
    return order


async def load(uow: UnitOfWork, id: UUID) -> Order | Refused:
    return await OrderStore(uow).get(id) or refuse(NotFound(path=("orderId",)))
