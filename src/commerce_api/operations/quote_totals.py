"""What a quote comes to if something is chosen, asked before it is (Q10)."""

from commerce_api.domain import quote as domain
from commerce_api.domain.decision import Refused, refuse
from commerce_api.domain.ids import CartLineId
from commerce_api.domain.priced_cart import PricedCart
from commerce_api.domain.quote import OPEN, QuoteState
from commerce_api.domain.quote.choices import against_chosen, still_there, taken
from commerce_api.domain.value import value
from commerce_api.operations.quote_answers import QuoteRef, read
from commerce_api.operations.quote_pricing import as_promised, prices_for
from commerce_api.operations.quotes import draft_of
from commerce_api.persistence.readers.quote_visibility import sees_desk
from commerce_api.persistence.stores.quotes import QuoteStore
from commerce_api.persistence.unit_of_work import UnitOfWork


@value
class Choosing:
    quote: QuoteRef
    chosen: tuple[CartLineId, ...]


async def what_if(uow: UnitOfWork, wanted: Choosing) -> PricedCart | Refused:
    """What it comes to if that is chosen: of the version that is with the buyer, or of the draft for those who write it."""
    quote = await read(uow, wanted.quote)
    if isinstance(quote, Refused):
        return quote
    draft = await draft_of(uow, quote)
    choices = still_there(quote.choices, draft)
    if reasons := tuple(against_chosen(choices, wanted.chosen, "chosenLineIds")):
        return Refused(reasons=reasons)
    if quote.state_at(uow.by.at) is QuoteState.SENT:
        promised = await QuoteStore(uow).version(quote.id, quote.version)
        return await as_promised(uow, quote, draft, promised, wanted.chosen)
    if quote.state not in OPEN or not sees_desk(uow.by.actor, quote.channel_id):
        return refuse(domain.QuoteNotSent())
    price = await prices_for(uow, quote, draft)
    return price(taken(draft, choices, wanted.chosen))
