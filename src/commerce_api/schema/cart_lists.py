"""Pages of carts."""

from uuid import UUID

from commerce_api.persistence.readers.carts import CartFilter, carts_page, count_carts
from commerce_api.schema.cart import Cart
from commerce_api.schema.context import Context
from commerce_api.schema.pagination import Connection, instant_of, page_of


async def cart_connection(
    context: Context, chosen: CartFilter, first: int | None, after: str | None, last: int | None, before: str | None
) -> Connection[Cart]:
    page = page_of(first, after, last, before, of="carts", width=2)
    found = await carts_page(
        context.scope,
        chosen,
        limit=page.limit,
        backward=page.backward,
        position=page.keys(instant_of, UUID),
    )
    return Connection.of(
        page,
        found,
        lambda cart: Cart.of(cart, context.scope.at),
        lambda cart: (cart.updated_at, cart.id),
        lambda: count_carts(context.scope, chosen),
    )
