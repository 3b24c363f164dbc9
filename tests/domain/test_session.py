from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from commerce_api.domain.session import (
    EndReason,
    InvalidToken,
    Refreshed,
    Session,
    SessionEnded,
    SessionKind,
    access_until,
    refresh,
)

NOON = datetime(2026, 6, 17, 12, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
ADA = UUID(int=1)
INVALID = InvalidToken(path=("refreshToken",))


def session(kind=SessionKind.CUSTOMER, ends=NOON + HOUR, ended=None):
    return Session(id=UUID(int=2), kind=kind, subject_id=ADA, expires_at=ends, ended_at=ended)


@pytest.mark.parametrize(
    ("kind", "until"), [(SessionKind.CUSTOMER, NOON + timedelta(days=30)), (SessionKind.STAFF, NOON + HOUR)]
)
def test_a_customers_session_slides_and_that_of_staff_ends_when_it_was_going_to(kind, until):
    assert refresh(session(kind), None, NOON) == Refreshed(expires_at=until)


@pytest.mark.parametrize("over", [{"ends": NOON}, {"ends": NOON - MINUTE}, {"ended": NOON - MINUTE}])
@pytest.mark.parametrize("used_at", [None, NOON - HOUR])
def test_a_session_that_is_over_is_not_refreshed(over, used_at):
    assert refresh(session(**over), used_at, NOON) == INVALID


def test_a_refresh_token_that_comes_twice_ends_the_session():
    assert refresh(session(), NOON - MINUTE, NOON) == SessionEnded(
        subject_id=ADA, reason=EndReason.REFRESH_TOKEN_REUSED
    )


@pytest.mark.parametrize("kind", SessionKind)
@pytest.mark.parametrize(("left", "access"), [(HOUR, 15 * MINUTE), (15 * MINUTE, 15 * MINUTE), (MINUTE, MINUTE)])
def test_access_lasts_a_quarter_of_an_hour_but_never_longer_than_the_session(kind, left, access):
    assert access_until(kind, NOON + left, NOON) == NOON + access
