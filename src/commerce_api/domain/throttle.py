"""How often something may be tried before it has to wait: against guessing of passwords and flooding of mailboxes."""

from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from commerce_api.domain.decision import Refusal
from commerce_api.domain.value import value


@value
class TooManyAttempts(Refusal):
    """Too many attempts. Wait {retry_after_seconds} seconds, then try again."""

    retry_after_seconds: int


@value
class Limit:
    """`attempts` of one `purpose` in a `window`, counted per account (or mail address) and per network."""

    purpose: str
    per_account: int
    per_network: int
    window: timedelta


SIGN_IN = Limit(purpose="sign-in", per_account=10, per_network=100, window=timedelta(minutes=15))
SECOND_FACTOR = Limit(purpose="second-factor", per_account=10, per_network=100, window=timedelta(minutes=15))
ACCOUNT_MAIL = Limit(purpose="account-mail", per_account=5, per_network=60, window=timedelta(hours=1))
MAILED_TOKEN = Limit(purpose="mailed-token", per_account=20, per_network=60, window=timedelta(minutes=15))


@value
class Count:
    """How often it was tried in the window that is running, the present attempt included."""

    attempts: int
    window_ends_at: datetime


def judge(counted: Count, allowed: int, at: datetime) -> TooManyAttempts | None:
    if counted.attempts <= allowed:
        return None
    wait = counted.window_ends_at - at
    return TooManyAttempts(retry_after_seconds=max(1, -(-wait // timedelta(seconds=1))))


def network_of(ip: str) -> str:
    """What one subscriber has: an IPv4 address, or the /64 that an IPv6 address is in."""
    try:
        address = ip_address(ip)
    except ValueError:
        return ip
    return str(ip_network((address, 64), strict=False)) if address.version == 6 else ip  # noqa: PLR2004
