"""What is asked for beside what is bought (S2-20): typed where it changes what is done, free text otherwise."""

from dataclasses import field
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from commerce_api.domain.decision import Path, Refusal
from commerce_api.domain.value import replace, value

MOST_TEXT: Final = 500
MOST_DAYS_AHEAD: Final = 365


@value
class LineRequests:
    """`instructions` are for whoever packs, `gift_message` goes with the goods; they do not leave before the date, and those in
    haste are seen to first.
    """

    instructions: str = field(default="", repr=False)
    gift_message: str = field(default="", repr=False)
    requested_ship_date: date | None = None
    expedite: bool = False


NO_REQUESTS: Final = LineRequests()


@value
class On:
    """A day, or no particular one."""

    day: date | None


@value
class RequestsChange:
    """What is None stays as it is."""

    instructions: str | None = None
    gift_message: str | None = None
    requested_ship_date: On | None = None
    expedite: bool | None = None

    def of(self, requests: LineRequests) -> LineRequests:
        given = {name: said for name in _PLAIN if (said := getattr(self, name)) is not None}
        if self.requested_ship_date:
            given["requested_ship_date"] = self.requested_ship_date.day
        return replace(requests, **given)


_PLAIN: Final = ("instructions", "gift_message", "expedite")


@value
class ShipDatePast(Refusal):
    """This day is over; today, {earliest}, is the earliest."""

    earliest: date


@value
class ShipDateTooFar(Refusal):
    """That is too far ahead; {latest} is the latest day."""

    latest: date


def local_day(at: datetime, time_zone: str) -> date:
    """The day that it is somewhere."""
    return at.astimezone(ZoneInfo(time_zone)).date()


def against_date(day: date | None, today: date, path: Path) -> Refusal | None:
    """`today` as it is where the goods are sold."""
    latest = today + timedelta(days=MOST_DAYS_AHEAD)
    if day is None or today <= day <= latest:
        return None
    return ShipDatePast(path=path, earliest=today) if day < today else ShipDateTooFar(path=path, latest=latest)
