"""Sessions: a sign-in on one device.

An access token opens the API for minutes; a refresh token is exchanged for the next pair, once. Whoever brings a refresh
token a second time is a thief, or was robbed: the session ends for both. There is no grace for an answer lost on the way,
because a thief would use it too; the owner signs in again.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from commerce_api.domain.decision import Refusal
from commerce_api.domain.ids import SessionId
from commerce_api.domain.value import value


class SessionKind(StrEnum):
    CUSTOMER = "CUSTOMER"
    STAFF = "STAFF"


@value
class Lifetime:
    """A session that slides lives on for `refresh` after each refresh; one that does not ends that long after the sign-in."""

    access: timedelta
    refresh: timedelta
    slides: bool


LIFETIMES: Final = {
    SessionKind.CUSTOMER: Lifetime(access=timedelta(minutes=15), refresh=timedelta(days=30), slides=True),
    SessionKind.STAFF: Lifetime(access=timedelta(minutes=15), refresh=timedelta(hours=12), slides=False),
}


class EndReason(StrEnum):
    SIGNED_OUT = "SIGNED_OUT"
    SIGNED_OUT_EVERYWHERE = "SIGNED_OUT_EVERYWHERE"
    PASSWORD_CHANGED = "PASSWORD_CHANGED"  # noqa: S105 - a reason, not a password
    REFRESH_TOKEN_REUSED = "REFRESH_TOKEN_REUSED"  # noqa: S105
    DISABLED = "DISABLED"
    SECOND_FACTOR_RESET = "SECOND_FACTOR_RESET"


@value
class Session:
    """`subject_id` is the customer's or the staff member's."""

    id: SessionId
    kind: SessionKind
    subject_id: UUID
    expires_at: datetime
    ended_at: datetime | None = None


@value
class SessionOpened:
    subject: SessionKind
    subject_id: UUID


@value
class SessionEnded:
    subject_id: UUID
    reason: EndReason


@value
class SignInFailed:
    """`subject_id` is None if there is no such account."""

    subject: SessionKind
    subject_id: UUID | None


@value
class InvalidCredentials(Refusal):
    """Address or password are not right, or the address has not been confirmed yet."""


@value
class InvalidToken(Refusal):
    """This token is not valid, was used before, or has expired."""


@value
class Refreshed:
    expires_at: datetime


def refresh(session: Session, used_at: datetime | None, at: datetime) -> Refreshed | SessionEnded | InvalidToken:
    """What comes of a refresh token that is known: the next pair, the end of the session, or nothing."""
    if session.ended_at is not None or session.expires_at <= at:
        return InvalidToken(path=("refreshToken",))
    if used_at is not None:
        return SessionEnded(subject_id=session.subject_id, reason=EndReason.REFRESH_TOKEN_REUSED)
    lifetime = LIFETIMES[session.kind]
    return Refreshed(expires_at=at + lifetime.refresh if lifetime.slides else session.expires_at)


def access_until(kind: SessionKind, expires_at: datetime, at: datetime) -> datetime:
    return min(at + LIFETIMES[kind].access, expires_at)
