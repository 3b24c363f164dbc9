"""What products and variants are described with: pictures, options, attributes, prices, availability."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar, Self
from uuid import UUID

import strawberry

from commerce_api.domain.availability import Availability as AvailabilityFound
from commerce_api.domain.availability import shown
from commerce_api.domain.permissions import Permission
from commerce_api.domain.picture import address_of
from commerce_api.domain.price_list import Price
from commerce_api.schema.catalog_enums import AvailabilityStatus, StockPolicy
from commerce_api.schema.node import Node, global_id
from commerce_api.schema.permissions import requires
from commerce_api.schema.scalars import Money


@strawberry.type(description="A picture.")
class Image(Node):
    prefix: ClassVar[str] = "med"

    url: str = strawberry.field(description="Where it is; relative addresses are on this server.")
    alt: str = strawberry.field(description="What it shows, for those who do not see it; may be empty.")
    width: int | None = strawberry.field(description="In pixels, if known.")
    height: int | None = strawberry.field(description="In pixels, if known.")

    @classmethod
    def of(cls, row: Any) -> Self:
        """Of the picture alone: what it shows is said by each product that has it."""
        return cls.shown((*(row[name] for name in ("id", "url", "sha256", "content_type", "width", "height")), ""))

    @classmethod
    def shown(cls, picture: tuple[Any, ...]) -> Self:
        """Of a column of `readers.product_parts`."""
        key, url, sha256, content_type, width, height, alt = picture
        return cls(key=key, url=url or address_of(sha256, content_type), alt=alt, width=width, height=height)


@strawberry.type(description="What a product's variants differ in, such as color.")
class ProductOption:
    name: str = strawberry.field(description="In the caller's language.")
    values: list[str] = strawberry.field(description="The values that its variants have, in their order.")

    @classmethod
    def all_of(cls, names: Sequence[str], combinations: Sequence[Sequence[str]]) -> list[Self]:
        """The combinations are those of the variants, one value for each name."""
        return [
            cls(name=name, values=list(dict.fromkeys(values[place] for values in combinations if place < len(values))))
            for place, name in enumerate(names)
        ]


@strawberry.type(description="A variant's value of an option.")
class SelectedOption:
    name: str = strawberry.field(description="The option, such as `Color`.")
    value: str = strawberry.field(description="The value, such as `Red`.")


@strawberry.type(description="From what to what something costs.")
class PriceRange:
    min: Money = strawberry.field(description="What the cheapest variant costs.")
    max: Money = strawberry.field(description="What the dearest variant costs.")


@strawberry.type(description="The unit price from a quantity on.")
class PriceTier:
    min_quantity: int = strawberry.field(description="From how many units on.")
    price: Money = strawberry.field(description="For each unit.")
    compare_at_price: Money | None = strawberry.field(description="What a unit cost before.")

    @classmethod
    def of(cls, tier: Price, currency: str) -> Self:
        before = None if tier.compare_at is None else Money.of(tier.compare_at, currency)
        return cls(min_quantity=tier.min_quantity, price=Money.of(tier.amount, currency), compare_at_price=before)


@strawberry.type(description="Whether and how many can be bought now.")
class Availability:
    status: AvailabilityStatus = strawberry.field(description="Decide by this what to show.")
    told: int | None = strawberry.field(
        name="quantityAvailable",
        description="How many are left when few are; null when there are plenty or they are not counted.",
    )
    available: int = strawberry.field(
        name="exactQuantity",
        description="How many are left, however many.",
        directives=[requires(Permission.READ_STOCK)],
    )

    def __init__(self, policy: StockPolicy, available: int, backorder_left: int | None) -> None:
        """Of what the domain's value is made of, without making one: a page may have hundreds."""
        self.status, self.told = shown(policy, available, backorder_left)
        self.available = available

    @classmethod
    def of(cls, found: AvailabilityFound) -> Self:
        return cls(found.policy, found.available, found.backorder_left)


@strawberry.type(description="From when until when a channel sells a product.")
class Publication:
    channel_key: strawberry.Private[UUID]
    published_from: dt.datetime = strawberry.field(description="From this moment on.")
    published_until: dt.datetime | None = strawberry.field(description="Until before this moment; null for ever.")

    @strawberry.field(description="The channel.")
    def channel_id(self) -> strawberry.ID:
        return strawberry.ID(global_id("chn", self.channel_key))


@strawberry.interface(description="What an attribute of a product, or a custom field, says.")
class AttributeValue:
    code: str = strawberry.field(description="Stable name of the attribute or field.")
    name: str = strawberry.field(description="Its name in the caller's language.")


@strawberry.type(description="Free text.")
class TextAttribute(AttributeValue):
    text: str = strawberry.field(description="The text.")


@strawberry.type(description="A number.")
class NumberAttribute(AttributeValue):
    number: Decimal = strawberry.field(description="The number.")


@strawberry.type(description="Yes or no.")
class BooleanAttribute(AttributeValue):
    boolean: bool = strawberry.field(description="Whether it is so.")


@strawberry.type(description="A day.")
class DateAttribute(AttributeValue):
    date: dt.date = strawberry.field(description="The day.")


@strawberry.type(description="Some of the choices that the attribute offers.")
class ChoiceAttribute(AttributeValue):
    choices: list[str] = strawberry.field(description="What was chosen.")


def typed(kind: str, raw: Any, **common: str) -> AttributeValue:
    match kind:
        case "NUMBER":
            return NumberAttribute(**common, number=Decimal(str(raw)))
        case "BOOLEAN":
            return BooleanAttribute(**common, boolean=bool(raw))
        case "DATE":
            return DateAttribute(**common, date=dt.date.fromisoformat(raw))
        case "CHOICE":
            return ChoiceAttribute(**common, choices=raw if isinstance(raw, list) else [raw])
        case _:
            return TextAttribute(**common, text=str(raw))


def attribute_values(says: list[tuple[str, str, str, Any]] | None) -> list[AttributeValue]:
    """Of a column of `readers.product_parts`."""
    return [typed(kind, raw, code=code, name=name) for code, name, kind, raw in says or ()]
