"""What is wrong with a file is told with line, column and reason, and the rest of it counts."""

from math import ceil

import pytest

from commerce_api.domain.product_csv.lines import MOST_IN_A_CELL
from commerce_api.persistence.tables.stock import stock_levels
from tests.operations.test_import_products import counts, everything, exported, imported, shop

__all__ = ["shop"]

HEADER = "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price,Variant Inventory Qty,Image Src\n"
GOOD = "good,Good,,,G-1,1.00,1,\n"


@pytest.mark.parametrize(
    ("line", "column", "code", "reason"),
    [
        ("a,,,,,1,1,", "Title", "REQUIRED", "This is required."),
        (",A,,,,1,1,", "Handle", "REQUIRED", "A line needs a handle."),
        (
            "a b,A,,,,1,1,",
            "Handle",
            "INVALID_VALUE",
            "At most 255 letters and digits, please, with dashes between them.",
        ),
        ("a,A,,,,-1,1,", "Variant Price", "INVALID_VALUE", "An amount cannot be negative: -1."),
        ("a,A,,,,1.999,1,", "Variant Price", "INVALID_VALUE", None),
        ("a,A,,,,99999999999999,1,", "Variant Price", "INVALID_VALUE", None),
        ("a,A,,,,1e5,1,", "Variant Price", "INVALID_VALUE", "“1e5” is not a number."),
        ('a,A,,,,"1,50",1,', "Variant Price", "INVALID_VALUE", "“1,50” is not a number. Write a point, no comma."),
        ("a,A,,,,1,many,", "Variant Inventory Qty", "INVALID_VALUE", "“many” is not a number."),
        ("a,A,,,,1,9999999999,", "Variant Inventory Qty", "INVALID_VALUE", None),
        ("a,A,Size,,,1,1,", "Option1 Value", "REQUIRED", "This is required."),
        ("a,A,,,G-1,1,1,", "Variant SKU", "SKU_REPEATED", "Line 2 has the SKU “G-1” already."),
        ("a,A,,,,1,1,javascript:x", "Image Src", "INVALID_VALUE", "This is no http or https address."),
        (f"a,A,,,,1,1,/media/{'0' * 64}.png", "Image Src", "PICTURE_UNKNOWN", None),
        (f"a,{'A' * 256},,,,1,1,", "Title", "TOO_LONG", "At most 255 characters, please; these are 256."),
        ("a,A\x07,,,,1,1,", "Title", "INVALID_VALUE", "Control characters are not allowed."),
        ("a,Pay 4242 4242 4242 4242,,,,1,1,", "Title", "INVALID_VALUE", None),
        ("a,A,,,,1,1", None, "CELL_COUNT", "There are 7 cells where the header has 8."),
        ("a,A,,,,1,1,,", None, "CELL_COUNT", "There are 9 cells where the header has 8."),
        ('a,"A"B,,,,1,1,', None, "BAD_QUOTES", None),
        ("a,A\0,,,,1,1,", None, "BAD_ENCODING", None),
    ],
)
async def test_a_bad_line_is_told_and_good_ones_are_kept(shop, connection, line, column, code, reason):
    report = await imported(shop, f"{HEADER}{GOOD}fine,Fine,,,F-1,2.00,2,\n{line}\n")

    problem = report.problems[0]
    assert (problem.line, problem.column, problem.code, len(report.problems)) == (4, column, code, 1)
    assert reason is None or problem.message == reason
    assert "good" in [row["handle"] for row in await connection.fetch("SELECT handle FROM products")]


async def test_with_all_or_nothing_a_bad_line_leaves_nothing(shop, connection):
    before = await everything(connection)

    report = await imported(shop, f"{HEADER}{GOOD}bad,Bad,,,,x,1,\n", all_or_nothing=True)

    assert (report.rolled_back, report.created, report.refused) == (True, 1, 1)
    assert await everything(connection) == before


async def test_all_of_a_good_file_is_kept_with_all_or_nothing(shop, connection):
    report = await imported(shop, f"{HEADER}{GOOD}", all_or_nothing=True)

    assert (report.rolled_back, counts(report)) == (False, (1, 0, 0, 0))
    assert await connection.fetchval("SELECT count(*) FROM products") == 1


async def test_all_problems_of_a_product_are_told_at_once(shop):
    report = await imported(shop, f"{HEADER}a,,Size,S,X,-1,x,ftp://a\na,,,S,X,1,1,\n")

    assert [(p.line, p.column) for p in report.problems] == [
        (2, "Variant Price"),
        (2, "Variant Inventory Qty"),
        (2, "Title"),
        (2, "Image Src"),
        (3, "Variant SKU"),
        (3, "Option1 Value"),
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "FILE_EMPTY"),
        (b"Title,Vendor\nA,B\n", "COLUMN_MISSING"),
        (b"Handle;Title\na;A\n", "COLUMN_MISSING"),
        (b"Handle,Title,title\na,A,B\n", "COLUMN_REPEATED"),
        ("Handle,Title\na,Ä\n".encode("utf-16"), "BAD_ENCODING"),
        (b"Handle,Title\n" + b"a," + b"x" * 1_000_001, "LINE_TOO_LONG"),
    ],
)
async def test_a_file_that_cannot_be_one_stops_at_once(shop, connection, content, code):
    report = await imported(shop, content)

    assert report.problems[0].code == code
    assert await connection.fetchval("SELECT count(*) FROM products") == 0


async def test_a_line_that_cannot_be_told_apart_keeps_the_product_before_it_from_losing_variants(shop, connection):
    await imported(shop, f"{HEADER}a,A,Size,S,A-S,1,1,\na,,,L,A-L,1,1,\n")

    report = await imported(shop, f'{HEADER}a,A,Size,S,A-S,1,1,\na,,,L"L",A-L,1,1,\n,,,L,A-L,1,1,\n')

    assert [(p.line, p.code) for p in report.problems] == [(4, "REQUIRED")]
    assert await connection.fetchval("SELECT count(*) FROM variants WHERE deleted_at IS NULL") == 2


async def test_the_same_options_twice_are_refused(shop):
    report = await imported(shop, f"{HEADER}a,A,Size,S,,1,1,\na,,,S,,1,1,\n")

    assert [(p.line, p.column, p.code) for p in report.problems] == [(3, "Option1 Value", "OPTIONS_REPEATED")]


async def test_a_line_in_another_encoding_is_told_and_the_others_count(shop, connection):
    content = "Handle,Title\na,Ärmel\nb,Bogen\n".encode("latin-1")

    report = await imported(shop, content)

    assert [(p.line, p.code) for p in report.problems] == [(2, "BAD_ENCODING")]
    assert report.created == 1


async def test_a_quote_that_is_never_closed_costs_a_product_not_the_file(shop):
    lines = "".join(f"p{n:03},{'P' * 250}\n" for n in range(600))

    report = await imported(shop, f'Handle,Title\na,"A\n{lines}')

    assert [(problem.line, problem.code) for problem in report.problems] == [(2, "BAD_QUOTES")]
    assert report.created == 600 - ceil(MOST_IN_A_CELL / len("p000,\n" + "P" * 250))


async def test_an_unknown_column_is_told_and_left_out(shop):
    report = await imported(shop, "Handle,Titel,Title\na,x,A\n")

    assert [(p.line, p.column, p.code) for p in report.problems] == [(1, "Titel", "COLUMN_UNKNOWN")]
    assert report.created == 1


async def test_a_problem_is_told_under_the_name_that_the_file_has(shop):
    report = await imported(shop, "URL handle,Title,Price\na,A,x\n")

    assert [(p.line, p.column, p.code) for p in report.problems] == [(2, "Price", "INVALID_VALUE")]


async def test_newer_names_beside_the_older_handle_are_columns_like_any_other(shop):
    report = await imported(shop, "Handle,Title,Variant Price,Price\na,A,1.00,x\n")

    assert [(p.line, p.column, p.code) for p in report.problems] == [(1, "Price", "COLUMN_UNKNOWN")]
    assert report.created == 1


async def test_lines_of_a_product_must_stand_together(shop, connection):
    report = await imported(shop, "Handle,Title\na,A\nb,B\na,Another\n")

    assert [(p.line, p.code) for p in report.problems] == [(4, "HANDLE_APART")]
    assert await connection.fetchval("SELECT title FROM products WHERE handle = 'a'") == "A"


async def test_a_sku_of_another_product_is_refused(shop):
    await imported(shop, f"{HEADER}{GOOD}")

    report = await imported(shop, f"{HEADER}thief,Thief,,,G-1,1,1,\n")

    assert [(p.line, p.code) for p in report.problems] == [(2, "SKU_TAKEN")]


async def test_units_that_belong_to_orders_cannot_be_counted_away(shop, connection):
    await imported(shop, f"{HEADER}g,G,,,G-1,1.00,5,\n")
    await connection.execute("UPDATE stock_levels SET allocated = 3")
    before = await everything(connection)

    report = await imported(shop, f"{HEADER}g,G,,,G-1,9.00,2,\n")

    assert [(p.line, p.column, p.code) for p in report.problems] == [(2, "Variant Inventory Qty", "STOCK_ALLOCATED")]
    assert (counts(report), await everything(connection)) == ((0, 0, 0, 1), before)
    assert stock_levels.name == "stock_levels"


async def test_spreadsheets_habits_do_no_harm(shop, connection):
    content = b'\xef\xbb\xbfHandle,Title,Body (HTML),Published\r\na,A,"<p>one\r\ntwo</p><script>x</script>",TRUE\r\n'

    report = await imported(shop, content)

    assert report.problems == ()
    assert await connection.fetchval("SELECT description_html FROM products") == "<p>one\ntwo</p>"


@pytest.mark.parametrize("title", ["=1+1", "+1", "-1", "@x", "'=1", "''=1", "'quoted'", "＝1"])  # noqa: RUF001
async def test_a_formula_is_written_as_text_and_read_back(shop, connection, title):
    quoted = title if title[0] == "'" and title[1:2] not in "=''" else f"'{title}"
    await imported(shop, f"Handle,Title\na,{quoted}\n")
    assert await connection.fetchval("SELECT title FROM products") == title

    file = await exported(shop)
    report = await imported(shop, file)

    assert f"a,{title}," not in file.decode() or title == "'quoted'"
    assert counts(report) == (0, 0, 1, 0)


async def test_only_what_changed_is_written(shop, connection):
    two = "a,A,Size,S,A-S,1.00,1,\na,,,L,A-L,2.00,2,\nb,B,,,B-1,3.00,3,\n"
    await imported(shop, HEADER + two)
    before = {row["handle"]: row for row in await connection.fetch("SELECT handle, revision, updated_at FROM products")}

    report = await imported(shop, HEADER + two.replace("2.00,2", "2.50,7"))

    assert counts(report) == (0, 1, 1, 0)
    after = {row["handle"]: row for row in await connection.fetch("SELECT handle, revision, updated_at FROM products")}
    assert after == before
    prices = await connection.fetch("SELECT amount FROM prices ORDER BY amount")
    assert [row["amount"] for row in prices] == [100, 250, 300]
    moved = await connection.fetch("SELECT delta, reason FROM stock_movements ORDER BY id")
    assert [(row["delta"], row["reason"]) for row in moved][-1] == (5, "IMPORT")


async def test_a_variant_is_known_by_its_sku_then_by_its_options(shop, connection):
    await imported(shop, f"{HEADER}a,A,Size,S,A-S,1,1,\na,,,M,,1,1,\na,,,L,A-L,1,1,\n")
    ids = {row["v"]: row["id"] for row in await connection.fetch("SELECT id, option_values[1] AS v FROM variants")}

    await imported(shop, f"{HEADER}a,A,Size,Small,A-S,1,1,\na,,,M,A-M,1,1,\na,,,XL,A-XL,1,1,\n")

    rows = await connection.fetch("SELECT id, sku, option_values[1] AS v FROM variants WHERE deleted_at IS NULL")
    assert {(row["sku"], row["v"]): row["id"] for row in rows if row["sku"] != "A-XL"} == {
        ("A-S", "Small"): ids["S"],
        ("A-M", "M"): ids["M"],
    }
    assert await connection.fetchval("SELECT sku FROM variants WHERE deleted_at IS NOT NULL") == "A-L"


async def test_two_variants_can_swap_their_skus(shop, connection):
    await imported(shop, f"{HEADER}a,A,Size,S,X,1,1,\na,,,L,Y,1,1,\n")

    report = await imported(shop, f"{HEADER}a,A,Size,S,Y,1,1,\na,,,L,X,1,1,\n")

    assert counts(report) == (0, 1, 0, 0)
    rows = await connection.fetch("SELECT sku, option_values[1] AS v FROM variants ORDER BY position")
    assert [(row["sku"], row["v"]) for row in rows] == [("Y", "S"), ("X", "L")]


async def test_columns_that_a_file_has_not_stay_as_they_are(shop, connection):
    await imported(shop, f"{HEADER}a,A,Size,S,A-S,1.00,4,https://x.example/1.png\na,,,L,A-L,2.00,5,\n")
    before = await everything(connection)

    report = await imported(shop, "Handle,Variant SKU,Variant Price\na,A-L,3.00\n")

    assert counts(report) == (0, 1, 0, 0)
    after = await everything(connection)
    assert [row["amount"] for row in after["prices"]] == [100, 300]
    assert all(after[name] == before[name] for name in ("products", "variants", "stock_levels", "product_media"))


async def test_a_deleted_product_comes_back_by_its_handle(shop, connection):
    await imported(shop, f"{HEADER}{GOOD}")
    await connection.execute("UPDATE products SET deleted_at = now()")

    report = await imported(shop, f"{HEADER}{GOOD}")

    assert counts(report) == (1, 0, 0, 0)
    assert await connection.fetchval("SELECT count(*) FROM products WHERE deleted_at IS NULL") == 1
    assert await connection.fetchval("SELECT count(*) FROM variants WHERE deleted_at IS NULL") == 1


async def test_unpublishing_and_publishing_again(shop, connection):
    for published, expected in (("true", 1), ("false", 0), ("true", 1)):
        await imported(shop, f"Handle,Title,Published\na,A,{published}\n")
        in_force = "SELECT count(*) FROM product_publications WHERE published_until IS NULL"
        assert await connection.fetchval(in_force) == expected
