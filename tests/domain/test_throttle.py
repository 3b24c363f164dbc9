from datetime import UTC, datetime, timedelta

import pytest

from commerce_api.domain.throttle import Count, TooManyAttempts, judge, network_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_as_many_as_are_allowed_pass():
    assert judge(Count(attempts=10, window_ends_at=NOON), 10, NOON) is None


@pytest.mark.parametrize(("rest", "seconds"), [(timedelta(seconds=90), 90), (timedelta(milliseconds=1), 1)])
def test_one_more_waits_for_the_end_of_the_window(rest, seconds):
    assert judge(Count(attempts=11, window_ends_at=NOON + rest), 10, NOON) == TooManyAttempts(
        retry_after_seconds=seconds
    )


@pytest.mark.parametrize(
    ("ip", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
    ],
)
def test_a_network_is_what_one_subscriber_has(ip, network):
    assert network_of(ip) == network
