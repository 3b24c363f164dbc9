"""Sending quotes: what is offered is frozen as a version, or waits for the approval that it needs (Q1, Q7)."""

from collections.abc import Sequence
from dataclasses import field
from datetime import datetime
from typing import ClassVar

from commerce_api.domain import quote as domain
from commerce_api.domain.adjustment import exceeding
from commerce_api.domain.agreeing import agreement_of
from commerce_api.domain.agreement import AgreementSource
from commerce_api.domain.checkout import ReadinessIncomplete
from commerce_api.domain.decision import Done, Refusal, Refused, refuse
from commerce_api.domain.limits import beyond
from commerce_api.domain.originals import originals_of
from commerce_api.domain.permissions import Permission
from commerce_api.domain.priced_cart import PricedCart
from commerce_api.domain.quote import Approval, Audience, Quote, QuoteEvent, QuoteSent
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
    """Send it, or issue it again. What is None is as it was approved."""

    valid_until: datetime | None = None
    terms: str | None = None


@value
class QuoteValidityMissing(Refusal):
    """Say until when its prices hold."""

    staff_only: ClassVar[bool] = True


@value
class _Promise:
    until: datetime
    terms: str
    comment: str = field(repr=False)


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
    promise = _promise(wanted, reopened.approval)
    if promise is None:
        return refuse(QuoteValidityMissing(path=("validUntil",)))
    priced = await priced_draft(uow, quote)
    if missing := tuple(lacking(priced)):
        return refuse(ReadinessIncomplete(missing=missing))
    if too_large := overflow(priced.totals):
        return refuse(too_large)
    content = frozen(priced)
    command = _sending(uow, reopened, priced, content, promise)
    decided = domain.decide(reopened, command)
    if isinstance(decided, Refused):
        return decided
    events = [*before, *decided]
    sent = next((event for event in decided if isinstance(event, QuoteSent)), None)
    if sent is None:
        return Done(result=await saved(uow, quote, events, None), notices=(domain.QuoteNeedsApproval(),))
    after = await saved(uow, quote, events, said(uow, promise.comment, Audience.CUSTOMER))
    agreement = agreement_of(priced, AgreementSource.QUOTED)
    kept = Frozen(content=content, agreement=agreement, terms=promise.terms)
    await QuoteStore(uow).add_version(quote.id, sent, kept)
    await quote_mail.sent(uow, after, kept, promise.comment)
    return Done(result=after)


def _promise(wanted: OfferQuote, approval: Approval | None) -> _Promise | None:
    until, terms = wanted.valid_until, wanted.terms
    if approval:
        until, terms = until or approval.valid_until, approval.terms if terms is None else terms
    comment = wanted.comment or (approval.comment if approval else "")
    return _Promise(until=until, terms=terms or "", comment=comment) if until else None


async def priced_draft(uow: UnitOfWork, quote: Quote) -> PricedCart:
    draft = await draft_of(uow, quote)
    channel = await channel_by_id(uow.connection, quote.channel_id)
    return (await view(uow.connection, draft, channel, uow.by.at)).checkout.priced


def _sending(
    uow: UnitOfWork, quote: Quote, priced: PricedCart, content: QuoteContent, promise: _Promise
) -> domain.SendQuote:
    givers = {adjustment.by.id for adjustment in priced.cart.adjustments}
    who = {uow.by.actor.id, quote.author.id if quote.author else None, *givers}
    return domain.SendQuote(
        content_hash=hash_of(quote, content, promise.until, promise.terms),
        valid_until=promise.until,
        terms=promise.terms,
        comment=promise.comment,
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
    return bool(adjustments and exceeding(adjustments, originals_of(priced)))
