"""Every write tells who did it, through which channel, in which request, when; and nothing about people beside (K10)."""

import json

import asyncpg
import pytest

from commerce_api.adapters.ids import new_id
from commerce_api.graphql import STAFF
from commerce_api.operations.services import Services
from commerce_api.persistence.tables.records import events
from commerce_api.worker import Worker
from tests import given
from tests.api.everything import EMAIL, PERSONAL, Everything

TELL_NOTHING = {
    "signInStaff": "only asks for the second factor; the session that follows is told of",
    "startSecondFactor": "hands out a secret that counts for nothing until it is confirmed",
    "startStaffSecondFactor": "hands out a secret that counts for nothing until it is confirmed",
    "refreshSession": "goes on with a session that was told of when it was opened",
    "refreshStaffSession": "goes on with a session that was told of when it was opened",
    "resendVerification": "asks for a mail, whoever asks",
    "requestPasswordReset": "asks for a mail, whoever asks",
    "sendOrderAccessCode": "asks for a mail, whoever asks",
}
"""Mutations that leave no event, and why that is right."""

SOMETIMES_NOTHING = {"signIn": "only asks for the second factor if there is one"}

LATER = ("job-", "assisted-session:", "authorize:", "void:", "payment")
"""What the request ids begin with of what a worker did later: they lead to the task, which led to the first request."""

OF_NO_CHANNEL = {"SYSTEM"}
"""Kinds of actors that come through no channel."""


@pytest.fixture
async def everything(api, http, connection, services, work, clock, logged):
    marked = api.with_headers(x_request_id="marked-request")
    return await Everything(marked, http, connection, services, work, clock).happen()


def personal_in(text, everything):
    return [said for said in PERSONAL | everything.secrets if said in text]


async def test_everything_that_is_done_is_attributed_and_tells_nothing_personal(everything, connection, logged):
    done = {step.name for step in everything.steps}
    telling = {step.name for step in everything.steps if step.events}
    silent = {step.name for step in everything.steps if not step.events}
    assert done == set(STAFF.mutation_type.fields), "let it happen in tests.api.everything"
    assert (silent - telling, silent & telling) == (set(TELL_NOTHING), set(SOMETIMES_NOTHING))

    told = await connection.fetch("SELECT type, data, actor, channel_id, request_id, ip, at FROM events")
    for event in told:
        kind, by_system = event["actor"]["kind"], event["actor"]["kind"] in OF_NO_CHANNEL
        assert set(event["actor"]) == {"kind", "id", "onBehalfOf"}
        assert (event["actor"]["id"] is None) == (kind in {"GUEST", "SYSTEM"}), event
        assert event["channel_id"] == (None if by_system else everything.channel_id), event
        assert event["request_id"] == "marked-request" or event["request_id"].startswith(LATER), event
        assert everything.began <= event["at"] <= everything.ended
        assert personal_in(json.dumps(event["data"]), everything) == [], event["type"]
    assert {event["actor"]["kind"] for event in told} == {"GUEST", "CUSTOMER", "STAFF", "SYSTEM"}

    outbox = await connection.fetch(
        "SELECT topic, payload, dedupe_key, last_error FROM outbox WHERE done_at IS NOT NULL"
    )
    assert {"mail", "account-mail", "order-access"} <= {task["topic"] for task in outbox}
    assert [task for task in outbox if task["payload"] or personal_in(str(dict(task)), everything)] == []
    assert personal_in(logged(), everything) == []


async def test_a_mail_server_that_names_whom_it_refuses_is_not_repeated(
    connection, database, settings, clock, api, logged
):
    await given.channel(connection)

    async def refuses(mail):
        raise ConnectionError(f"no such mailbox: {mail['To']}")

    services = Services(settings=settings, database=database, now=clock, mailer=refuses)
    await given.customer(connection, EMAIL, channel_id=await connection.fetchval("SELECT id FROM channels"))
    ask = "mutation ($input: AccountMailInput!) { requestPasswordReset(input: $input) { accepted } }"
    await api.shop(ask, input={"email": EMAIL})
    worker = Worker(services)

    assert [await worker.run_due(), await worker.run_due()] == [1, 1]

    [error] = await connection.fetch("SELECT last_error FROM outbox WHERE topic = 'mail'")
    assert error["last_error"] == "ConnectionError: no such mailbox: [redacted]"
    assert '"task failed"' in logged()
    assert EMAIL not in logged()


@pytest.mark.parametrize("column", ["actor", "request_id", "at"])
async def test_the_log_takes_nothing_without_who_which_and_when(connection, column):
    told = {"entity": "ORDER", "entity_id": new_id(), "sequence": 1, "type": "OrderConfirmed", "data": {}}
    by = {"actor": {"kind": "SYSTEM"}, "request_id": "r-1", "at": given.EARLIER}

    with pytest.raises(asyncpg.NotNullViolationError, match=column):
        await given.insert(connection, events, **told, **{**by, column: None})
