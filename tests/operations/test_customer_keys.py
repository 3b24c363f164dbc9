"""What customers are found by is what stands in their rows, whichever way those were written."""

from commerce_api.persistence.sql import Connection
from commerce_api.persistence.stores import customer_keys
from tests import given


async def test_keys_of_any_number_of_customers_cost_two_statements(connection, statements):
    channel_id = await given.channel(connection)
    ids = [await given.customer(connection, f"a{n}@example.com", channel_id=channel_id) for n in range(3)]
    await connection.execute("DELETE FROM customer_keys")

    await statements.of(customer_keys.refresh(Connection(connection), ids))

    assert len(statements) == 2
    assert await connection.fetchval("SELECT count(*) FROM customer_keys WHERE kind = 'LAST_NAME'") == 3
