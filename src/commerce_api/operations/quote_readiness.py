"""What is still missing before quotes can be sent, agreed to and ordered, of any number of them together."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Final, TypeAlias
from uuid import UUID

from commerce_api.domain.cart import Cart
from commerce_api.domain.channel import Channel, QuotePrices
from commerce_api.domain.priced_cart import price_cart
from commerce_api.domain.quote import Quote, QuoteAction, QuoteState
from commerce_api.domain.quote.content import Price
from commerce_api.domain.quote.cutting import narrowed
from commerce_api.domain.quote.parting import whole
from commerce_api.domain.quote.promise import called_in
from commerce_api.domain.quote.readiness import Readiness, readiness, to_order
from commerce_api.domain.quote.state import OPEN, PROMISED
from commerce_api.domain.value import value
from commerce_api.operations.quote_approvers import Written, sending_of
from commerce_api.operations.standing import Standing, standings_in
from commerce_api.persistence.readers.cart_facts import market_facts
from commerce_api.persistence.readers.carts import find_drafts
from commerce_api.persistence.readers.channels import channel_by_id
from commerce_api.persistence.readers.quote_visibility import sees_desk
from commerce_api.persistence.readers.quotes import versions_of
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Connection
from commerce_api.persistence.stores.quotes import Frozen, frozen_of

NOTHING_MISSING: Final = Readiness(missing={})
_SENT: Final = PROMISED | {QuoteState.EXPIRED}
_Promises: TypeAlias = Mapping[UUID, Frozen]


@value
class _Facts:
    """What the readiness of a quote is told by, beside what was promised."""

    draft: Cart
    price: Price
    standing: Standing


async def readiness_of(scope: Scope, quotes: Sequence[Quote]) -> Mapping[Quote, Readiness]:
    """Of quotes that were shown. What their state alone stands against is not among it."""
    rows = await versions_of(scope, [(quote.id, quote.version) for quote in quotes if quote.version])
    promises = {quote_id: frozen_of(row) for (quote_id, _), row in rows.items()}
    found: dict[Quote, Readiness] = {}
    async with scope.database.connection() as connection:
        for alike in _alike(quotes):
            found |= await _of_alike(connection, scope, alike, promises)
    return found


def _alike(quotes: Sequence[Quote]) -> Iterable[Sequence[Quote]]:
    """Those of one channel that are written in one language."""
    found: defaultdict[tuple[UUID, str], list[Quote]] = defaultdict(list)
    for quote in quotes:
        found[quote.channel_id, quote.language].append(quote)
    return found.values()


async def _of_alike(
    connection: Connection, scope: Scope, quotes: Sequence[Quote], promises: _Promises
) -> dict[Quote, Readiness]:
    channel = await channel_by_id(connection, quotes[0].channel_id)
    facts = await _facts(connection, channel, quotes, scope.at)
    open_ = [quote for quote in quotes if quote.state in OPEN and sees_desk(scope.actor, channel.id)]
    written = [Written.of(quote, facts[quote].draft, facts[quote].price) for quote in open_]
    sending = await sending_of(connection, scope.actor, channel.id, written) if written else {}
    return {
        quote: sending.get(quote) or _of_promise(quote, promises.get(quote.id), facts[quote], scope.at)
        for quote in quotes
    }


async def _facts(
    connection: Connection, channel: Channel, quotes: Sequence[Quote], at: datetime
) -> Mapping[Quote, _Facts]:
    drafts = {cart.id: cart for cart in await find_drafts(connection, [quote.draft_id for quote in quotes])}
    cart_list = list(drafts.values())
    market = await market_facts(connection, cart_list, channel=channel, language=quotes[0].language, at=at)
    standing = dict(zip(drafts, await standings_in(connection, cart_list, channel), strict=True))
    return {
        quote: _Facts(
            draft=drafts[quote.draft_id],
            price=partial(price_cart, facts=market[quote.draft_id]),
            standing=standing[quote.draft_id],
        )
        for quote in quotes
    }


def _of_promise(quote: Quote, promise: Frozen | None, facts: _Facts, at: datetime) -> Readiness:
    """What agreeing to it and ordering it lack, once it was sent."""
    if quote.state_at(at) not in _SENT or promise is None:
        return NOTHING_MISSING
    standing, price = facts.standing, facts.price
    today = price if standing.channel.quote_prices is QuotePrices.BEST_OF else None
    missing = readiness(quote, standing.checkout(price(_bought(quote, promise, facts.draft, today)), at), at)
    return Readiness(missing={QuoteAction.ACCEPT: (), QuoteAction.CONVERT: missing})


def _bought(quote: Quote, version: Frozen, draft: Cart, today: Price | None) -> Cart:
    promised = called_in(version.agreement, version.content, to_order(quote, draft), today)
    in_parts = quote.offer is not None and quote.offer.partial and quote.chosen is not None
    return narrowed(promised, version.open or whole(version.content)) if in_parts else promised
