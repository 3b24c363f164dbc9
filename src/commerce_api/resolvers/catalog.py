"""Products, categories, collections and search, as shoppers browse them."""

from typing import Any
from uuid import UUID

import strawberry

from commerce_api.compiled import columns_read
from commerce_api.domain.permissions import Permission
from commerce_api.persistence.readers.categories import (
    CollectionPage,
    categories_by_handle,
    categories_by_id,
    collection_page,
    collections_by_handle,
    collections_by_id,
    count_collections,
    root_categories,
)
from commerce_api.persistence.readers.products import (
    RowOf,
    catalog_products_by_id,
    media_by_id,
    products_by_handle,
    products_by_id,
)
from commerce_api.persistence.readers.variants import catalog_variants_by_id, variants_by_sku
from commerce_api.schema.catalog import (
    Category,
    Collection,
    Product,
    ProductConnection,
    ProductVariant,
    variant_of,
    variants_asked,
    within,
)
from commerce_api.schema.catalog_enums import ProductSort
from commerce_api.schema.catalog_values import Image
from commerce_api.schema.context import Info, Question
from commerce_api.schema.errors import BadInput
from commerce_api.schema.node import answers_for, key_of
from commerce_api.schema.pagination import After, Before, Connection, First, Last, page_of
from commerce_api.schema.permissions import PUBLIC, requires
from commerce_api.schema.product_filter import FilterBy, SortBy, position_of, products_page
from commerce_api.schema.search import MAX_SUGGESTIONS, FewFirst, Query, Search, SearchSuggestions, found_by, listing_of
from commerce_api.schema.sku_search import VariantsFound

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


@strawberry.input(one_of=True, description="Names a category by its id or its handle.")
class CategoryBy:
    id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="Its id.")
    handle: str | None = strawberry.field(default=strawberry.UNSET, description="Its handle.")


@strawberry.input(one_of=True, description="Names a collection by its id or its handle.")
class CollectionBy:
    id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="Its id.")
    handle: str | None = strawberry.field(default=strawberry.UNSET, description="Its handle.")


async def _named(
    info: Info, by: Any, prefix: str, by_id: "Question[UUID, Any]", by_handle: "Question[str, Any]"
) -> Any:
    """The row of what was named by its id or its handle."""
    if by.handle:
        return await info.context.load(by_handle, by.handle)
    key = key_of(by.id or "", prefix)
    return key and await info.context.load(by_id, key)


def _variant(info: Info, row: Any) -> ProductVariant | None:
    return ProductVariant(row, info.context.scope.currency) if row else None


@strawberry.type
class CatalogQueries:
    @strawberry.field(
        description="One product, or null if the channel does not sell it.", directives=_BROWSE, metadata=PUBLIC
    )
    async def product(self, info: Info, by: ProductBy) -> Product | None:
        columns, beside = columns_read(info, "Product"), variants_asked(info)
        if by.handle:
            row = await info.context.load(products_by_handle, RowOf(key=by.handle, columns=columns, beside=beside))
        else:
            key = key_of(by.id or "", Product.prefix)
            row = key and await info.context.load(products_by_id, RowOf(key=key, columns=columns, beside=beside))
        return Product(row, info.context.scope.currency, beside) if row else None

    @strawberry.field(
        description="One variant, or null if the channel does not sell it.", directives=_BROWSE, metadata=PUBLIC
    )
    async def variant(self, info: Info, by: VariantBy) -> ProductVariant | None:
        if by.sku:
            asked = RowOf(key=by.sku, columns=columns_read(info, "ProductVariant"))
            return _variant(info, await info.context.load(variants_by_sku, asked))
        key = key_of(by.id or "", ProductVariant.prefix)
        return await variant_of(info, key) if key else None

    @strawberry.field(
        description="Variants by SKU, at most 100, in the order asked.", directives=_BROWSE, metadata=PUBLIC
    )
    async def variants(self, info: Info, skus: list[str]) -> VariantsFound:
        if len(skus) > MAX_SKUS:
            raise BadInput(f"At most {MAX_SKUS} SKUs at once.")
        columns = columns_read(info, "ProductVariant")
        rows = await info.context.load_many(variants_by_sku, [RowOf(key=sku, columns=columns) for sku in skus])
        return VariantsFound.of(skus, [_variant(info, row) for row in rows])

    @strawberry.field(
        description="What the channel sells: searched, filtered, sorted.", directives=_BROWSE, metadata=PUBLIC
    )
    async def products(
        self,
        info: Info,
        *,
        search: Search = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        filter: FilterBy = None,
        sort: SortBy = None,
    ) -> ProductConnection:
        conditions = filter.parse(info.context.scope.currency) if filter else ()
        listing = await listing_of(info.context, search, conditions, sort)
        page = products_page(listing.sort, first, after, last, before)
        return await found_by(info, listing, search, page)

    @strawberry.field(description="What to offer while somebody types.", directives=_BROWSE, metadata=PUBLIC)
    async def search_suggestions(self, info: Info, query: Query, first: FewFirst = 5) -> SearchSuggestions:
        return await SearchSuggestions.asked(info, query, within(first, MAX_SUGGESTIONS, "first"))

    @strawberry.field(description="One category, or null if there is none such.", directives=_BROWSE, metadata=PUBLIC)
    async def category(self, info: Info, by: CategoryBy) -> Category | None:
        row = await _named(info, by, Category.prefix, categories_by_id, categories_by_handle)
        return Category.of(row) if row else None

    @strawberry.field(
        description="The categories at the top of the tree, in their order.", directives=_BROWSE, metadata=PUBLIC
    )
    async def categories(self, info: Info) -> list[Category]:
        return [Category.of(row) for row in await root_categories(info.context.scope)]

    @strawberry.field(description="One collection, or null if there is none such.", directives=_BROWSE, metadata=PUBLIC)
    async def collection(self, info: Info, by: CollectionBy) -> Collection | None:
        row = await _named(info, by, Collection.prefix, collections_by_id, collections_by_handle)
        return Collection.of(row) if row else None

    @strawberry.field(description="All collections by name.", directives=_BROWSE, metadata=PUBLIC)
    async def collections(
        self, info: Info, *, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[Collection]:
        page = page_of(first, after, last, before, of="collections", width=2)
        scope = info.context.scope
        asked = CollectionPage(limit=page.limit, backward=page.backward, position=position_of(page, ProductSort.NAME))
        rows = await collection_page(scope, asked)
        return Connection.of(
            page, rows, Collection.of, lambda row: (row["place"], row["id"]), lambda: count_collections(scope)
        )


@answers_for(Product.prefix)
async def _(context: Any, key: UUID) -> Product | None:
    row = await context.load(catalog_products_by_id, RowOf(key=key))
    return row and Product(row, context.scope.currency)


@answers_for(Category.prefix)
async def _(context: Any, key: UUID) -> Category | None:
    row = await context.load(categories_by_id, key)
    return row and Category.of(row)


@answers_for(Collection.prefix)
async def _(context: Any, key: UUID) -> Collection | None:
    row = await context.load(collections_by_id, key)
    return row and Collection.of(row)


@answers_for(Image.prefix)
async def _(context: Any, key: UUID) -> Image | None:
    row = await context.load(media_by_id, key)
    return row and Image.of(row)


@answers_for(ProductVariant.prefix)
async def _(context: Any, key: UUID) -> ProductVariant | None:
    row = await context.load(catalog_variants_by_id, RowOf(key=key))
    return row and ProductVariant(row, context.scope.currency)


@strawberry.type
class CatalogMutations:
    pass
