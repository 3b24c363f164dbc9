"""Carts priced as of now, any number of them together."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from commerce_api.domain.cart import Cart
from commerce_api.domain.priced_cart import PricedCart, price_cart
from commerce_api.persistence.readers.cart_facts import market_facts
from commerce_api.persistence.readers.channels import channel_by_id
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Connection


@dataclass(frozen=True, eq=False)
class CartAsRead:
    """One reading of a cart, so that what was read or just written needs not be read again to be priced."""

    cart: Cart


async def priced_carts(scope: Scope, read: Sequence[CartAsRead]) -> Mapping[CartAsRead, PricedCart]:
    of_channel: defaultdict[UUID, list[CartAsRead]] = defaultdict(list)
    for one in read:
        of_channel[one.cart.channel_id].append(one)
    found: dict[CartAsRead, PricedCart] = {}
    async with scope.database.connection() as connection:
        for channel_id, of_it in of_channel.items():
            found |= await _of_channel(connection, scope, channel_id, of_it)
    return found


async def _of_channel(
    connection: Connection, scope: Scope, channel_id: UUID, read: Sequence[CartAsRead]
) -> dict[CartAsRead, PricedCart]:
    mine = channel_id == scope.channel.id
    channel = scope.channel if mine else await channel_by_id(connection, channel_id)
    facts = await market_facts(
        connection, [one.cart for one in read], channel=channel, language=scope.language, at=scope.at
    )
    return {one: price_cart(one.cart, facts[one.cart.id]) for one in read}
