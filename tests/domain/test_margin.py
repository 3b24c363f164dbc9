from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce_api.domain.margin import Margin, Sold, margin


def sold(net, unit_cost, quantity=2):
    return Sold(quantity=quantity, net=net, unit_cost=unit_cost)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([sold(2_000, 700)], Margin(revenue=2_000, cost=1_400, complete=True)),
        ([sold(2_000, 700), sold(500, 0)], Margin(revenue=2_500, cost=1_400, complete=True)),
        ([sold(2_000, 700), sold(900, None)], Margin(revenue=2_000, cost=1_400, complete=False)),
        ([sold(2_000, 700), sold(0, None, quantity=0)], Margin(revenue=2_000, cost=1_400, complete=True)),
        ([sold(2_000, None)], None),
        ([], None),
    ],
)
def test_a_margin_is_of_the_lines_whose_cost_is_known(lines, expected):
    assert margin(lines) == expected


@pytest.mark.parametrize(
    ("revenue", "cost", "amount", "percent"),
    [(2_000, 1_400, 600, "30"), (300, 200, 100, "33.33"), (1_000, 1_500, -500, "-50"), (0, 10, -10, None)],
)
def test_a_margin_is_a_share_of_what_is_asked(revenue, cost, amount, percent):
    found = Margin(revenue=revenue, cost=cost, complete=True)

    assert (found.amount, found.percent) == (amount, percent and Decimal(percent))


@given(
    st.lists(st.builds(Sold, quantity=st.integers(1, 99), net=st.integers(0, 10**6), unit_cost=st.integers(0, 10**4)))
)
def test_margins_of_lines_add_up_to_that_of_all(lines):
    of_each = [margin([line]) for line in lines]

    assert sum(each.amount for each in of_each) == (margin(lines).amount if lines else 0)
