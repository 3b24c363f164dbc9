"""Sessions as clients see them."""

from datetime import datetime
from typing import Any, Self

import strawberry

from commerce_api.domain.decision import Refused
from commerce_api.operations.sessions import IssuedSession
from commerce_api.schema.errors import UserError, errors_of


@strawberry.type(
    description="A sign-in on one device. Send the access token as `Authorization: Bearer …`. The tokens are shown this once."
)
class Session:
    access_token: str = strawberry.field(description="Opens the API until `accessExpiresAt`.")
    access_expires_at: datetime = strawberry.field(
        description="When to take the next pair of tokens with the refresh token."
    )
    refresh_token: str = strawberry.field(
        description="Good for one refresh. Using it a second time ends the session, so keep it from being sent twice."
    )
    expires_at: datetime = strawberry.field(description="When the session ends unless it is refreshed before.")

    @classmethod
    def of(cls, issued: IssuedSession) -> Self:
        return cls(
            access_token=issued.access_token,
            access_expires_at=issued.access_expires_at,
            refresh_token=issued.refresh_token,
            expires_at=issued.session.expires_at,
        )


@strawberry.type(description="The session, or the errors that prevented it.")
class SessionPayload:
    session: Session | None = strawberry.field(default=None, description="The tokens to keep.")
    errors: list[UserError] = strawberry.field(default_factory=list, description="Why nothing happened.")

    @classmethod
    def of(cls, outcome: IssuedSession | Refused) -> Self:
        if isinstance(outcome, Refused):
            return cls(errors=errors_of(outcome))
        return cls(session=Session.of(outcome))


@strawberry.input(description="The refresh token of a session, to be exchanged.")
class RefreshSessionInput:
    refresh_token: str = strawberry.field(description="As it was received last.")


@strawberry.type(description="What ended.")
class SignOutPayload:
    ended_sessions: int = strawberry.field(description="How many sessions ended.")
    errors: list[UserError] = strawberry.field(default_factory=list, description="Why nothing happened.")

    @classmethod
    def of(cls, outcome: Any) -> Self:
        if isinstance(outcome, Refused):
            return cls(ended_sessions=0, errors=errors_of(outcome))
        return cls(ended_sessions=outcome)
