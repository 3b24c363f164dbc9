"""Bytes to records, headers and products: what a file is, before it says anything of a product."""

import io
from functools import partial

import pytest

from commerce_api.domain.product_csv.columns import read_header
from commerce_api.domain.product_csv.groups import MOST_LINES
from commerce_api.domain.product_csv.lines import MOST_BYTES_IN_A_LINE, MOST_IN_A_CELL, records
from commerce_api.domain.product_csv.problems import Problem, ProblemCode
from tests.domain.product_files import groups, opened


def cells(content):
    """Of each record: the line it begins at, its cells, and the code of what is wrong with it."""
    return [(r.line, r.cells, r.problem and r.problem.code.value) for r in records(io.BytesIO(content))]


def found(content):
    """Of each product: its handle, its line, how many lines are good, and what is wrong with which."""
    return [
        (group.handle, group.line, len(group.records), [(p.line, p.code.value) for p in group.problems])
        for group in groups(content)
    ]


@pytest.mark.parametrize("content", [b"a,b\nc,d\n", b"a,b\r\nc,d\r\n", b"\xef\xbb\xbfa,b\nc,d", b"a,b\n\n,\nc,d\n"])
def test_lines_end_as_they_do_anywhere_and_empty_ones_are_left_out(content):
    assert [texts for _, texts, _ in cells(content)] == [("a", "b"), ("c", "d")]


def test_a_record_over_several_lines_is_named_by_its_first():
    assert cells(b'a,"b\r\nc ""d"""\ne,f\n') == [(1, ("a", 'b\nc "d"'), None), (3, ("e", "f"), None)]


@pytest.mark.parametrize(
    ("content", "code", "says"),
    [
        (b'a,"b"c\n', "BAD_QUOTES", "After a closing quote"),
        (b'a,"b\n', "BAD_QUOTES", "opened here and never closed"),
        (b'a,"' + b"x" * MOST_IN_A_CELL + b"x\n", "BAD_QUOTES", f"more than {MOST_IN_A_CELL} characters"),
        (b"a,b\rc\n", "BAD_QUOTES", "a lone CR"),
        ("ä,b\n".encode("latin-1"), "BAD_ENCODING", "Byte 1 is not UTF-8: the file was saved in another encoding."),
        ("ä,b\n".encode("utf-16"), "BAD_ENCODING", "saved in UTF-16"),
        (b"a,\0\n", "BAD_ENCODING", "NUL bytes"),
        (b"a," + b"x" * MOST_BYTES_IN_A_LINE, "LINE_TOO_LONG", "No line of a product file is this long"),
    ],
)
def test_what_cannot_be_read_is_told_with_what_to_do_about_it(content, code, says):
    (record,) = list(records(io.BytesIO(content)))[:1]

    assert (record.line, record.problem.code) == (1, code)
    assert says in record.problem.message


def test_the_line_after_one_that_cannot_be_read_counts():
    assert cells(b'a,"b"c\nd,e\n')[1] == (2, ("d", "e"), None)


def test_of_two_things_that_are_wrong_with_a_record_the_first_is_told():
    assert cells("a,ä\0\n".encode("latin-1"))[0][2] == "BAD_ENCODING"
    assert [code for _, _, code in cells(b'"a\0\n\xe4"\n')] == ["BAD_ENCODING"]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", [(None, "FILE_EMPTY")]),
        ("Title\n", [("Handle", "COLUMN_MISSING")]),
        ("Handle,Title,title\n", [("Title", "COLUMN_REPEATED")]),
        ("Handle,Colour\n", [("Colour", "COLUMN_UNKNOWN")]),
        ("Handle\0\n", [(None, "BAD_ENCODING")]),
        ("handle, TITLE ,Gift Card,Price / Japan,Google Shopping / MPN,Care (product.metafields.a.b)\n", []),
    ],
)
def test_a_header_is_read_whatever_its_case_and_what_is_wrong_with_it_is_told(header, expected):
    _, problems, _ = opened(header)

    assert [(problem.column, problem.code.value) for problem in problems] == expected


def test_columns_of_costs_are_left_out_for_who_may_not_see_them():
    file = b"Handle,Variant Price,cost per item,Variant Lowest Price\n"
    header, problems = read_header(next(records(io.BytesIO(file))), costs=False)

    assert set(header.read) == {"Handle", "Variant Price"}
    assert [(problem.column, problem.code.value, problem.harmless) for problem in problems] == [
        ("Cost per item", "COLUMN_WITHHELD", True),
        ("Variant Lowest Price", "COLUMN_WITHHELD", True),
    ]


@pytest.mark.parametrize(
    ("header", "read", "price_as_written"),
    [
        ("URL handle,PRICE,Description", {"Handle": 0, "Variant Price": 1, "Body (HTML)": 2}, "PRICE"),
        ("Handle,Price,Description", {"Handle": 0}, "Variant Price"),
    ],
)
def test_newer_names_count_beside_the_newer_handle(header, read, price_as_written):
    found, _, _ = opened(header)
    problem = Problem(line=2, column="Variant Price", code=ProblemCode.INVALID_VALUE, message="“x” is not a number.")

    assert found.read == read
    assert found.told(problem).column == price_as_written


def test_of_a_header_without_commas_it_is_told_that_cells_are_separated_by_them():
    _, (of_one, *_), _ = opened("Handle;Title\n")
    _, (of_two, *_), _ = opened("Title,Vendor\n")

    assert of_one.message == "There is no column “Handle”. The cells must be separated by commas."
    assert of_two.message == "There is no column “Handle”."


@pytest.mark.parametrize(
    ("columns", "options", "variants", "images"),
    [
        ("Handle,Title", False, False, False),
        ("Handle,Option1 Name,Option1 Value", True, True, False),
        ("Handle,Option1 Name,Variant Price", False, True, False),
        ("Handle,Image Src", False, False, True),
    ],
)
def test_a_header_tells_what_a_file_speaks_of(columns, options, variants, images):
    header, _, _ = opened(columns)

    assert (header.has_options, header.has_variants, header.has_images) == (options, variants, images)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("a,1\na,2\nb,1\n", [("a", 2, 2, []), ("b", 4, 1, [])]),
        ("'=a,1\n", [("=a", 2, 1, [])]),
        ("a,1\nb,1\na,2\n", [("a", 2, 1, []), ("b", 3, 1, []), ("a", 4, 1, [(4, "HANDLE_APART")])]),
        ("a,1\n,2\n", [("a", 2, 1, [(3, "REQUIRED")])]),
        (",1\na,1\n", [("", 2, 0, [(2, "REQUIRED")]), ("a", 3, 1, [])]),
        ("a,1\na,1,1\n", [("a", 2, 1, [(3, "CELL_COUNT")])]),
        ("a,1\nb,1,1\n", [("a", 2, 1, []), ("b", 3, 0, [(3, "CELL_COUNT")])]),
        ('a,1\nb,"1"x\n', [("a", 2, 1, [(3, "BAD_QUOTES")])]),
        (f"a,1\n{'b' * 256},1,1\n", [("a", 2, 1, [(3, "CELL_COUNT")])]),
        (b"a,1\n\xe4,1\nb,\xe4\n", [("a", 2, 1, [(3, "BAD_ENCODING")]), ("b", 4, 0, [(4, "BAD_ENCODING")])]),
    ],
)
def test_lines_of_a_product_stand_together_and_a_bad_one_belongs_to_the_product_before_it(lines, expected):
    """Unless it still names another: a product must never be taken for complete that is not."""
    content = lines if isinstance(lines, bytes) else lines.encode()

    assert found(b"Handle,Variant Price\n" + content) == expected


def test_a_line_too_long_to_be_one_ends_the_file_after_the_products_before_it():
    content = io.BytesIO(b"Handle,Title\na,A\nb," + b"x" * MOST_BYTES_IN_A_LINE + b"\nc,C\n")

    assert found(iter(partial(content.readline, MOST_BYTES_IN_A_LINE), b"")) == [
        ("a", 2, 1, []),
        ("", 3, 0, [(3, "LINE_TOO_LONG")]),
    ]


def test_a_product_has_so_many_lines_at_most_and_one_more_is_told_once():
    content = "Handle,Title\n" + "a,A\n" * (MOST_LINES + 2)

    ((_, _, _, problems),) = found(content)
    assert problems == [(MOST_LINES + 2, "TOO_MANY_LINES")]


def test_the_size_of_a_product_counts_its_cells():
    assert [group.size for group in groups("Handle,Title\na,123\na,45\nb,6\n")] == [7, 2]


@pytest.mark.parametrize(
    ("code", "stops", "harmless"),
    [("COLUMN_UNKNOWN", False, True), ("FILE_EMPTY", True, False), ("TOO_LONG", False, False)],
)
def test_a_problem_stops_the_file_or_its_product_or_nothing(code, stops, harmless):
    problem = Problem(line=1, code=ProblemCode[code], message="")

    assert (problem.stops_the_file, problem.harmless) == (stops, harmless)
