"""What those who work on the catalog see of it besides: everything that they can write, as it was written."""

from typing import Any, Self
from uuid import UUID

import strawberry

from commerce_api.compiled import reading
from commerce_api.domain.permissions import Permission
from commerce_api.persistence.readers import catalog_texts as texts
from commerce_api.persistence.readers.catalog_work import (
    listed_prices_of,
    price_lists_by_id,
    product_types_by_id,
    publications_of,
)
from commerce_api.persistence.readers.categories import relations_of
from commerce_api.persistence.readers.settings import tax_classes_by_id
from commerce_api.schema.catalog_enums import RelationKind, StockPolicy
from commerce_api.schema.catalog_values import Image, Publication
from commerce_api.schema.context import Info
from commerce_api.schema.node import global_id
from commerce_api.schema.permissions import requires
from commerce_api.schema.price_list import ListedPrice
from commerce_api.schema.product_type import NameTexts, ProductType
from commerce_api.schema.scalars import LanguageCode, Money
from commerce_api.schema.setting import TaxClass

_CATALOG: Any = [requires(Permission.MANAGE_CATALOG)]


@strawberry.type(description="A product's texts in one language. An empty one is shown in the catalog's own language.")
class ProductTexts:
    language: LanguageCode | None = strawberry.field(description="Null for the catalog's own language.")
    title: str = strawberry.field(description="The title.")
    description_html: str = strawberry.field(description="As clean HTML.")
    option_names: list[str] = strawberry.field(description="What the variants differ in.")
    seo_title: str = strawberry.field(description="Title for search engines.")
    seo_description: str = strawberry.field(description="Description for search engines.")

    @classmethod
    def of(cls, row: Any, language: str | None = None) -> Self:
        names = ("title", "description_html", "option_names", "seo_title", "seo_description")
        spoken = None if language is None else LanguageCode(language)
        return cls(language=spoken, **{name: row[name] for name in names})


@strawberry.type(description="A variant's texts in one language.")
class VariantTexts:
    language: LanguageCode | None = strawberry.field(description="Null for the catalog's own language.")
    option_values: list[str] = strawberry.field(description="One for each option of the product.")

    @classmethod
    def of(cls, row: Any, language: str | None = None) -> Self:
        spoken = None if language is None else LanguageCode(language)
        return cls(language=spoken, option_values=row["option_values"])


@strawberry.type(description="How a product goes with another.")
class ProductRelation:
    kind: RelationKind = strawberry.field(description="In which way.")
    related_key: strawberry.Private[UUID]

    @strawberry.field(description="The other product, on sale or not.")
    def product_id(self) -> strawberry.ID:
        return strawberry.ID(global_id("prd", self.related_key))


@strawberry.type
class ProductDesk:
    row: strawberry.Private[Any]

    @strawberry.field(
        description="Decides which attributes it has.", directives=_CATALOG, metadata=reading("product_type_id")
    )
    async def product_type(self, info: Info) -> ProductType:
        return ProductType.of(await info.context.load(product_types_by_id, self.row["product_type_id"]))  # type: ignore[arg-type]  # a foreign key says so

    @strawberry.field(description="Decides how it is taxed.", directives=_CATALOG, metadata=reading("tax_class_id"))
    async def tax_class(self, info: Info) -> TaxClass:
        return TaxClass.of(await info.context.load(tax_classes_by_id, self.row["tax_class_id"]))

    @strawberry.field(description="Its texts as they were written first.", directives=_CATALOG, metadata=reading())
    async def original_texts(self, info: Info) -> ProductTexts:
        return ProductTexts.of(await info.context.load(texts.product_texts, self.row["id"]))

    @strawberry.field(description="Its texts in other languages.", directives=_CATALOG, metadata=reading())
    async def translations(self, info: Info) -> list[ProductTexts]:
        rows = await info.context.load(texts.product_translations, self.row["id"]) or ()
        return [ProductTexts.of(row, row["language"]) for row in rows]

    @strawberry.field(
        description="What goes with it or takes its place, in order.", directives=_CATALOG, metadata=reading()
    )
    async def relations(self, info: Info) -> list[ProductRelation]:
        rows = await info.context.load(relations_of, self.row["id"]) or ()
        return [ProductRelation(kind=RelationKind(row["kind"]), related_key=row["related_product_id"]) for row in rows]

    @strawberry.field(description="Which channels sell it, and when.", directives=_CATALOG, metadata=reading())
    async def publications(self, info: Info) -> list[Publication]:
        return [
            Publication(
                channel_key=each.channel_id, published_from=each.published_from, published_until=each.published_until
            )
            for each in await info.context.load(publications_of, self.row["id"]) or ()
        ]


@strawberry.type
class VariantDesk:
    row: strawberry.Private[Any]

    @strawberry.field(description="Whether it is taxed.", directives=_CATALOG, metadata=reading("taxable"))
    def taxable(self) -> bool:
        return bool(self.row["taxable"])

    @strawberry.field(
        description="What happens when nothing is left.", directives=_CATALOG, metadata=reading("stock_policy")
    )
    def stock_policy(self) -> StockPolicy:
        return StockPolicy(self.row["stock_policy"])

    @strawberry.field(
        description="So many may be sold before they are here; null for any number.",
        directives=_CATALOG,
        metadata=reading("backorder_limit"),
    )
    def backorder_limit(self) -> int | None:
        return self.row["backorder_limit"]  # type: ignore[no-any-return]  # a column of integers

    @strawberry.field(
        description="What a unit costs the shop, without tax; null if nobody knows.",
        directives=[requires(Permission.READ_COSTS)],
        metadata=reading("cost", "cost_currency"),
    )
    def cost(self) -> Money | None:
        row = self.row
        return None if row["cost"] is None else Money.of(row["cost"], row["cost_currency"])

    @strawberry.field(
        description="Its own picture; null if it has none.", directives=_CATALOG, metadata=reading("own_picture")
    )
    def media(self) -> Image | None:
        picture = self.row["own_picture"]
        return Image.shown(picture) if picture else None

    @strawberry.field(description="Its texts as they were written first.", directives=_CATALOG, metadata=reading())
    async def original_texts(self, info: Info) -> VariantTexts:
        return VariantTexts.of(await info.context.load(texts.variant_texts, self.row["id"]))

    @strawberry.field(description="Its texts in other languages.", directives=_CATALOG, metadata=reading())
    async def translations(self, info: Info) -> list[VariantTexts]:
        rows = await info.context.load(texts.variant_translations, self.row["id"]) or ()
        return [VariantTexts.of(row, row["language"]) for row in rows]

    @strawberry.field(
        description="Its prices in all lists, in force or not, at most 20 in each.",
        directives=[requires(Permission.MANAGE_PRICES)],
        metadata=reading(),
    )
    async def listed_prices(self, info: Info) -> list[ListedPrice]:
        found = await info.context.load(listed_prices_of, self.row["id"]) or ()
        lists = await info.context.load_many(price_lists_by_id, [list_id for list_id, _ in found])
        return [
            ListedPrice.of(price, in_list, self.row["id"], self.row["sku"])
            for (_, price), in_list in zip(found, lists, strict=True)
            if in_list
        ]


@strawberry.type
class ArrangementDesk:
    @strawberry.field(description="Its texts as they were written first.", directives=_CATALOG)
    async def original_texts(self, info: Info) -> NameTexts:
        return NameTexts.of(await _texts(self, info))

    @strawberry.field(description="Its texts in other languages.", directives=_CATALOG)
    async def translations(self, info: Info) -> list[NameTexts]:
        return NameTexts.all_of((await _texts(self, info))["translations"])


async def _texts(arrangement: Any, info: Info) -> Any:
    return await info.context.load(texts.arrangement_texts, arrangement.key)
