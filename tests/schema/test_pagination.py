from datetime import UTC
from uuid import UUID

import pytest

from commerce_api.schema.errors import BadInput
from commerce_api.schema.pagination import (
    Connection,
    Page,
    amount_of,
    cursor_of,
    instant_of,
    number_of,
    page_of,
)


def test_twenty_are_shown_when_nothing_is_asked():
    assert page_of(None, None, None, None, of="books", width=1) == Page(of="books", size=20)


def test_a_cursor_leads_back_to_its_position():
    assert page_of(5, cursor_of("books", ["2026", 7]), None, None, of="books", width=2) == Page(
        of="books", size=5, position=("2026", 7)
    )


def test_the_last_ones_are_read_backwards():
    assert page_of(None, None, 5, cursor_of("books", [7]), of="books", width=1) == Page(
        of="books", size=5, backward=True, position=(7,)
    )


@pytest.mark.parametrize(
    "arguments",
    [
        (101, None, None, None),
        (-1, None, None, None),
        (None, None, 101, None),
        (1, None, 1, None),
        (None, "a", None, "b"),
        (1, None, None, cursor_of("books", [1])),
        (None, cursor_of("books", [1]), 1, None),
        (1, cursor_of("authors", [1]), None, None),
        (1, "not base64!", None, None),
        (1, cursor_of("books", [1, 2]), None, None),
        (1, "é", None, None),
        (1, cursor_of("books", [1])[:-1] + "_", None, None),
    ],
)
def test_arguments_that_make_no_page_are_refused(arguments):
    with pytest.raises(BadInput):
        page_of(*arguments, of="books", width=1)


def connection(page, rows):
    made = Connection[int].of(page, rows, lambda row: row, lambda row: [row], None)
    return [edge.node for edge in made.edges], made.page_info


def test_one_row_more_than_asked_tells_that_more_follows():
    nodes, info = connection(Page(of="books", size=2), [1, 2, 3])
    assert nodes == [1, 2]
    assert (info.has_next_page, info.has_previous_page) == (True, False)
    assert (info.start_cursor, info.end_cursor) == (cursor_of("books", [1]), cursor_of("books", [2]))


def test_a_backward_page_is_shown_forwards():
    nodes, info = connection(Page(of="books", size=2, backward=True, position=(9,)), [8, 7, 6])
    assert nodes == [7, 8]
    assert (info.has_next_page, info.has_previous_page) == (True, True)


def test_an_empty_page_has_no_cursors():
    nodes, info = connection(Page(of="books", size=2, position=(9,)), [])
    assert nodes == []
    assert (info.start_cursor, info.end_cursor) == (None, None)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (instant_of, "2026-13-01"),
        (instant_of, "0001-01-01T00:00:00+14:00"),
        (number_of, str(1 << 31)),
        (amount_of, str(1 << 63)),
        (amount_of, "1.5"),
        (UUID, "7"),
    ],
)
def test_a_cursor_from_elsewhere_is_refused(kind, text):
    with pytest.raises(BadInput):
        Page(of="books", size=1, position=(text,)).keys(kind)


def test_a_time_without_a_zone_is_read_as_one_with():
    ((at,),) = [Page(of="books", size=1, position=("2026-03-02T12:00:00",)).keys(instant_of)]
    assert at.tzinfo is UTC
