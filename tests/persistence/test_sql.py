"""Statements as they are built, and what they ask to be run with."""

import pytest
from sqlalchemy import ARRAY, Column, Integer, MetaData, Table, Text, any_, bindparam, insert, select, text, update

from commerce_api.persistence.rows import few, insert_given
from commerce_api.persistence.sql import Connection, Statement

cups = Table("cups", MetaData(), Column("id", Integer()), Column("color", Text()))
BY_ID = cups.c.id == bindparam("key")


@pytest.mark.parametrize(
    ("clause", "values", "arguments"),
    [
        (select(cups).where(BY_ID), {"key": 1}, [1]),
        (select(cups).where(BY_ID), {"key": None, "more": 2}, [None]),
        (select(cups).where(BY_ID, cups.c.color == "red"), {"key": 1}, [1, "red"]),
        (update(cups).values(color=None).where(BY_ID), {"key": 1}, [None, 1]),
        (insert(cups).values(id=bindparam("key"), color=None), {"key": 1}, [1, None]),
        (insert(cups), {"color": "red", "id": 1}, [1, "red"]),
        (select(cups).where(cups.c.id == any_(bindparam("keys", type_=ARRAY(Integer())))), {"keys": [1, 2]}, [[1, 2]]),
        (text("SELECT :a, :b").bindparams(a=1), {"b": 2}, [1, 2]),
        (text("SELECT :a, :b").bindparams(a=1), {"a": 3, "b": 2}, [3, 2]),
    ],
)
def test_what_a_statement_was_made_with_stays_and_the_rest_is_asked_for(clause, values, arguments):
    assert Statement(clause).arguments(values) == arguments


def test_of_rows_that_are_given_as_one_each_value_is_a_parameter():
    write = insert_given(cups, cups.c.id == bindparam("key"), count=2)
    rows = [{"color": "red", "id": 1, "more": 3}, {"id": 2, "color": None}]

    assert Statement(write).arguments({"cups": rows, "key": 7}) == [1, "red", 2, None, 7]
    with pytest.raises(KeyError, match="color"):
        Statement(write).arguments({"cups": [{"id": 1}, {"id": 2}], "key": 7})


@pytest.mark.parametrize("clause", [select(cups).where(BY_ID), insert(cups), text("SELECT :key")])
def test_a_value_that_was_forgotten_is_a_bug(clause):
    with pytest.raises(KeyError):
        Statement(clause).arguments({"color": "red"})


@pytest.mark.parametrize(
    "condition",
    [cups.c.id.in_([1, 2]), cups.c.id.in_([]), cups.c.id.not_in([1]), cups.c.id.in_(bindparam("keys", expanding=True))],
)
def test_a_list_of_parameters_is_refused_with_what_to_write_instead(condition):
    """Its SQL would be another one for each length, and be planned anew."""
    with pytest.raises(TypeError, match="any_"):
        _ = Statement(select(cups).where(condition, BY_ID)).sql


@pytest.mark.parametrize(("many", "parameters"), [(1, 2), (2, 4), (3, 1)])
async def test_few_rows_and_many_are_written_alike(connection, many, parameters):
    await connection.execute("CREATE TEMPORARY TABLE cups (id int, color text) ON COMMIT DROP")
    rows = [{"id": number, "color": None if number % 2 else "red"} for number in range(many)]
    run, write = Connection(connection), Statement(insert_given(cups, count=few(rows)))

    await run.execute(write, cups=rows)

    assert len(write.arguments({"cups": rows})) == parameters
    assert [dict(row) for row in await run.fetch(Statement(select(cups).order_by(cups.c.id)))] == rows


async def test_nothing_is_written_where_nothing_was_said(connection):
    await connection.execute("CREATE TEMPORARY TABLE cups (id int, color text) ON COMMIT DROP")
    run = Connection(connection)

    await run.execute(Statement(insert(cups).values(id=bindparam("key"), color="red")), key=1)
    await run.execute(Statement(update(cups).values(color=None).where(BY_ID)), key=1)

    assert [tuple(row) for row in await run.fetch(Statement(select(cups)))] == [(1, None)]
