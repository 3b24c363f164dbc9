"""A quote that has expired, bought all the same: in a cart, at the prices of the day, and only if that is said (Q4)."""

from datetime import timedelta
from uuid import UUID

from commerce_api.adapters.tokens import token_hash
from commerce_api.domain import cart as carts
from commerce_api.domain.cart import CartCreated, Purpose
from commerce_api.domain.decision import Refusal, Refused, refuse
from commerce_api.domain.quote import QuoteState
from commerce_api.domain.quote.choices import first_of_each, still_there, taken
from commerce_api.domain.value import value
from commerce_api.operations.cart_opening import CartOpening, CreatedCart
from commerce_api.operations.quote_answers import QuoteRef, opened
from commerce_api.operations.quote_remainder import remaining
from commerce_api.persistence.readers.channels import channel_by_id
from commerce_api.persistence.stores.carts import CartStore
from commerce_api.persistence.unit_of_work import UnitOfWork


@value
class QuoteStillHolds(Refusal):
    """This quote has not expired; use it as it is."""


@value
class RepricingNotAgreed(Refusal):
    """A cart has the prices of today, not those of the quote; say that you know by `reprice: true`."""


@value
class CartOfQuote:
    quote: QuoteRef
    reprice: bool


@value
class QuoteCarts:
    opening: CartOpening

    async def create(self, uow: UnitOfWork, wanted: CartOfQuote) -> CreatedCart | Refused:
        quote = await opened(uow, wanted.quote)
        if isinstance(quote, Refused):
            return quote
        if quote.state_at(uow.by.at) is not QuoteState.EXPIRED:
            return refuse(QuoteStillHolds())
        if not wanted.reprice:
            return refuse(RepricingNotAgreed(path=("reprice",)))
        channel = await channel_by_id(uow.connection, quote.channel_id)
        until = uow.by.at + timedelta(days=channel.cart_days)
        draft = await remaining(uow, quote)
        choices = still_there(quote.choices, draft) if quote.chosen is None else ()
        wished = taken(draft, choices, first_of_each(choices))
        cart = carts.copied(wished, iter(uow.new_id, None), Purpose.CART, uow.by.at, until)
        token = self.opening.token(cart.id)
        await CartStore(uow).add(cart, [CartCreated(currency=cart.currency)], token_hash=token_hash(token))
        return self.opening.shown(cart)

    async def load(self, uow: UnitOfWork, id: UUID) -> CreatedCart | Refused:
        return await self.opening.load(uow, id)
