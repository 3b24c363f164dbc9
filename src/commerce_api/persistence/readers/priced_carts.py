"""Carts priced as of now, any number of them together."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self
from uuid import UUID

from commerce_api.domain.cart import Cart
from commerce_api.domain.ids import CartId
from commerce_api.domain.priced_cart import PricedCart, price_cart
from commerce_api.persistence.readers.cart_facts import market_facts
from commerce_api.persistence.readers.channels import channel_by_id
from commerce_api.persistence.readers.outsets import outset_of
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Connection


@dataclass(frozen=True)
class CartAsRead:
    """A cart in one of its revisions, so that what was read or just written needs not be read again to be priced, and is priced
    once however often it is asked for. Its texts are in the `language`.
    """

    id: CartId
    revision: int
    language: str
    cart: Cart = field(compare=False)

    @classmethod
    def of(cls, cart: Cart, language: str) -> Self:
        return cls(id=cart.id, revision=cart.revision, language=language, cart=cart)


async def priced_carts(scope: Scope, read: Sequence[CartAsRead]) -> Mapping[CartAsRead, PricedCart]:
    alike: defaultdict[tuple[UUID, str], list[CartAsRead]] = defaultdict(list)
    for one in read:
        alike[one.cart.channel_id, one.language].append(one)
    found: dict[CartAsRead, PricedCart] = {}
    async with scope.database.connection() as connection:
        for (channel_id, language), of_them in alike.items():
            found |= await _priced(connection, scope, channel_id, language, of_them)
    return found


async def _priced(
    connection: Connection, scope: Scope, channel_id: UUID, language: str, read: Sequence[CartAsRead]
) -> dict[CartAsRead, PricedCart]:
    if len(read) == 1:
        known = await outset_of(connection, read[0].cart, scope.at, language=language)
        return {read[0]: price_cart(read[0].cart, known.facts)}
    mine = channel_id == scope.channel.id
    channel = scope.channel if mine else await channel_by_id(connection, channel_id)
    facts = await market_facts(connection, [one.cart for one in read], channel=channel, language=language, at=scope.at)
    return {one: price_cart(one.cart, facts[one.cart.id]) for one in read}
