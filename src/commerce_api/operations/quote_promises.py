"""What a quote promises, as it is called in (Q3)."""

from dataclasses import replace
from datetime import datetime
from functools import partial
from uuid import UUID

from commerce_api.domain.cart import Cart
from commerce_api.domain.channel import Channel, QuotePrices
from commerce_api.domain.origin import Predecessor, PredecessorKind
from commerce_api.domain.priced_cart import price_cart
from commerce_api.domain.quote import Quote
from commerce_api.domain.quote.promise import called_in
from commerce_api.domain.value import value
from commerce_api.operations.quotes import draft_of
from commerce_api.persistence.readers.cart_facts import market_facts
from commerce_api.persistence.readers.channels import channel_by_id
from commerce_api.persistence.sql import Connection
from commerce_api.persistence.stores.quotes import Frozen, QuoteStore
from commerce_api.persistence.unit_of_work import UnitOfWork


@value
class Promise:
    """The draft of a quote, bound to what was sent of it last."""

    draft: Cart
    channel: Channel
    frozen: Frozen
    partial: bool

    async def kept(self, connection: Connection, cart: Cart, at: datetime) -> Cart:
        """What is being bought of it, at what is promised for where it goes."""
        agreement, content = self.frozen.agreement, self.frozen.content
        if self.channel.quote_prices is not QuotePrices.BEST_OF:
            return called_in(agreement, content, cart, None)
        market = await market_facts(connection, [cart], channel=self.channel, language=cart.language, at=at)
        return called_in(agreement, content, cart, partial(price_cart, facts=market[cart.id]))


async def promise_of(uow: UnitOfWork, quote: Quote) -> Promise:
    """Of a quote that was sent before."""
    draft, channel = await draft_of(uow, quote), await channel_by_id(uow.connection, quote.channel_id)
    frozen = await QuoteStore(uow).version(quote.id, quote.version)
    made_from = (*draft.made_from, Predecessor(kind=PredecessorKind.QUOTE, id=UUID(str(quote.id))))
    return Promise(
        draft=replace(draft, agreement=frozen.agreement, made_from=made_from),
        channel=channel,
        frozen=frozen,
        partial=bool(quote.offer and quote.offer.partial),
    )
