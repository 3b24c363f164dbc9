"""What the caller may do now, and what stands against the rest (K14)."""

from typing import Self

import strawberry

from commerce_api.domain.decision import Refusal
from commerce_api.schema.errors import ErrorCode


@strawberry.type(description="A reason why something cannot be done now.")
class Blocker:
    code: ErrorCode = strawberry.field(description="The error that doing it would give.")
    message: str = strawberry.field(description="What to do about it, for people.")

    @classmethod
    def of(cls, reason: Refusal) -> Self:
        return cls(code=ErrorCode[reason.code()], message=reason.message)
