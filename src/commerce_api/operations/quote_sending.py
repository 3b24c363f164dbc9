"""Sending quotes: what is offered is frozen as a version, or waits for the approval that it needs (Q1, Q7)."""

from collections.abc import Iterator, Sequence
from dataclasses import field, replace
from datetime import datetime
from typing import ClassVar

from commerce_api.domain import quote as domain
from commerce_api.domain.actor import Forbidden
from commerce_api.domain.agreeing import agreement_of
from commerce_api.domain.agreement import Agreement, AgreementSource
from commerce_api.domain.checkout import ReadinessIncomplete
from commerce_api.domain.decision import Done, Refusal, Refused
from commerce_api.domain.permissions import Permission
from commerce_api.domain.quote import Approval, Audience, Quote, QuoteEvent, QuoteSent
from commerce_api.domain.quote.choices import still_there
from commerce_api.domain.quote.content import lacking
from commerce_api.domain.quote.offering import Offered, hash_of, part_in, too_far
from commerce_api.domain.quote.readiness import waiting
from commerce_api.domain.totals import overflow
from commerce_api.domain.value import value
from commerce_api.operations import quote_holds, quote_mail, quote_remainder
from commerce_api.operations.quote_pricing import offered
from commerce_api.operations.quotes import ToQuote, at_desk, said, saved
from commerce_api.persistence.stores.quotes import Frozen, QuoteStore
from commerce_api.persistence.unit_of_work import UnitOfWork


@value
class OfferQuote(ToQuote):
    """Send it, or issue it again. What is None is as it was approved."""

    valid_until: datetime | None = None
    terms: str | None = None
    reserve_until: datetime | None = None
    partial: bool | None = None


@value
class QuoteValidityMissing(Refusal):
    """Say until when its prices hold."""

    staff_only: ClassVar[bool] = True


@value
class _Promise:
    until: datetime
    terms: str
    comment: str = field(repr=False)
    reserve_until: datetime | None
    partial: bool


async def send(uow: UnitOfWork, wanted: OfferQuote) -> Done[Quote] | Refused:
    quote = await at_desk(uow, wanted, Permission.AUTHOR_QUOTES)
    return quote if isinstance(quote, Refused) else await _offer(uow, quote, wanted)


async def reissue(uow: UnitOfWork, wanted: OfferQuote) -> Done[Quote] | Refused:
    """Once more, or what is left of it, at the prices of the day; what goes beyond limits needs a new approval."""
    quote = await at_desk(uow, wanted, Permission.AUTHOR_QUOTES)
    if isinstance(quote, Refused):
        return quote
    choices = still_there(quote.choices, await quote_remainder.narrow(uow, quote))
    reopened = domain.decide(quote, domain.ReopenQuote(choices=choices, at=uow.by.at))
    return reopened if isinstance(reopened, Refused) else await _offer(uow, quote, wanted, reopened)


async def _offer(
    uow: UnitOfWork, quote: Quote, wanted: OfferQuote, before: Sequence[QuoteEvent] = ()
) -> Done[Quote] | Refused:
    """Freeze what is offered, or ask for the approval that it needs."""
    reopened = domain.evolved(quote, before)
    promise = _promise(wanted, reopened.approval)
    offer = await offered(uow, quote, uow.by.actor.limits(Permission.AUTHOR_QUOTES, quote.channel_id))
    unfit = tuple(_unfit(offer))
    if promise is None:
        return Refused(reasons=(QuoteValidityMissing(path=("validUntil",)), *unfit))
    unfit += tuple(_not_to_hold(uow, quote, promise))
    decided = domain.decide(reopened, _sending(uow, reopened, offer, promise))
    if isinstance(decided, Refused):
        return Refused(reasons=(*decided.reasons, *unfit))
    if unfit:
        return Refused(reasons=unfit)
    events = [*before, *decided]
    sent = next((event for event in decided if isinstance(event, QuoteSent)), None)
    if sent is None:
        return Done(result=await saved(uow, quote, events, None), notices=(domain.QuoteNeedsApproval(),))
    if refused := await quote_holds.hold(uow, quote, offer.usual, sent.reserve_until):
        return refused
    after = await saved(uow, quote, events, said(uow, promise.comment, Audience.CUSTOMER))
    kept = Frozen(
        content=offer.content, agreement=_agreement(offer), terms=promise.terms, waiting=waiting(offer.everything)
    )
    await QuoteStore(uow).add_version(quote.id, sent, kept)
    mailed = await quote_mail.sent(uow, after, kept, promise.comment)
    return Done(result=after, notices=() if mailed else (domain.QuoteNotMailed(),))


def _not_to_hold(uow: UnitOfWork, quote: Quote, promise: _Promise) -> Iterator[Refusal]:
    if promise.reserve_until and not uow.by.actor.may_in(Permission.RESERVE_FOR_QUOTES, quote.channel_id):
        yield Forbidden(path=("reserveUntil",))


def _promise(wanted: OfferQuote, approval: Approval | None) -> _Promise | None:
    until = wanted.valid_until or (approval.valid_until if approval else None)
    if until is None:
        return None
    before = approval or Approval(content_hash="", barred=(), valid_until=until)
    return _Promise(
        until=until,
        terms=before.terms if wanted.terms is None else wanted.terms,
        comment=wanted.comment or before.comment,
        reserve_until=wanted.reserve_until or before.reserve_until,
        partial=before.partial if wanted.partial is None else wanted.partial,
    )


def _unfit(offer: Offered) -> Iterator[Refusal]:
    missing = dict.fromkeys((*lacking(offer.usual), *lacking(offer.everything)))
    if missing:
        yield ReadinessIncomplete(missing=tuple(missing))
    if too_large := overflow(offer.content.with_options or offer.content.totals):
        yield too_large


def _agreement(offer: Offered) -> Agreement:
    """The price of each line, whatever is chosen; sending costs what it does for what is chosen usually."""
    every, usual = (agreement_of(priced, AgreementSource.QUOTED) for priced in (offer.everything, offer.usual))
    return replace(every, shipping=usual.shipping)


def _sending(uow: UnitOfWork, quote: Quote, offer: Offered, promise: _Promise) -> domain.SendQuote:
    limits = uow.by.actor.limits(Permission.AUTHOR_QUOTES, quote.channel_id)
    return domain.SendQuote(
        content_hash=hash_of(quote, offer.content, promise.until, promise.terms),
        valid_until=promise.until,
        terms=promise.terms,
        comment=promise.comment,
        reserve_until=promise.reserve_until,
        partial=promise.partial,
        beyond_limits=too_far(offer, limits),
        barred=part_in(quote, offer, uow.by.actor.id),
        at=uow.by.at,
    )
