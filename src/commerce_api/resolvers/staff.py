"""Staff accounts, roles and API keys."""

from typing import Annotated
from uuid import UUID

import strawberry

from commerce_api.domain.permissions import Permission
from commerce_api.domain.session import SessionKind
from commerce_api.operations import api_keys, roles, second_factor, sessions, staff, staff_passwords, staff_sign_in
from commerce_api.operations.sessions import RefreshSession, SignOut
from commerce_api.persistence.readers import staff as read
from commerce_api.persistence.readers.staff import Slice
from commerce_api.schema.colleague import DESK, Colleague, colleagues
from commerce_api.schema.context import Context, Info, once
from commerce_api.schema.node import answers_for
from commerce_api.schema.pagination import After, Before, Connection, First, Last, Page, page_of
from commerce_api.schema.permissions import ALONE, requires
from commerce_api.schema.second_factor import (
    AnswerSecondFactorInput,
    ConfirmSecondFactorPayload,
    CurrentPasswordInput,
    RecoveryCodesPayload,
    SignInPayload,
    StartSecondFactorPayload,
)
from commerce_api.schema.session import RefreshSessionInput, SessionPayload, SignOutPayload
from commerce_api.schema.staff import ApiKey, ApiKeyPayload, Role, RolePayload, StaffMember, StaffPayload
from commerce_api.schema.staff_inputs import (
    ChangeStaffPasswordInput,
    ConfirmStaffSecondFactorInput,
    CreateApiKeyInput,
    CreateRoleInput,
    CreateStaffInput,
    DeleteRoleInput,
    ResetStaffSecondFactorInput,
    RevokeApiKeyInput,
    RotateApiKeyInput,
    SetStaffLimitsInput,
    SetStaffRolesInput,
    SetStaffStatusInput,
    SignInStaffInput,
    StartStaffSecondFactorInput,
    UpdateRoleInput,
)
from commerce_api.schema.staff_session import Viewer

Named = Annotated[str, strawberry.argument(description="What their names have in them, in any capitals; all if empty.")]


@answers_for("stf")
async def _staff(context: Context, key: UUID) -> StaffMember | None:
    found = await context.load(read.staff_of, key) if context.actor.may(Permission.READ_STAFF) else None
    return StaffMember.of(found) if found else None


@answers_for("rol")
async def _role(context: Context, key: UUID) -> Role | None:
    found = await context.load(read.roles_of, key) if context.actor.may(Permission.READ_STAFF) else None
    return Role.of(found) if found else None


@answers_for("key")
async def _api_key(context: Context, key: UUID) -> ApiKey | None:
    found = await context.load(read.api_keys_of, key) if context.actor.may(Permission.MANAGE_API_KEYS) else None
    return ApiKey.of(found) if found else None


def _slice(page: Page) -> Slice:
    keys = page.keys(UUID)
    return Slice(limit=page.limit, backward=page.backward, position=keys[0] if keys else None)


@strawberry.type
class StaffQueries:
    @strawberry.field(description="Who is asking, and what they may do.", directives=[requires(Permission.STAFF_DESK)])
    def viewer(self, info: Info) -> Viewer:
        return Viewer(actor=info.context.actor)

    @strawberry.field(
        description="All who work here or did, in the order they came.", directives=[requires(Permission.READ_STAFF)]
    )
    async def staff_members(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[StaffMember]:
        page, scope = page_of(first, after, last, before, of="staff", width=1), info.context.scope
        rows = await read.staff_page(scope, _slice(page))
        return Connection.of(page, rows, StaffMember.of, lambda row: (row.id,), lambda: read.staff_count(scope))

    @strawberry.field(
        description="Who is at work here, by name: to mention them, or to hand something to them.", directives=DESK
    )
    async def colleagues(
        self,
        info: Info,
        name: Named = "",
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Colleague]:
        return await colleagues(info.context, name, (first, after, last, before))

    @strawberry.field(description="All roles by code, at most 100.", directives=[requires(Permission.READ_STAFF)])
    async def roles(self, info: Info) -> list[Role]:
        return [Role.of(role) for role in await read.all_roles(info.context.scope)]

    @strawberry.field(
        description="All API keys, oldest first, those that are over too.",
        directives=[requires(Permission.MANAGE_API_KEYS)],
    )
    async def api_keys(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[ApiKey]:
        page, scope = page_of(first, after, last, before, of="keys", width=1), info.context.scope
        rows = await read.api_key_page(scope, _slice(page))
        return Connection.of(page, rows, ApiKey.of, lambda row: (row.id,), lambda: read.api_key_count(scope))


@strawberry.type
class StaffSessionMutations:
    @strawberry.mutation(
        description="Open a session of staff with mail address and password; where a second factor is needed, "
        "get a challenge instead.",
        directives=[requires(Permission.SIGN_IN_AS_STAFF)],
    )
    async def sign_in_staff(self, info: Info, input: SignInStaffInput) -> SignInPayload:
        required = info.context.app.settings.staff_second_factor == "required"
        command = input.parse(second_factor_required=required)
        return SignInPayload.of(await staff_sign_in.sign_in(info.context.entrance, command))

    @strawberry.mutation(
        description="Answer a challenge of staff with a code, and open the session.",
        directives=[requires(Permission.SIGN_IN_AS_STAFF)],
    )
    async def answer_staff_second_factor(self, info: Info, input: AnswerSecondFactorInput) -> SignInPayload:
        command = input.parse(SessionKind.STAFF)
        return SignInPayload.of(await second_factor.answer(info.context.entrance, command))

    @strawberry.mutation(
        description="Get a secret for an authenticator app. It counts when its first code was confirmed.",
        directives=[requires(Permission.SIGN_IN_AS_STAFF)],
    )
    async def start_staff_second_factor(
        self, info: Info, input: StartStaffSecondFactorInput
    ) -> StartSecondFactorPayload:
        return StartSecondFactorPayload.of(await second_factor.start(info.context.entrance, input.parse()))

    @strawberry.mutation(
        description="Confirm the authenticator app with its first code. With a challenge, this opens the session.",
        directives=[requires(Permission.SIGN_IN_AS_STAFF)],
    )
    async def confirm_staff_second_factor(
        self, info: Info, input: ConfirmStaffSecondFactorInput
    ) -> ConfirmSecondFactorPayload:
        return ConfirmSecondFactorPayload.of(await second_factor.confirm(info.context.entrance, input.parse()))

    @strawberry.mutation(
        description="Turn one's own second factor off; all other sessions end. Where it is required, the next sign-in asks "
        "to take another.",
        directives=[requires(Permission.STAFF_DESK)],
        metadata=ALONE,
    )
    async def turn_off_staff_second_factor(self, info: Info, input: CurrentPasswordInput) -> SignOutPayload:
        return SignOutPayload.of(await second_factor.turn_off(info.context.entrance, input.parse(SessionKind.STAFF)))

    @strawberry.mutation(
        description="Get new recovery codes in place of all former ones.",
        directives=[requires(Permission.STAFF_DESK)],
        metadata=ALONE,
    )
    async def renew_staff_recovery_codes(self, info: Info, input: CurrentPasswordInput) -> RecoveryCodesPayload:
        command = input.parse(SessionKind.STAFF)
        return RecoveryCodesPayload.of(await second_factor.renew_recovery_codes(info.context.entrance, command))

    @strawberry.mutation(
        description="Exchange a refresh token of staff for the next pair of tokens. Send no `Authorization` header with it. "
        "If the answer is lost on the way, sign in again: a token that comes twice ends the session.",
        directives=[requires(Permission.SIGN_IN_AS_STAFF)],
    )
    async def refresh_staff_session(self, info: Info, input: RefreshSessionInput) -> SessionPayload:
        command = RefreshSession(kind=SessionKind.STAFF, refresh_token=input.refresh_token)
        return SessionPayload.of(await sessions.refresh(info.context.entrance, command))

    @strawberry.mutation(description="End this session of staff.", directives=[requires(Permission.STAFF_DESK)])
    async def sign_out_staff(self, info: Info) -> SignOutPayload:
        return SignOutPayload.of(await info.context.write(sessions.sign_out, SignOut(kind=SessionKind.STAFF)))

    @strawberry.mutation(
        description="End all of one's own sessions of staff, this one too.",
        directives=[requires(Permission.STAFF_DESK)],
    )
    async def sign_out_staff_everywhere(self, info: Info) -> SignOutPayload:
        command = SignOut(kind=SessionKind.STAFF, everywhere=True)
        return SignOutPayload.of(await info.context.write(sessions.sign_out, command))

    @strawberry.mutation(
        description="Set a new password of one's own staff account. All other sessions end.",
        directives=[requires(Permission.STAFF_DESK)],
        metadata=ALONE,
    )
    async def change_staff_password(self, info: Info, input: ChangeStaffPasswordInput) -> SignOutPayload:
        return SignOutPayload.of(await staff_passwords.change(info.context.entrance, input.parse()))


@strawberry.type
class StaffMutations:
    @strawberry.mutation(description="Add a member of staff.", directives=[requires(Permission.MANAGE_STAFF)])
    async def create_staff(self, info: Info, input: CreateStaffInput) -> StaffPayload:
        command = await staff.hashed(info.context.entrance, input.parse())
        key = once(input.idempotency_key, staff.load_staff)
        return StaffPayload.of(await info.context.write(staff.create_staff, command, once=key))

    @strawberry.mutation(
        description="Choose what somebody may do. Nobody gives what they do not hold.",
        directives=[requires(Permission.MANAGE_STAFF)],
    )
    async def set_staff_roles(self, info: Info, input: SetStaffRolesInput) -> StaffPayload:
        key = once(input.idempotency_key, staff.load_staff)
        return StaffPayload.of(await info.context.write(staff.set_roles, input.parse(), once=key))

    @strawberry.mutation(
        description="Choose how far somebody may go, beyond or below what their roles say. Nobody gives more than they have.",
        directives=[requires(Permission.MANAGE_STAFF)],
    )
    async def set_staff_limits(self, info: Info, input: SetStaffLimitsInput) -> StaffPayload:
        key = once(input.idempotency_key, staff.load_staff)
        return StaffPayload.of(await info.context.write(staff.set_limits, input.parse(), once=key))

    @strawberry.mutation(
        description="Open or close an account of staff.", directives=[requires(Permission.MANAGE_STAFF)]
    )
    async def set_staff_status(self, info: Info, input: SetStaffStatusInput) -> StaffPayload:
        key = once(input.idempotency_key, staff.load_staff)
        return StaffPayload.of(await info.context.write(staff.set_status, input.parse(), once=key))

    @strawberry.mutation(
        description="Take the second factor off an account whose device is lost; its sessions end.",
        directives=[requires(Permission.MANAGE_STAFF)],
    )
    async def reset_staff_second_factor(self, info: Info, input: ResetStaffSecondFactorInput) -> StaffPayload:
        key = once(input.idempotency_key, staff.load_staff)
        return StaffPayload.of(await info.context.write(staff.reset_second_factor, input.parse(), once=key))

    @strawberry.mutation(description="Make a role.", directives=[requires(Permission.MANAGE_STAFF)])
    async def create_role(self, info: Info, input: CreateRoleInput) -> RolePayload:
        key = once(input.idempotency_key, roles.load_role)
        return RolePayload.of(await info.context.write(roles.create_role, input.parse(), once=key))

    @strawberry.mutation(
        description="Change a role; it holds for all who have it at once.",
        directives=[requires(Permission.MANAGE_STAFF)],
    )
    async def update_role(self, info: Info, input: UpdateRoleInput) -> RolePayload:
        key = once(input.idempotency_key, roles.load_role)
        return RolePayload.of(await info.context.write(roles.update_role, input.parse(), once=key))

    @strawberry.mutation(description="Delete a role that nobody has.", directives=[requires(Permission.MANAGE_STAFF)])
    async def delete_role(self, info: Info, input: DeleteRoleInput) -> RolePayload:
        key = once(input.idempotency_key, roles.load_role)
        return RolePayload.of(await info.context.write(roles.delete_role, input.parse(), once=key))

    @strawberry.mutation(
        description="Issue an API key. Its secret is in this answer only.",
        directives=[requires(Permission.MANAGE_API_KEYS)],
    )
    async def create_api_key(self, info: Info, input: CreateApiKeyInput) -> ApiKeyPayload:
        key = once(input.idempotency_key, api_keys.load_key)
        command = input.parse(info.context.scope.at)
        return ApiKeyPayload.of(await info.context.write(api_keys.create_key, command, once=key))

    @strawberry.mutation(
        description="Give an API key a new secret, which is in this answer only. The present one stays good for a while, so "
        "that no program has to stop. Takes holding all that the key may do.",
        directives=[requires(Permission.MANAGE_API_KEYS)],
    )
    async def rotate_api_key(self, info: Info, input: RotateApiKeyInput) -> ApiKeyPayload:
        key = once(input.idempotency_key, api_keys.load_key)
        return ApiKeyPayload.of(await info.context.write(api_keys.rotate_key, input.parse(), once=key))

    @strawberry.mutation(description="Stop an API key at once.", directives=[requires(Permission.MANAGE_API_KEYS)])
    async def revoke_api_key(self, info: Info, input: RevokeApiKeyInput) -> ApiKeyPayload:
        key = once(input.idempotency_key, api_keys.load_key)
        return ApiKeyPayload.of(await info.context.write(api_keys.revoke_key, input.parse(), once=key))
