"""Setting what is no part of what was agreed on: one revision on, and no open edit is disturbed (D35)."""

from uuid import UUID

from commerce_api.domain.custom_field import FieldOwner, of_owner
from commerce_api.domain.decision import NotFound, Refused, check_revision, refuse
from commerce_api.domain.ids import OrderId
from commerce_api.domain.order import Order
from commerce_api.domain.order import attributes as domain
from commerce_api.domain.permissions import Permission
from commerce_api.domain.value import value
from commerce_api.persistence.readers.channels import channel_by_id
from commerce_api.persistence.readers.particulars import particulars_of, particulars_row
from commerce_api.persistence.stores import order_keys, order_versions
from commerce_api.persistence.stores.orders import OrderStore
from commerce_api.persistence.unit_of_work import UnitOfWork

SAYING = (Permission.BUY, Permission.EDIT_ORDERS)


@value
class SetOrderAttributes:
    """`order_id` None cannot be one."""

    order_id: OrderId | None
    expected_revision: int | None
    said: domain.SetOrderAttributes


async def set_attributes(uow: UnitOfWork, command: SetOrderAttributes) -> Order | Refused:
    store = OrderStore(uow)
    order = await store.get(command.order_id) if command.order_id else None
    if order is None:
        return refuse(NotFound(path=("orderId",)))
    if stale := check_revision(order.revision, command.expected_revision):
        return stale
    channel = await channel_by_id(uow.connection, order.channel_id)
    fields = [field for field in of_owner(channel.fields, FieldOwner.ORDER) if field.offered(channel.id)]
    rows = await order_versions.current(uow.connection, order.id)
    before = particulars_of(rows["order"])
    after = domain.set_attributes(order, before, command.said, fields, uow.by.actor)
    if isinstance(after, Refused):
        return after
    if told := domain.attributes_set(before, after, fields):
        await store.say(order.id, after)
        await store.touch(order.id, told)
        head = {**rows["order"], **particulars_row(after)}
        await order_keys.rewrite_order_keys(uow.connection, head, rows["groups"], rows["lines"])
    return order


async def load(uow: UnitOfWork, id: UUID) -> Order | Refused:
    return await OrderStore(uow).get(id) or refuse(NotFound(path=("orderId",)))
