"""What only those who work on the catalog see: product types, price lists, and the payloads of their mutations."""

from typing import Any, Self

import strawberry

from commerce_api.persistence.readers.categories import categories_by_id, collections_by_id
from commerce_api.persistence.readers.products import RowOf, catalog_products_by_id
from commerce_api.schema.catalog import Category, Collection, Product
from commerce_api.schema.catalog_values import Image
from commerce_api.schema.context import Context
from commerce_api.schema.errors import UserError, errors_of, result_of
from commerce_api.schema.node import global_id
from commerce_api.schema.pagination import Connection
from commerce_api.schema.price_list import PriceList
from commerce_api.schema.product_type import ProductType

_ERRORS = "Why nothing happened."


@strawberry.type(description="A page of all products, published or not.")
class CatalogProductConnection(Connection[Product]):
    pass


@strawberry.type(description="The product as it is now, or the errors that prevented it.")
class ProductPayload:
    product: Product | None = strawberry.field(description="Null if nothing happened.")
    errors: list[UserError] = strawberry.field(description=_ERRORS)

    @classmethod
    async def of(cls, context: Context, outcome: Any) -> Self:
        result = result_of(outcome)
        row = result and await context.load(catalog_products_by_id, RowOf(key=result.id))
        product = Product(row, context.scope.currency) if row else None
        return cls(product=product, errors=errors_of(outcome))


@strawberry.type(description="The category as it is now, or the errors that prevented it.")
class CategoryPayload:
    category: Category | None = strawberry.field(description="Null if nothing happened.")
    errors: list[UserError] = strawberry.field(description=_ERRORS)

    @classmethod
    async def of(cls, context: Context, outcome: Any) -> Self:
        result = result_of(outcome)
        row = result and await context.load(categories_by_id, result.id)
        return cls(category=Category.of(row) if row else None, errors=errors_of(outcome))


@strawberry.type(description="The collection as it is now, or the errors that prevented it.")
class CollectionPayload:
    collection: Collection | None = strawberry.field(description="Null if nothing happened.")
    errors: list[UserError] = strawberry.field(description=_ERRORS)

    @classmethod
    async def of(cls, context: Context, outcome: Any) -> Self:
        result = result_of(outcome)
        row = result and await context.load(collections_by_id, result.id)
        return cls(collection=Collection.of(row) if row else None, errors=errors_of(outcome))


@strawberry.type(description="What was deleted, or the errors that prevented it.")
class DeletionPayload:
    deleted_id: strawberry.ID | None = strawberry.field(description="Its id; null if nothing happened.")
    errors: list[UserError] = strawberry.field(description=_ERRORS)

    @classmethod
    def of(cls, outcome: Any, prefix: str) -> Self:
        result = result_of(outcome)
        deleted = strawberry.ID(global_id(prefix, result.id)) if result else None
        return cls(deleted_id=deleted, errors=errors_of(outcome))


@strawberry.type(description="The product type as it is now, or the errors that prevented it.")
class ProductTypePayload:
    product_type: ProductType | None = strawberry.field(description="Null if nothing happened.")
    errors: list[UserError] = strawberry.field(description=_ERRORS)

    @classmethod
    def of(cls, outcome: Any) -> Self:
        result = result_of(outcome)
        return cls(product_type=result and ProductType.of(result), errors=errors_of(outcome))


@strawberry.type(description="The price list as it is now, or the errors that prevented it.")
class PriceListPayload:
    price_list: PriceList | None = strawberry.field(description="Null if nothing happened.")
    errors: list[UserError] = strawberry.field(description=_ERRORS)

    @classmethod
    def of(cls, outcome: Any) -> Self:
        result = result_of(outcome)
        return cls(price_list=result and PriceList.of(result), errors=errors_of(outcome))


@strawberry.type(description="The picture, or the errors that prevented it.")
class MediaPayload:
    media: Image | None = strawberry.field(description="Null if nothing happened.")
    errors: list[UserError] = strawberry.field(description=_ERRORS)

    @classmethod
    def of(cls, outcome: Any) -> Self:
        result = result_of(outcome)
        return cls(media=result and Image.of(result), errors=errors_of(outcome))
