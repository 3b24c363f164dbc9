"""Mails, and how they leave: what they say is in `mail_words`, the way to a mail server in `smtp`."""

from collections.abc import Awaitable, Callable
from dataclasses import field
from datetime import datetime
from email.message import EmailMessage
from email.utils import parseaddr
from hashlib import sha256
from typing import TypeAlias

from commerce_api.domain.value import value


class MailRejected(Exception):  # noqa: N818 - it is what the receiver did
    """The receiver will never take this mail."""


@value
class Rendered:
    subject: str
    html: str
    text: str
    template_version: str

    @property
    def content_hash(self) -> bytes:
        return sha256(f"{self.subject}\0{self.html}\0{self.text}".encode()).digest()


@value
class Attachment:
    """A PDF."""

    name: str
    content: bytes = field(repr=False)


@value
class Shop:
    """Who writes, and where the shop's pages are."""

    sender: str
    storefront_url: str | None = None


Mailer: TypeAlias = Callable[[EmailMessage], Awaitable[None]]


def message(
    content: Rendered, *, sender: str, recipient: str, key: str, at: datetime, attached: Attachment | None = None
) -> EmailMessage:
    """With an id made of `key`, so that a mail that had to be sent twice is recognized as one."""
    from email.headerregistry import Address  # noqa: PLC0415 - slow to load, and most processes send no mail

    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, Address(addr_spec=recipient), content.subject
    mail["Date"] = at
    _, address = parseaddr(sender)
    mail["Message-ID"] = f"<{key}@{address.partition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(content.text)
    mail.add_alternative(content.html, subtype="html")
    if attached:
        mail.add_attachment(attached.content, maintype="application", subtype="pdf", filename=attached.name)
    return mail
