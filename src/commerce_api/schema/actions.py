"""What the caller may do now, and what stands against the rest (K14)."""

from collections.abc import Iterable
from typing import Self

import strawberry

from commerce_api.domain.actor import Actor, lacking
from commerce_api.domain.decision import Refusal
from commerce_api.domain.ids import ChannelId
from commerce_api.domain.permissions import Permission
from commerce_api.schema.context import Info
from commerce_api.schema.errors import ErrorCode
from commerce_api.schema.wording import said


@strawberry.type(description="A reason why something cannot be done now.")
class Blocker:
    code: ErrorCode = strawberry.field(description="The error that doing it would give.")
    reason: strawberry.Private[Refusal]

    @strawberry.field(description="What to do about it, for people, in the language of the request.")
    def message(self, info: Info) -> str:
        return said(self.reason, info.context.scope.language)

    @classmethod
    def of(cls, reason: Refusal) -> Self:
        return cls(code=ErrorCode[reason.code()], reason=reason)


def blockers(
    actor: Actor, any_of: Iterable[Permission], channel_id: ChannelId, reasons: Iterable[Refusal]
) -> list[Blocker]:
    """What the actor lacks to be heard at all in the channel, or else what the rules have against it."""
    return [Blocker.of(reason) for reason in lacking(actor, any_of, channel_id) or reasons]
