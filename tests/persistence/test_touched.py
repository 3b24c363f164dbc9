"""What statements read and write, and what that means for answers that are kept."""

from uuid import UUID

import pytest
from sqlalchemy import bindparam, delete, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from commerce_api.persistence.sql import Statement
from commerce_api.persistence.tables.buying import carts
from commerce_api.persistence.tables.catalog import categories, products, variants
from commerce_api.persistence.tables.channels import channels, tax_rates, zones
from commerce_api.persistence.tables.stock import reservations, stock_levels
from commerce_api.persistence.touched import ALL_STOCK, SHOWN, STOCK, STOCK_TABLES, Changes, Reads

ONE, TWO = UUID(int=1), UUID(int=2)
_gone = delete(reservations).returning(reservations.c.variant_id).cte("gone")


@pytest.mark.parametrize(
    ("clause", "tables"),
    [
        (insert(products), {"products"}),
        (
            upsert(products).values(id=ONE).on_conflict_do_update(index_elements=["handle"], set_={"title": "b"}),
            {"products"},
        ),
        (update(products).values(title="a"), {"products"}),
        (update(products).values(title=categories.c.name).where(categories.c.id == products.c.id), {"products"}),
        (select(products.c.id).with_for_update(), set()),
        (select(products.c.id).with_for_update(of=products, skip_locked=True), set()),
        (select(_gone.c.variant_id), {"reservations"}),
        (insert(variants).from_select(["id"], select(products.c.id)).add_cte(_gone), {"variants", "reservations"}),
        (text("DELETE FROM reservations"), {"reservations"}),
    ],
)
def test_a_statement_knows_what_it_writes(clause, tables):
    assert Statement(clause).writes == tables


def test_deleting_also_writes_what_foreign_keys_lead_to():
    writes = Statement(delete(carts)).writes

    assert {"carts", "cart_lines", "reservations"} <= writes
    assert "products" not in writes


def test_a_statement_knows_what_it_reads():
    statement = Statement(select(products.c.id, select(categories.c.name).scalar_subquery()))

    assert {"products", "categories"} <= statement.reads
    assert "variants" not in statement.reads


def changes(*statements, stock_of=()):
    changes = Changes()
    for statement in statements:
        changes.add(statement)
    changes.stock_of(stock_of)
    return changes.things()


def test_of_stock_those_are_told_who_were_said_or_all():
    level = update(stock_levels).values(on_hand=bindparam("count"))
    told, untold, price = (
        Statement(level, stock_told=True),
        Statement(level),
        Statement(update(products).values(title="")),
    )

    assert changes(told, stock_of=[ONE]) == {STOCK, ONE}
    assert changes(told, untold, stock_of=[ONE]) == {STOCK, ALL_STOCK, ONE}
    assert changes(told, price, stock_of=[ONE]) == {STOCK, ONE, "products"}
    assert changes(untold) == {STOCK, ALL_STOCK}
    assert changes(Statement(insert(carts))) == set()


def test_of_what_markets_are_read_from_it_is_told_that_they_are_others():
    assert changes(Statement(update(tax_rates).values(rate=0))) == {"market_version"}
    assert changes(Statement(update(channels).values(name=""))) == {"market_version", "channels"}
    assert changes(Statement(delete(zones))) == {"market_version"}


def test_rows_that_nobody_asked_for_tell_nothing_of_stock():
    gone = Statement(delete(reservations).returning(reservations.c.variant_id), shows={"stock": "variant_id"})
    asked, not_asked = Changes(), Changes()
    asked.add(gone, [{"variant_id": ONE}])
    not_asked.add(gone)

    assert (asked.things(), not_asked.things()) == ({STOCK, ONE}, {STOCK, ALL_STOCK})


def read(*pairs):
    reads = Reads()
    for statement, rows in pairs:
        reads.add(statement, rows)
    return reads


def test_an_answer_depends_on_the_stock_that_it_shows_or_on_stock_in_general():
    levels = select(stock_levels.c.variant_id)
    shown, counted = Statement(levels, shows={"stock": "variant_id"}), Statement(levels)
    rows = [{"variant_id": ONE}, {"variant_id": None}]

    assert read((shown, rows)).things() == {ALL_STOCK, ONE}
    assert read((counted, rows)).things() == {STOCK}
    assert read((shown, rows), (counted, rows)).things() == {STOCK, ALL_STOCK, ONE}
    assert read((Statement(select(products.c.id)), rows)).things() == {"products"}


def test_what_reads_anything_else_depends_on_more_than_is_told():
    assert read((Statement(select(carts.c.id)), [])).things() is None


def test_rows_tell_what_they_are_of():
    statement = Statement(select(variants.c.id, variants.c.product_id), shows={"prd": "product_id"})

    assert read((statement, [{"id": ONE, "product_id": TWO}])).shown == {"prd": {TWO}}


def test_what_is_shown_is_not_stock():
    assert SHOWN.isdisjoint(STOCK_TABLES)
