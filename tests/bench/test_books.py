"""The books are looked at closely enough to find what a load could break."""

import pytest
from bench.catalog import generate
from bench.walk import walked
from bench.workloads import workloads

from bench import books
from tests.conftest import NOON

BROKEN = {
    "UPDATE stock_levels SET allocated = allocated + 1 WHERE allocated > 0": "1 shelves that promise something else",
    "UPDATE allocations SET quantity = 2": "1 lines of orders that have something else",
    "UPDATE payment_transactions SET status = 'PENDING'": "1 payments that stand otherwise",
    "DELETE FROM sandbox_operations": "1 payments that stand otherwise",
}


@pytest.fixture
async def order(database, http):
    await generate(database, products=10, at=NOON)
    checkout = next(workload for workload in await workloads(http) if workload.key == "W5")
    await walked(checkout.ours, http, 0)


async def test_books_are_right_after_an_order(order, connection):
    assert await books.faults(connection) == []


async def test_each_fault_is_found(order, connection):
    for change, fault in BROKEN.items():
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute(change)
        assert any(found.startswith(fault) for found in await books.faults(connection)), change
        await transaction.rollback()
