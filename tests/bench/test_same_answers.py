"""What the benchmark compares stays comparable: ours and the hand-written program answer the same."""

import httpx
import pytest
from bench.catalog import generate
from bench.statements import OnePool
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
    assert [workload.key for workload in measured] == ["W1", "W2", "W3", "W4"]
