"""Guests' orders that a customer takes into the account (S1-02): who proves the mail address proves that they are theirs."""

from commerce_api.domain.actor import SYSTEM
from commerce_api.domain.decision import NotFound, Refused, refuse
from commerce_api.domain.order import Order, OrderClaimed
from commerce_api.domain.order_number import read_order_number
from commerce_api.domain.value import value
from commerce_api.operations import order_access
from commerce_api.operations.entrance import Entrance
from commerce_api.persistence.readers.orders import any_order_by_number
from commerce_api.persistence.stores.customers import CustomerStore
from commerce_api.persistence.stores.orders import OrderStore
from commerce_api.persistence.unit_of_work import UnitOfWork


@value
class ClaimOrder:
    """Without a `code` only an order with the account's own confirmed mail address."""

    number: str
    code: str = ""


@value
class _Claim:
    number: str
    proven: bool


async def claim(entrance: Entrance, command: ClaimOrder) -> Order | Refused:
    """Numbers and codes can be tried a few times only."""
    found = await order_access.read(entrance, command.number, command.code)
    if isinstance(found, Refused):
        return found
    return await entrance.write(_claim, _Claim(number=command.number, proven=found is not None))


async def _claim(uow: UnitOfWork, command: _Claim) -> Order | Refused:
    customer = await CustomerStore(uow).get(uow.by.actor.customer_id)
    row = await any_order_by_number(uow.connection, read_order_number(command.number) or "")
    orders = OrderStore(uow, SYSTEM)
    order = await orders.get(row["id"]) if row else None
    if customer is None or order is None or order.customer_id not in {None, customer.id}:
        return refuse(NotFound(path=("number",)))
    if order.customer_id == customer.id:
        return order
    confirmed = customer.email_verified_at is not None and customer.email == order.email
    if not (command.proven or confirmed):
        return refuse(NotFound(path=("number",)))
    return await orders.claim(order, OrderClaimed(customer_id=customer.id))
