"""What one process changes, the others hear of; who cannot hear keeps nothing."""

from contextlib import AsyncExitStack, suppress
from datetime import timedelta

import pytest
from sqlalchemy import bindparam, update

from commerce_api.persistence.news import APPLICATION
from commerce_api.persistence.sql import Statement
from commerce_api.persistence.tables.catalog import products
from tests import given
from tests.conftest import NOON, application
from tests.keeping import a_shop

TITLE = {"query": '{ product(by: {handle: "mug"}) { title } }'}
RENAME = Statement(update(products).values(title=bindparam("title")))


@pytest.fixture
async def mug(committing):
    async with committing.transaction() as connection:
        await given.channel(connection.raw)
        await given.a_product(connection.raw, "Mug", handle="mug")


@pytest.fixture
async def shops(mug, settings, committing, dsn, clock, passwords, actors, contracts):
    app = application(settings, committing, clock, passwords, actors)
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(a_shop(app, dsn, contracts, actors)) for _ in range(2)]


async def title(shop):
    answer = (await shop.http.post("/graphql", json=TITLE)).json()
    return answer["data"]["product"]["title"]


async def rename(shop, new):
    async with shop.app.database.transaction() as connection:
        await connection.execute(RENAME, title=new)


async def test_a_change_is_seen_at_once_where_it_was_made_and_then_by_the_others(shops):
    here, there = shops
    assert [await title(here), await title(there)] == ["Mug", "Mug"]

    await rename(here, "Cup")

    assert await title(here) == "Cup"
    await there.caught_up()
    assert await title(there) == "Cup"


async def test_what_was_written_past_the_program_is_seen_when_the_answers_have_come_to_their_end(
    shops, committing, clock
):
    here, _ = shops
    await title(here)
    async with committing.transaction() as connection:
        await connection.execute(RENAME, title="Cup")

    assert await title(here) == "Mug"
    clock.advance(timedelta(seconds=61))
    assert await title(here) == "Cup"


async def test_what_is_rolled_back_is_no_change(shops):
    here, _ = shops
    await title(here)
    began = here.app.cache.begin(NOON)

    with suppress(RuntimeError):
        async with here.app.database.transaction() as connection:
            await connection.execute(RENAME, title="Cup")
            raise RuntimeError

    assert here.app.cache.begin(NOON) == began
    assert await title(here) == "Mug"


async def test_who_has_lost_the_connection_keeps_nothing_until_there_is_another(shops, committing):
    here, there = shops
    await title(here)

    async with committing.connection() as connection:
        ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1"
        assert await connection.raw.fetch(ended, APPLICATION)
    await here.wait_until(lambda: not here.app.cache.is_open)

    assert here.app.cache.size == 0
    await rename(there, "Cup")
    assert await title(here) == "Cup"
    await here.opened()
    assert await title(here) == "Cup"
    await rename(there, "Glass")
    await here.caught_up()
    assert await title(here) == "Glass"
