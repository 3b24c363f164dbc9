"""What goes with a mail. It is made when the mail leaves, or is looked at, and kept nowhere: of one version of a quote always comes
the same document.
"""

import asyncio
from email.utils import parseaddr

import structlog

from commerce_api.adapters.mail import Attachment
from commerce_api.domain.quote.content import VersionRef
from commerce_api.operations.services import Services
from commerce_api.persistence.readers.quote_documents import sent_quote
from commerce_api.persistence.stores.mails import Mail

log = structlog.get_logger("mail")


async def attachment(services: Services, mail: Mail) -> Attachment | None:
    """Nothing that is wrong with it keeps a mail from leaving: the link in the mail leads to the same."""
    if mail.attaches is None or not (limit := services.settings.mail_attachment_limit):
        return None
    try:
        made = await _document(services, mail.attaches)
    except Exception:
        log.warning("attachment not made", mail=str(mail.id), exc_info=True)
        return None
    return made if made and len(made.content) <= limit else None


async def _document(services: Services, of: VersionRef) -> Attachment | None:
    """With nothing of the database held while it is made."""
    from commerce_api.adapters.quote_document import pdf_of  # noqa: PLC0415 - few processes make documents

    sender, _ = parseaddr(services.settings.mail_from)
    async with services.database.connection() as connection:
        sent = await sent_quote(connection, of, sender)
    if sent is None:
        return None
    return Attachment(name=f"{sent.number}-{of.version}.pdf", content=await asyncio.to_thread(pdf_of, sent))
