"""Stock that is held for what a quote offers (Q5). What it is for is the draft of the quote; when it ends is judged when it is
read, so that nothing has to happen then.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from commerce_api.domain.availability import StockPolicy
from commerce_api.domain.decision import Refused
from commerce_api.domain.ids import VariantId
from commerce_api.domain.priced_cart import PricedCart
from commerce_api.domain.quote import Quote
from commerce_api.domain.quote.holding import HoldRules, still_held, to_hold
from commerce_api.domain.quote.parting import Share
from commerce_api.domain.stock import Slice
from commerce_api.operations.checkout import demands_of
from commerce_api.operations.quotes import draft_of
from commerce_api.persistence.readers.channels import channel_by_id
from commerce_api.persistence.stores.shelves import shelves_of
from commerce_api.persistence.stores.stock import StockStore
from commerce_api.persistence.unit_of_work import UnitOfWork


async def hold(uow: UnitOfWork, quote: Quote, priced: PricedCart, until: datetime | None) -> Refused | None:
    """Everything in it that is counted, or nothing, instead of what was held for it before."""
    stock = StockStore(uow.connection, uow.by)
    if until is None:
        await stock.release_cart(quote.draft_id)
        return None
    channel = await channel_by_id(uow.connection, quote.channel_id)
    counted = {
        line.line.variant_id
        for line in priced.lines
        if line.variant and line.variant.availability.policy is not StockPolicy.UNTRACKED
    }
    demands = [demand for demand in demands_of(priced) if demand.variant_id in counted]
    shelves = shelves_of(await stock.lock(counted, cart_id=quote.draft_id), channel.location_ids)
    held = await stock.held_for_quotes(counted, channel.id, quote.draft_id)
    found = to_hold(demands, shelves, HoldRules(percent=channel.quote_hold_percent, held=held), channel.location_ids)
    if isinstance(found, Refused):
        return found
    await _hold_on(uow, quote, found, until)
    return None


async def hold_chosen(uow: UnitOfWork, quote: Quote, chosen: PricedCart) -> None:
    """The stock that was held for what is chosen usually goes to what was chosen. Where that cannot all be held, what is held of
    it stays so: nobody is kept from accepting what is offered.
    """
    until = quote.reserved_until(uow.by.at)
    if until is None:
        return
    held = await let_go(uow, quote)
    if await hold(uow, quote, chosen, until):
        wanted = Counter[VariantId]()
        for line in chosen.cart.lines:
            wanted[line.variant_id] += line.quantity
        await _hold_on(uow, quote, still_held(held, wanted), until)


async def _hold_on(uow: UnitOfWork, quote: Quote, parts: Sequence[Slice], until: datetime) -> None:
    await StockStore(uow.connection, uow.by).reserve(quote.draft_id, [(uow.new_id(), part) for part in parts], until)


async def let_go(uow: UnitOfWork, quote: Quote) -> list[Slice]:
    """What was held for it."""
    return await StockStore(uow.connection, uow.by).let_go(quote.draft_id)


async def keep(uow: UnitOfWork, quote: Quote, held: Sequence[Slice], left: Share | None) -> None:
    """What is held for units that are still open stays so."""
    until = quote.reserved_until(uow.by.at)
    if until and left:
        wanted: Counter[VariantId] = Counter()
        for line in (await draft_of(uow, quote)).lines:
            wanted[line.variant_id] += left.quantities.get(line.id, 0)
        await _hold_on(uow, quote, still_held(held, wanted), until)
