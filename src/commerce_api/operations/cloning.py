"""A cart, or a quote that is being written, with what an order had (S2-18)."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from uuid import UUID

from commerce_api.adapters.tokens import token_hash
from commerce_api.domain.actor import lacking
from commerce_api.domain.canceling import Units
from commerce_api.domain.cart import Cart, Purpose
from commerce_api.domain.cloning import CloneInto, LeftOut, LeftOutReason, OrderCloned
from commerce_api.domain.decision import NotFound, Refused, refuse
from commerce_api.domain.ids import OrderId, OrderLineId, QuoteId
from commerce_api.domain.order import Order
from commerce_api.domain.permissions import Permission
from commerce_api.domain.quote import Quote
from commerce_api.domain.value import value
from commerce_api.operations import acting, quote_opening
from commerce_api.operations.bought_again import bought_again
from commerce_api.operations.cart_opening import CartOpening, CreatedCart
from commerce_api.operations.carts import Work
from commerce_api.operations.kept_prices import KeepPrices, keep
from commerce_api.operations.quotes import draft_of
from commerce_api.persistence.readers.clones import clone_event
from commerce_api.persistence.stores import order_versions
from commerce_api.persistence.stores.carts import CartStore
from commerce_api.persistence.stores.order_versions import Snapshot
from commerce_api.persistence.stores.orders import OrderStore
from commerce_api.persistence.stores.quotes import QuoteStore
from commerce_api.persistence.unit_of_work import UnitOfWork

NEEDED: Mapping[CloneInto, tuple[Permission, ...]] = {
    CloneInto.CART: (Permission.BUY, Permission.ACT_FOR_CUSTOMERS),
    CloneInto.QUOTE: (Permission.AUTHOR_QUOTES,),
}


@value
class CloneOrder:
    """Without `lines` all of them, and without a quantity as many as were ordered."""

    order_id: OrderId | None
    into: CloneInto = CloneInto.CART
    lines: tuple[Units, ...] | None = None
    keep_prices: KeepPrices | None = None


@value
class Clone:
    """`token` is for a guest's cart; with a `quote` the cart is its draft."""

    cart: Cart
    quote: Quote | None = None
    token: str | None = field(default=None, repr=False)
    order_id: OrderId
    left_out: tuple[LeftOut, ...]

    @property
    def id(self) -> UUID:
        return self.quote.id if self.quote else self.cart.id


@value
class Cloning:
    opening: CartOpening

    async def clone(self, uow: UnitOfWork, command: CloneOrder) -> Clone | Refused:
        order = await OrderStore(uow).get(command.order_id) if command.order_id else None
        if order is None:
            return refuse(NotFound(path=("orderId",)))
        if reasons := lacking(uow.by.actor, NEEDED[command.into], order.channel_id):
            return Refused(reasons=reasons)
        if refused := await acting.against(uow, order.customer_id, ("orderId",)):
            return refused
        rows = await order_versions.current(uow.connection, order.id)
        wanted = _wanted(rows, command.lines)
        return wanted if isinstance(wanted, Refused) else await self._made(uow, order, rows, wanted, command)

    async def _made(
        self, uow: UnitOfWork, order: Order, rows: Snapshot, wanted: Mapping[OrderLineId, int], command: CloneOrder
    ) -> Clone | Refused:
        work, copied, missing = await bought_again(uow, order, rows, wanted, Purpose(command.into))
        if command.keep_prices:
            await keep(uow, work, rows, copied, command.keep_prices)
        if work.reasons:
            return Refused(reasons=tuple(work.reasons))
        clone = await self._kept(uow, work, order, missing, command.into)
        told = OrderCloned(cart_id=work.cart.id, quote_id=clone.quote.id if clone.quote else None, left_out=missing)
        await uow.events.record("ORDER", order.id, [told])
        return clone

    async def _kept(
        self, uow: UnitOfWork, work: Work, order: Order, missing: tuple[LeftOut, ...], into: CloneInto
    ) -> Clone:
        if into is CloneInto.QUOTE:
            await CartStore(uow).add(work.cart, work.events)
            quote = await quote_opening.begun(uow, work.cart, {"order_id": order.id})
            return Clone(cart=work.cart, quote=quote, order_id=order.id, left_out=missing)
        await CartStore(uow).add(work.cart, work.events, token_hash=token_hash(self.opening.token(work.cart.id)))
        token = self.opening.shown(work.cart).token
        return Clone(cart=work.cart, token=token, order_id=order.id, left_out=missing)

    async def load(self, uow: UnitOfWork, id: UUID) -> Clone | Refused:
        """For a repeated request."""
        quote = await QuoteStore(uow, proven=True).get(QuoteId(id))
        if quote:
            return await _told(uow, await draft_of(uow, quote), quote=quote)
        created = await self.opening.load(uow, id)
        return await _told(uow, created.cart, token=created.token) if isinstance(created, CreatedCart) else created


async def _told(uow: UnitOfWork, cart: Cart, quote: Quote | None = None, token: str | None = None) -> Clone:
    order_id, data = await clone_event(uow.connection, cart.made_from[-1].id, cart.id)
    missing = tuple(
        LeftOut(line_id=OrderLineId(UUID(each["line_id"])), reason=LeftOutReason(each["reason"]))
        for each in data["left_out"]
    )
    return Clone(cart=cart, quote=quote, token=token, order_id=order_id, left_out=missing)


def _wanted(rows: Snapshot, lines: Sequence[Units] | None) -> Mapping[OrderLineId, int] | Refused:
    """How many of which line. What was canceled may be wanted again: that is how a canceled order comes back."""
    ordered: dict[OrderLineId, int] = {row["id"]: row["quantity"] for row in rows["lines"]}
    if lines is None:
        return ordered
    unknown = [NotFound(path=(*each.path, "lineId")) for each in lines if each.line_id not in ordered]
    if unknown:
        return Refused(reasons=tuple(unknown))
    return {each.line_id: each.quantity or ordered[each.line_id] for each in lines if each.line_id}
