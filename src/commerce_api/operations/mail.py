"""The outbox's topic `mail`: writes the mail, keeps it, sends it.

    {"kind": "ORDER_CONFIRMATION", "recipient": ..., "language": ..., "data": {...}, "order_id": ..., "opens": ..., "attaches": ...}

One mail per dedupe key. It is sent again only if the worker died between the sending and writing that down, with the same
Message-ID. What it `opens` can be opened from the moment the mail is written; the secret itself is kept nowhere.
"""

from typing import Any
from uuid import UUID

from commerce_api.adapters.ids import new_id
from commerce_api.adapters.mail import Attachment, MailRejected, Rendered, Shop, message
from commerce_api.domain.quote.content import VersionRef
from commerce_api.operations.mail_attachments import attachment
from commerce_api.operations.mailed_secrets import Opening, data_with, filled
from commerce_api.operations.services import Services
from commerce_api.persistence.documents import read
from commerce_api.persistence.readers.customers import likes_order_mail
from commerce_api.persistence.stores import mails, one_time_tokens
from commerce_api.persistence.stores.mails import Mail, MailState


async def deliver(services: Services, payload: dict[str, Any]) -> None:
    """The topic's handler. Without a mail server the mail stays where the mailbox page shows it."""
    if not await _wanted(services, payload):
        return
    mail = await _kept(services, payload)
    if mail.state is not MailState.QUEUED or services.mailer is None:
        return
    error, attached = None, await attachment(services, mail)
    try:
        await services.mailer(_message(mail, services, attached))
    except MailRejected as rejected:
        error = str(rejected)
    async with services.database.connection() as connection:
        state = MailState.REJECTED if error else MailState.SENT
        await mails.has_left(connection, mail, state, at=services.now(), error=error)


async def _wanted(services: Services, payload: dict[str, Any]) -> bool:
    """Whether the customer likes such mail, if that matters."""
    customer_id = payload.get("if_wanted_by")
    if customer_id is None:
        return True
    async with services.database.connection() as connection:
        return await likes_order_mail(connection, UUID(customer_id))


async def _kept(services: Services, payload: dict[str, Any]) -> Mail:
    """The mail of this dedupe key; the first attempt writes it."""
    opens = Opening.of(payload["opens"]) if payload.get("opens") else None
    async with services.database.transaction() as connection:
        if mail := await mails.by_key(connection, payload["dedupe_key"]):
            return mail
        mail = await mails.add(connection, _written(services, payload, opens))
        if opens:
            hash_ = opens.hash_of(services.secret, mail.id)
            issue = one_time_tokens.issue_another if opens.beside else one_time_tokens.issue
            await issue(connection, opens.purpose, opens.subject_id, hash_, expires_at=opens.until)
        return mail


def _written(services: Services, payload: dict[str, Any], opens: Opening | None) -> Mail:
    from commerce_api.adapters.mail_words import render  # noqa: PLC0415 - Jinja and Babel would delay the start

    settings = services.settings
    shop = Shop(sender=settings.mail_from, storefront_url=settings.storefront_url)
    data = data_with(opens.purpose, payload["data"]) if opens else payload["data"]
    content = render(payload["kind"], payload["language"], data, shop)
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
        opens=opens.purpose if opens else None,
        attaches=read(VersionRef, payload["attaches"]) if payload.get("attaches") else None,
        state=MailState.QUEUED if services.mailer else MailState.KEPT,
        created_at=services.now(),
    )


def _message(mail: Mail, services: Services, attached: Attachment | None) -> Any:
    html, text = (filled(part, services.secret, mail.id, mail.opens) for part in (mail.html, mail.text))
    content = Rendered(subject=mail.subject, html=html, text=text, template_version=mail.template_version)
    sender, key = services.settings.mail_from, mail.id.hex
    return message(content, sender=sender, recipient=mail.recipient, key=key, at=mail.created_at, attached=attached)
