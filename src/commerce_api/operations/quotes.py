"""Writing quotes and sending them: what staff do (C.4). Who has to be allowed what is asked of the quote's own channel."""

from collections.abc import Sequence
from dataclasses import field, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from commerce_api.domain import quote as domain
from commerce_api.domain.actor import Forbidden
from commerce_api.domain.adjustment import exceeding
from commerce_api.domain.agreeing import agreement_of
from commerce_api.domain.agreement import AgreementSource
from commerce_api.domain.cart import Cart
from commerce_api.domain.checkout import ReadinessIncomplete
from commerce_api.domain.decision import Done, NotFound, Notice, Refused, check_revision, refuse
from commerce_api.domain.ids import QuoteId
from commerce_api.domain.limits import beyond
from commerce_api.domain.originals import originals_of
from commerce_api.domain.permissions import Permission
from commerce_api.domain.priced_cart import PricedCart
from commerce_api.domain.quote import Audience, Quote, QuoteCommand, QuoteEvent, QuoteSent
from commerce_api.domain.quote.content import QuoteContent, asked_and_offered, content_hash, frozen, lacking
from commerce_api.domain.totals import overflow
from commerce_api.domain.value import value
from commerce_api.operations import acting, quote_mail
from commerce_api.operations.carts import Asked, author
from commerce_api.operations.carts import apply as apply_to
from commerce_api.operations.checkout import view
from commerce_api.persistence.readers.channels import channel_by_id
from commerce_api.persistence.readers.quote_visibility import sees_desk
from commerce_api.persistence.stores.carts import CartStore
from commerce_api.persistence.stores.quotes import Comment, Frozen, QuoteStore
from commerce_api.persistence.unit_of_work import UnitOfWork


@value
class ToQuote:
    """What all that staff do with a quote has in common. `quote_id` None is an id that cannot be one of a quote."""

    quote_id: QuoteId | None
    expected_revision: int | None = None
    comment: str = field(default="", repr=False)


@value
class ApplyToQuote(ToQuote):
    actions: tuple[Asked, ...]
    acknowledge: frozenset[str] = frozenset()


@value
class OfferQuote(ToQuote):
    """Send it, or issue it again."""

    valid_until: datetime
    terms: str = ""


@value
class Approve(ToQuote):
    seen: str


async def at_desk(uow: UnitOfWork, wanted: ToQuote, permission: Permission) -> Quote | Refused:
    """The quote under lock, for staff who may do this in its channel, and to this customer."""
    quote = await QuoteStore(uow).get(wanted.quote_id) if wanted.quote_id else None
    if quote is None:
        return refuse(NotFound(path=("quoteId",)))
    actor = uow.by.actor
    if not sees_desk(actor, quote.channel_id) or not actor.may_in(permission, quote.channel_id):
        return refuse(Forbidden())
    against = await acting.against(uow, quote.customer_id)
    return against or check_revision(quote.revision, wanted.expected_revision) or quote


async def load(uow: UnitOfWork, id: UUID) -> Quote | Refused:
    """What an earlier request was about; whoever has its answer's key has proven to be the same caller."""
    return await QuoteStore(uow, proven=True).get(id) or refuse(NotFound(path=("quoteId",)))


async def carried_out(
    uow: UnitOfWork, quote: Quote, command: QuoteCommand, comment: Comment | None = None
) -> Quote | Refused:
    """The quote after a command, with what was said along with it."""
    decided = domain.decide(quote, command)
    if isinstance(decided, Refused):
        return decided
    return await saved(uow, quote, decided, comment)


async def saved(uow: UnitOfWork, quote: Quote, events: Sequence[QuoteEvent], comment: Comment | None) -> Quote:
    store, after = QuoteStore(uow), domain.evolved(quote, events)
    said = [domain.QuoteCommented(comment_id=comment.id, audience=comment.audience)] if comment else []
    if events:
        after = replace(after, revision=quote.revision + 1)
        await store.save(after, events)
    if comment:
        await store.add_comment(after, comment, author(uow.by))
        await uow.events.record("QUOTE", quote.id, said)
    return after


def said(uow: UnitOfWork, text: str, audience: Audience) -> Comment | None:
    return Comment(id=uow.new_id(), audience=audience, text=text) if text else None


async def review(uow: UnitOfWork, wanted: ToQuote) -> Quote | Refused:
    quote = await at_desk(uow, wanted, Permission.AUTHOR_QUOTES)
    if isinstance(quote, Refused):
        return quote
    command = domain.ReviewQuote(by=author(uow.by), at=uow.by.at)
    return await carried_out(uow, quote, command, said(uow, wanted.comment, Audience.INTERNAL))


async def apply(uow: UnitOfWork, wanted: ApplyToQuote) -> Done[Quote] | Refused:
    """The same actions as carts and edits of orders take (S2-02)."""
    quote = await at_desk(uow, wanted, Permission.AUTHOR_QUOTES)
    if isinstance(quote, Refused):
        return quote
    decided = domain.decide(quote, domain.ChangeQuote(at=uow.by.at))
    if isinstance(decided, Refused):
        return decided
    before = await draft_of(uow, quote)
    applied = await apply_to(uow, before, wanted.actions, wanted.acknowledge)
    if isinstance(applied, Refused):
        return applied
    if applied.result.revision == before.revision:
        return Done(result=quote, notices=applied.notices)
    changed = replace(quote, email=applied.result.email or quote.email)
    return Done(result=await saved(uow, changed, decided, None), notices=applied.notices)


async def draft_of(uow: UnitOfWork, quote: Quote) -> Cart:
    draft = await CartStore(uow).draft(quote.draft_id)
    assert draft is not None  # noqa: S101 - a foreign key says so
    return draft


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
        content_hash=_hash(quote, content, wanted.valid_until, wanted.terms),
        valid_until=wanted.valid_until,
        terms=wanted.terms,
        beyond_limits=_beyond(uow, quote, priced, Permission.AUTHOR_QUOTES) or _beyond_limit_each(priced),
        barred=frozenset(id_ for id_ in who if id_),
        at=uow.by.at,
    )


def _hash(quote: Quote, content: QuoteContent, valid_until: datetime, terms: str) -> str:
    return content_hash(content, quote.customer_id, quote.email, valid_until, terms)


def _beyond(uow: UnitOfWork, quote: Quote, priced: PricedCart, permission: Permission) -> bool:
    asked, offered = asked_and_offered(priced)
    return beyond(uow.by.actor.limits(permission, quote.channel_id), asked, offered, quote.currency)


def _beyond_limit_each(priced: PricedCart) -> bool:
    """Whoever has changed a price or taken something off went beyond their own limit, by what is asked now."""
    adjustments = priced.cart.adjustments
    return bool(adjustments and exceeding(adjustments, originals_of(priced, {})))


async def approve(uow: UnitOfWork, wanted: Approve) -> Quote | Refused:
    quote = await at_desk(uow, wanted, Permission.APPROVE_QUOTES)
    if isinstance(quote, Refused):
        return quote
    priced = await priced_draft(uow, quote)
    asked = quote.approval
    now = _hash(quote, frozen(priced), asked.valid_until, asked.terms) if asked else ""
    command = domain.ApproveQuote(
        seen=wanted.seen,
        content_hash=now,
        sufficient=not _beyond(uow, quote, priced, Permission.APPROVE_QUOTES),
        by=uow.by.actor.id or _NOBODY,
    )
    return await carried_out(uow, quote, command, said(uow, wanted.comment, Audience.INTERNAL))


async def reject_approval(uow: UnitOfWork, wanted: ToQuote) -> Quote | Refused:
    quote = await at_desk(uow, wanted, Permission.APPROVE_QUOTES)
    if isinstance(quote, Refused):
        return quote
    command = domain.RejectApproval(by=uow.by.actor.id or _NOBODY)
    return await carried_out(uow, quote, command, said(uow, wanted.comment, Audience.INTERNAL))


async def withdraw(uow: UnitOfWork, wanted: ToQuote) -> Quote | Refused:
    quote = await at_desk(uow, wanted, Permission.AUTHOR_QUOTES)
    if isinstance(quote, Refused):
        return quote
    audience = Audience.CUSTOMER if quote.known_to_buyer else Audience.INTERNAL
    return await carried_out(uow, quote, domain.WithdrawQuote(at=uow.by.at), said(uow, wanted.comment, audience))


_NOBODY: Final = UUID(int=0)
