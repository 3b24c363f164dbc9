import re
from uuid import UUID

import httpx
import pytest

from commerce_api.adapters.ids import new_id
from commerce_api.asgi import web_application
from commerce_api.domain.actor import SYSTEM, Attribution
from commerce_api.persistence.unit_of_work import unit_of_work
from commerce_api.settings import Settings

MAIL = {
    "kind": "VERIFY_EMAIL",
    "recipient": "ada@x.example",
    "language": "en",
    "data": {"name": "<b>"},
    "opens": {
        "purpose": "VERIFY_EMAIL",
        "subject_id": str(UUID(int=7)),
        "until": "2026-03-05T12:00:00Z",
        "beside": False,
    },
}
TOKEN = re.compile(r"mail_[\w-]{43}")


@pytest.fixture
async def browser(app):
    object.__setattr__(app, "settings", Settings(mailbox=True))
    transport = httpx.ASGITransport(app=web_application(app))
    async with httpx.AsyncClient(transport=transport, base_url="http://shop.test") as client:
        yield client


@pytest.fixture
async def mail(services, work, connection):
    by = Attribution(actor=SYSTEM, at=services.now(), request_id="test")
    async with unit_of_work(services.database, by, new_id) as uow:
        uow.outbox.put("mail", MAIL)
    await work()
    return await connection.fetchval("SELECT id FROM mails")


async def test_an_empty_mailbox_says_what_fills_it(browser):
    assert "No mail yet." in (await browser.get("/mailbox")).text


async def test_it_lists_the_mails_and_shows_one(browser, mail):
    listed, shown = await browser.get("/mailbox"), await browser.get(f"/mailbox/{mail}")

    assert f'<a href="/mailbox/{mail}">Please confirm your mail address</a>' in listed.text
    assert f'sandbox="allow-popups allow-popups-to-escape-sandbox" src="/mailbox/{mail}/html"' in shown.text
    assert "Hello &lt;b&gt;," in shown.text
    assert len(set(TOKEN.findall(shown.text))) == 1
    assert "script" not in shown.headers["content-security-policy"]


async def test_the_mail_itself_can_run_and_load_nothing(browser, mail):
    content = await browser.get(f"/mailbox/{mail}/html")

    assert len(set(TOKEN.findall(content.text))) == 1
    policy = content.headers["content-security-policy"]
    assert policy.startswith(
        "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'"
    )
    assert "sandbox allow-popups" in policy


async def test_a_mail_that_is_not_there_is_not_found(browser):
    assert (await browser.get(f"/mailbox/{new_id()}")).status_code == 404


async def test_without_the_setting_there_is_no_mailbox(http, mail):
    for path in ("/mailbox", f"/mailbox/{mail}", f"/mailbox/{mail}/html"):
        assert (await http.get(path)).status_code == 404


@pytest.mark.parametrize("page", ["", "/{mail}", "/{mail}/html"])
async def test_other_machines_are_shown_no_mail(app, mail, page):
    object.__setattr__(app, "settings", Settings(mailbox=True))
    transport = httpx.ASGITransport(app=web_application(app), client=("203.0.113.5", 1))

    async with httpx.AsyncClient(transport=transport, base_url="http://shop.test") as stranger:
        answer = await stranger.get(f"/mailbox{page.format(mail=mail)}")

    assert answer.status_code == 404
    assert not TOKEN.search(answer.text)
