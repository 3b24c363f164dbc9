"""What a customer ordered lately."""

from datetime import datetime
from typing import Self
from uuid import UUID

import strawberry

from commerce_api.persistence.sql import Row
from commerce_api.schema.catalog import ProductVariant, variant_of
from commerce_api.schema.context import Info
from commerce_api.schema.node import global_id
from commerce_api.schema.scalars import Money


@strawberry.type(description="A variant that was ordered before, as it was the last time.")
class OrderedBefore:
    variant_key: strawberry.Private[UUID]
    variant_id: strawberry.ID = strawberry.field(description="Which variant.")
    sku: str | None = strawberry.field(description="Stock keeping unit.")
    name: str = strawberry.field(description="Its name then.")
    quantity: int = strawberry.field(description="How many there were then.")
    unit_price: Money = strawberry.field(description="What one was then.")
    ordered_at: datetime = strawberry.field(description="When.")
    order_id: strawberry.ID = strawberry.field(description="With which order.")

    @strawberry.field(description="The variant as the catalog has it now; null if it is not on sale any more.")
    async def variant(self, info: Info) -> ProductVariant | None:
        return await variant_of(info, self.variant_key)

    @classmethod
    def of(cls, row: Row) -> Self:
        return cls(
            variant_key=row["variant_id"],
            variant_id=strawberry.ID(global_id("var", row["variant_id"])),
            sku=row["sku"],
            name=row["name"],
            quantity=row["quantity"],
            unit_price=Money.of(row["unit_price"], row["currency"]),
            ordered_at=row["placed_at"],
            order_id=strawberry.ID(global_id("ord", row["order_id"])),
        )
