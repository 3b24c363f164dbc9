"""What the caller may do now, and what stands against the rest (K14)."""

from typing import Self

import strawberry

from commerce_api.domain.decision import Refusal
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
