"""What buyers answer to a quote: with their account, with a mailed link, or on the telephone through staff who say how.

A link opens its quote and nothing else, for a while longer than the quote is good for.
"""

from dataclasses import field
from typing import ClassVar

from commerce_api.adapters.tokens import token_hash
from commerce_api.domain import quote as domain
from commerce_api.domain.actor import Forbidden
from commerce_api.domain.decision import NotFound, Refusal, Refused, check_revision, refuse
from commerce_api.domain.ids import CartLineId, QuoteId
from commerce_api.domain.permissions import Permission
from commerce_api.domain.quote import Audience, Quote, QuoteCommand
from commerce_api.domain.value import value
from commerce_api.operations import acting
from commerce_api.operations.quote_choosing import settle
from commerce_api.operations.quotes import carried_out, said, saved
from commerce_api.persistence.readers.quote_visibility import sees_desk
from commerce_api.persistence.stores import one_time_tokens
from commerce_api.persistence.stores.one_time_tokens import Purpose
from commerce_api.persistence.stores.quotes import Comment, QuoteStore, Wish
from commerce_api.persistence.unit_of_work import UnitOfWork


@value
class EvidenceMissing(Refusal):
    """Say how the buyer agreed: a call, a mail, a signed paper."""

    staff_only: ClassVar[bool] = True


@value
class QuoteLinkInvalid(Refusal):
    """This link has expired, or there is a newer one; please ask us for a new quote."""


@value
class QuoteRef:
    """By its id for those who may see it, or by the secret of a mailed link."""

    quote_id: QuoteId | None = None
    link: str | None = field(default=None, repr=False)


@value
class Answer:
    quote: QuoteRef
    expected_revision: int | None = None
    comment: str = field(default="", repr=False)


@value
class Accept(Answer):
    version: int
    chosen: tuple[CartLineId, ...] = ()
    evidence: str = field(default="", repr=False)


@value
class Counter(Answer):
    wishes: tuple[Wish, ...] = ()


@value
class Say(Answer):
    audience: Audience | None = None


async def opened(uow: UnitOfWork, wanted: QuoteRef, expected_revision: int | None = None) -> Quote | Refused:
    """The quote under lock, for its buyer or for staff who may act for its buyer."""
    quote = await read(uow, wanted)
    if isinstance(quote, Refused):
        return quote
    if uow.by.actor.is_staff and not _may_act(uow, quote):
        return refuse(Forbidden())
    against = await acting.against(uow, quote.customer_id)
    return against or check_revision(quote.revision, expected_revision) or quote


def _may_act(uow: UnitOfWork, quote: Quote) -> bool:
    actor = uow.by.actor
    return actor.delegation is not None or actor.may_in(Permission.ACT_FOR_CUSTOMERS, quote.channel_id)


async def _own(uow: UnitOfWork, quote_id: QuoteId | None) -> Quote | Refused:
    return (await QuoteStore(uow).get(quote_id) if quote_id else None) or refuse(NotFound(path=("quoteId",)))


async def by_link(uow: UnitOfWork, link: str) -> Quote | Refused:
    quote_id = await one_time_tokens.find(uow.connection, Purpose.READ_QUOTE, token_hash(link), uow.by.at)
    found = await QuoteStore(uow, proven=True).get(quote_id) if quote_id else None
    return found or refuse(QuoteLinkInvalid(path=("quoteToken",)))


async def read(uow: UnitOfWork, wanted: QuoteRef) -> Quote | Refused:
    return await by_link(uow, wanted.link) if wanted.link else await _own(uow, wanted.quote_id)


async def accept(uow: UnitOfWork, wanted: Accept) -> Quote | Refused:
    """Somebody who accepts for another says how that one agreed."""
    if uow.by.actor.is_staff and not wanted.evidence:
        return refuse(EvidenceMissing(path=("evidence",)))
    quote = await opened(uow, wanted.quote, wanted.expected_revision)
    if isinstance(quote, Refused):
        return quote
    command = domain.AcceptQuote(version=wanted.version, chosen=wanted.chosen, evidence=wanted.evidence, at=uow.by.at)
    after = await carried_out(uow, quote, command, said(uow, wanted.comment, Audience.CUSTOMER))
    if quote.choices and quote.chosen is None and not isinstance(after, Refused):
        await settle(uow, after)
    return after


async def decline(uow: UnitOfWork, wanted: Answer) -> Quote | Refused:
    return await _answered(uow, wanted, domain.DeclineQuote(at=uow.by.at))


async def counter(uow: UnitOfWork, wanted: Counter) -> Quote | Refused:
    return await _answered(uow, wanted, domain.CounterQuote(at=uow.by.at), wanted.wishes)


async def _answered(
    uow: UnitOfWork, wanted: Answer, command: QuoteCommand, wishes: tuple[Wish, ...] = ()
) -> Quote | Refused:
    quote = await opened(uow, wanted.quote, wanted.expected_revision)
    if isinstance(quote, Refused):
        return quote
    text = wanted.comment
    comment = Comment(id=uow.new_id(), audience=Audience.CUSTOMER, text=text, wishes=wishes) if text or wishes else None
    return await carried_out(uow, quote, command, comment)


async def say(uow: UnitOfWork, wanted: Say) -> Quote | Refused:
    """A comment disturbs nobody: the quote stays at its revision (D35). What buyers say, both sides read."""
    quote = await spoken_of(uow, wanted.quote)
    if isinstance(quote, Refused):
        return quote
    audience = audience_of(uow, wanted.audience)
    return await saved(uow, quote, [], Comment(id=uow.new_id(), audience=audience, text=wanted.comment))


def audience_of(uow: UnitOfWork, wanted: Audience | None) -> Audience:
    return (wanted or Audience.INTERNAL) if uow.by.actor.at_desk else Audience.CUSTOMER


async def spoken_of(uow: UnitOfWork, wanted: QuoteRef) -> Quote | Refused:
    actor = uow.by.actor
    if not actor.is_staff or actor.delegation is not None:
        return await opened(uow, wanted)
    quote = await _own(uow, wanted.quote_id)
    if isinstance(quote, Refused) or sees_desk(actor, quote.channel_id):
        return quote
    return refuse(Forbidden())
