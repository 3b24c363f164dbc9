"""No card number comes in with a file, whatever column it stands in, and none is told again (P1)."""

import csv
import io

import pytest

from commerce_api.domain.product_csv.columns import IMAGE, OPTIONS, PRODUCT, VARIANT
from commerce_api.domain.product_csv.problems import ProblemCode
from tests.operations.test_import_products import counts, everything, imported, shop

__all__ = ["shop"]

KEPT = ("Gift Card", "Google Shopping / MPN", "Care (product.metafields.custom.care)", "Variant Tax Code")
COLUMNS = (*PRODUCT, *(name for pair in OPTIONS for name in pair), *VARIANT, *IMAGE, *KEPT, "Unknown")
GOOD = {"Handle": "a", "Title": "A", "Option1 Name": "Size", "Option1 Value": "S", "Image Src": "https://p.test/a.png"}
REASON = "This looks like a card number. Card numbers go to the card vault only; take it out and never send it here."
BARCODE = "4006381333023"
"""Begins as cards do and passes their check, and that of EAN-13."""


def sheet(*lines, columns=COLUMNS):
    file = io.StringIO()
    writer = csv.DictWriter(file, columns, restval="")
    writer.writeheader()
    writer.writerows([GOOD | line for line in lines])
    return file.getvalue()


def told(report):
    return [(p.line, p.column, p.message) for p in report.problems if p.code is not ProblemCode.COLUMN_UNKNOWN]


@pytest.mark.parametrize("column", COLUMNS)
async def test_one_in_any_column_is_refused_once_and_not_repeated(shop, connection, column):
    before = await everything(connection)

    report = await imported(shop, sheet({column: "4242 4242 4242 4242"}))

    assert told(report) == [(2, column, REASON)]
    assert counts(report) == (0, 0, 0, 1)
    assert await everything(connection) == before


async def test_each_of_several_is_told_and_the_other_products_count(shop, connection):
    bad = {"Handle": "5555555555554444", "Variant Price": "4242424242424242"}

    report = await imported(shop, sheet(bad, {}, bad))

    assert told(report) == [
        (2, "Handle", REASON),
        (2, "Variant Price", REASON),
        (4, "Handle", "Lines of a product must stand together; those of this one began in line 2."),
        (4, "Handle", REASON),
        (4, "Variant Price", REASON),
    ]
    assert [row["handle"] for row in await connection.fetch("SELECT handle FROM products")] == ["a"]


async def test_a_column_that_is_called_so_is_left_out_and_not_repeated(shop):
    names = ["4242424242424242", "Of 4242424242424242 (product.metafields.a.b)"]

    for name in names:
        report = await imported(shop, sheet({name: "x"}, columns=(*COLUMNS, name)))
        assert ("[redacted]", ProblemCode.COLUMN_UNKNOWN) in [(p.column, p.code) for p in report.problems]
        assert "4242424242424242" not in str(report)


async def test_a_barcode_that_could_be_one_is_a_barcode(shop, connection):
    report = await imported(shop, sheet({"Variant Barcode": BARCODE}))

    assert (told(report), counts(report)) == ([], (1, 0, 0, 0))
    assert await connection.fetchval("SELECT barcode FROM variants") == BARCODE
