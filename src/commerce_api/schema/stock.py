"""Stock as staff see it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, Self
from uuid import UUID

import strawberry

from commerce_api.domain import stock as domain
from commerce_api.domain.decision import NotFound, Refused
from commerce_api.domain.ids import StockLocationId, VariantId
from commerce_api.domain.intake import Intake
from commerce_api.domain.permissions import Permission
from commerce_api.domain.stock import MOST_UNITS
from commerce_api.operations.stock import AdjustStockLevels
from commerce_api.persistence.readers import stock_levels as questions
from commerce_api.persistence.sql import Row
from commerce_api.schema.context import Info
from commerce_api.schema.errors import UserError, common, errors_of, present, result_of, tells
from commerce_api.schema.node import Node, global_id, key_of
from commerce_api.schema.permissions import requires

MOST_ADJUSTMENTS = 100


@strawberry.type(description="A place where stock lies.")
class StockLocation(Node):
    prefix: ClassVar[str] = "loc"

    code: str = strawberry.field(description="Short name for programs.")
    name: str = strawberry.field(description="Name for people.")
    revision: int = strawberry.field(description="Grows with every change; send it as `expectedRevision`.")

    @classmethod
    def of(cls, row: Row) -> Self:
        return cls(key=row["id"], code=row["code"], name=row["name"], revision=row["revision"])


@strawberry.type(description="How much of a variant lies at a location, and who it belongs to.")
class StockLevel:
    variant_key: strawberry.Private[UUID]
    location_key: strawberry.Private[UUID]

    on_hand: int = strawberry.field(description="Units on the shelf, whoever they belong to.")
    unavailable: int = strawberry.field(description="Of these, damaged or under examination.")
    safety_stock: int = strawberry.field(description="Units that are never promised.")
    allocated: int = strawberry.field(description="Units on the shelf that belong to orders.")
    reserved: int = strawberry.field(description="Units kept for carts in checkout at this moment.")
    backordered: int = strawberry.field(description="Units sold that are not here yet.")
    free: int = strawberry.field(description="Units that can be promised now.")
    revision: int = strawberry.field(description="Grows with every change.")

    @strawberry.field(description="The variant.")
    def variant_id(self) -> strawberry.ID:
        return strawberry.ID(global_id("var", self.variant_key))

    @strawberry.field(description="Where it lies.")
    async def location(self, info: Info) -> StockLocation:
        return StockLocation.of(await info.context.load(questions.locations_by_id, self.location_key))

    @classmethod
    def of(cls, level: domain.StockLevel) -> Self:
        return cls(
            variant_key=level.variant_id,
            location_key=level.location_id,
            on_hand=level.on_hand,
            unavailable=level.unavailable,
            safety_stock=level.safety_stock,
            allocated=level.allocated,
            reserved=level.reserved,
            backordered=level.backordered,
            free=level.free,
            revision=level.revision,
        )


@strawberry.type(description="One correction of a count.")
class StockMovement:
    delta: int = strawberry.field(description="Units that came (+) or went (-).")
    reason: str = strawberry.field(description="Why, in a word.")
    reference: str = strawberry.field(description="What it refers to, such as a delivery note.")
    at: datetime = strawberry.field(description="When it was recorded.")
    location_key: strawberry.Private[UUID]

    @strawberry.field(description="Where it happened.")
    async def location(self, info: Info) -> StockLocation:
        return StockLocation.of(await info.context.load(questions.locations_by_id, self.location_key))

    @classmethod
    def of(cls, row: Row) -> Self:
        return cls(
            delta=row["delta"],
            reason=row["reason"],
            reference=row["reference"],
            at=row["at"],
            location_key=row["location_id"],
        )


@strawberry.input(description="A number that was counted.")
class StockCountInput:
    on_hand: int = strawberry.field(description="Units that lie there.")
    expected: int | None = strawberry.field(
        default=None, description="Units that were shown before counting; refused if that has changed."
    )


@strawberry.input(description="One correction. Give `count` or `delta`, or only what else is to change.")
class StockAdjustmentInput:
    variant_id: strawberry.ID = strawberry.field(description="What was counted.")
    location_id: strawberry.ID = strawberry.field(description="Where.")
    delta: int | None = strawberry.field(default=None, description="Units more (+) or fewer (-).")
    count: StockCountInput | None = strawberry.field(default=None, description="The number itself.")
    unavailable: int | None = strawberry.field(default=None, description="Of these, damaged or under examination.")
    safety_stock: int | None = strawberry.field(default=None, description="Units never to promise.")


@strawberry.input(description="Corrections of stock that are made all together or not at all.")
class AdjustStockInput:
    adjustments: list[StockAdjustmentInput] = strawberry.field(description="1 to 100 of them.")
    reason: str = strawberry.field(description="Why, in a word: COUNT, DAMAGE, RECEIPT.")
    reference: str = strawberry.field(default="", description="What it refers to, such as a delivery note.")
    idempotency_key: str = strawberry.field(
        description="A key of your own: sent again, nothing is received or counted a second time."
    )

    def parse(self) -> AdjustStockLevels | Refused:
        intake = Intake()
        reason = intake.text(self.reason, "reason", most=50, required=True)
        reference = intake.text(self.reference, "reference", most=100)
        intake.text(self.idempotency_key, "idempotencyKey", most=200, required=True)
        if not 1 <= len(self.adjustments) <= MOST_ADJUSTMENTS:
            intake.invalid(f"Between 1 and {MOST_ADJUSTMENTS}, please.", "adjustments")
        adjustments = [
            _adjustment(raw, intake, ("adjustments", str(number)), reason, reference)
            for number, raw in enumerate(self.adjustments)
        ]
        return intake.refused() if intake.problems else AdjustStockLevels(adjustments=tuple(adjustments))


def _adjustment(
    raw: StockAdjustmentInput, intake: Intake, path: tuple[str, ...], reason: str, reference: str
) -> domain.AdjustStock:
    variant, location = key_of(raw.variant_id, "var"), key_of(raw.location_id, "loc")
    for name, key in (("variantId", variant), ("locationId", location)):
        if key is None:
            intake.add(NotFound(path=(*path, name)))
    if raw.delta is not None and raw.count is not None:
        intake.invalid("Give either a delta or a count.", *path)
    on_hand, expected = (raw.count.on_hand, raw.count.expected) if raw.count else (None, None)
    numbers = {"delta": raw.delta, "unavailable": raw.unavailable, "safetyStock": raw.safety_stock}
    for name, number in {**numbers, "count": on_hand}.items():
        low = -MOST_UNITS if name == "delta" else 0
        if number is not None and not low <= number <= MOST_UNITS:
            intake.invalid(f"Between {low} and {MOST_UNITS}, please.", *path, name)
    return domain.AdjustStock(
        variant_id=VariantId(variant or UUID(int=0)),
        location_id=StockLocationId(location or UUID(int=0)),
        delta=raw.delta,
        on_hand=on_hand,
        expected=expected,
        unavailable=raw.unavailable,
        safety_stock=raw.safety_stock,
        reason=reason,
        reference=reference,
        path=path,
    )


@strawberry.type(description="The corrected levels, or the errors that prevented it.")
class AdjustStockPayload:
    levels: list[StockLevel] = strawberry.field(description="The levels as they are now; empty if nothing happened.")
    errors: list[UserError] = strawberry.field(description="Why nothing happened.")

    @classmethod
    def of(cls, outcome: Any) -> Self:
        result = result_of(outcome)
        levels: Sequence[domain.StockLevel] = result.levels if result else ()
        return cls(levels=[StockLevel.of(level) for level in levels], errors=errors_of(outcome))


@strawberry.type(description="Fewer units can be had than were asked for.")
class StockError(UserError):
    variant_id: strawberry.ID = strawberry.field(description="Of which variant.")
    requested: int = strawberry.field(description="How many were asked for.")
    available: int = strawberry.field(description="How many can be had.")


@present.register(domain.InsufficientStock)
@present.register(domain.BackorderLimitReached)
def _(finding: domain.Shortage) -> UserError:
    return StockError(
        **common(finding),
        variant_id=strawberry.ID(global_id("var", finding.variant_id)),
        requested=finding.requested,
        available=finding.available,
    )


@tells(domain.StockChanged)
@strawberry.type(description="The count was changed by somebody else.", directives=[requires(Permission.STAFF_DESK)])
class StockChangedError(UserError):
    current: int = strawberry.field(description="The count as it is now.")
