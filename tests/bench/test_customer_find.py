"""Customers are found by an index, whatever they are looked for by (S1-16)."""

from bench.customer_find import measure
from bench.customers_made import fill

from commerce_api.persistence.sql import Connection
from tests import given
from tests.conftest import NOON

_BY_MARKS = "last digits of a phone"


async def test_an_index_leads_to_customers_by_each_key(connection, database):
    channel_id = await given.channel(connection)
    await fill(Connection(connection), 1000, channel_ids=[channel_id], at=NOON)
    await connection.execute("ANALYZE customers, customer_keys, customer_marks, customer_names")

    measured = await measure(database, 1000, at=NOON, rounds=3)

    assert len(measured) == 15
    read_whole = {table for one in measured for table in one.scans}
    assert read_whole & {"customer_keys", "customer_marks", "orders"} == set()
    keyed = {one.question for one in measured if {"ix_customer_keys_kind_value", "pk_customer_keys"} & set(one.indexes)}
    assert {one.question for one in measured[:-1]} - keyed == set()
    assert "ix_customer_marks_marks" in next(one.indexes for one in measured if one.question == _BY_MARKS)
