"""Staff, roles and API keys as staff see them."""

from datetime import datetime
from typing import Any, ClassVar, Self
from uuid import UUID

import strawberry

from commerce_api.domain import staff as domain
from commerce_api.domain.ids import ChannelId
from commerce_api.domain.permissions import Permission
from commerce_api.persistence.readers.staff import grants_of, roles_of, staff_of
from commerce_api.schema.channel import Channel
from commerce_api.schema.context import Info
from commerce_api.schema.errors import UserError, errors_of, result_of
from commerce_api.schema.limits import Limit
from commerce_api.schema.node import Node, global_id
from commerce_api.schema.permissions import PermissionEnum, requires

StaffStatus = strawberry.enum(domain.StaffStatus, name="StaffStatus", description="Whether somebody may sign in.")


@strawberry.type(description="A set of permissions under a name.", directives=[requires(Permission.STAFF_DESK)])
class Role(Node):
    prefix: ClassVar[str] = "rol"

    code: str = strawberry.field(description="Stable name for programs.")
    name: str = strawberry.field(description="Name for people.")
    permissions: list[PermissionEnum] = strawberry.field(description="What it allows, in alphabetical order.")  # type: ignore[valid-type]  # made by a call
    limits: list[Limit] = strawberry.field(description="How far some of it goes; the rest goes as far as one likes.")
    revision: int = strawberry.field(description="Grows by one at every change; send it as `expectedRevision`.")

    @classmethod
    def of(cls, role: domain.Role) -> Self:
        return cls(
            key=role.id,
            code=role.code,
            name=role.name,
            permissions=sorted(role.permissions),
            limits=Limit.list_of(role.limits),
            revision=role.revision,
        )


def _channel_ids(channels: tuple[ChannelId, ...] | None) -> list[strawberry.ID] | None:
    return None if channels is None else [strawberry.ID(global_id(Channel.prefix, id_)) for id_ in channels]


@strawberry.type(
    description="A role that somebody has, everywhere or in some channels.",
    directives=[requires(Permission.STAFF_DESK)],
)
class RoleGrant:
    grant: strawberry.Private[domain.RoleGrant]

    @strawberry.field(description="The role.")
    async def role(self, info: Info) -> Role | None:
        role_id: UUID = self.grant.role_id
        found = await info.context.load(roles_of, role_id)
        return Role.of(found) if found else None

    @strawberry.field(
        description="Where it holds; null: everywhere. In some channels only those permissions hold that know of channels."
    )
    def channel_ids(self) -> list[strawberry.ID] | None:
        return _channel_ids(self.grant.channel_ids)


@strawberry.type(description="Somebody who works here.", directives=[requires(Permission.STAFF_DESK)])
class StaffMember(Node):
    prefix: ClassVar[str] = "stf"

    email: str = strawberry.field(description="Mail address; identifies the account.")
    name: str = strawberry.field(description="Name for people.")
    status: StaffStatus = strawberry.field(description="Whether the account is open.")  # type: ignore[valid-type]  # made by a call
    second_factor: bool = strawberry.field(description="Whether signing in takes a code of an authenticator app.")
    limits: list[Limit] = strawberry.field(
        description="How far the person may go, in place of what their roles say of that; usually empty."
    )
    created_at: datetime = strawberry.field(description="When the account was made.")
    revision: int = strawberry.field(description="Grows by one at every change; send it as `expectedRevision`.")

    @strawberry.field(description="What the person may do, by role.")
    async def roles(self, info: Info) -> list[RoleGrant]:
        return [RoleGrant(grant=grant) for grant in await info.context.load(grants_of, self.key) or ()]

    @classmethod
    def of(cls, member: domain.StaffMember) -> Self:
        return cls(
            key=member.id,
            email=member.email,
            name=member.name,
            status=member.status,
            second_factor=member.second_factor,
            limits=Limit.list_of(member.limits),
            created_at=member.created_at,
            revision=member.revision,
        )


@strawberry.type(description="Credentials of a program.", directives=[requires(Permission.STAFF_DESK)])
class ApiKey(Node):
    prefix: ClassVar[str] = "key"

    name: str = strawberry.field(description="What it is for.")
    begins_with: str = strawberry.field(description="Beginning of the secret, enough to tell keys apart.")
    permissions: list[PermissionEnum] = strawberry.field(  # type: ignore[valid-type]  # made by a call
        description="What it may do, as far as its issuer may do it still."
    )
    created_at: datetime = strawberry.field(description="When it was issued.")
    expires_at: datetime | None = strawberry.field(description="When it stops by itself; null: never.")
    revoked_at: datetime | None = strawberry.field(description="When it was stopped; null: it was not.")
    last_used_at: datetime | None = strawberry.field(
        description="When it was used last, to within five minutes; null: not yet."
    )
    previous_secret_until: datetime | None = strawberry.field(
        description="Until when the secret before the last rotation opens it, too; null: it was never rotated."
    )
    channel_ids: list[strawberry.ID] | None = strawberry.field(
        description="Where it holds; null: everywhere. In some channels only those permissions hold that know of channels."
    )
    issuer: strawberry.Private[Any]

    @strawberry.field(description="Who issued it.")
    async def created_by(self, info: Info) -> StaffMember | None:
        found = await info.context.load(staff_of, self.issuer)
        return StaffMember.of(found) if found else None

    @classmethod
    def of(cls, key: domain.ApiKey) -> Self:
        return cls(
            key=key.id,
            name=key.name,
            begins_with=key.prefix,
            permissions=sorted(key.permissions),
            created_at=key.created_at,
            expires_at=key.expires_at,
            revoked_at=key.revoked_at,
            last_used_at=key.last_used_at,
            previous_secret_until=key.previous_until,
            channel_ids=_channel_ids(key.channel_ids),
            issuer=key.created_by,
        )


@strawberry.type(description="The role, or the errors that prevented it.")
class RolePayload:
    role: Role | None = strawberry.field(
        description="As it is now; of a deletion, as it was, or null when that is answered again."
    )
    errors: list[UserError] = strawberry.field(description="Why nothing happened.")

    @classmethod
    def of(cls, outcome: Any) -> Self:
        found = result_of(outcome)
        return cls(role=Role.of(found) if found else None, errors=errors_of(outcome))


@strawberry.type(description="The member of staff, or the errors that prevented it.")
class StaffPayload:
    staff: StaffMember | None = strawberry.field(description="As they are now.")
    errors: list[UserError] = strawberry.field(description="Why nothing happened.")

    @classmethod
    def of(cls, outcome: Any) -> Self:
        found = result_of(outcome)
        return cls(staff=StaffMember.of(found) if found else None, errors=errors_of(outcome))


@strawberry.type(description="The API key, or the errors that prevented it.")
class ApiKeyPayload:
    api_key: ApiKey | None = strawberry.field(description="As it is now.")
    secret: str | None = strawberry.field(
        description="To send as `Authorization: Bearer …` to the staff address. Not shown again, to nobody."
    )
    errors: list[UserError] = strawberry.field(description="Why nothing happened.")

    @classmethod
    def of(cls, outcome: Any) -> Self:
        found = result_of(outcome)
        return cls(
            api_key=ApiKey.of(found.key) if found else None,
            secret=found.secret if found else None,
            errors=errors_of(outcome),
        )
