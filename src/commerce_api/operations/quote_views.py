"""That buyers have looked at a quote, and that somebody took it along on paper: whoever wrote it wants to know (Q8)."""

from uuid import UUID

from commerce_api.domain.actor import Attribution
from commerce_api.domain.decision import NotFound, Refused, refuse
from commerce_api.domain.quote import QuotePrinted, QuoteSeen
from commerce_api.domain.quote.content import SentQuote, VersionRef
from commerce_api.domain.value import value
from commerce_api.operations.execute import execute
from commerce_api.operations.quote_answers import QuoteRef, read
from commerce_api.persistence.readers.quote_documents import sent_quote
from commerce_api.persistence.sql import Database, Row
from commerce_api.persistence.stores.quotes import QuoteStore
from commerce_api.persistence.unit_of_work import UnitOfWork


async def noticed(database: Database, by: Attribution, row: Row | None) -> None:
    """The first time that the buyer of a quote looks at a version. Staff looking is not news."""
    if row and row["seen_version"] < row["version"] and not by.actor.is_staff:
        await execute(database, by, first_seen, row["id"])


async def first_seen(uow: UnitOfWork, quote_id: UUID) -> None:
    version = await QuoteStore(uow).see(quote_id)
    if version is not None:
        await uow.events.record("QUOTE", quote_id, [QuoteSeen(version=version)])


@value
class Print:
    """`sender` is the name of the shop."""

    quote: QuoteRef
    version: int
    sender: str


async def printed(uow: UnitOfWork, wanted: Print) -> SentQuote | Refused:
    """What a version says, for whoever may see the quote."""
    quote = await read(uow, wanted.quote)
    if isinstance(quote, Refused):
        return quote
    of = VersionRef(quote_id=quote.id, version=wanted.version)
    sent = await sent_quote(uow.connection, of, wanted.sender) if quote.id == wanted.quote.quote_id else None
    if sent is None:
        return refuse(NotFound(path=("version",)))
    await uow.events.record("QUOTE", quote.id, [QuotePrinted(version=wanted.version)])
    return sent
