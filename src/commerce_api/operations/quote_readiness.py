"""What is still missing before quotes can be sent, agreed to and ordered, of any number of them together."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final, TypeAlias
from uuid import UUID

from commerce_api.domain.cart import Cart
from commerce_api.domain.channel import Channel, QuotePrices
from commerce_api.domain.checkout import Missing
from commerce_api.domain.priced_cart import MarketFacts, price_cart
from commerce_api.domain.quote import Quote, QuoteAction, QuoteState
from commerce_api.domain.quote.content import Price
from commerce_api.domain.quote.cutting import narrowed
from commerce_api.domain.quote.parting import whole
from commerce_api.domain.quote.promise import called_in
from commerce_api.domain.quote.readiness import readiness, sendable, to_order
from commerce_api.domain.quote.state import OPEN, PROMISED
from commerce_api.operations.standing import Standing, standings_in
from commerce_api.persistence.readers.cart_facts import market_facts
from commerce_api.persistence.readers.carts import find_drafts
from commerce_api.persistence.readers.channels import channel_by_id
from commerce_api.persistence.readers.quotes import versions_of
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Connection
from commerce_api.persistence.stores.quotes import Frozen, frozen_of

Lacking: TypeAlias = Mapping[QuoteAction, tuple[Missing, ...]]
_SENT: Final = PROMISED | {QuoteState.EXPIRED}


async def readiness_of(scope: Scope, quotes: Sequence[Quote]) -> Mapping[Quote, Lacking]:
    """Of quotes that were shown. What their state alone stands against is not among it."""
    rows = await versions_of(scope, [(quote.id, quote.version) for quote in quotes if quote.version])
    frozen = {quote_id: frozen_of(row) for (quote_id, _), row in rows.items()}
    of_channel: defaultdict[UUID, list[Quote]] = defaultdict(list)
    for quote in quotes:
        of_channel[quote.channel_id].append(quote)
    found: dict[Quote, Lacking] = {}
    async with scope.database.connection() as connection:
        for channel_id, of_it in of_channel.items():
            channel = await channel_by_id(connection, channel_id)
            found |= await _of_channel(connection, scope, channel, [(quote, frozen.get(quote.id)) for quote in of_it])
    return found


async def _of_channel(
    connection: Connection, scope: Scope, channel: Channel, quotes: Sequence[tuple[Quote, Frozen | None]]
) -> dict[Quote, Lacking]:
    drafts = {cart.id: cart for cart in await find_drafts(connection, [quote.draft_id for quote, _ in quotes])}
    cart_list = list(drafts.values())
    market = await market_facts(connection, cart_list, channel=channel, language=scope.language, at=scope.at)
    standing = dict(zip(drafts, await standings_in(connection, cart_list, channel), strict=True))
    return {
        quote: _lacking(
            quote, version, drafts[quote.draft_id], (market[quote.draft_id], standing[quote.draft_id]), scope
        )
        for quote, version in quotes
    }


def _lacking(
    quote: Quote, version: Frozen | None, draft: Cart, facts: tuple[MarketFacts, Standing], scope: Scope
) -> Lacking:
    market, standing = facts
    price, state = partial(price_cart, facts=market), quote.state_at(scope.at)
    if state in OPEN:
        return {QuoteAction.SEND: sendable(quote, draft, price, scope.at)}
    if state not in _SENT or version is None:
        return {}
    bought = _bought(quote, version, draft, price if standing.channel.quote_prices is QuotePrices.BEST_OF else None)
    missing = readiness(quote, standing.checkout(price(bought), scope.at), scope.at)
    return {QuoteAction.ACCEPT: (), QuoteAction.CONVERT: missing}


def _bought(quote: Quote, version: Frozen, draft: Cart, today: Price | None) -> Cart:
    promised = called_in(version.agreement, version.content, to_order(quote, draft), today)
    in_parts = quote.offer is not None and quote.offer.partial and quote.chosen is not None
    return narrowed(promised, version.open or whole(version.content)) if in_parts else promised
