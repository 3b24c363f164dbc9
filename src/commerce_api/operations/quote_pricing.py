"""What a quote's draft offers and comes to as of now, whatever of it is chosen."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial

from commerce_api.domain.cart import Cart
from commerce_api.domain.ids import CartLineId
from commerce_api.domain.limits import Limit
from commerce_api.domain.priced_cart import PricedCart, price_cart
from commerce_api.domain.quote import Quote, offering
from commerce_api.domain.quote.choices import taken
from commerce_api.domain.quote.content import Price
from commerce_api.domain.quote.offering import Offered
from commerce_api.operations.adjusting import categories_of
from commerce_api.operations.quotes import draft_of
from commerce_api.persistence.readers.cart_facts import market_facts
from commerce_api.persistence.readers.channels import channel_by_id
from commerce_api.persistence.stores.quotes import Frozen
from commerce_api.persistence.unit_of_work import UnitOfWork


async def offered(uow: UnitOfWork, quote: Quote, limits: Sequence[Limit]) -> Offered:
    """To be judged by these limits."""
    draft = await draft_of(uow, quote)
    price = await prices_for(uow, quote, draft)
    everything = price(draft)
    categories = await categories_of(uow.connection, [everything], limits)
    return offering.offered(quote, everything, price, limits, categories)


async def prices_for(uow: UnitOfWork, quote: Quote, draft: Cart) -> Price:
    """Prices the draft of a quote, or some of it."""
    channel = await channel_by_id(uow.connection, quote.channel_id)
    market = await market_facts(uow.connection, [draft], channel=channel, language=draft.language, at=uow.by.at)
    return partial(price_cart, facts=market[draft.id])


async def as_promised(
    uow: UnitOfWork, quote: Quote, draft: Cart, promised: Frozen, chosen: Iterable[CartLineId]
) -> PricedCart:
    """What comes of the version that counts, at its prices."""
    price = await prices_for(uow, quote, draft)
    return price(replace(taken(draft, quote.choices, chosen), agreement=promised.agreement))
