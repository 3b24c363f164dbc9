"""What is still to come in, moved to a cart of its own before anything is ordered (S1-09)."""

from collections.abc import Mapping
from dataclasses import field
from datetime import timedelta
from uuid import UUID

from commerce_api.adapters.tokens import token_hash
from commerce_api.domain import cart as domain
from commerce_api.domain.availability import StockPolicy
from commerce_api.domain.cart import Cart, CartCreated, Supply
from commerce_api.domain.decision import NotFound, Refused, check_revision, refuse
from commerce_api.domain.ids import CartId, CartLineId, VariantId
from commerce_api.domain.permissions import Permission
from commerce_api.domain.priced_cart import PricedCart
from commerce_api.domain.value import value
from commerce_api.operations.acting import cart_to_change
from commerce_api.operations.cart_opening import CartOpening, CreatedCart
from commerce_api.operations.carts import facts, touched
from commerce_api.operations.checkout import view
from commerce_api.persistence.stores.carts import CartStore
from commerce_api.persistence.unit_of_work import UnitOfWork

SPLITTING = (Permission.OWN_ACCOUNT, Permission.ACT_FOR_CUSTOMERS)


@value
class SplitCart:
    cart_id: CartId | None
    expected_revision: int | None = None


@value
class SplitCarts:
    """`token` is for the second cart, if it is nobody's."""

    first: Cart
    second: Cart
    token: str | None = field(repr=False)

    @property
    def id(self) -> CartId:
        return self.second.id


@value
class CartSplitting:
    opening: CartOpening

    async def split(self, uow: UnitOfWork, command: SplitCart) -> SplitCarts | Refused:
        cart = await cart_to_change(uow, command.cart_id)
        if isinstance(cart, Refused):
            return cart
        if stale := check_revision(cart.revision, command.expected_revision):
            return stale
        viewed = await view(uow.connection, cart, uow.by.at)
        channel, priced = viewed.channel, viewed.checkout.priced
        until = uow.by.at + timedelta(days=channel.cart_days)
        new_ids = iter(uow.new_id, None)
        parts = domain.split_backorders(cart, _supplies(priced), _worth(priced), facts(uow.by), new_ids, until)
        if isinstance(parts, Refused):
            return parts
        first = touched(domain.evolved(cart, parts.to_first), channel, uow.by.at)
        await CartStore(uow).save(cart, first, parts.to_first)
        happened = [CartCreated(currency=cart.currency), parts.to_first[-1]]
        await CartStore(uow).add(parts.second, happened, token_hash=token_hash(self.opening.token(parts.second.id)))
        return self._shown(first, parts.second)

    async def load(self, uow: UnitOfWork, id: UUID) -> SplitCarts | Refused:
        """For a repeated request."""
        created = await self.opening.load(uow, id)
        if not isinstance(created, CreatedCart) or created.cart.split_from_id is None:
            return refuse(NotFound())
        first = await CartStore(uow).get(created.cart.split_from_id)
        return self._shown(first, created.cart) if first else refuse(NotFound())

    def _shown(self, first: Cart, second: Cart) -> SplitCarts:
        return SplitCarts(first=first, second=second, token=self.opening.shown(second).token)


def _supplies(priced: PricedCart) -> Mapping[VariantId, Supply]:
    """Of what is sold before it is there. What the cart has reserved counts as there."""
    found = (line.variant for line in priced.lines if line.variant and line.sold)
    return {
        variant.id: Supply(on_shelf=variant.availability.available, rules=variant.rules)
        for variant in found
        if variant.availability.policy is StockPolicy.BACKORDER
    }


def _worth(priced: PricedCart) -> Mapping[CartLineId, int]:
    """What lines cost before anything is taken off the subtotal."""
    return {line.line.id: line.total.subtotal for line in priced.lines if line.total}
