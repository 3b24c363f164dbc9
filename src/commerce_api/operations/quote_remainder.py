"""What is left of a quote that was ordered in part and has expired. What was ordered is not offered once more (Q6)."""

from collections.abc import Sequence

from commerce_api.domain.cart import Cart, CartEvent, evolved
from commerce_api.domain.quote import Quote, QuoteState
from commerce_api.domain.quote.cutting import leaving_open
from commerce_api.operations.carts import touched
from commerce_api.operations.quotes import draft_of
from commerce_api.persistence.readers.channels import channel_by_id
from commerce_api.persistence.stores.carts import CartStore
from commerce_api.persistence.stores.quotes import QuoteStore
from commerce_api.persistence.unit_of_work import UnitOfWork


async def narrow(uow: UnitOfWork, quote: Quote) -> Cart:
    """The draft, which is about nothing else from now on."""
    draft = await draft_of(uow, quote)
    events = await _leaving_open(uow, quote, draft)
    if not events:
        return draft
    left = touched(evolved(draft, events), await channel_by_id(uow.connection, quote.channel_id), uow.by.at)
    await CartStore(uow).save(draft, left, events)
    return left


async def remaining(uow: UnitOfWork, quote: Quote) -> Cart:
    """The draft as it would be then."""
    draft = await draft_of(uow, quote)
    return evolved(draft, await _leaving_open(uow, quote, draft))


async def _leaving_open(uow: UnitOfWork, quote: Quote, draft: Cart) -> Sequence[CartEvent]:
    """Only what was accepted is ordered; and once it is being written anew, its draft says what is offered."""
    if quote.state is not QuoteState.ACCEPTED:
        return ()
    promised = await QuoteStore(uow).version(quote.id, quote.version)
    return leaving_open(draft, promised.open) if promised.open else ()
