"""The way to a mail server."""

from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import aiosmtplib

from commerce_api.adapters.mail import Mailer, MailRejected


def smtp_mailer(url: str) -> Mailer:
    """Sends through the server of an smtp:// or smtps:// URL. What the server will never take is MailRejected."""

    async def send(mail: EmailMessage) -> None:
        try:
            async with _server(url) as server:
                await server.send_message(mail)
        except aiosmtplib.SMTPRecipientsRefused as refused:
            if all(one.code >= _FOR_GOOD for one in refused.recipients):
                raise MailRejected(", ".join(f"{one.code} {one.message}" for one in refused.recipients)) from None
            raise
        except aiosmtplib.SMTPDataError as refused:
            if refused.code >= _FOR_GOOD:
                raise MailRejected(f"{refused.code} {refused.message}") from None
            raise

    return send


async def check_smtp(url: str) -> None:
    """Connect and sign in, as a sending would."""
    async with _server(url) as server:
        await server.noop()


def _server(url: str) -> aiosmtplib.SMTP:
    """Without smtps it is STARTTLS where the server offers it, and nothing else where a password leaves this machine."""
    parts = urlsplit(url)
    in_the_open = not parts.password or parts.hostname in _THIS_MACHINE
    return aiosmtplib.SMTP(
        hostname=parts.hostname,
        port=parts.port,
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        use_tls=parts.scheme == "smtps",
        start_tls=None if in_the_open or parts.scheme == "smtps" else True,
        timeout=30,
    )


_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
_FOR_GOOD = 500
"""SMTP's answers from here on mean: do not try again."""
