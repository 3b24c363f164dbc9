from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce_api.domain.currency import DIGITS
from commerce_api.domain.money import (
    MAX_MINOR,
    MAX_SUM,
    Rounding,
    decimal_of,
    divided,
    minor_of,
    share_out,
)

weights = st.lists(st.integers(0, 10**9), min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("numerator", "half_up", "half_even", "up", "down"),
    [
        (20, 2, 2, 2, 2),
        (24, 2, 2, 3, 2),
        (25, 3, 2, 3, 2),
        (35, 4, 4, 4, 3),
        (26, 3, 3, 3, 2),
        (-25, -3, -2, -3, -2),
        (-24, -2, -2, -3, -2),
        (0, 0, 0, 0, 0),
    ],
)
def test_each_mode_rounds_tenths_its_own_way(numerator, half_up, half_even, up, down):
    assert divided(numerator, 10, Rounding.HALF_UP) == half_up
    assert divided(numerator, 10, Rounding.HALF_EVEN) == half_even
    assert divided(numerator, 10, Rounding.UP) == up
    assert divided(numerator, 10, Rounding.DOWN) == down


@given(whole=st.integers(-(10**12), 10**12), weights=weights)
def test_shares_add_up_to_the_whole(whole, weights):
    assert sum(share_out(whole, weights)) == whole


@given(whole=st.integers(0, 10**12), weights=weights.filter(any))
def test_a_share_is_never_more_than_one_unit_from_its_exact_part(whole, weights):
    for share, weight in zip(share_out(whole, weights), weights, strict=True):
        assert abs(share * sum(weights) - whole * weight) < sum(weights)


@pytest.mark.parametrize(
    ("whole", "weights", "parts"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (-100, [1, 1, 1], [-34, -33, -33]),
        (5, [0, 0], [3, 2]),
        (5, [0, 7], [0, 5]),
        (0, [3, 4], [0, 0]),
        (7, [], []),
    ],
)
def test_the_largest_remainder_wins_and_ties_go_to_the_earlier_part(whole, weights, parts):
    assert share_out(whole, weights) == parts


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [(1990, "EUR", "19.90"), (1990, "JPY", "1990"), (1990, "KWD", "1.990"), (-5, "USD", "-0.05")],
)
def test_an_amount_is_written_with_the_digits_of_its_currency(minor, currency, text):
    assert str(decimal_of(minor, DIGITS[currency])) == text
    assert minor_of(Decimal(text), DIGITS[currency]) == minor


def _by_hand(minor, digits):
    whole, part = divmod(minor, 10**digits)
    return f"{whole}.{part:0{digits}}" if digits else str(whole)


@pytest.mark.parametrize("digits", sorted(set(DIGITS.values())))
def test_an_amount_is_written_as_its_decimal_is(digits):
    near = [*range(-1_100, 1_101), 9_999, 10_000, 10_001, 99_999, 123_456_789, MAX_MINOR - 1, MAX_MINOR, MAX_SUM]
    for minor in (*near, *(-minor for minor in near)):
        text = str(decimal_of(minor, digits))
        assert text == f"{'-' * (minor < 0)}{_by_hand(abs(minor), digits)}"


@pytest.mark.parametrize("text", ["0.001", "NaN", "Infinity", "1E+1000000", "1E-1000000", str(MAX_MINOR)])
def test_what_is_no_amount_of_euros_has_no_minor_units(text):
    assert minor_of(Decimal(text), 2) is None
