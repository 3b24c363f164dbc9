"""The story of a quote in the documentation is a true one."""

from datetime import datetime
from pathlib import Path

import pytest

from commerce_api.schema.node import global_id
from tests import given
from tests.desk import cus
from tests.quoting import Quoting
from tests.stories.telling import Story

PAGE = (Path(__file__).parents[2] / "docs" / "a-quote.md").read_text("utf-8")
TEN = {"AUTHOR_QUOTES": {"percent": "10"}}


@pytest.fixture
async def quoting(api, database, connection):
    await given.override_reason(connection)
    return await Quoting.open(api, database)


async def test_the_story_of_a_quote_is_true(quoting, clock, work):
    grace = await quoting.author(
        "DEDUCT_AMOUNTS", "APPROVE_QUOTES", "FIND_CUSTOMERS", email="hopper@example.com", limits=TEN
    )
    margaret = await quoting.desk.member("APPROVE_QUOTES", email="margaret@example.com")
    cart_id, _ = await quoting.cart()

    async def at(moment):
        clock.at = datetime.fromisoformat(moment)

    async def reprice(euros):
        await quoting.reprice(round(float(euros) * 100))

    cast = {"Ada": by(quoting.buyer, "/graphql"), "Grace": by(grace, "/staff/graphql")}
    story = Story(
        cast | {"Margaret": by(margaret, "/staff/graphql")},
        [
            (r"It is (\S+Z) now\.", at),
            (r"From now on a kettle costs (\S+) EUR\.", reprice),
        ],
    )
    story.known |= {
        "<her cart>": cart_id,
        "<Ada>": cus(quoting.ada),
        "<parcel>": global_id("shm", quoting.shop.method_id),
        "<card>": await quoting.shop.card(),
        "<another card>": await quoting.shop.card(),
    }

    assert await story.tell(PAGE)


def by(client, address):
    async def send(document, variables):
        return await client.answer(address, document, variables)

    return send
