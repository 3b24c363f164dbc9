"""What the benchmark compares stays comparable: ours and the hand-written program answer the same."""

import re

import httpx
import pytest
from bench.catalog import generate
from bench.statements import OnePool
from bench.walk import walked
from bench.workloads import workloads

from bench import handwritten, sameness
from tests.conftest import NOON

PRODUCTS = 60


@pytest.fixture
async def by_hand(connection, clock):
    application = handwritten.application(await handwritten.shop_of(OnePool(connection), clock))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://hand.test") as client:
        yield client


@pytest.fixture
async def catalog(database):
    await generate(database, products=PRODUCTS, at=NOON)


async def test_both_answer_the_same(catalog, http, by_hand):
    measured = await workloads(http)
    for workload in measured:
        await sameness.check(workload, http, by_hand, most=20)
    assert [workload.key for workload in measured] == ["W1", "W2", "W3", "W4", "W5"]


async def test_an_order_by_hand_writes_what_ours_writes(catalog, http, by_hand, connection):
    checkout = next(workload for workload in await workloads(http) if workload.key == "W5")
    none = await rows(connection)
    await walked(checkout.ours, http, 0)
    ours = await rows(connection)
    await walked(checkout.theirs, by_hand, 0)

    written = plain(ours, none)
    assert {table for table, _ in written} >= {
        "orders",
        "order_keys",
        "allocations",
        "events",
        "outbox",
        "idempotency_keys",
    }
    assert plain(await rows(connection), ours) == written


_MADE_UP = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|_[\w-]{43}|crt_\w{26}|x[0-9a-f]{64}|:[0-9a-f]{64}|E\d+-\d|#e\d+"
)
"""What differs each time: ids, tokens, hashes, order numbers. The time does not: it stands still."""


NOTHING = "'{}'::text[]"
LEFT_OUT = {"events": "'{position,data}'::text[]"}


async def rows(connection):
    """Of all tables but the shelves, which count up, and the texts of keys, which are there but once; without what the log
    tells in detail.
    """
    left_out = ["stock_levels", "order_key_texts"]
    tables = await connection.fetch("SELECT relname FROM pg_stat_user_tables WHERE relname <> ALL($1)", left_out)
    return [
        (table, text)
        for (table,) in tables
        for (text,) in await connection.fetch(
            f"SELECT (to_jsonb(t) - {LEFT_OUT.get(table, NOTHING)})::text FROM {table} t"
        )
    ]


def plain(after, before):
    """The rows that were added, without what is made up for each."""
    return sorted((table, _MADE_UP.sub("…", text)) for table, text in set(after) - set(before))
