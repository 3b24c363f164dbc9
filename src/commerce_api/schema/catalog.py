"""Products, variants, categories and collections as clients see them."""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Self

import strawberry

from commerce_api.domain.permissions import Permission
from commerce_api.persistence.readers import products as products_reader
from commerce_api.persistence.readers.prices import tiers_of
from commerce_api.persistence.readers.stock import availability
from commerce_api.persistence.readers.variants import VariantsOf, variants_by_id, variants_of
from commerce_api.schema.catalog_values import (
    AttributeValue,
    Availability,
    Image,
    PriceRange,
    PriceTier,
    ProductOption,
    SelectedOption,
    attribute_values,
)
from commerce_api.schema.context import Info
from commerce_api.schema.errors import BadInput
from commerce_api.schema.node import Node
from commerce_api.schema.permissions import requires
from commerce_api.schema.scalars import Money

MAX_VARIANTS = 250
MAX_MEDIA = 100
_First = Annotated[int, strawberry.argument(description="At most so many.")]
_Skip = Annotated[int, strawberry.argument(description="Leave out so many at the start.")]


def within(number: int, most: int, name: str) -> int:
    if not 0 <= number <= most:
        raise BadInput(f"`{name}` is between 0 and {most}.")
    return number


@strawberry.type(description="Something that can be bought: a product in one of its forms.")
class ProductVariant(Node):
    prefix: ClassVar[str] = "var"

    row: strawberry.Private[Any]
    sku: str | None = strawberry.field(description="The seller's stock-keeping unit; unique among living variants.")
    name: str = strawberry.field(description="The option values, such as `Red / M`, or else the product's title.")
    price: Money | None = strawberry.field(
        description="Unit price for the smallest quantity that can be bought. Null only for staff: shoppers do not see "
        "variants that have no price for them."
    )
    compare_at_price: Money | None = strawberry.field(description="What it cost before, to show struck out.")
    availability: Availability = strawberry.field(description="Whether and how many can be bought now.")
    barcode: str = strawberry.field(description="GTIN or the like; may be empty.")
    weight: int = strawberry.field(description="In grams.")
    requires_shipping: bool = strawberry.field(description="False for what is not sent, such as a voucher.")
    min_quantity: int = strawberry.field(description="The smallest quantity that can be bought.")
    max_quantity: int | None = strawberry.field(description="The greatest quantity per order, if there is one.")
    quantity_step: int = strawberry.field(description="Quantities above `minQuantity` go up in these steps.")
    revision: int = strawberry.field(
        description="Goes up with every change.", directives=[requires(Permission.MANAGE_CATALOG)]
    )

    @classmethod
    def of(cls, row: Any, currency: str) -> Self:
        amount, compare_at = row["amount"], row["compare_at"]
        return cls(
            key=row["id"],
            row=row,
            sku=row["sku"],
            name=" / ".join(row["option_values"]) or row["title"],
            price=None if amount is None else Money.of(amount, currency),
            compare_at_price=None if compare_at is None else Money.of(compare_at, currency),
            availability=Availability.of(availability(row)),
            barcode=row["barcode"],
            weight=row["weight"],
            requires_shipping=row["requires_shipping"],
            min_quantity=row["min_quantity"],
            max_quantity=row["max_quantity"],
            quantity_step=row["quantity_step"],
            revision=row["revision"],
        )

    @strawberry.field(description="What makes it this one among the product's variants.")
    def options(self) -> list[SelectedOption]:
        pairs = zip(self.row["option_names"], self.row["option_values"], strict=False)
        return [SelectedOption(name=name, value=value) for name, value in pairs]

    @strawberry.field(description="The product that it is a form of; null if you may not see it.")
    async def product(self, info: Info) -> "Product | None":
        row = await info.context.load(products_reader.catalog_products_by_id, self.row["product_id"])
        return row and Product.of(row, info.context.scope.currency)

    @strawberry.field(description="Its own picture, or else the product's first.")
    async def image(self, info: Info) -> Image | None:
        if media_id := self.row["media_id"]:
            row = await info.context.load(products_reader.media_by_id, media_id)
            return row and Image.of(row)
        rows = await info.context.load(products_reader.media_of, self.row["product_id"])
        return Image.of(rows[0], rows[0]["alt"]) if rows else None

    @strawberry.field(description="Unit prices by quantity, the smallest quantity first.")
    async def price_tiers(self, info: Info) -> list[PriceTier]:
        currency = info.context.scope.currency
        return [
            PriceTier(
                min_quantity=tier.min_quantity,
                price=Money.of(tier.amount, currency),
                compare_at_price=None if tier.compare_at is None else Money.of(tier.compare_at, currency),
            )
            for tier in await info.context.load(tiers_of, self.key) or ()
        ]

    @strawberry.field(description="What the variant says of itself; see also the product's attributes.")
    async def attributes(self, info: Info) -> list[AttributeValue]:
        definitions = await info.context.load(products_reader.attributes_of, self.row["product_type_id"])
        return attribute_values(definitions, self.row["attributes"], info.context.scope.language, of_variant=True)

    @strawberry.field(description="What replaces it, such as the next vintage; null if nothing that is on sale does.")
    async def successor(self, info: Info) -> "ProductVariant | None":
        row = self.row["successor_id"] and await info.context.load(variants_by_id, self.row["successor_id"])
        return ProductVariant.of(row, info.context.scope.currency) if row else None


@strawberry.type(description="Something that is sold, in one form or several.")
class Product(Node):
    prefix: ClassVar[str] = "prd"

    row: strawberry.Private[Any]
    handle: str = strawberry.field(description="Unique name for addresses of pages.")
    title: str = strawberry.field(description="In the caller's language.")
    vendor: str = strawberry.field(description="Who makes it or sells it; may be empty.")
    tags: list[str] = strawberry.field(description="Free keywords.")
    price_range: PriceRange | None = strawberry.field(
        description="What its variants cost. Null only for staff: shoppers do not see products without a price for them."
    )
    created_at: datetime = strawberry.field(description="When it was made.")
    updated_at: datetime = strawberry.field(description="When it was changed last.")
    revision: int = strawberry.field(
        description="Goes up with every change.", directives=[requires(Permission.MANAGE_CATALOG)]
    )

    @classmethod
    def of(cls, row: Any, currency: str) -> Self:
        least, most = row["min_amount"], row["max_amount"]
        return cls(
            key=row["id"],
            row=row,
            handle=row["handle"],
            title=row["title"],
            vendor=row["vendor"],
            tags=row["tags"],
            price_range=None
            if least is None
            else PriceRange(min=Money.of(least, currency), max=Money.of(most, currency)),
            created_at=row["created_at"],
            updated_at=row["updated_at"],
            revision=row["revision"],
        )

    @strawberry.field(description=f"Its variants in their order, at most {MAX_VARIANTS} at once.")
    async def variants(self, info: Info, first: _First = 100, skip: _Skip = 0) -> list[ProductVariant]:
        key = VariantsOf(
            product_id=self.key, first=within(first, MAX_VARIANTS, "first"), skip=within(skip, 10_000, "skip")
        )
        currency = info.context.scope.currency
        return [ProductVariant.of(row, currency) for row in await info.context.load(variants_of, key) or ()]

    @strawberry.field(description="What its variants differ in.")
    async def options(self, info: Info) -> list[ProductOption]:
        combinations = await info.context.load(products_reader.option_values_of, self.key) or []
        return [
            ProductOption(
                name=name,
                values=list(dict.fromkeys(values[place] for values in combinations if place < len(values))),
            )
            for place, name in enumerate(self.row["option_names"])
        ]

    @strawberry.field(description="Its description as clean HTML.")
    async def description_html(self, info: Info) -> str:
        return await self._text(info, "description_html")

    @strawberry.field(description="Title for search engines; may be empty.")
    async def seo_title(self, info: Info) -> str:
        return await self._text(info, "seo_title")

    @strawberry.field(description="Description for search engines; may be empty.")
    async def seo_description(self, info: Info) -> str:
        return await self._text(info, "seo_description")

    async def _text(self, info: Info, name: str) -> str:
        row: Any = await info.context.load(products_reader.texts_of, self.key)
        return str(row[name]) if row else ""

    @strawberry.field(description="Its pictures in their order.")
    async def media(self, info: Info, first: _First = 20) -> list[Image]:
        rows = await info.context.load(products_reader.media_of, self.key) or []
        return [Image.of(row, row["alt"]) for row in rows[: within(first, MAX_MEDIA, "first")]]

    @strawberry.field(description="Its first picture.")
    async def featured_image(self, info: Info) -> Image | None:
        rows = await info.context.load(products_reader.media_of, self.key)
        return Image.of(rows[0], rows[0]["alt"]) if rows else None

    @strawberry.field(description="What the product says of itself, as its type defines.")
    async def attributes(self, info: Info) -> list[AttributeValue]:
        definitions = await info.context.load(products_reader.attributes_of, self.row["product_type_id"])
        return attribute_values(definitions, self.row["attributes"], info.context.scope.language, of_variant=False)
