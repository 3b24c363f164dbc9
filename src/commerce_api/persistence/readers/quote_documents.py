"""Versions of quotes, as they are read on paper. Whether somebody may see one is up to whoever asks."""

from sqlalchemy import bindparam, select

from commerce_api.domain.quote.content import QuoteContent, SentQuote, VersionRef
from commerce_api.persistence.documents import read
from commerce_api.persistence.sql import Connection, Statement
from commerce_api.persistence.tables.channels import channels
from commerce_api.persistence.tables.quotes import quote_versions, quotes

_PLAIN = (
    *(quotes.c.number, quotes.c.language, channels.c.time_zone),
    *(quote_versions.c.version, quote_versions.c.sent_at, quote_versions.c.valid_until, quote_versions.c.terms),
)
_SENT = Statement(
    select(quote_versions.c.content, *_PLAIN)
    .join(quotes, quotes.c.id == quote_versions.c.quote_id)
    .join(channels, channels.c.id == quotes.c.channel_id)
    .where(quote_versions.c.quote_id == bindparam("quote_id"), quote_versions.c.version == bindparam("version"))
)


async def sent_quote(connection: Connection, of: VersionRef, sender: str) -> SentQuote | None:
    """A version exactly as it was sent; `sender` is the shop's name."""
    row = await connection.fetch_one(_SENT, quote_id=of.quote_id, version=of.version)
    if row is None:
        return None
    plain = {column.name: row[column.name] for column in _PLAIN}
    return SentQuote(sender=sender, content=read(QuoteContent, row["content"]), **plain)
