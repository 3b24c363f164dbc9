"""However long the list, a page costs what it holds."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from commerce_api.domain.product_filter import ProductSort
from commerce_api.persistence.readers.facets import Counted
from commerce_api.persistence.readers.listings import Form
from commerce_api.persistence.readers.product_list import _Form, _statement
from commerce_api.persistence.touched import STOCK_TABLES
from tests import given
from tests.conftest import NOON

A_PLACE = {ProductSort.NEWEST: NOON - timedelta(days=9), ProductSort.POPULARITY: 7, ProductSort.NAME: "mug"}


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
            beside=None,
            counting=frozenset(),
        )
    )
    values = {"channel_id": channel_id, "currency": "EUR", "language": "en", "customer_id": None, "at": NOON}
    page = {"place": A_PLACE[sort], "last_id": channel_id, "limit": 25}
    for way in ("seqscan", "bitmapscan", "sort"):
        await connection.execute(f"SET LOCAL enable_{way} = off")
    plan = await connection.fetch(f"EXPLAIN {statement.sql}", *statement.arguments(values | page))
    [bounds] = [line for (line,) in plan if "Index Cond" in line and "ROW(" in line]
    assert re.search(
        rf"[<>]= '?{A_PLACE[sort]:%Y-%m-%d}" if sort is ProductSort.NEWEST else rf"[<>]= '?{A_PLACE[sort]}", bounds
    )


async def test_the_words_of_a_search_are_made_a_query_once(connection):
    channel_id = await given.channel(connection)
    form = Form(within=None, terms=1, shapes=(), sort=ProductSort.RELEVANCE)
    statement = _statement(
        _Form(
            of=form,
            paged=True,
            backward=False,
            positioned=False,
            columns=frozenset(),
            beside=None,
            counting=frozenset(),
        )
    )
    values = {"channel_id": channel_id, "currency": "EUR", "language": "en", "customer_id": None, "at": NOON}
    words = {"configuration": "english", "stem0": "mug", "word0": "mug:*", "limit": 25}
    await connection.execute("SET LOCAL plan_cache_mode = force_generic_plan")

    await connection.execute(f"PREPARE search AS {statement.sql}")
    given_values = ", ".join("NULL" for _ in statement.arguments(values | words))
    plan = await connection.fetch(f"EXPLAIN (VERBOSE) EXECUTE search({given_values})")

    made = [line for (line,) in plan if "to_tsquery" in line]
    assert len(made) == 1, "in the CTE, and neither in the condition nor in the rank of each product"
    assert any("ts_rank" in line for (line,) in plan)


async def test_shelves_are_looked_through_for_each_product_that_was_found(connection):
    form = Form(within=None, terms=1, shapes=(), sort=ProductSort.RELEVANCE)
    counting = frozenset({Counted.STOCK})
    statement = _statement(
        _Form(
            of=form, paged=True, backward=False, positioned=False, columns=frozenset(), beside=None, counting=counting
        )
    )
    await connection.execute("SET LOCAL plan_cache_mode = force_generic_plan")
    await connection.execute("SET LOCAL enable_nestloop = off")  # as if there were a million of them
    await connection.execute(f"PREPARE counted AS {statement.sql}")
    numbers = {int(number) for number in re.findall(r"\$(\d+)", statement.sql)}
    plan = await connection.fetch(f"EXPLAIN (VERBOSE) EXECUTE counted({', '.join('NULL' for _ in numbers)})")
    assert any("EXISTS(SubPlan" in line for (line,) in plan)


@pytest.mark.parametrize(
    ("shapes", "counting", "beside", "told"),
    [
        ((), frozenset(), {"available"}, True),
        ((), frozenset(), {"amount"}, False),
        ((), frozenset(), None, False),
        ((("all", ("any", ("facet",), ("stock", True))),), frozenset(), {"available"}, False),
        ((("facet",),), frozenset({Counted.STOCK}), {"available"}, False),
        ((("facet",),), frozenset({Counted.TOTAL}), {"available"}, True),
    ],
)
def test_a_page_tells_whose_stock_it_shows_unless_it_depends_on_that_of_all(shapes, counting, beside, told):
    form = _Form(
        of=Form(within=None, terms=0, shapes=shapes, sort=ProductSort.NAME),
        paged=True,
        backward=False,
        positioned=False,
        columns=frozenset(),
        beside=beside and frozenset(beside),
        counting=counting,
    )

    assert _statement(form).stock_told is told


def test_what_needs_the_stock_of_all_reads_it_where_no_variants_are_beside():
    shapes = (("stock", True),)
    form = Form(within=None, terms=0, shapes=shapes, sort=ProductSort.NAME)
    reads = {
        counting: _statement(
            _Form(of=of, paged=True, backward=False, positioned=False, columns=None, beside=None, counting=counting)
        ).reads
        & STOCK_TABLES
        for of, counting in (
            (form, frozenset()),
            (replace(form, shapes=()), frozenset({Counted.STOCK})),
            (replace(form, shapes=()), frozenset(Counted) - {Counted.STOCK}),
        )
    }

    assert list(reads.values()) == [STOCK_TABLES, STOCK_TABLES, set()]
