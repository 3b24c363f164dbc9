"""Pages of carts."""

from typing import Any
from uuid import UUID

from commerce_api.persistence.lists import Listed
from commerce_api.persistence.readers.carts import CartFilter, carts_in, count_carts
from commerce_api.schema.cart import Cart
from commerce_api.schema.context import Context
from commerce_api.schema.pagination import Connection, instant_of, listed, page_of


async def cart_connection(
    context: Context, chosen: CartFilter, arguments: tuple[Any, Any, Any, Any], *, customer_id: UUID | None = None
) -> Connection[Cart]:
    return await listed(
        context,
        (carts_in, count_carts),
        page_of(*arguments, of="carts", width=2),
        Listed(chosen=chosen, parent_id=customer_id),
        (instant_of, UUID),
        lambda cart: Cart.of(cart, context.scope.at),
        lambda cart: (cart.updated_at, cart.id),
    )
