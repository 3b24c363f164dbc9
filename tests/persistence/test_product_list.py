"""However long the list, a page costs what it holds."""

import pytest

from commerce_api.domain.product_filter import ProductSort
from commerce_api.persistence.readers.listings import Form
from commerce_api.persistence.readers.product_list import _Form, _statement
from tests import given
from tests.conftest import NOON

A_PLACE = {ProductSort.NEWEST: NOON, ProductSort.POPULARITY: 7, ProductSort.NAME: "mug"}


@pytest.mark.parametrize("backward", [False, True])
@pytest.mark.parametrize("sort", A_PLACE)
async def test_an_index_knows_where_a_page_begins(connection, sort, backward):
    channel_id = await given.channel(connection)
    statement = _statement(
        _Form(
            of=Form(within=None, terms=0, shapes=(), sort=sort),
            paged=True,
            backward=backward,
            positioned=True,
            columns=None,
            counting=frozenset(),
        )
    )
    values = {"channel_id": channel_id, "currency": "EUR", "language": "en", "customer_id": None, "at": NOON}
    page = {"place": A_PLACE[sort], "last_id": channel_id, "limit": 25}
    for way in ("seqscan", "bitmapscan", "sort"):
        await connection.execute(f"SET LOCAL enable_{way} = off")
    plan = await connection.fetch(f"EXPLAIN {statement.sql}", *statement.arguments(values | page))
    assert any("Index Cond" in line and "ROW(" in line for (line,) in plan)
