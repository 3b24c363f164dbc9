"""Products, categories, collections and search, as shoppers browse them."""

from typing import Annotated, Any
from uuid import UUID

import strawberry

from commerce_api.domain.permissions import Permission
from commerce_api.domain.product_filter import ProductSort
from commerce_api.persistence.readers.product_list import Listing
from commerce_api.persistence.readers.products import catalog_products_by_id, products_by_handle, products_by_id
from commerce_api.persistence.readers.variants import variants_by_id, variants_by_sku
from commerce_api.schema.catalog import Product, ProductVariant
from commerce_api.schema.context import Info
from commerce_api.schema.errors import BadInput
from commerce_api.schema.node import answers_for, key_of
from commerce_api.schema.pagination import After, Before, First, Last, page_of
from commerce_api.schema.permissions import requires
from commerce_api.schema.product_list import CURSOR_WIDTH, ProductConnection, ProductFilter, product_page

MAX_SKUS = 100
_BROWSE = [requires(Permission.BROWSE_CATALOG)]


@strawberry.input(one_of=True, description="Names a product by its id or its handle.")
class ProductBy:
    id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="Its id.")
    handle: str | None = strawberry.field(default=strawberry.UNSET, description="Its handle.")


@strawberry.input(one_of=True, description="Names a variant by its id or its SKU.")
class VariantBy:
    id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="Its id.")
    sku: str | None = strawberry.field(default=strawberry.UNSET, description="Its SKU.")


def _product(info: Info, row: Any) -> Product | None:
    return Product.of(row, info.context.scope.currency) if row else None


def _variant(info: Info, row: Any) -> ProductVariant | None:
    return ProductVariant.of(row, info.context.scope.currency) if row else None


@strawberry.type
class CatalogQueries:
    @strawberry.field(description="One product, or null if the channel does not sell it.", directives=_BROWSE)
    async def product(self, info: Info, by: ProductBy) -> Product | None:
        if by.handle:
            return _product(info, await info.context.load(products_by_handle, by.handle))
        key = key_of(by.id or "", Product.prefix)
        return _product(info, key and await info.context.load(products_by_id, key))

    @strawberry.field(description="One variant, or null if the channel does not sell it.", directives=_BROWSE)
    async def variant(self, info: Info, by: VariantBy) -> ProductVariant | None:
        if by.sku:
            return _variant(info, await info.context.load(variants_by_sku, by.sku))
        key = key_of(by.id or "", ProductVariant.prefix)
        return _variant(info, key and await info.context.load(variants_by_id, key))

    @strawberry.field(
        description="Variants by SKU, at most 100, in the order asked; null for each that the channel does not sell.",
        directives=_BROWSE,
    )
    async def variants(self, info: Info, skus: list[str]) -> list[ProductVariant | None]:
        if len(skus) > MAX_SKUS:
            raise BadInput(f"At most {MAX_SKUS} SKUs at once.")
        return [_variant(info, row) for row in await info.context.load_many(variants_by_sku, skus)]

    @strawberry.field(description="What the channel sells, filtered and sorted.", directives=_BROWSE)
    async def products(
        self,
        info: Info,
        *,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        filter: Annotated[ProductFilter | None, strawberry.argument(description="Which products.")] = None,
        sort: Annotated[
            ProductSort | None, strawberry.argument(description="In which order; newest first unless you say.")
        ] = None,
    ) -> ProductConnection:
        listing = Listing(
            conditions=filter.parse(info.context.scope.currency) if filter else (), sort=sort or ProductSort.NEWEST
        )
        page = page_of(first, after, last, before, width=CURSOR_WIDTH)
        return await product_page(info.context, listing, page)


@answers_for(Product.prefix)
async def _(context: Any, key: UUID) -> Product | None:
    row = await context.load(catalog_products_by_id, key)
    return row and Product.of(row, context.scope.currency)


@answers_for(ProductVariant.prefix)
async def _(context: Any, key: UUID) -> ProductVariant | None:
    row = await context.load(variants_by_id, key)
    return row and ProductVariant.of(row, context.scope.currency)


@strawberry.type
class CatalogMutations:
    pass
