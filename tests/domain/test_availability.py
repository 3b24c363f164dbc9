import pytest

from commerce_api.domain.availability import Availability, AvailabilityStatus, StockPolicy, shown

DENY, BACKORDER, UNTRACKED = StockPolicy


@pytest.mark.parametrize(
    ("policy", "available", "left", "status", "told"),
    [
        (DENY, 11, None, "IN_STOCK", None),
        (DENY, 10, None, "LOW_STOCK", 10),
        (DENY, 1, None, "LOW_STOCK", 1),
        (DENY, 0, None, "OUT_OF_STOCK", 0),
        (DENY, -3, None, "OUT_OF_STOCK", 0),
        (BACKORDER, 3, 0, "LOW_STOCK", 3),
        (BACKORDER, 0, None, "BACKORDER", 0),
        (BACKORDER, 0, 1, "BACKORDER", 0),
        (BACKORDER, 0, 0, "OUT_OF_STOCK", 0),
        (UNTRACKED, 0, None, "IN_STOCK", None),
    ],
)
def test_shoppers_are_told_how_many_are_left_only_when_few_are(policy, available, left, status, told):
    assert shown(policy, available, left) == (AvailabilityStatus[status], told)


@pytest.mark.parametrize(
    ("policy", "left", "most"), [(DENY, None, 2), (BACKORDER, 3, 5), (BACKORDER, None, 10**6), (UNTRACKED, None, 10**6)]
)
def test_so_many_can_be_sold_and_no_more(policy, left, most):
    availability = Availability(policy=policy, available=2, backorder_left=left)

    assert availability.covers(most)
    assert availability.covers(most + 1) is (most == 10**6)


@pytest.mark.parametrize(("available", "left", "most"), [(2, None, 2), (2, 3, 5), (0, 3, 3), (-4, 3, 3), (-4, None, 0)])
def test_a_limit_is_what_lies_there_and_what_may_be_owed(available, left, most):
    assert Availability(policy=BACKORDER, available=available, backorder_left=left).most == most
