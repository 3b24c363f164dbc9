from datetime import UTC, datetime
from decimal import Decimal

import pytest

from commerce_api.schema.scalars import parse_date, parse_decimal, parse_instant, write_instant


@pytest.mark.parametrize(("text", "number"), [("19.90", "19.90"), ("-0.5", "-0.5"), (7, "7"), ("0", "0")])
def test_a_plain_number_is_a_decimal(text, number):
    assert parse_decimal(text) == Decimal(number)


@pytest.mark.parametrize(
    "text",
    ["NaN", "Infinity", "1e5", "1E+1000000", "", " 1", "1,5", "٣", "1" * 19, "0." + "1" * 10, 1.5, True, None, 10**18],
)
def test_anything_else_is_not(text):
    with pytest.raises(ValueError, match="Decimal"):
        parse_decimal(text)


@pytest.mark.parametrize("text", ["2026-11-22T10:30:00+01:00", "2026-11-22T09:30:00Z", "2026-11-22t09:30:00z"])
def test_instants_are_kept_in_utc(text):
    assert parse_instant(text) == datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
    assert write_instant(parse_instant(text)) == "2026-11-22T09:30:00Z"


@pytest.mark.parametrize(
    "text", ["2026-11-22T09:30:00", "2026-11-22", "20261122T093000Z", "", 5, "2026-W47-7T09:30:00Z"]
)
def test_an_instant_without_an_offset_or_in_another_form_is_refused(text):
    with pytest.raises(ValueError, match="DateTime"):
        parse_instant(text)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026-13-01T00:00:00Z"])
def test_an_instant_that_no_calendar_has_is_a_value_error(text):
    with pytest.raises((ValueError, OverflowError)):
        parse_instant(text)


@pytest.mark.parametrize("text", ["2026-02-30", "2026-2-3", "20260203", 3])
def test_a_day_that_no_calendar_has_is_refused(text):
    with pytest.raises(ValueError, match=r".+"):
        parse_date(text)
