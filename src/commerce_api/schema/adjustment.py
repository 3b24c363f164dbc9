"""What staff changed about money, as staff see it."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar, Final, Self

import strawberry

from commerce_api.domain import adjustment as domain
from commerce_api.domain.permissions import Permission
from commerce_api.persistence.readers.staff import staff_of
from commerce_api.schema.context import Info
from commerce_api.schema.language_texts import LanguageText, texts_of
from commerce_api.schema.node import Node, global_id
from commerce_api.schema.permissions import requires
from commerce_api.schema.scalars import Money
from commerce_api.schema.staff import StaffMember

AdjustmentKind = strawberry.enum(
    domain.AdjustmentKind, name="AdjustmentKind", description="What staff changed about the money."
)
OVERRIDE: Final = "Who of the staff changed its unit price, and why; null: nobody did."
DESK: Any = [requires(Permission.READ_CARTS, Permission.READ_ORDERS, Permission.READ_QUOTES)]


@strawberry.type(description="Something that staff changed about the money.", directives=DESK)
class Adjustment:
    id: strawberry.ID = strawberry.field(description="To take it back by.")
    kind: AdjustmentKind = strawberry.field(description="What.")  # type: ignore[valid-type]  # made by a call
    name: str = strawberry.field(description="What the customer reads of it, if anything.")
    line_id: strawberry.ID | None = strawberry.field(description="Of which line, if of one.")
    charge_id: strawberry.ID | None = strawberry.field(description="Of which charge, if of one.")
    original_amount: Money = strawberry.field(
        description="What was asked: for a unit, for the charge, or the subtotal; nothing for what was added."
    )
    amount: Money = strawberry.field(description="What is asked instead, or how much was added or taken off.")
    percent: Decimal | None = strawberry.field(description="Where a percentage is taken off, which.")
    reason: str = strawberry.field(description="Code of the reason.")
    note: str = strawberry.field(description="What else was said of it; may be empty.")
    at: datetime = strawberry.field(description="When it was changed.")
    beyond_limit: bool = strawberry.field(description="Whether it went beyond the limit of who did it.")
    author: strawberry.Private[Any]

    @strawberry.field(description="Who did it; null for a program.")
    async def by(self, info: Info) -> StaffMember | None:
        found = await info.context.load(staff_of, self.author) if self.author else None
        return StaffMember.of(found) if found else None

    @classmethod
    def of(cls, adjustment: domain.Adjustment, currency: str, line_prefix: str) -> Self:
        line = adjustment.kind is domain.AdjustmentKind.LINE_PRICE
        target = adjustment.id if adjustment.extra else adjustment.target_id
        return cls(
            id=strawberry.ID(global_id("adj", adjustment.id)),
            kind=adjustment.kind,
            name=adjustment.name,
            line_id=strawberry.ID(global_id(line_prefix, target)) if line and target else None,
            charge_id=strawberry.ID(global_id("chg", target)) if target and not line else None,
            original_amount=Money.of(adjustment.original, currency),
            amount=Money.of(adjustment.amount, currency),
            percent=None if adjustment.percent is None else adjustment.percent.normalize() + 0,
            reason=adjustment.reason,
            note=adjustment.note,
            at=adjustment.at,
            beyond_limit=adjustment.beyond_limit,
            author=adjustment.by.id,
        )

    @classmethod
    def maybe(cls, adjustment: domain.Adjustment | None, currency: str, line_prefix: str) -> Self | None:
        return cls.of(adjustment, currency, line_prefix) if adjustment else None

    @classmethod
    def list_of(cls, adjustments: Iterable[domain.Adjustment], currency: str, line_prefix: str) -> list[Self]:
        return [cls.of(adjustment, currency, line_prefix) for adjustment in adjustments]


@strawberry.type(
    description="Why staff may change something about the money.", directives=[requires(Permission.STAFF_DESK)]
)
class OverrideReason(Node):
    prefix: ClassVar[str] = "ovr"

    code: str = strawberry.field(description="Stable name.")
    names: list[LanguageText] = strawberry.field(description="Names for people; customers read them on deductions.")
    kinds: list[AdjustmentKind] = strawberry.field(description="What it fits.")  # type: ignore[valid-type]  # made by a call
    note_required: bool = strawberry.field(description="Whether it takes a note.")
    revision: int = strawberry.field(description="Grows by one at every change; send it as `expectedRevision`.")

    @classmethod
    def of(cls, row: Any) -> Self:
        return cls(
            key=row["id"],
            code=row["code"],
            names=texts_of(row["names"]),
            kinds=[domain.AdjustmentKind(kind) for kind in row["kinds"]],
            note_required=row["note_required"],
            revision=row["revision"],
        )
