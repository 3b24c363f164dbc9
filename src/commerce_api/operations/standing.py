"""What ordering takes beside prices, looked up for any number of carts together."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from commerce_api.domain.card import CardFace
from commerce_api.domain.cart import Cart
from commerce_api.domain.channel import Channel
from commerce_api.domain.checkout import Checkout
from commerce_api.domain.payment_offers import Payer
from commerce_api.domain.priced_cart import PricedCart
from commerce_api.domain.value import value
from commerce_api.operations.paying import payers_of
from commerce_api.persistence.readers.card_faces import faces_of
from commerce_api.persistence.readers.channels import channel_by_id
from commerce_api.persistence.readers.customers import emails_of
from commerce_api.persistence.readers.priced_carts import CartAsRead
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Connection


@value
class Standing:
    """Who buys, with what, and by which rules. `cards` by their tokens."""

    email: str
    cards: Mapping[str, CardFace]
    payer: Payer
    channel: Channel

    def checkout(self, priced: PricedCart, at: datetime) -> Checkout:
        """All that placing the order is about."""
        channel = self.channel
        return Checkout(
            priced=priced,
            email=self.email,
            cards=self.cards,
            payer=self.payer,
            offers=channel.payment_offers,
            terms_version=channel.terms_version,
            fields=channel.fields,
            po_number_required=channel.po_number_required,
            at=at,
        )


async def standings(scope: Scope, read: Sequence[CartAsRead]) -> Mapping[CartAsRead, Standing]:
    """Of carts that were shown."""
    of_channel: defaultdict[UUID, list[CartAsRead]] = defaultdict(list)
    for one in read:
        of_channel[one.cart.channel_id].append(one)
    found: dict[CartAsRead, Standing] = {}
    async with scope.database.connection() as connection:
        for channel_id, of_it in of_channel.items():
            mine = channel_id == scope.channel.id
            channel = scope.channel if mine else await channel_by_id(connection, channel_id)
            standing = await standings_in(connection, [one.cart for one in of_it], channel)
            found |= zip(of_it, standing, strict=True)
    return found


async def standings_in(
    connection: Connection,
    cart_list: Sequence[Cart],
    channel: Channel,
    known: Mapping[str, CardFace] = MappingProxyType({}),
) -> list[Standing]:
    """Of carts of a channel; what nothing depends on is not looked up, nor `known` cards."""
    tokens = {one.card_token for cart in cart_list for one in cart.payment_instructions if one.card_token}
    cards = await faces_of(connection, tokens, known)
    silent = {cart.customer_id for cart in cart_list if cart.customer_id and not cart.email}
    emails = await emails_of(connection, silent) if silent else {}
    payers = await payers_of(
        connection, [(cart.customer_id, cart.currency) for cart in cart_list], channel.payment_offers
    )
    return [
        Standing(
            email=cart.email or (emails[cart.customer_id] if cart.customer_id else ""),
            cards={token: cards[token] for one in cart.payment_instructions if (token := one.card_token) in cards},
            payer=payer,
            channel=channel,
        )
        for cart, payer in zip(cart_list, payers, strict=True)
    ]
