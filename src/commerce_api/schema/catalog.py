"""Products and variants as clients see them."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, ClassVar, Self
from uuid import UUID

import strawberry

from commerce_api.compiled import column, columns_read, field_below, for_many, reading
from commerce_api.domain.permissions import Permission
from commerce_api.persistence.readers.categories import categories_in, collections_in, relations_of
from commerce_api.persistence.readers.facets import ALL_FACETS, Counted, Counts
from commerce_api.persistence.readers.listings import Listing
from commerce_api.persistence.readers.prices import tiers_of
from commerce_api.persistence.readers.product_list import Listed, ListingPage, pages_of
from commerce_api.persistence.readers.products import RowOf, catalog_products_by_id, products_by_id
from commerce_api.persistence.readers.stock import parts_of_availability
from commerce_api.persistence.readers.variant_rows import VariantsOf, variants_in
from commerce_api.persistence.readers.variants import catalog_variants_by_id, variants_by_id, variants_of
from commerce_api.schema.arrangements import Category as Category
from commerce_api.schema.arrangements import Collection as Collection
from commerce_api.schema.catalog_desk import ProductDesk, VariantDesk
from commerce_api.schema.catalog_enums import ProductStatus, RelationKind
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
from commerce_api.schema.facets import ProductFacets, counted_by, shows_a_page
from commerce_api.schema.node import Node
from commerce_api.schema.pagination import DEFAULT_PAGE, MAX_PAGE, Connection, Page
from commerce_api.schema.permissions import requires
from commerce_api.schema.product_filter import position_of
from commerce_api.schema.scalars import Money

MAX_SKIPPED = 10_000
_First = Annotated[int, strawberry.argument(description="At most so many.")]
_Skip = Annotated[int, strawberry.argument(description="Leave out so many at the start.")]


def within(number: int, most: int, name: str) -> int:
    if not 0 <= number <= most:
        raise BadInput(f"`{name}` is between 0 and {most}.")
    return number


@strawberry.type(description="Something that can be bought: a product in one of its forms.")
class ProductVariant(VariantDesk, Node):
    prefix: ClassVar[str] = "var"

    currency: strawberry.Private[str]
    sku: str | None = column("sku", description="The seller's stock-keeping unit; unique among living variants.")
    barcode: str = column("barcode", description="GTIN or the like; may be empty.")
    weight: int = column("weight", description="In grams.")
    requires_shipping: bool = column("requires_shipping", description="False for what is not sent, such as a voucher.")
    min_quantity: int = column("min_quantity", description="The smallest quantity that can be bought.")
    max_quantity: int | None = column("max_quantity", description="The greatest quantity per order, if there is one.")
    quantity_step: int = column("quantity_step", description="Quantities above `minQuantity` go up in these steps.")
    revision: int = column(
        "revision",
        description="Grows with every change; send it as `expectedRevision`.",
        directives=[requires(Permission.MANAGE_CATALOG)],
    )
    name: str = column("name", description="The option values, such as `Red / M`, or else the product's title.")

    def __init__(self, row: Any, currency: str) -> None:
        self.key, self.row, self.currency = row["id"], row, currency

    @strawberry.field(
        description="Unit price for the smallest quantity that can be bought. Null only for staff: shoppers do not see "
        "variants that have no price for them.",
        metadata=reading("amount"),
    )
    def price(self) -> Money | None:
        amount = self.row["amount"]
        return None if amount is None else Money.of(amount, self.currency)

    @strawberry.field(description="What it cost before, to show struck out.", metadata=reading("compare_at"))
    def compare_at_price(self) -> Money | None:
        amount = self.row["compare_at"]
        return None if amount is None else Money.of(amount, self.currency)

    @strawberry.field(
        description="Whether and how many can be bought now.",
        metadata=reading("stock_policy", "backorder_limit", "available", "backordered"),
    )
    def availability(self) -> Availability:
        return Availability(*parts_of_availability(self.row))

    @strawberry.field(
        description="What makes it this one among the product's variants.",
        metadata=reading("option_names", "option_values"),
    )
    def options(self) -> list[SelectedOption]:
        pairs = zip(self.row["option_names"], self.row["option_values"], strict=False)
        return [SelectedOption(name=name, value=value) for name, value in pairs]

    @strawberry.field(
        description="The product that it is a form of; null if you may not see it.", metadata=reading("product_id")
    )
    async def product(self, info: Info) -> "Product | None":
        asked = RowOf(key=self.row["product_id"], columns=columns_read(info, "Product"))
        row = await info.context.load(catalog_products_by_id, asked)
        return row and Product(row, info.context.scope.currency)

    @strawberry.field(description="Its own picture, or else the product's first.", metadata=reading("picture"))
    def image(self) -> Image | None:
        picture = self.row["picture"]
        return Image.shown(picture) if picture else None

    @strawberry.field(description="Unit prices by quantity, the smallest quantity first.", metadata=reading("steps"))
    def price_tiers(self) -> list[PriceTier]:
        return [PriceTier.of(tier, self.currency) for tier in tiers_of(self.row["steps"])]

    @strawberry.field(
        description="What the variant says of itself; see also the product's attributes.", metadata=reading("says")
    )
    def attributes(self) -> list[AttributeValue]:
        return attribute_values(self.row["says"])

    @strawberry.field(
        description="What replaces it, such as the next vintage; null if nothing that is on sale does.",
        metadata=reading("successor_id"),
    )
    async def successor(self, info: Info) -> "ProductVariant | None":
        if not self.row["successor_id"]:
            return None
        asked = RowOf(key=self.row["successor_id"], columns=columns_read(info, "ProductVariant"))
        row = await info.context.load(catalog_variants_by_id, asked)
        return ProductVariant(row, info.context.scope.currency) if row else None


async def variant_of(info: Info, id_: UUID) -> ProductVariant | None:
    """What a line of a cart or an order is about; None if the caller is not sold it."""
    row = await info.context.load(variants_by_id, RowOf(key=id_, columns=columns_read(info, "ProductVariant")))
    return ProductVariant(row, info.context.scope.currency) if row else None


def variants_asked(info: Info) -> VariantsOf | None:
    """What is asked of the variants of the products that a field gives, to be read with them, if it is one and the same."""
    below = field_below(info, "Product", "variants", rows_of="ProductVariant")
    if below is None or below.columns is None:
        return None
    first, skip = below.arguments["first"], below.arguments["skip"]
    right = 0 <= first <= MAX_PAGE and 0 <= skip <= MAX_SKIPPED
    return VariantsOf(first=first, skip=skip, columns=below.columns) if right else None


@strawberry.type(description="Something that is sold, in one form or several.")
class Product(ProductDesk, Node):
    prefix: ClassVar[str] = "prd"

    currency: strawberry.Private[str]
    beside: strawberry.Private[VariantsOf | None]
    handle: str = column("handle", description="Unique name for addresses of pages.")
    title: str = column("title", description="In the caller's language.")
    vendor: str = column("vendor", description="Who makes it or sells it; may be empty.")
    tags: list[str] = column("tags", description="Free keywords.")
    created_at: datetime = column("created_at", description="When it was made.")
    updated_at: datetime = column("updated_at", description="When it was changed last.")
    revision: int = column(
        "revision",
        description="Grows with every change; send it as `expectedRevision`.",
        directives=[requires(Permission.MANAGE_CATALOG)],
    )

    def __init__(self, row: Any, currency: str, beside: VariantsOf | None = None) -> None:
        """`beside`: which of its variants stand in the row."""
        self.key, self.row, self.currency, self.beside = row["id"], row, currency, beside

    @strawberry.field(
        description="What its variants cost. Null only for staff: shoppers do not see products without a price for them.",
        metadata=reading("min_amount", "max_amount"),
    )
    def price_range(self) -> PriceRange | None:
        least, most = self.row["min_amount"], self.row["max_amount"]
        if least is None:
            return None
        return PriceRange(min=Money.of(least, self.currency), max=Money.of(most, self.currency))

    @strawberry.field(
        description="Whether it can be sold at all.",
        directives=[requires(Permission.MANAGE_CATALOG)],
        metadata=reading("status"),
    )
    def status(self) -> ProductStatus:
        return ProductStatus(self.row["status"])

    @for_many(
        description=f"Its variants in their order, {DEFAULT_PAGE} unless you say so and at most {MAX_PAGE} at once.",
        columns=(),
    )
    async def variants(
        products: "Sequence[Product]", info: Info, first: _First = DEFAULT_PAGE, skip: _Skip = 0
    ) -> list[list[ProductVariant]]:
        part = VariantsOf(
            first=within(first, MAX_PAGE, "first"),
            skip=within(skip, MAX_SKIPPED, "skip"),
            columns=columns_read(info, "ProductVariant"),
        )
        scope, beside = info.context.scope, products[0].beside
        if part.columns is not None and beside == part and all(product.beside is beside for product in products):
            known = [variants_in(product.row["variants"], part.columns) for product in products]
            return [[ProductVariant(row, scope.currency) for row in rows] for rows in known]
        found = await variants_of(scope, [product.key for product in products], part)
        return [[ProductVariant(row, scope.currency) for row in found[product.key]] for product in products]

    @strawberry.field(description="What its variants differ in.", metadata=reading("option_names", "combinations"))
    def options(self) -> list[ProductOption]:
        return ProductOption.all_of(self.row["option_names"], self.row["combinations"] or ())

    @strawberry.field(description="Its description as clean HTML.", metadata=reading("description_html"))
    def description_html(self) -> str:
        return str(self.row["description_html"])

    @strawberry.field(description="Title for search engines; may be empty.", metadata=reading("seo_title"))
    def seo_title(self) -> str:
        return str(self.row["seo_title"])

    @strawberry.field(description="Description for search engines; may be empty.", metadata=reading("seo_description"))
    def seo_description(self) -> str:
        return str(self.row["seo_description"])

    @strawberry.field(description="Its pictures in their order.", metadata=reading("pictures"))
    def media(self, first: _First = DEFAULT_PAGE) -> list[Image]:
        return list(map(Image.shown, (self.row["pictures"] or ())[: within(first, MAX_PAGE, "first")]))

    @strawberry.field(description="Its first picture.", metadata=reading("first_picture"))
    def featured_image(self) -> Image | None:
        picture = self.row["first_picture"]
        return Image.shown(picture) if picture else None

    @strawberry.field(description="The categories that it is in.", metadata=reading("categories"))
    def categories(self) -> list["Category"]:
        return [Category.of(row) for row in categories_in(self.row["categories"])]

    @strawberry.field(description="The collections that it is in.", metadata=reading("collections"))
    def collections(self) -> list["Collection"]:
        return [Collection.of(row) for row in collections_in(self.row["collections"])]

    @strawberry.field(
        description="Products that go with it, or in place of it; only those that are on sale.", metadata=reading()
    )
    async def related(
        self,
        info: Info,
        kind: Annotated[RelationKind, strawberry.argument(description="In which way.")],
        first: _First = 10,
    ) -> list["Product"]:
        related = await info.context.load(relations_of, self.key) or ()
        ids = [row["related_product_id"] for row in related if row["kind"] == kind]
        columns = columns_read(info, "Product")
        rows = await info.context.load_many(products_by_id, [RowOf(key=id_, columns=columns) for id_ in ids])
        found = [Product(row, info.context.scope.currency) for row in rows if row]
        return found[: within(first, MAX_PAGE, "first")]

    @strawberry.field(description="What the product says of itself, as its type defines.", metadata=reading("says"))
    def attributes(self) -> list[AttributeValue]:
        return attribute_values(self.row["says"])


@strawberry.type(description="A page of products.")
class ProductConnection(Connection[Product]):
    facets_counted: strawberry.Private[Callable[[], Awaitable[Counts]]]

    @strawberry.field(description="What the products of the whole list have, counted only when selected.")
    async def facets(self, info: Info) -> ProductFacets:
        return ProductFacets.of(await self.facets_counted(), info.context.scope.currency)

    @classmethod
    async def asked(cls, info: Info, listing: Listing, page: Page) -> Self:
        """A page of a listing; what is asked of several listings on one level is read together."""
        context, counting, beside = info.context, counted_by(info), variants_asked(info)
        key = ListingPage(
            listing=listing,
            limit=page.limit if listing.terms or shows_a_page(info) else 0,
            backward=page.backward,
            position=position_of(page, listing.sort),
            columns=columns_read(info, "Product"),
            beside=beside,
            counting=counting or frozenset(),
        )
        found = await context.load(pages_of, key) or Listed()

        async def counts(*wanted: Counted) -> Counts:
            if counting is not None:
                return found.counts
            later = await context.load(pages_of, ListingPage(listing=listing, counting=frozenset(wanted)))
            return (later or Listed()).counts

        async def total() -> int:
            return (await counts(Counted.TOTAL)).total

        plain: Any = Connection.of(
            page,
            found.rows,
            lambda row: Product(row, context.scope.currency, beside),
            lambda row: (row["place"], row["id"]),
            total,
        )
        return cls(
            edges=plain.edges, page_info=plain.page_info, count=total, facets_counted=lambda: counts(*ALL_FACETS)
        )
