"""Zones, taxes, shipping and stock locations as staff see them."""

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar, Self

import strawberry

from commerce_api.persistence.readers import settings as read
from commerce_api.schema.context import Info
from commerce_api.schema.node import Node, global_id
from commerce_api.schema.scalars import CountryCode, Money


@strawberry.type(description="A part of the world that belongs to a zone.")
class ZoneArea:
    country: CountryCode = strawberry.field(description="ISO 3166-1 alpha-2.")
    region: str = strawberry.field(description="State, province or the like; empty: all of the country.")
    postal_prefix: str = strawberry.field(description="What postal codes there begin with; empty: all.")


@strawberry.type(description="One tax on one class of goods in one zone.")
class TaxRate(Node):
    prefix: ClassVar[str] = "txr"

    name: str = strawberry.field(description="Name for people.")
    rate: Decimal = strawberry.field(description='As a fraction: `"0.19"` is 19 %.')
    tax_class_id: strawberry.ID = strawberry.field(description="Of which goods.")
    zone_id: strawberry.ID = strawberry.field(description="Where.")
    valid_from: datetime | None = strawberry.field(description="From this moment on.")
    valid_until: datetime | None = strawberry.field(description="Up to this moment, which is no longer part of it.")
    revision: int = strawberry.field(description="Grows by one at every change; send it as `expectedRevision`.")

    @classmethod
    def of(cls, row: Any) -> Self:
        return cls(
            key=row["id"],
            name=row["name"],
            rate=row["rate"].normalize() + 0,
            tax_class_id=strawberry.ID(global_id("txc", row["tax_class_id"])),
            zone_id=strawberry.ID(global_id("zon", row["zone_id"])),
            valid_from=row["valid_from"],
            valid_until=row["valid_until"],
            revision=row["revision"],
        )


@strawberry.type(description="A part of the world that shares taxes and shipping prices.")
class Zone(Node):
    prefix: ClassVar[str] = "zon"

    code: str = strawberry.field(description="Stable name.")
    name: str = strawberry.field(description="Name for people.")
    revision: int = strawberry.field(description="Grows by one at every change; send it as `expectedRevision`.")

    @strawberry.field(
        description="What it consists of, at most 1,000. Of several zones the most closely described counts."
    )
    async def areas(self, info: Info) -> list[ZoneArea]:
        rows = await info.context.load(read.areas_of, self.key) or ()
        return [
            ZoneArea(country=row["country"], region=row["region"], postal_prefix=row["postal_prefix"]) for row in rows
        ]

    @strawberry.field(description="Taxes there. Several for one class add up.")
    async def tax_rates(self, info: Info) -> list[TaxRate]:
        return [TaxRate.of(row) for row in await info.context.load(read.tax_rates_of, self.key) or ()]

    @classmethod
    def of(cls, row: Any) -> Self:
        return cls(key=row["id"], code=row["code"], name=row["name"], revision=row["revision"])


@strawberry.type(description="Goods that are taxed alike.")
class TaxClass(Node):
    prefix: ClassVar[str] = "txc"

    code: str = strawberry.field(description="Stable name.")
    name: str = strawberry.field(description="Name for people.")
    revision: int = strawberry.field(description="Grows by one at every change; send it as `expectedRevision`.")

    @classmethod
    def of(cls, row: Any) -> Self:
        return cls(key=row["id"], code=row["code"], name=row["name"], revision=row["revision"])


@strawberry.type(description="What a shipping method costs in one zone and currency.")
class ShippingRate:
    zone_id: strawberry.ID = strawberry.field(description="Where to.")
    amount: Money = strawberry.field(description="What it costs.")
    free_from: Money | None = strawberry.field(description="It costs nothing from this subtotal on.")
    min_weight: int = strawberry.field(description="From this weight on, in grams.")
    max_weight: int | None = strawberry.field(description="Below this weight, in grams.")
    min_subtotal: Money = strawberry.field(description="From this subtotal on.")
    max_subtotal: Money | None = strawberry.field(description="Below this subtotal.")

    @classmethod
    def of(cls, row: Any) -> Self:
        def money(name: str) -> Money | None:
            return None if row[name] is None else Money.of(row[name], row["currency"])

        return cls(
            zone_id=strawberry.ID(global_id("zon", row["zone_id"])),
            amount=Money.of(row["amount"], row["currency"]),
            free_from=money("free_from"),
            min_weight=row["min_weight"],
            max_weight=row["max_weight"],
            min_subtotal=Money.of(row["min_subtotal"], row["currency"]),
            max_subtotal=money("max_subtotal"),
        )


@strawberry.type(description="A shipping method as staff set it up.")
class ShippingMethodSetting(Node):
    prefix: ClassVar[str] = "shm"

    code: str = strawberry.field(description="Stable name within the channel.")
    name: str = strawberry.field(description="Name for people.")
    description: str = strawberry.field(description="More about it.")
    channel_id: strawberry.ID = strawberry.field(description="Which channel offers it.")
    tax_class_id: strawberry.ID = strawberry.field(description="How shipping is taxed.")
    min_days: int | None = strawberry.field(description="Days that it takes at least.")
    max_days: int | None = strawberry.field(description="Days that it takes at most.")
    position: int = strawberry.field(description="Its place among the channel's methods.")
    active: bool = strawberry.field(description="Whether it is offered.")
    revision: int = strawberry.field(description="Grows by one at every change; send it as `expectedRevision`.")

    @strawberry.field(description="What it costs. Of those that fit, the cheapest in the nearest zone counts.")
    async def rates(self, info: Info) -> list[ShippingRate]:
        return [ShippingRate.of(row) for row in await info.context.load(read.shipping_rates_of, self.key) or ()]

    @classmethod
    def of(cls, row: Any) -> Self:
        return cls(
            key=row["id"],
            channel_id=strawberry.ID(global_id("chn", row["channel_id"])),
            tax_class_id=strawberry.ID(global_id("txc", row["tax_class_id"])),
            **{
                name: row[name]
                for name in ("code", "name", "description", "min_days", "max_days", "position", "active", "revision")
            },
        )
