"""What a quote's draft offers and comes to as of now, whatever of it is chosen."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial

from commerce_api.domain.cart import Cart
from commerce_api.domain.ids import CartLineId
from commerce_api.domain.limits import Limit, parts
from commerce_api.domain.originals import Lineages, let_go, originals_of
from commerce_api.domain.priced_cart import PricedCart, price_cart
from commerce_api.domain.quote import Quote
from commerce_api.domain.quote import content as contents
from commerce_api.domain.quote.choices import Choices, Weighed, extremes, first_of_each, still_there, taken
from commerce_api.domain.quote.content import Price, QuoteContent
from commerce_api.domain.value import value
from commerce_api.operations.adjusting import categories_of
from commerce_api.operations.quotes import draft_of
from commerce_api.persistence.readers.cart_facts import market_facts
from commerce_api.persistence.readers.channels import channel_by_id
from commerce_api.persistence.stores.quotes import Frozen
from commerce_api.persistence.unit_of_work import UnitOfWork


@value
class Offered:
    """`usual` is what is bought unless something else is chosen, `everything` is all lines whether they can be bought together
    or not, and `judged` is what is chosen by whoever wants most of what was let go. `categories` are those of its products, if a
    limit is about some.
    """

    choices: Choices
    content: QuoteContent
    usual: PricedCart
    everything: PricedCart
    judged: tuple[PricedCart, ...]
    categories: Lineages


async def offered(uow: UnitOfWork, quote: Quote, limits: Sequence[Limit]) -> Offered:
    draft = await draft_of(uow, quote)
    price = await prices_for(uow, quote, draft)
    choices, everything = still_there(quote.choices, draft), price(draft)
    categories = await categories_of(uow.connection, everything, limits)
    chosen = extremes(choices, everything, _weighed(everything, categories, limits))
    return Offered(
        choices=choices,
        content=contents.offered(draft, choices, price),
        usual=price(taken(draft, choices, first_of_each(choices))),
        everything=everything,
        judged=tuple(price(taken(draft, choices, each)) for each in chosen),
        categories=categories,
    )


def _weighed(everything: PricedCart, categories: Lineages, limits: Sequence[Limit]) -> Iterator[Weighed]:
    lowerings = tuple(let_go(everything, originals_of(everything, categories)))
    for limit in limits:
        for held, part in parts(limit, lowerings):
            yield Fraction(held.percent or 0), frozenset(each.line_id for each in part if each.line_id)


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
