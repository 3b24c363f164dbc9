"""The outbox's topic `mail`: writes the mail, keeps it, sends it.

    {"kind": "ORDER_CONFIRMATION", "recipient": ..., "language": ..., "data": {...}, "order_id": ...}

One mail per dedupe key. It is sent again only if the worker died between the sending and writing that down, with the same
Message-ID. A secret in it, such as the token of a link, is kept no longer than until it is sent.
"""

from typing import Any
from uuid import UUID

from commerce_api.adapters.ids import new_id
from commerce_api.adapters.mail import MailRejected, Rendered, Shop, message, render
from commerce_api.operations.services import Services
from commerce_api.persistence.stores import mails
from commerce_api.persistence.stores.mails import Mail, MailState

_SECRETS = ("token", "code")
_TAKEN_OUT = "[…]"


async def deliver(services: Services, payload: dict[str, Any]) -> None:
    """The topic's handler. Without a mail server the mail stays where the mailbox page shows it."""
    mail = await _kept(services, payload)
    if mail.state is not MailState.QUEUED or services.mailer is None:
        return
    error = None
    try:
        await services.mailer(_message(mail, services))
    except MailRejected as rejected:
        error = str(rejected)
    async with services.database.connection() as connection:
        state = MailState.REJECTED if error else MailState.SENT
        kept = {name: _without_secrets(getattr(mail, name), payload["data"]) for name in ("html", "text")}
        await mails.has_left(connection, mail, state, at=services.now(), error=error, **kept)


async def _kept(services: Services, payload: dict[str, Any]) -> Mail:
    """The mail of this dedupe key; the first attempt writes it."""
    async with services.database.connection() as connection:
        if mail := await mails.by_key(connection, payload["dedupe_key"]):
            return mail
        return await mails.add(connection, _written(services, payload))


def _written(services: Services, payload: dict[str, Any]) -> Mail:
    settings = services.settings
    shop = Shop(sender=settings.mail_from, storefront_url=settings.storefront_url)
    content = render(payload["kind"], payload["language"], payload["data"], shop)
    return Mail(
        id=new_id(),
        kind=payload["kind"],
        dedupe_key=payload["dedupe_key"],
        recipient=payload["recipient"],
        language=payload["language"],
        subject=content.subject,
        html=content.html,
        text=content.text,
        template_version=content.template_version,
        content_hash=content.content_hash,
        order_id=UUID(payload["order_id"]) if payload.get("order_id") else None,
        state=MailState.QUEUED if services.mailer else MailState.KEPT,
        created_at=services.now(),
    )


def _message(mail: Mail, services: Services) -> Any:
    content = Rendered(subject=mail.subject, html=mail.html, text=mail.text, template_version=mail.template_version)
    return message(content, sender=services.settings.mail_from, recipient=mail.recipient, key=mail.id.hex)


def _without_secrets(text: str, data: dict[str, Any]) -> str:
    for name in _SECRETS:
        if data.get(name):
            text = text.replace(str(data[name]), _TAKEN_OUT)
    return text
