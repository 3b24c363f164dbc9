"""How a quote begins: asked for by its buyer, or made by staff of nothing, of a cart or another quote (Q9); `cloning` makes one of an
order.
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import timedelta
from typing import Any

from commerce_api.domain import cart as carts
from commerce_api.domain import quote as domain
from commerce_api.domain.actor import Forbidden
from commerce_api.domain.cart import Active, AddLines, Cart, CartCreated, Purpose
from commerce_api.domain.channel import Channel
from commerce_api.domain.checkout import Missing, ReadinessIncomplete, Requirement
from commerce_api.domain.decision import Done, Refused, check_revision, refuse
from commerce_api.domain.ids import CartId, CustomerId, QuoteId
from commerce_api.domain.order_number import order_number
from commerce_api.domain.permissions import Permission
from commerce_api.domain.quote import Audience, Quote, QuoteState
from commerce_api.domain.quote.choices import Choices, between_copies
from commerce_api.domain.value import value
from commerce_api.operations import acting
from commerce_api.operations.cart_buyers import buyer_of
from commerce_api.operations.carts import Asked, Work, author
from commerce_api.operations.quotes import ToQuote, at_desk, draft_of, said, saved
from commerce_api.persistence.readers.channels import channel_by_id
from commerce_api.persistence.stores.carts import CartStore
from commerce_api.persistence.stores.quotes import QuoteStore
from commerce_api.persistence.unit_of_work import UnitOfWork

PREFIX = "Q"


@value
class FromCart:
    cart_id: CartId | None
    expected_revision: int | None = None
    comment: str = field(default="", repr=False)


@value
class CreateQuote:
    """Without a customer it is for a guest."""

    customer_id: CustomerId | None = None
    currency: str | None = None
    usual_currency: str
    language: str
    email: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    lines: AddLines


async def request(uow: UnitOfWork, wanted: FromCart) -> Quote | Refused:
    """By the buyer. The cart stays as it is: what is in it can still be ordered at the prices of the day."""
    cart = await _cart(uow, wanted)
    if isinstance(cart, Refused):
        return cart
    if not cart.lines:
        return refuse(carts.CartEmpty())
    if cart.customer_id is None and not cart.email:
        return refuse(ReadinessIncomplete(missing=(Missing(requirement=Requirement.EMAIL_OR_PHONE),)))
    draft = _copied(uow, cart)
    await CartStore(uow).add(draft)
    quote = await begun(uow, draft, {"cart_id": cart.id}, requested=True)
    return await saved(uow, quote, [], said(uow, wanted.comment, Audience.CUSTOMER))


async def of_cart(uow: UnitOfWork, wanted: FromCart) -> Quote | Refused:
    """A cart that staff have filled becomes a quote in one step (S2-22)."""
    cart = await _cart(uow, wanted)
    if isinstance(cart, Refused):
        return cart
    if not uow.by.actor.may_in(Permission.AUTHOR_QUOTES, cart.channel_id):
        return refuse(Forbidden())
    draft = _copied(uow, cart)
    await CartStore(uow).add(draft)
    quote = await begun(uow, draft, {"cart_id": cart.id})
    return await saved(uow, quote, [], said(uow, wanted.comment, Audience.INTERNAL))


async def _cart(uow: UnitOfWork, wanted: FromCart) -> Cart | Refused:
    cart = await acting.cart_to_change(uow, wanted.cart_id)
    if isinstance(cart, Refused):
        return cart
    return check_revision(cart.revision, wanted.expected_revision) or cart


async def of_quote(uow: UnitOfWork, wanted: ToQuote) -> Quote | Refused:
    """Another one like it, at the prices of the day and with nothing of what was approved or said."""
    quote = await at_desk(uow, wanted, Permission.AUTHOR_QUOTES)
    if isinstance(quote, Refused):
        return quote
    before = await draft_of(uow, quote)
    draft = _copied(uow, before)
    await CartStore(uow).add(draft)
    made = await begun(uow, draft, {"quote_id": quote.id}, choices=between_copies(quote.choices, before, draft))
    return await saved(uow, made, [], said(uow, wanted.comment, Audience.INTERNAL))


async def create(uow: UnitOfWork, wanted: CreateQuote) -> Done[Quote] | Refused:
    """Of nothing, for a customer whose account says what is not said here, or for a guest."""
    assert uow.by.channel_id is not None  # noqa: S101 - a request is always answered in a channel
    channel = await channel_by_id(uow.connection, uow.by.channel_id)
    if not uow.by.actor.may_in(Permission.AUTHOR_QUOTES, channel.id):
        return refuse(Forbidden())
    buyer = await buyer_of(uow, wanted.customer_id, channel)
    if isinstance(buyer, Refused):
        return buyer
    currency = wanted.currency or buyer.currency or wanted.usual_currency
    if currency not in channel.currencies:
        return refuse(carts.CurrencyNotOffered(path=("currency",)))
    language = buyer.language or wanted.language
    worked = Work(uow, _empty(uow, channel, buyer.id, currency, language), channel)
    for action in (*buyer.known(wanted.email, wanted.phone), wanted.lines):
        await worked.do(Asked(action=action))
    if worked.reasons:
        return Refused(reasons=tuple(worked.reasons))
    await CartStore(uow).add(worked.cart, [CartCreated(currency=currency), *worked.events])
    return Done(result=await begun(uow, worked.cart, {}), notices=tuple(worked.notices))


def _copied(uow: UnitOfWork, cart: Cart) -> Cart:
    """A draft lives as long as its quote."""
    return carts.copied(cart, iter(uow.new_id, None), Purpose.QUOTE, uow.by.at, uow.by.at)


def _empty(uow: UnitOfWork, channel: Channel, customer_id: CustomerId | None, currency: str, language: str) -> Cart:
    id_, at = CartId(uow.new_id()), uow.by.at
    return Cart(
        id=id_,
        purpose=Purpose.QUOTE,
        channel_id=channel.id,
        customer_id=customer_id,
        state=Active(),
        currency=currency,
        language=language,
        attributes={},
        ship_groups=(carts.only_group(id_),),
        created_at=at,
        updated_at=at,
        expires_at=at + timedelta(days=channel.cart_days),
        revision=1,
    )


async def begun(
    uow: UnitOfWork, draft: Cart, origin: Mapping[str, Any], *, requested: bool = False, choices: Choices = ()
) -> Quote:
    """The quote that offers what is in this draft."""
    store = QuoteStore(uow)
    quote = Quote(
        id=QuoteId(uow.new_id()),
        number=order_number(PREFIX, await store.next_number()),
        channel_id=draft.channel_id,
        draft_id=draft.id,
        customer_id=draft.customer_id,
        email=draft.email,
        language=draft.language,
        currency=draft.currency,
        state=QuoteState.REQUESTED if requested else QuoteState.DRAFT,
        requested=requested,
        author=None if requested else author(uow.by),
        choices=choices,
        created_at=uow.by.at,
    )
    event = domain.QuoteRequested(number=quote.number) if requested else domain.QuoteCreated(number=quote.number)
    await store.add(quote, origin, [event])
    return quote
