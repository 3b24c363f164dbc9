"""Writing quotes and sending them: what staff do (C.4). Who has to be allowed what is asked of the quote's own channel."""

from collections.abc import Sequence
from dataclasses import field, replace
from uuid import UUID

from commerce_api.domain import quote as domain
from commerce_api.domain.actor import Forbidden
from commerce_api.domain.cart import Cart
from commerce_api.domain.decision import Done, NotFound, Refused, check_revision, refuse
from commerce_api.domain.ids import QuoteId
from commerce_api.domain.permissions import Permission
from commerce_api.domain.quote import Audience, Quote, QuoteCommand, QuoteEvent
from commerce_api.domain.quote.choices import Choices, against_choices, still_there
from commerce_api.domain.quote.state import HOLDING
from commerce_api.domain.value import value
from commerce_api.operations import acting
from commerce_api.operations.carts import Asked, author
from commerce_api.operations.carts import apply as apply_to
from commerce_api.persistence.readers.quote_visibility import sees_desk
from commerce_api.persistence.stores.carts import CartStore
from commerce_api.persistence.stores.quotes import Comment, QuoteStore
from commerce_api.persistence.stores.stock import StockStore
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
class OfferChoices(ToQuote):
    """Instead of those that there were."""

    choices: Choices


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
        if quote.state in HOLDING and after.state not in HOLDING:
            await StockStore(uow.connection, uow.by).release_cart(quote.draft_id)
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
    if against := tuple(domain.against(quote, domain.ChangeQuote(at=uow.by.at))):
        return Refused(reasons=against)
    before = await draft_of(uow, quote)
    applied = await apply_to(uow, before, wanted.actions, wanted.acknowledge)
    if isinstance(applied, Refused):
        return applied
    if applied.result.revision == before.revision:
        return Done(result=quote, notices=applied.notices)
    known = replace(quote, email=applied.result.email or quote.email)
    choices = still_there(quote.choices, applied.result)
    command = domain.ChangeQuote(choices=None if choices == quote.choices else choices, at=uow.by.at)
    changed = await carried_out(uow, known, command)
    return changed if isinstance(changed, Refused) else Done(result=changed, notices=applied.notices)


async def offer_choices(uow: UnitOfWork, wanted: OfferChoices) -> Quote | Refused:
    quote = await at_desk(uow, wanted, Permission.AUTHOR_QUOTES)
    if isinstance(quote, Refused):
        return quote
    if reasons := tuple(against_choices(wanted.choices, await draft_of(uow, quote), "choices")):
        return Refused(reasons=reasons)
    return await carried_out(uow, quote, domain.ChangeQuote(choices=wanted.choices, at=uow.by.at))


async def draft_of(uow: UnitOfWork, quote: Quote) -> Cart:
    draft = await CartStore(uow).draft(quote.draft_id)
    assert draft is not None  # noqa: S101 - a foreign key says so
    return draft


async def withdraw(uow: UnitOfWork, wanted: ToQuote) -> Quote | Refused:
    quote = await at_desk(uow, wanted, Permission.AUTHOR_QUOTES)
    if isinstance(quote, Refused):
        return quote
    audience = Audience.CUSTOMER if quote.known_to_buyer else Audience.INTERNAL
    return await carried_out(uow, quote, domain.WithdrawQuote(at=uow.by.at), said(uow, wanted.comment, audience))
