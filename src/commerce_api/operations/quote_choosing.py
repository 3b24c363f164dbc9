"""What becomes of a quote when its buyer has chosen (Q10)."""

from commerce_api.domain.quote import Quote
from commerce_api.domain.quote.choices import leaving, taken
from commerce_api.domain.quote.content import accepted
from commerce_api.operations import quote_holds
from commerce_api.operations.carts import touched
from commerce_api.operations.quote_pricing import as_promised
from commerce_api.operations.quotes import draft_of
from commerce_api.persistence.readers.channels import channel_by_id
from commerce_api.persistence.stores.carts import CartStore
from commerce_api.persistence.stores.quotes import QuoteStore
from commerce_api.persistence.unit_of_work import UnitOfWork


async def settle(uow: UnitOfWork, quote: Quote) -> None:
    """From now on the quote is about nothing but what was chosen: its draft, and what is promised."""
    draft, promised = await draft_of(uow, quote), await QuoteStore(uow).version(quote.id, quote.version)
    chosen = quote.chosen or ()
    priced = await as_promised(uow, quote, draft, promised, chosen)
    channel = await channel_by_id(uow.connection, quote.channel_id)
    kept = touched(taken(draft, quote.choices, chosen), channel, uow.by.at)
    await CartStore(uow).save(draft, kept, leaving(draft, quote.choices, chosen))
    await quote_holds.hold_chosen(uow, quote, priced)
    await QuoteStore(uow).accept(quote, accepted(promised.content, priced))
