"""What staff send about staff, roles and API keys."""

import re
from datetime import datetime, timedelta
from typing import Any

import strawberry

from commerce_api.domain.decision import NotFound, Refused, refuse
from commerce_api.domain.email import normalized, parse_email
from commerce_api.domain.ids import ApiKeyId, ChannelId, RoleId, StaffId
from commerce_api.domain.intake import Intake
from commerce_api.domain.password import check_password
from commerce_api.domain.session import SessionKind
from commerce_api.domain.staff import RoleGrant
from commerce_api.operations.api_keys import CreateApiKey, RotateApiKey
from commerce_api.operations.roles import CreateRole, DeleteRole, UpdateRole
from commerce_api.operations.second_factor import GiveCode, StartSecondFactor
from commerce_api.operations.staff import NewStaff, ResetSecondFactor, SetStaffLimits, SetStaffRoles, SetStaffStatus
from commerce_api.operations.staff_passwords import ChangeStaffPassword
from commerce_api.operations.staff_sign_in import SignInStaff
from commerce_api.schema.limits import LimitInput, parse_limits
from commerce_api.schema.node import key_of
from commerce_api.schema.permissions import PermissionEnum
from commerce_api.schema.staff import StaffStatus

_KEY = "The same key with the same input answers again without acting again."
_CODE = re.compile("[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
_LONGEST_OVERLAP = 7 * 24 * 60
_REVISION = "Refuse if it is not at this revision."


@strawberry.input(description="Who of the staff signs in.")
class SignInStaffInput:
    email: str = strawberry.field(description="Mail address of the account.")
    password: str = strawberry.field(description="Password of the account.")

    def parse(self, *, second_factor_required: bool) -> SignInStaff:
        return SignInStaff(
            email=normalized(self.email) or "",
            password=self.password,
            second_factor_required=second_factor_required,
        )


@strawberry.input(description="Whose second factor it is about: with a challenge, or else with the password once more.")
class StartStaffSecondFactorInput:
    challenge: str | None = strawberry.field(default=None, description="From `signInStaff`.")
    current_password: str | None = strawberry.field(
        default=None, description="The present one, of somebody who is signed in."
    )

    def parse(self) -> StartSecondFactor:
        password = self.current_password or ""
        return StartSecondFactor(kind=SessionKind.STAFF, challenge=self.challenge, current_password=password)


@strawberry.input(description="The first code of an authenticator app.")
class ConfirmStaffSecondFactorInput:
    code: str = strawberry.field(description="As the app shows it now.")
    challenge: str | None = strawberry.field(
        default=None, description="From `signInStaff`; not needed by somebody who is signed in."
    )

    def parse(self) -> GiveCode:
        return GiveCode(kind=SessionKind.STAFF, challenge=self.challenge, code=self.code)


@strawberry.input(description="A new password for the present one.")
class ChangeStaffPasswordInput:
    current_password: str = strawberry.field(description="The present one.")
    new_password: str = strawberry.field(description="10 to 128 characters, and not what everybody takes.")

    def parse(self) -> ChangeStaffPassword:
        return ChangeStaffPassword(current_password=self.current_password, new_password=self.new_password)


@strawberry.input(description="A role for somebody.")
class RoleGrantInput:
    role_id: strawberry.ID = strawberry.field(description="Which role.")
    channel_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Only in these channels; null: everywhere."
    )


def _grants(intake: Intake, given: list[RoleGrantInput]) -> tuple[RoleGrant, ...]:
    grants = {}
    for number, grant in enumerate(given):
        role_id = key_of(grant.role_id, "rol")
        channels = None if grant.channel_ids is None else [key_of(id_, "chn") for id_ in grant.channel_ids]
        if role_id is None:
            intake.add(NotFound(path=("roles", str(number), "roleId")))
        elif channels is not None and None in channels:
            intake.add(NotFound(path=("roles", str(number), "channelIds")))
        else:
            narrowed = None if channels is None else tuple(ChannelId(key) for key in channels if key)
            grants[role_id] = RoleGrant(role_id=RoleId(role_id), channel_ids=narrowed)
    return tuple(grants.values())


@strawberry.input(description="A new member of staff.")
class CreateStaffInput:
    email: str = strawberry.field(description="Mail address to sign in with.")
    name: str = strawberry.field(description="Name for people.")
    password: str = strawberry.field(description="To begin with; the person changes it with `changeStaffPassword`.")
    roles: list[RoleGrantInput] = strawberry.field(description="At most what you hold yourself.")
    idempotency_key: str | None = strawberry.field(default=None, description=_KEY)

    def parse(self) -> NewStaff | Refused:
        intake = Intake()
        email = parse_email(intake, self.email, "email")
        name = intake.text(self.name, "name", most=100, required=True)
        check_password(intake, self.password, email, "password")
        grants = _grants(intake, self.roles)
        command = NewStaff(email=email, name=name, password=self.password, grants=grants)
        return intake.refused() if intake.problems else command


@strawberry.input(description="All roles that somebody is to have.")
class SetStaffRolesInput:
    id: strawberry.ID = strawberry.field(description="Of the member of staff.")
    roles: list[RoleGrantInput] = strawberry.field(description="In place of the present ones.")
    expected_revision: int | None = strawberry.field(default=None, description=_REVISION)
    idempotency_key: str | None = strawberry.field(default=None, description=_KEY)

    def parse(self) -> SetStaffRoles | Refused:
        intake = Intake()
        staff_id, grants = _found(intake, self.id, "stf"), _grants(intake, self.roles)
        if staff_id is None or intake.problems:
            return intake.refused()
        return SetStaffRoles(id=StaffId(staff_id), grants=grants, expected_revision=self.expected_revision)


@strawberry.input(description="How far somebody may go, whatever their roles say of that.")
class SetStaffLimitsInput:
    id: strawberry.ID = strawberry.field(description="Of the member of staff.")
    limits: list[LimitInput] = strawberry.field(
        description="In place of the present ones; of what is not named, the roles' limits hold. At most your own."
    )
    expected_revision: int | None = strawberry.field(default=None, description=_REVISION)
    idempotency_key: str | None = strawberry.field(default=None, description=_KEY)

    def parse(self) -> SetStaffLimits | Refused:
        intake = Intake()
        staff_id, limits = _found(intake, self.id, "stf"), parse_limits(intake, self.limits)
        if staff_id is None or intake.problems:
            return intake.refused()
        return SetStaffLimits(id=StaffId(staff_id), limits=limits, expected_revision=self.expected_revision)


@strawberry.input(description="Whether somebody may sign in.")
class SetStaffStatusInput:
    id: strawberry.ID = strawberry.field(description="Of the member of staff.")
    status: StaffStatus = strawberry.field(description="DISABLED ends all sessions, and the API keys that they issued.")  # type: ignore[valid-type]  # made by a call
    expected_revision: int | None = strawberry.field(default=None, description=_REVISION)
    idempotency_key: str | None = strawberry.field(default=None, description=_KEY)

    def parse(self) -> SetStaffStatus | Refused:
        staff_id = key_of(self.id, "stf")
        if staff_id is None:
            return _no_id()
        return SetStaffStatus(id=StaffId(staff_id), status=self.status, expected_revision=self.expected_revision)


@strawberry.input(description="Whose second factor is lost.")
class ResetStaffSecondFactorInput:
    id: strawberry.ID = strawberry.field(description="Of the member of staff.")
    expected_revision: int | None = strawberry.field(default=None, description=_REVISION)
    idempotency_key: str | None = strawberry.field(default=None, description=_KEY)

    def parse(self) -> ResetSecondFactor | Refused:
        staff_id = key_of(self.id, "stf")
        if staff_id is None:
            return _no_id()
        return ResetSecondFactor(id=StaffId(staff_id), expected_revision=self.expected_revision)


@strawberry.input(description="A new role.")
class CreateRoleInput:
    code: str = strawberry.field(description="Capital letters, digits and underscores.")
    name: str = strawberry.field(description="Name for people.")
    permissions: list[PermissionEnum] = strawberry.field(description="At most what you hold yourself.")  # type: ignore[valid-type]  # made by a call
    limits: list[LimitInput] = strawberry.field(
        default_factory=list, description="How far some of it goes, at most as far as you may go yourself."
    )
    idempotency_key: str | None = strawberry.field(default=None, description=_KEY)

    def parse(self) -> CreateRole | Refused:
        intake = Intake()
        code = intake.text(self.code, "code", most=40, required=True)
        if not _CODE.fullmatch(code):
            intake.invalid("Capital letters, digits and underscores only.", "code")
        name = intake.text(self.name, "name", most=100, required=True)
        limits = parse_limits(intake, self.limits)
        command = CreateRole(code=code, name=name, permissions=frozenset(self.permissions), limits=limits)
        return intake.refused() if intake.problems else command


@strawberry.input(description="Fields of a role to change; those left out stay as they are.")
class UpdateRoleInput:
    id: strawberry.ID = strawberry.field(description="Of the role.")
    name: str | None = strawberry.field(default=None, description="Name for people.")
    permissions: list[PermissionEnum] | None = strawberry.field(  # type: ignore[valid-type]  # made by a call
        default=None, description="All it is to allow. What is added has to be held by yourself."
    )
    limits: list[LimitInput] | None = strawberry.field(
        default=None, description="All its limits. What is raised has to be within your own."
    )
    expected_revision: int | None = strawberry.field(default=None, description=_REVISION)
    idempotency_key: str | None = strawberry.field(default=None, description=_KEY)

    def parse(self) -> UpdateRole | Refused:
        intake = Intake()
        role_id = _found(intake, self.id, "rol")
        name = None if self.name is None else intake.text(self.name, "name", most=100, required=True)
        limits = None if self.limits is None else parse_limits(intake, self.limits)
        if role_id is None or intake.problems:
            return intake.refused()
        return UpdateRole(
            id=RoleId(role_id),
            name=name,
            permissions=None if self.permissions is None else frozenset(self.permissions),
            limits=limits,
            expected_revision=self.expected_revision,
        )


@strawberry.input(description="A role that nobody has any more.")
class DeleteRoleInput:
    id: strawberry.ID = strawberry.field(description="Of the role.")
    expected_revision: int | None = strawberry.field(default=None, description=_REVISION)
    idempotency_key: str | None = strawberry.field(default=None, description=_KEY)

    def parse(self) -> DeleteRole | Refused:
        role_id = key_of(self.id, "rol")
        if role_id is None:
            return _no_id()
        return DeleteRole(id=RoleId(role_id), expected_revision=self.expected_revision)


@strawberry.input(description="A new API key.")
class CreateApiKeyInput:
    name: str = strawberry.field(description="What it is for.")
    permissions: list[PermissionEnum] = strawberry.field(description="At most what you hold yourself, everywhere.")  # type: ignore[valid-type]  # made by a call
    channel_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Only in these channels; null: everywhere."
    )
    expires_at: datetime | None = strawberry.field(default=None, description="When it stops by itself.")
    idempotency_key: str | None = strawberry.field(default=None, description=_KEY)

    def parse(self, at: datetime) -> CreateApiKey | Refused:
        intake = Intake()
        name = intake.text(self.name, "name", most=100, required=True)
        if self.expires_at is not None and self.expires_at <= at:
            intake.invalid("This is over already.", "expiresAt")
        channels = None if self.channel_ids is None else [key_of(id_, "chn") for id_ in self.channel_ids]
        if channels is not None and None in channels:
            intake.add(NotFound(path=("channelIds",)))
        command = CreateApiKey(
            name=name,
            permissions=frozenset(self.permissions),
            channel_ids=None if channels is None else tuple(ChannelId(key) for key in channels if key),
            expires_at=self.expires_at,
        )
        return intake.refused() if intake.problems else command


@strawberry.input(description="An API key to give a new secret.")
class RotateApiKeyInput:
    id: strawberry.ID = strawberry.field(description="Of the key.")
    overlap_minutes: int = strawberry.field(
        default=60, description="How long the present secret stays good beside the new one, 0 to 10080 (a week)."
    )
    idempotency_key: str | None = strawberry.field(default=None, description=_KEY)

    def parse(self) -> RotateApiKey | Refused:
        intake = Intake()
        key_id = _found(intake, self.id, "key")
        if not 0 <= self.overlap_minutes <= _LONGEST_OVERLAP:
            intake.invalid("From 0 to 10080 minutes, which is a week.", "overlapMinutes")
        if key_id is None or intake.problems:
            return intake.refused()
        return RotateApiKey(id=ApiKeyId(key_id), overlap=timedelta(minutes=self.overlap_minutes))


@strawberry.input(description="An API key to stop.")
class RevokeApiKeyInput:
    id: strawberry.ID = strawberry.field(description="Of the key.")
    idempotency_key: str | None = strawberry.field(default=None, description=_KEY)

    def parse(self) -> ApiKeyId | Refused:
        key_id = key_of(self.id, "key")
        return _no_id() if key_id is None else ApiKeyId(key_id)


def _found(intake: Intake, id: strawberry.ID, prefix: str) -> Any:
    key = key_of(id, prefix)
    if key is None:
        intake.add(NotFound(path=("id",)))
    return key


def _no_id() -> Refused:
    return refuse(NotFound(path=("id",)))
