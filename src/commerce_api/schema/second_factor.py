"""A second factor as clients see it, of customers and of staff alike."""

from datetime import datetime
from typing import Any, Self

import strawberry

from commerce_api.domain.decision import Refused
from commerce_api.domain.session import SessionKind
from commerce_api.operations import customer_passwords as passwords
from commerce_api.operations.proven_again import ProveAgain
from commerce_api.operations.second_factor import (
    Challenge,
    Confirmed,
    Enrollment,
    GiveCode,
    StartSecondFactor,
)
from commerce_api.operations.sessions import IssuedSession
from commerce_api.persistence.readers.credentials import SecondFactorState
from commerce_api.schema.errors import UserError, errors_of
from commerce_api.schema.session import Session


@strawberry.type(description="A second factor that is turned on.")
class SecondFactor:
    turned_on_at: datetime = strawberry.field(description="Since when signing in takes a code.")
    recovery_codes_left: int = strawberry.field(description="How many recovery codes were not used yet.")

    @classmethod
    def of(cls, state: SecondFactorState) -> Self:
        return cls(turned_on_at=state.turned_on_at, recovery_codes_left=state.recovery_codes_left)


@strawberry.type(description="What is left to do before the session opens.")
class SecondFactorChallenge:
    token: str = strawberry.field(description="To send along with the code.")
    expires_at: datetime = strawberry.field(description="Until then.")
    enrolled: bool = strawberry.field(
        description="True: answer with a code. False, which happens to staff only: take a second factor first."
    )


@strawberry.type(description="The password was given by somebody else: choose another, and the session opens.")
class PasswordToChoose:
    token: str = strawberry.field(description="To send along with the new password.")
    expires_at: datetime = strawberry.field(description="Until then.")


@strawberry.type(description="The session, or what is left to do, or the errors that prevented both.")
class SignInPayload:
    session: Session | None = strawberry.field(default=None, description="The tokens to keep.")
    challenge: SecondFactorChallenge | None = strawberry.field(default=None, description="A code is needed.")
    password_to_choose: PasswordToChoose | None = strawberry.field(
        default=None, description="A password of one's own is needed: `choosePassword`. Happens to customers only."
    )
    errors: list[UserError] = strawberry.field(default_factory=list, description="Why nothing happened.")

    @classmethod
    def of(cls, outcome: IssuedSession | Challenge | Confirmed | passwords.PasswordToChoose | Refused) -> Self:
        match outcome:
            case passwords.PasswordToChoose(token=token, expires_at=expires_at):
                return cls(password_to_choose=PasswordToChoose(token=token, expires_at=expires_at))
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


@strawberry.type(description="The second factor is on; or the errors that prevented it.")
class ConfirmSecondFactorPayload:
    recovery_codes: list[str] | None = strawberry.field(
        default=None, description="Each does once what a code of the app does. To be kept elsewhere; shown this once."
    )
    session: Session | None = strawberry.field(default=None, description="Opened, if this was part of a sign-in.")
    errors: list[UserError] = strawberry.field(default_factory=list, description="Why nothing happened.")

    @classmethod
    def of(cls, outcome: Confirmed | Refused) -> Self:
        if isinstance(outcome, Refused):
            return cls(errors=errors_of(outcome))
        session = Session.of(outcome.session) if outcome.session else None
        return cls(recovery_codes=list(outcome.recovery_codes), session=session)


@strawberry.type(description="New recovery codes, or the errors that prevented them.")
class RecoveryCodesPayload:
    recovery_codes: list[str] | None = strawberry.field(
        default=None, description="In place of all former ones. Shown this once."
    )
    errors: list[UserError] = strawberry.field(default_factory=list, description="Why nothing happened.")

    @classmethod
    def of(cls, outcome: tuple[str, ...] | Refused) -> Self:
        if isinstance(outcome, Refused):
            return cls(errors=errors_of(outcome))
        return cls(recovery_codes=list(outcome))


@strawberry.input(description="The password once more, to prove that nobody else uses the session.")
class CurrentPasswordInput:
    current_password: str = strawberry.field(description="The present one.")

    def starting(self) -> StartSecondFactor:
        return StartSecondFactor(kind=SessionKind.CUSTOMER, current_password=self.current_password)

    def parse(self, kind: SessionKind) -> ProveAgain:
        return ProveAgain(kind=kind, current_password=self.current_password)


@strawberry.input(description="The first code of an authenticator app.")
class ConfirmSecondFactorInput:
    code: str = strawberry.field(description="As the app shows it now.")

    def parse(self) -> GiveCode:
        return GiveCode(kind=SessionKind.CUSTOMER, code=self.code)


@strawberry.input(description="A code for a challenge.")
class AnswerSecondFactorInput:
    challenge: str = strawberry.field(description="From the sign-in.")
    code: str = strawberry.field(description="As the authenticator app shows it now, or a recovery code.")

    def parse(self, kind: SessionKind) -> GiveCode:
        return GiveCode(kind=kind, challenge=self.challenge, code=self.code)
