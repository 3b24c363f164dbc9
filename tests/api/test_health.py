import re

import httpx
import pytest

from commerce_api.asgi import web_application
from commerce_api.persistence.tables.records import outbox
from commerce_api.web.metrics import Names
from tests import given


async def test_a_living_process_says_so(http):
    response = await http.get("/healthz")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


async def test_a_process_with_a_current_database_is_ready(http):
    response = await http.get("/readyz")

    assert (response.status_code, response.json()) == (200, {"status": "ok", "database": "ok"})


async def test_a_process_on_an_old_schema_is_not(http, connection):
    await connection.execute("UPDATE alembic_version SET version_num = '0000'")

    response = await http.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {"status": "not ready", "database": "not at the newest schema"}


class Away:
    """A database that does not answer."""

    def connection(self):
        raise ConnectionRefusedError


async def test_a_process_without_its_database_is_not_ready_but_lives(app):
    object.__setattr__(app, "database", Away())
    transport = httpx.ASGITransport(app=web_application(app))

    async with httpx.AsyncClient(transport=transport, base_url="http://shop.test") as http:
        ready, lives = await http.get("/readyz"), await http.get("/healthz")

    assert (ready.status_code, ready.json()["database"], lives.status_code) == (503, "does not answer", 200)


async def value(http, metric):
    text = (await http.get("/metrics")).text
    found = re.search(rf"^{re.escape(metric)} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0.0


async def test_requests_are_counted_by_path_operation_and_status(api, http, connection):
    await given.channel(connection)
    health = 'commerce_request_duration_seconds_count{operation="",path="/healthz",status="200"}'
    named = 'commerce_request_duration_seconds_count{operation="WhichChannel",path="/graphql",status="200"}'
    before = await value(http, health), await value(http, named)

    await http.get("/healthz")
    await api.shop("query WhichChannel { channel { code } }")

    assert (await value(http, health), await value(http, named)) == (before[0] + 1, before[1] + 1)


async def test_the_outbox_and_the_pool_are_measured(http, connection, clock):
    task = {"payload": {}, "created_at": clock(), "due_at": clock()}
    for topic, failed_at in (("a", None), ("b", clock())):
        await given.insert(connection, outbox, topic=topic, failed_at=failed_at, **task)
    clock.advance(clock.at - clock.at.replace(hour=11))

    assert await value(http, "commerce_outbox_waiting") == 1
    assert await value(http, "commerce_outbox_failed") == 1
    assert await value(http, "commerce_outbox_age_seconds") == 3600
    assert await value(http, "commerce_database_connections") == 1


@pytest.mark.parametrize("name", ["a b", "x" * 65, '"', "<script>"])
def test_a_name_that_is_no_graphql_name_is_not_counted_by_itself(name):
    assert Names().bounded(name) == "other"


def test_names_that_clients_choose_are_bounded():
    names = Names()

    bounded = {names.bounded(f"Operation{number}") for number in range(1000)}

    assert len(bounded) == 201
    assert names.bounded("Operation7") == "Operation7"
