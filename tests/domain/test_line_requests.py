from datetime import UTC, date, datetime, timedelta

import pytest

from commerce_api.domain.line_requests import (
    NO_REQUESTS,
    LineRequests,
    On,
    RequestsChange,
    ShipDatePast,
    ShipDateTooFar,
    against_date,
    local_day,
)

TODAY = date(2026, 3, 2)


def test_what_is_not_said_stays():
    asked = LineRequests(instructions="Fragile", gift_message="For Bob", requested_ship_date=TODAY, expedite=True)

    assert RequestsChange().of(asked) == asked
    assert RequestsChange(instructions="", expedite=False).of(asked) == LineRequests(
        gift_message="For Bob", requested_ship_date=TODAY
    )
    assert RequestsChange(requested_ship_date=On(day=None), gift_message="").of(asked) == LineRequests(
        instructions="Fragile", expedite=True
    )
    assert RequestsChange(requested_ship_date=On(day=TODAY)).of(NO_REQUESTS).requested_ship_date == TODAY


@pytest.mark.parametrize(
    ("day", "refusal"),
    [
        (None, None),
        (TODAY, None),
        (date(2027, 3, 2), None),
        (TODAY - timedelta(days=1), ShipDatePast(path=("on",), earliest=TODAY)),
        (date(2027, 3, 3), ShipDateTooFar(path=("on",), latest=date(2027, 3, 2))),
    ],
)
def test_goods_leave_from_today_to_a_year_from_now(day, refusal):
    assert against_date(day, TODAY, ("on",)) == refusal


@pytest.mark.parametrize(("zone", "day"), [("UTC", 1), ("Europe/Berlin", 2), ("America/New_York", 1)])
def test_a_day_is_that_of_the_place(zone, day):
    assert local_day(datetime(2026, 3, 1, 23, 30, tzinfo=UTC), zone) == date(2026, 3, day)
