"""Quotes leave with the version on paper, made when the mail does (Q8)."""

import dataclasses
import io

import httpx
import pypdf
import pytest

from commerce_api.asgi import web_application
from commerce_api.settings import Settings
from commerce_api.worker import Worker
from tests.buying import rows
from tests.quoting import Quoting


@pytest.fixture
async def quoting(api, database):
    return await Quoting.open(api, database)


@pytest.fixture
def posted(services):
    """The mails that a worker sends."""

    async def posted(**settings):
        taken = []

        async def mailer(mail):
            taken.append(mail)

        changed = dataclasses.replace(services, mailer=mailer, settings=Settings(**settings))
        await Worker(changed).run_due()
        return taken

    return posted


def attachments(mail):
    return [(each.get_filename(), each.get_content_type(), each.get_content()) for each in mail.iter_attachments()]


def text_of(content):
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)


async def test_the_mail_of_a_quote_carries_what_was_sent_whatever_has_changed_since(quoting, posted, http):
    quote_id = await quoting.sent(language="de")
    number = (await quoting.read(quoting.buyer, quote_id, "number"))["number"]
    await quoting.reprice(1)

    [mail] = await posted()

    [(name, kind, content)] = attachments(mail)
    assert (name, kind) == (f"{number}-1.pdf", "application/pdf")
    assert f"Angebot {number}" in text_of(content)
    assert "als PDF" in mail.get_body(("plain",)).get_content()
    printed = await http.get(f"/quotes/{quote_id}/versions/1.pdf", headers=quoting.buyer._headers)
    assert printed.content == content
    assert (await quoting.events()).count("QuotePrinted") == 1


async def test_a_document_that_is_too_large_is_behind_the_link(quoting, posted):
    await quoting.sent()

    [mail] = await posted(mail_attachment_limit=100)

    assert attachments(mail) == []
    assert "mail_" in mail.get_body(("plain",)).get_content()


async def test_a_document_that_cannot_be_made_does_not_keep_the_mail(quoting, posted):
    await quoting.sent()
    await rows(quoting.database, "UPDATE quote_versions SET content = content - 'totals' RETURNING 1")

    [mail] = await posted()

    assert attachments(mail) == []
    assert await rows(quoting.database, "SELECT state FROM mails") == [("SENT",)]


async def test_the_mailbox_of_a_demonstration_has_it_too(quoting, app, work):
    await quoting.sent()
    await work()
    ((mail_id,),) = await rows(quoting.database, "SELECT id FROM mails")
    object.__setattr__(app, "settings", Settings(mailbox=True))
    transport = httpx.ASGITransport(app=web_application(app))
    async with httpx.AsyncClient(transport=transport, base_url="http://shop.test") as browser:
        page = await browser.get(f"/mailbox/{mail_id}")
        document = await browser.get(f"/mailbox/{mail_id}/attachment")
        await rows(quoting.database, "UPDATE mails SET attaches = NULL RETURNING 1")
        without = await browser.get(f"/mailbox/{mail_id}/attachment")

    assert f'href="/mailbox/{mail_id}/attachment"' in page.text
    assert "Quote Q" in text_of(document.content)
    assert without.status_code == 404
