"""The topic `mail`: one mail per key, kept or sent."""

import dataclasses
import re
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import UUID

import pytest

from commerce_api.adapters.ids import new_id
from commerce_api.adapters.mail import MailRejected
from commerce_api.adapters.tokens import token_hash
from commerce_api.domain.actor import SYSTEM, Attribution
from commerce_api.operations.mailed_secrets import PLACE, Opening
from commerce_api.persistence.stores import one_time_tokens
from commerce_api.persistence.stores.one_time_tokens import Purpose
from commerce_api.persistence.unit_of_work import unit_of_work
from commerce_api.worker import Worker, pause_after

MAIL = {
    "kind": "RESET_PASSWORD",
    "recipient": "ada@x.example",
    "language": "de",
    "data": {},
    "opens": Opening(
        purpose=Purpose.RESET_PASSWORD, subject_id=UUID(int=7), until=datetime(2026, 3, 2, 13, tzinfo=UTC)
    ),
}
TOKEN = re.compile(r"mail_[\w-]{43}")


async def put(services, key="reset:1"):
    by = Attribution(actor=SYSTEM, at=services.now(), request_id="test")
    async with unit_of_work(services.database, by, new_id) as uow:
        uow.outbox.put("mail", MAIL, dedupe_key=key)


async def kept(connection, *names):
    return [tuple(row) for row in await connection.fetch(f"SELECT {', '.join(names)} FROM mails ORDER BY dedupe_key")]


class Post:
    """A mail server that takes everything, or fails as it is told."""

    def __init__(self):
        self.sent, self.failure = [], None

    @contextmanager
    def failing(self, failure):
        self.failure = failure
        yield
        self.failure = None

    async def __call__(self, mail):
        if self.failure:
            raise self.failure
        self.sent.append(mail)


@pytest.fixture
def post():
    return Post()


@pytest.fixture
def worker(services, post):
    return Worker(dataclasses.replace(services, mailer=post))


async def test_without_a_mail_server_the_mail_is_kept(services, connection, work):
    await put(services)

    await work()

    assert await kept(connection, "kind", "recipient", "language", "subject", "state", "sent_at") == [
        ("RESET_PASSWORD", "ada@x.example", "de", "Wählen Sie ein neues Passwort", "KEPT", None)
    ]
    [(text, html)] = await kept(connection, "text", "html")
    assert PLACE in text
    assert PLACE in html


async def test_a_mail_is_sent_and_its_secret_is_kept_nowhere(services, connection, worker, post):
    await put(services)

    await worker.run_due()

    [mail] = post.sent
    assert (mail["To"], mail["Subject"]) == ("ada@x.example", "Wählen Sie ein neues Passwort")
    [token] = TOKEN.findall(mail.get_body(("plain",)).get_content())
    assert token in mail.get_body(("html",)).get_content()
    [(state, sent_at, content)] = await kept(connection, "state", "sent_at", "html || text || subject")
    assert (state, sent_at) == ("SENT", services.now())
    assert token not in content
    async with services.database.connection() as opened:
        found = await one_time_tokens.find(opened, Purpose.RESET_PASSWORD, token_hash(token), services.now())
    assert found == UUID(int=7)
    assert await connection.fetchval("SELECT payload FROM outbox") == {}


async def test_a_failure_is_tried_again_with_the_same_mail(services, connection, worker, post, clock):
    await put(services)
    with post.failing(ConnectionRefusedError("no server")):
        await worker.run_due()
    assert await kept(connection, "state") == [("QUEUED",)]

    clock.advance(pause_after(1))
    await worker.run_due()

    assert await kept(connection, "state") == [("SENT",)]
    [(id_,)] = await kept(connection, "id")
    assert [mail["Message-ID"] for mail in post.sent] == [f"<{id_.hex}@localhost>"]
    assert await connection.fetchval("SELECT count(*) FROM one_time_tokens") == 1


async def test_what_the_receiver_rejects_is_not_sent_again(services, connection, worker, post, clock):
    await put(services)
    with post.failing(MailRejected("550 no such user")):
        await worker.run_due()
    clock.advance(pause_after(1))

    assert await worker.run_due() == 0
    assert await kept(connection, "state", "error") == [("REJECTED", "550 no such user")]


async def test_a_worker_that_died_before_it_wrote_down_the_sending_leaves_one_mail(services, connection, worker, post):
    await put(services)
    await worker.run_due()
    await connection.execute("UPDATE outbox SET done_at = NULL, due_at = created_at")

    await worker.run_due()

    assert len(post.sent) == 1
    assert await kept(connection, "count(*) OVER ()") == [(1,)]
