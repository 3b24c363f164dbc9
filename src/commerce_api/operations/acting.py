"""Acting for customers: what all that staff do with a customer's cart or order goes through."""

from uuid import UUID

from commerce_api.domain.assistance import CardsNotToBeUsed, against_acting
from commerce_api.domain.cart import Cart
from commerce_api.domain.decision import NotFound, Path, Refused, refuse
from commerce_api.domain.ids import CustomerId
from commerce_api.persistence.readers.assistance import assisted
from commerce_api.persistence.readers.outsets import NOTHING_ELSE, Besides, Looked
from commerce_api.persistence.stores.carts import CartStore
from commerce_api.persistence.unit_of_work import UnitOfWork


async def cart_to_change(uow: UnitOfWork, id: UUID | None) -> Cart | Refused:
    """A cart under lock, for its owner or for staff who may act for the owner."""
    return await _changeable(uow, await CartStore(uow).get(id) if id else None)


async def cart_to_save(uow: UnitOfWork, id: UUID | None) -> Cart | Refused:
    """The same without a lock: nothing is written but the cart, last of all and as `looked`."""
    return await _changeable(uow, await CartStore(uow).look(id) if id else None)


async def cart_to_price(uow: UnitOfWork, id: UUID | None, besides: Besides = NOTHING_ELSE) -> Looked | Refused:
    """The same with what it takes to price it."""
    looked = await CartStore(uow).look_with_outset(id, besides) if id else None
    if looked is None:
        return refuse(NotFound(path=("cartId",)))
    return await against(uow, looked.cart.customer_id) or looked


async def _changeable(uow: UnitOfWork, cart: Cart | None) -> Cart | Refused:
    if cart is None:
        return refuse(NotFound(path=("cartId",)))
    return await against(uow, cart.customer_id) or cart


async def against(uow: UnitOfWork, customer_id: CustomerId | None, path: Path = ()) -> Refused | None:
    """Why staff may not act for this customer; nothing for those who act for themselves, and for guests."""
    actor = uow.by.actor
    if customer_id is None or not actor.is_staff:
        return None
    reason = against_acting(await assisted(uow.connection, customer_id, actor), path)
    return refuse(reason) if reason else None


async def against_cards(uow: UnitOfWork, customer_id: CustomerId | None, path: Path) -> Refused | None:
    """Why staff may not pay with what this customer keeps."""
    actor = uow.by.actor
    if customer_id is None or not actor.is_staff:
        return None
    customer = await assisted(uow.connection, customer_id, actor)
    return None if customer.assistance.with_cards else refuse(CardsNotToBeUsed(path=path))
