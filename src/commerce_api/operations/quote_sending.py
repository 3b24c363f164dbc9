"""Sending quotes: what is offered is frozen as a version, or waits for the approval that it needs (Q1, Q7)."""

from collections.abc import Sequence
from datetime import datetime

from commerce_api.domain import quote as domain
from commerce_api.domain.adjustment import exceeding
from commerce_api.domain.agreeing import agreement_of
from commerce_api.domain.agreement import AgreementSource
from commerce_api.domain.checkout import ReadinessIncomplete
from commerce_api.domain.decision import Done, Notice, Refused, refuse
from commerce_api.domain.limits import beyond
from commerce_api.domain.originals import originals_of
from commerce_api.domain.permissions import Permission
from commerce_api.domain.priced_cart import PricedCart
from commerce_api.domain.quote import Audience, Quote, QuoteEvent, QuoteSent
from commerce_api.domain.quote.content import QuoteContent, asked_and_offered, content_hash, frozen, lacking
from commerce_api.domain.totals import overflow
from commerce_api.domain.value import value
from commerce_api.operations import quote_mail
from commerce_api.operations.checkout import view
from commerce_api.operations.quotes import ToQuote, at_desk, draft_of, said, saved
from commerce_api.persistence.readers.channels import channel_by_id
from commerce_api.persistence.stores.quotes import Frozen, QuoteStore
from commerce_api.persistence.unit_of_work import UnitOfWork


@value
class OfferQuote(ToQuote):
    """Send it, or issue it again."""

    valid_until: datetime
    terms: str = ""


async def send(uow: UnitOfWork, wanted: OfferQuote) -> Done[Quote] | Refused:
    quote = await at_desk(uow, wanted, Permission.AUTHOR_QUOTES)
    return quote if isinstance(quote, Refused) else await _offer(uow, quote, wanted)


async def reissue(uow: UnitOfWork, wanted: OfferQuote) -> Done[Quote] | Refused:
    """Once more, at the prices of the day; what goes beyond limits needs a new approval."""
    quote = await at_desk(uow, wanted, Permission.AUTHOR_QUOTES)
    if isinstance(quote, Refused):
        return quote
    reopened = domain.decide(quote, domain.ReopenQuote(at=uow.by.at))
    return reopened if isinstance(reopened, Refused) else await _offer(uow, quote, wanted, reopened)


async def _offer(
    uow: UnitOfWork, quote: Quote, wanted: OfferQuote, before: Sequence[QuoteEvent] = ()
) -> Done[Quote] | Refused:
    """Freeze what is offered, or ask for the approval that it needs."""
    reopened = domain.evolved(quote, before)
    priced = await priced_draft(uow, quote)
    if missing := tuple(lacking(priced)):
        return refuse(ReadinessIncomplete(missing=missing))
    if too_large := overflow(priced.totals):
        return refuse(too_large)
    content = frozen(priced)
    command = _sending(uow, reopened, priced, content, wanted)
    decided = domain.decide(reopened, command)
    if isinstance(decided, Refused):
        return decided
    after = await saved(uow, quote, [*before, *decided], said(uow, wanted.comment, Audience.CUSTOMER))
    for event in decided:
        if isinstance(event, QuoteSent):
            agreement = agreement_of(priced, AgreementSource.QUOTED)
            kept = Frozen(content=content, agreement=agreement, terms=wanted.terms)
            await QuoteStore(uow).add_version(quote.id, event, kept)
            await quote_mail.sent(uow, after, kept, wanted.comment)
    waits = after.state is domain.QuoteState.APPROVAL
    notices: tuple[Notice, ...] = (domain.QuoteNeedsApproval(),) if waits else ()
    return Done(result=after, notices=notices)


async def priced_draft(uow: UnitOfWork, quote: Quote) -> PricedCart:
    draft = await draft_of(uow, quote)
    channel = await channel_by_id(uow.connection, quote.channel_id)
    return (await view(uow.connection, draft, channel, uow.by.at)).checkout.priced


def _sending(
    uow: UnitOfWork, quote: Quote, priced: PricedCart, content: QuoteContent, wanted: OfferQuote
) -> domain.SendQuote:
    givers = {adjustment.by.id for adjustment in priced.cart.adjustments}
    who = {uow.by.actor.id, quote.author.id if quote.author else None, *givers}
    return domain.SendQuote(
        content_hash=hash_of(quote, content, wanted.valid_until, wanted.terms),
        valid_until=wanted.valid_until,
        terms=wanted.terms,
        beyond_limits=beyond_limits(uow, quote, priced, Permission.AUTHOR_QUOTES) or _beyond_limit_of_each(priced),
        barred=frozenset(id_ for id_ in who if id_),
        at=uow.by.at,
    )


def hash_of(quote: Quote, content: QuoteContent, valid_until: datetime, terms: str) -> str:
    return content_hash(content, quote.customer_id, quote.email, valid_until, terms)


def beyond_limits(uow: UnitOfWork, quote: Quote, priced: PricedCart, permission: Permission) -> bool:
    asked, offered = asked_and_offered(priced)
    return beyond(uow.by.actor.limits(permission, quote.channel_id), asked, offered, quote.currency)


def _beyond_limit_of_each(priced: PricedCart) -> bool:
    """Whoever has changed a price or taken something off went beyond their own limit, by what is asked now."""
    adjustments = priced.cart.adjustments
    return bool(adjustments and exceeding(adjustments, originals_of(priced, {})))
