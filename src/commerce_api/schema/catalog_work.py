"""What only those who work on the catalog see: product types, price lists, and the payloads of their mutations."""

from datetime import datetime
from typing import Any, ClassVar, Self
from uuid import UUID

import strawberry

from commerce_api.domain.attribute import Attribute
from commerce_api.domain.attribute import ProductType as ProductTypeFound
from commerce_api.domain.price_list import PriceList as PriceListFound
from commerce_api.persistence.readers.categories import categories_by_id, collections_by_id
from commerce_api.persistence.readers.products import catalog_products_by_id
from commerce_api.schema.catalog import Category, Collection, Product
from commerce_api.schema.catalog_enums import AttributeKind
from commerce_api.schema.catalog_values import Image
from commerce_api.schema.context import Context
from commerce_api.schema.errors import UserError, errors_of, result_of
from commerce_api.schema.node import Node, global_id
from commerce_api.schema.pagination import Connection
from commerce_api.schema.scalars import CurrencyCode

_ERRORS = "Why nothing happened."


@strawberry.type(description="Something that products of a type, or their variants, can say of themselves.")
class AttributeDefinition(Node):
    prefix: ClassVar[str] = "att"

    code: str = strawberry.field(description="Stable name for programs.")
    name: str = strawberry.field(description="Name for people, in the catalog's own language.")
    kind: AttributeKind = strawberry.field(description="What values it has.")
    choices: list[str] = strawberry.field(description="What a CHOICE offers.")
    of_variant: bool = strawberry.field(description="Whether variants have it, or products.")
    required: bool = strawberry.field(description="Whether it has to be given.")
    facet: bool = strawberry.field(description="Whether shoppers filter by it.")

    @classmethod
    def of(cls, found: Attribute) -> Self:
        return cls(
            key=found.id,
            code=found.code,
            name=found.name,
            kind=found.kind,
            choices=list(found.choices),
            of_variant=found.of_variant,
            required=found.required,
            facet=found.facet,
        )


@strawberry.type(description="A kind of product, with what its products can say of themselves.")
class ProductType(Node):
    prefix: ClassVar[str] = "pty"

    code: str = strawberry.field(description="Stable name for programs.")
    name: str = strawberry.field(description="Name for people.")
    attributes: list[AttributeDefinition] = strawberry.field(description="In their order.")
    revision: int = strawberry.field(description="Goes up with every change.")

    @classmethod
    def of(cls, found: ProductTypeFound) -> Self:
        attributes = [AttributeDefinition.of(each) for each in found.attributes]
        return cls(key=found.id, code=found.code, name=found.name, attributes=attributes, revision=found.revision)


@strawberry.type(description="Prices for a channel and currency, for everybody or for a group of customers.")
class PriceList(Node):
    prefix: ClassVar[str] = "prl"

    channel_key: strawberry.Private[UUID]
    group_key: strawberry.Private[UUID | None]
    code: str = strawberry.field(description="Stable name for programs.")
    name: str = strawberry.field(description="Name for people.")
    currency: CurrencyCode = strawberry.field(description="What its prices are in.")
    priority: int = strawberry.field(description="Of several lists with a price, the one with the greatest decides.")
    valid_from: datetime | None = strawberry.field(description="From this moment on; null for always.")
    valid_until: datetime | None = strawberry.field(description="Until before this moment; null for ever.")
    revision: int = strawberry.field(description="Goes up with every change.")

    @classmethod
    def of(cls, found: PriceListFound) -> Self:
        return cls(
            key=found.id,
            channel_key=found.channel_id,
            group_key=found.customer_group_id,
            code=found.code,
            name=found.name,
            currency=CurrencyCode(found.currency),
            priority=found.priority,
            valid_from=found.valid_from,
            valid_until=found.valid_until,
            revision=found.revision,
        )

    @strawberry.field(description="The channel that it is for.")
    def channel_id(self) -> strawberry.ID:
        return strawberry.ID(global_id("chn", self.channel_key))

    @strawberry.field(description="The group of customers that it is for; null for everybody.")
    def customer_group_id(self) -> strawberry.ID | None:
        return strawberry.ID(global_id("grp", self.group_key)) if self.group_key else None


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
        row = result and await context.load(catalog_products_by_id, result.id)
        product = Product.of(row, context.scope.currency) if row else None
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
