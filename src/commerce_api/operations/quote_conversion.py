"""From an accepted quote to an order: at the prices that were promised, once (Q3, Q6).

The quote is locked from the first look at it to the commit: whoever comes second finds that it has become an order. Prices and
how they are rounded are those of the version; what tax there is on them is up to the law of the day.
"""

from dataclasses import field, replace

from commerce_api.domain import quote as domain
from commerce_api.domain.cart import Cart
from commerce_api.domain.channel import Channel, QuotePrices
from commerce_api.domain.decision import Refusal, Refused, refuse
from commerce_api.domain.ids import OrderId
from commerce_api.domain.order import Order
from commerce_api.domain.origin import Origin, Predecessor, PredecessorKind
from commerce_api.domain.quote import Quote
from commerce_api.domain.quote.promise import best_of, held_to
from commerce_api.domain.value import value
from commerce_api.operations import placing
from commerce_api.operations.carts import Asked, Work
from commerce_api.operations.checkout import Viewed, view
from commerce_api.operations.quote_answers import QuoteRef, opened
from commerce_api.operations.quotes import draft_of
from commerce_api.persistence.readers.channels import channel_by_id
from commerce_api.persistence.stores.quotes import Frozen, QuoteStore
from commerce_api.persistence.unit_of_work import UnitOfWork


@value
class QuoteTotalChanged(Refusal):
    """It comes to another total than the one that you were shown, because of taxes or of where it goes; look at it again."""

    expected: int
    total: int
    currency: str


@value
class Convert:
    """`details` are what was left open when it was sent: who buys, where it goes and how, how it is paid. `expected_total` is
    what the buyer was shown, with its currency.
    """

    quote: QuoteRef
    version: int
    details: tuple[Asked, ...] = field(repr=False)
    expected_total: tuple[int, str] | None = None
    origin: Origin
    inline: bool = True


async def convert(uow: UnitOfWork, wanted: Convert) -> Order | Refused:
    quote = await opened(uow, wanted.quote)
    if isinstance(quote, Refused):
        return quote
    order_id = OrderId(uow.new_id())
    decided = domain.decide(quote, domain.ConvertQuote(version=wanted.version, order_id=order_id, at=uow.by.at))
    if isinstance(decided, Refused):
        return decided
    order = await _ordered(uow, quote, wanted, order_id)
    if isinstance(order, Refused):
        return order
    after = domain.evolved(quote, decided)
    store = QuoteStore(uow)
    await store.save(replace(after, revision=quote.revision + 1), decided)
    await store.convert(quote, order_id)
    return order


async def _ordered(uow: UnitOfWork, quote: Quote, wanted: Convert, order_id: OrderId) -> Order | Refused:
    draft, channel = await draft_of(uow, quote), await channel_by_id(uow.connection, quote.channel_id)
    promised = await QuoteStore(uow).version(quote.id, wanted.version)
    made_from = (*draft.made_from, Predecessor(kind=PredecessorKind.QUOTE, id=quote.id))
    worked = Work(uow, replace(draft, agreement=promised.agreement, made_from=made_from), channel)
    for asked in wanted.details:
        await worked.do(asked)
    if worked.reasons:
        return Refused(reasons=tuple(worked.reasons))
    viewed = await _as_promised(uow, worked.cart, channel, promised)
    if changed := _against(viewed, wanted):
        return refuse(changed)
    command = placing.Placing(order_id=order_id, origin=wanted.origin, inline=wanted.inline)
    return await placing.place_draft(uow, draft, viewed, worked.events, command)


async def _as_promised(uow: UnitOfWork, cart: Cart, channel: Channel, promised: Frozen) -> Viewed:
    agreement = held_to(promised.agreement, promised.content, cart)
    if channel.quote_prices is QuotePrices.BEST_OF:
        today = await view(uow.connection, replace(cart, agreement=None), channel, uow.by.at)
        agreement = best_of(agreement, today.checkout.priced)
    return await view(uow.connection, replace(cart, agreement=agreement), channel, uow.by.at)


def _against(viewed: Viewed, wanted: Convert) -> Refusal | None:
    total, currency = viewed.checkout.priced.totals.total, viewed.checkout.priced.cart.currency
    if wanted.expected_total is None or wanted.expected_total == (total, currency):
        return None
    expected, _ = wanted.expected_total
    return QuoteTotalChanged(path=("expectedTotal",), expected=expected, total=total, currency=currency)
