"""Files that go with a quote, for staff only or for its buyer too (Q8)."""

from dataclasses import field
from uuid import UUID

from commerce_api.domain.decision import NotFound, Refused, refuse
from commerce_api.domain.quote import Audience, QuoteAttached
from commerce_api.domain.quote.attachment import against_attaching, type_of
from commerce_api.domain.value import value
from commerce_api.operations.carts import author
from commerce_api.operations.quote_answers import QuoteRef, audience_of, read, spoken_of
from commerce_api.persistence.readers.quote_visibility import sees_desk
from commerce_api.persistence.stores import quote_attachments as store
from commerce_api.persistence.stores.quote_attachments import Attachment
from commerce_api.persistence.unit_of_work import UnitOfWork


@value
class Attach:
    quote: QuoteRef
    name: str = field(repr=False)
    content: bytes = field(repr=False)
    audience: Audience | None = None


async def attach(uow: UnitOfWork, wanted: Attach) -> Attachment | Refused:
    """By whoever may comment. It disturbs nobody: the quote stays at its revision."""
    quote = await spoken_of(uow, wanted.quote)
    if isinstance(quote, Refused):
        return quote
    files = await store.count(uow.connection, quote.id)
    if reasons := tuple(against_attaching(wanted.name, wanted.content, files)):
        return Refused(reasons=reasons)
    attachment = Attachment(
        id=uow.new_id(),
        quote_id=quote.id,
        round=quote.version,
        audience=audience_of(uow, wanted.audience),
        name=wanted.name,
        content_type=str(type_of(wanted.content)),
        content=wanted.content,
    )
    await store.add(uow.connection, attachment, author(uow.by), uow.by.at)
    happened = QuoteAttached(attachment_id=attachment.id, audience=attachment.audience)
    await uow.events.record("QUOTE", quote.id, [happened])
    return attachment


@value
class Fetch:
    quote: QuoteRef
    attachment_id: UUID | None


async def fetch(uow: UnitOfWork, wanted: Fetch) -> Attachment | Refused:
    quote = await read(uow, wanted.quote)
    if isinstance(quote, Refused):
        return quote
    whole = sees_desk(uow.by.actor, quote.channel_id)
    found = (
        await store.find(uow.connection, quote.id, wanted.attachment_id, whole=whole) if wanted.attachment_id else None
    )
    return found or refuse(NotFound(path=("attachmentId",)))
