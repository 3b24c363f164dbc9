"""How staff sign in, and who they are then."""

from datetime import datetime
from enum import Enum
from typing import Any, Self

import strawberry

from commerce_api.domain.actor import Actor, ActorKind
from commerce_api.domain.decision import Refused
from commerce_api.domain.permissions import Permission
from commerce_api.operations.second_factor import Confirmed, Enrollment
from commerce_api.operations.sessions import IssuedSession
from commerce_api.operations.staff_sign_in import Challenge
from commerce_api.persistence.readers.staff import api_keys_of, staff_of
from commerce_api.schema.channel import Channel
from commerce_api.schema.context import Info
from commerce_api.schema.errors import UserError, errors_of
from commerce_api.schema.node import global_id
from commerce_api.schema.permissions import PermissionEnum, requires
from commerce_api.schema.session import Session
from commerce_api.schema.staff import ApiKey, StaffMember


@strawberry.type(description="What is left to do before the session opens.")
class SecondFactorChallenge:
    token: str = strawberry.field(description="To send along with the code.")
    expires_at: datetime = strawberry.field(description="Until then.")
    enrolled: bool = strawberry.field(
        description="True: call `answerSecondFactor`. False: enroll first, `startSecondFactor` and `confirmSecondFactor`."
    )


@strawberry.type(description="The session, or what is left to do, or the errors that prevented both.")
class SignInStaffPayload:
    session: Session | None = strawberry.field(default=None, description="The tokens to keep.")
    challenge: SecondFactorChallenge | None = strawberry.field(default=None, description="A code is needed.")
    errors: list[UserError] = strawberry.field(default_factory=list, description="Why nothing happened.")

    @classmethod
    def of(cls, outcome: IssuedSession | Challenge | Confirmed | Refused) -> Self:
        match outcome:
            case Challenge(token=token, expires_at=expires_at, enrolled=enrolled):
                return cls(challenge=SecondFactorChallenge(token=token, expires_at=expires_at, enrolled=enrolled))
            case IssuedSession() | Confirmed(session=IssuedSession()):
                issued: Any = outcome if isinstance(outcome, IssuedSession) else outcome.session
                return cls(session=Session.of(issued))
            case _:
                return cls(errors=errors_of(outcome))


@strawberry.type(description="What an authenticator app needs, or the errors that prevented it.")
class StartSecondFactorPayload:
    secret: str | None = strawberry.field(default=None, description="To type in. Shown this once.")
    uri: str | None = strawberry.field(default=None, description="To show as a QR code.")
    errors: list[UserError] = strawberry.field(default_factory=list, description="Why nothing happened.")

    @classmethod
    def of(cls, outcome: Enrollment | Refused) -> Self:
        if isinstance(outcome, Refused):
            return cls(errors=errors_of(outcome))
        return cls(secret=outcome.secret, uri=outcome.uri)


@strawberry.enum(description="What kind of caller this is.")
class ViewerKind(Enum):
    STAFF = strawberry.enum_value("STAFF", description="Somebody of the staff.")
    API_KEY = strawberry.enum_value("API_KEY", description="A program.")


@strawberry.type(
    description="A permission, everywhere or in some channels.", directives=[requires(Permission.STAFF_DESK)]
)
class HeldPermission:
    permission: PermissionEnum = strawberry.field(description="Which.")  # type: ignore[valid-type]  # made by a call
    channel_ids: list[strawberry.ID] | None = strawberry.field(description="Where; null: everywhere.")


@strawberry.type(description="Who is asking.", directives=[requires(Permission.STAFF_DESK)])
class Viewer:
    actor: strawberry.Private[Actor]

    @strawberry.field(description="Person or program.")
    def kind(self) -> ViewerKind:
        return ViewerKind.STAFF if self.actor.kind is ActorKind.STAFF else ViewerKind.API_KEY

    @strawberry.field(description="The person; null for a program.")
    async def staff(self, info: Info) -> StaffMember | None:
        id_ = self.actor.id if self.actor.kind is ActorKind.STAFF else None
        found = await info.context.load(staff_of, id_) if id_ else None
        return StaffMember.of(found) if found else None

    @strawberry.field(description="The program's key; null for a person.")
    async def api_key(self, info: Info) -> ApiKey | None:
        id_ = self.actor.id if self.actor.kind is ActorKind.APP else None
        found = await info.context.load(api_keys_of, id_) if id_ else None
        return ApiKey.of(found) if found else None

    @strawberry.field(description="All that may be done, in alphabetical order.")
    def permissions(self) -> list[HeldPermission]:
        held = [permission for permission in Permission if self.actor.may(permission)]
        return [HeldPermission(permission=p, channel_ids=_ids(self.actor.channels_with(p))) for p in held]


def _ids(channels: frozenset[Any] | None) -> list[strawberry.ID] | None:
    return None if channels is None else [strawberry.ID(global_id(Channel.prefix, id_)) for id_ in sorted(channels)]
