"""Lines as people paste them."""

from string import ascii_uppercase, digits

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce_api.domain.quick_entry import Entered, Unread, as_in_catalog, read_lines, wanted

SIGNS = ascii_uppercase + digits
HEADS = st.builds("{}{}".format, st.sampled_from(ascii_uppercase), st.text(SIGNS, min_size=1, max_size=8))
SKUS = st.builds("{}-{}".format, HEADS, st.text(SIGNS, min_size=1, max_size=4))
QUANTITIES = st.integers(1, 999_999_999)
BETWEEN = st.sampled_from(
    [" ", "\t", ",", ";", ", ", " ; ", "  ", " x ", " x", "\tx ", ", x", " \N{MULTIPLICATION SIGN} ", " *"]
)


@pytest.mark.parametrize(
    ("line", "sku", "quantity"),
    [
        ("MUG-1 3", "MUG-1", 3),
        ("MUG-1\t3", "MUG-1", 3),
        ("MUG-1,3", "MUG-1", 3),
        ("MUG-1; 3;", "MUG-1", 3),
        ("MUG-1 x3", "MUG-1", 3),
        ("MUG-1 x 3", "MUG-1", 3),
        ("3 x MUG-1", "MUG-1", 3),
        ("3x MUG-1", "MUG-1", 3),
        ("MUG-1", "MUG-1", 1),
        ("RED MUG  3", "RED MUG", 3),
        ("x 3", "x", 3),
        ("100 7", "100", 7),
        ("MUG-1 007", "MUG-1", 7),
    ],
)
def test_a_line_is_a_sku_and_a_quantity(line, sku, quantity):
    assert read_lines(line) == (Entered(number=1, sku=sku, quantity=quantity),)


@pytest.mark.parametrize(
    "line",
    [
        "three red mugs",
        "MUG-1 0",
        "0x MUG-1",
        "0 x MUG-1",
        "MUG-1 many",
        "MUG-1 -3",
        "MUG-1 1.5",
        "MUG-1 1234567890",
        "M" * 201,
    ],
)
def test_what_is_no_such_line_is_told_with_its_number(line):
    assert read_lines(f"\n \n{line}\n") == (Unread(number=3, text=line[:200]),)


@given(st.lists(st.tuples(SKUS, BETWEEN, QUANTITIES), max_size=20))
def test_whatever_stands_between_lines_say_the_same(lines):
    text = "\n".join(f"{sku}{between}{quantity}" for sku, between, quantity in lines)

    assert read_lines(text) == tuple(
        Entered(number=number, sku=sku, quantity=quantity) for number, (sku, _, quantity) in enumerate(lines, 1)
    )


@given(st.lists(st.tuples(SKUS, QUANTITIES), max_size=20))
def test_lines_of_the_same_sku_add_up(lines):
    entered = [Entered(number=n, sku=sku, quantity=quantity) for n, (sku, quantity) in enumerate(lines, 1)]

    found = wanted([*entered, Unread(number=99, text="?")])

    assert sum(found.values()) == sum(quantity for _, quantity in lines)
    assert found == {sku: sum(q for s, q in lines if s == sku) for sku, _ in lines}
    assert list(found) == list(dict.fromkeys(sku for sku, _ in lines))


@given(st.text(max_size=500))
def test_whatever_is_pasted_each_line_that_says_something_is_answered_once(text):
    said = [number for number, line in enumerate(text.splitlines(), 1) if line.strip().strip(",; \t").strip()]

    numbers = [line.number for line in read_lines(text)]

    assert len(numbers) == len(set(numbers))
    assert set(said) >= set(numbers)


def test_nobody_has_to_type_capitals_unless_they_tell_skus_apart():
    lines = read_lines("mug-1\nMug-1 2\nPot\nkey\nnope\nwhat is this")

    found = as_in_catalog(lines, {"MUG-1", "pot", "key", "KEY"})

    assert [line.sku for line in found[:-1]] == ["MUG-1", "MUG-1", "pot", "key", "nope"]
    assert found[-1] == lines[-1]


def test_what_is_named_twice_is_wanted_together():
    assert wanted(read_lines("MUG-1 3\nmany mugs many\nKET-1 1\nMUG-1 2")) == {"MUG-1": 5, "KET-1": 1}
