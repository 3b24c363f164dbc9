import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce_api.domain.order_number import order_number, read_order_number, spoken

prefixes = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", max_size=4)
sequences = st.integers(100_001, 10**12)


def test_a_number_has_a_prefix_a_sequence_and_a_check_digit():
    assert order_number("E", 100_001) == "E100001-4"
    assert read_order_number(" e100 001.4") == "E100001-4"
    assert read_order_number("E100001-5") is None


@given(prefixes, sequences)
def test_a_number_is_read_however_it_was_typed(prefix, sequence):
    number = order_number(prefix, sequence)

    for typed in (number, number.lower(), number.replace("-", ""), f" {number[:3]} {number[3:]} "):
        assert read_order_number(typed) == number


@given(prefixes, sequences, st.data())
def test_a_slip_of_one_digit_or_two_neighbors_is_noticed(prefix, sequence, data):
    number = order_number(prefix, sequence)
    place = data.draw(st.integers(len(prefix), len(number) - 3))
    wrong = data.draw(st.sampled_from("0123456789").filter(lambda digit: digit != number[place]))

    assert read_order_number(number[:place] + wrong + number[place + 1 :]) is None
    if number[place] != number[place + 1] and place + 1 < len(number) - 2:
        assert read_order_number(number[:place] + number[place + 1] + number[place] + number[place + 2 :]) is None


@pytest.mark.parametrize("text", ["", "E", "E-1", "E100001-0x", "Ä100001-7", "E\u0661\u0660\u0660-1", "1' OR 1=1"])
def test_what_is_no_number_is_none(text):
    assert read_order_number(text) is None


def test_a_number_can_be_read_out():
    assert spoken("EU1100001-7") == "Echo, Uniform, one, one zero zero, zero zero one, seven"
    assert spoken("?") == "?"
