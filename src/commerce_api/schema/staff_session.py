"""Who of the staff, or which program, is asking."""

from enum import Enum
from typing import Any

import strawberry

from commerce_api.domain.actor import Actor, ActorKind
from commerce_api.domain.ids import ChannelId
from commerce_api.domain.permissions import Permission
from commerce_api.persistence.readers.credentials import second_factors_of
from commerce_api.persistence.readers.staff import api_keys_of, staff_of
from commerce_api.schema.channel import Channel
from commerce_api.schema.context import Info
from commerce_api.schema.limits import Limit
from commerce_api.schema.node import global_id, key_of
from commerce_api.schema.permissions import PermissionEnum, requires
from commerce_api.schema.second_factor import SecondFactor
from commerce_api.schema.staff import ApiKey, StaffMember


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
    held: strawberry.Private[Actor]

    @strawberry.field(
        description="How far it goes: what one of these allows is allowed. Empty: as far as one likes, or it has no limits."
    )
    def limits(self, channel_id: strawberry.ID | None = None) -> list[Limit]:
        channel = ChannelId(key) if channel_id and (key := key_of(channel_id, Channel.prefix)) else None
        return [Limit.of(self.permission, limit) for limit in self.held.limits(self.permission, channel)]


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

    @strawberry.field(description="What the person's signing in takes beside the password; null: nothing.")
    async def second_factor(self, info: Info) -> SecondFactor | None:
        state = await info.context.load(second_factors_of, self.actor.id) if self.actor.id else None
        return SecondFactor.of(state) if state else None

    @strawberry.field(description="The program's key; null for a person.")
    async def api_key(self, info: Info) -> ApiKey | None:
        id_ = self.actor.id if self.actor.kind is ActorKind.APP else None
        found = await info.context.load(api_keys_of, id_) if id_ else None
        return ApiKey.of(found) if found else None

    @strawberry.field(description="All that may be done, in alphabetical order.")
    def permissions(self) -> list[HeldPermission]:
        held = [permission for permission in Permission if self.actor.may(permission)]
        return [
            HeldPermission(permission=p, channel_ids=_ids(self.actor.channels_with(p)), held=self.actor) for p in held
        ]


def _ids(channels: frozenset[Any] | None) -> list[strawberry.ID] | None:
    return None if channels is None else [strawberry.ID(global_id(Channel.prefix, id_)) for id_ in sorted(channels)]
