"""Changing the catalog, prices and what goes with them."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

import strawberry

from commerce_api.compiled import columns_read
from commerce_api.domain.permissions import Permission
from commerce_api.domain.price_list import PriceList as PriceListFound
from commerce_api.operations import categories, media, price_lists, product_types, products
from commerce_api.persistence.product_types import product_type_of
from commerce_api.persistence.readers import catalog_work as questions
from commerce_api.persistence.readers.by_code import PRICE_LISTS, PRODUCT_TYPES
from commerce_api.persistence.readers.products import RowOf, catalog_products_by_handle, catalog_products_by_id
from commerce_api.persistence.readers.search_counts import TermPage, count_terms, term_page
from commerce_api.persistence.sql import Row
from commerce_api.resolvers.catalog import ProductBy
from commerce_api.schema.by_code import connection_by_code
from commerce_api.schema.catalog import Product
from commerce_api.schema.catalog_enums import ProductStatus
from commerce_api.schema.catalog_inputs import (
    CreateCategoryInput,
    CreateCollectionInput,
    DeleteInput,
    RegisterMediaInput,
    SaveProductTypeInput,
    UpdateCategoryInput,
    UpdateCollectionInput,
)
from commerce_api.schema.catalog_work import (
    CatalogProductConnection,
    CategoryPayload,
    CollectionPayload,
    DeletionPayload,
    MediaPayload,
    PriceListPayload,
    ProductPayload,
    ProductTypePayload,
)
from commerce_api.schema.context import Info, once
from commerce_api.schema.node import answers_for, key_of
from commerce_api.schema.pagination import After, Before, Connection, First, Last, page_of
from commerce_api.schema.permissions import requires
from commerce_api.schema.price_list import PriceList
from commerce_api.schema.price_list_inputs import CreatePriceListInput, SetPricesInput, UpdatePriceListInput
from commerce_api.schema.product_inputs import (
    ArchiveProductInput,
    CreateProductInput,
    DeleteVariantInput,
    PublishProductInput,
    SaveVariantsInput,
    UnpublishProductInput,
    UpdateProductInput,
)
from commerce_api.schema.product_type import ProductType
from commerce_api.schema.search_term import SearchTerm

_CATALOG = [requires(Permission.MANAGE_CATALOG)]
_PRICES = [requires(Permission.MANAGE_PRICES)]
_Since = Annotated[date | None, strawberry.argument(description="From this day on, in UTC.")]
_Until = Annotated[date | None, strawberry.argument(description="Until before this day, in UTC.")]
_InVain = Annotated[
    bool, strawberry.argument(description="Only what nothing was found for, ordered by how often that was.")
]
_Text = Annotated[str | None, strawberry.argument(description="Part of the title, the handle or a SKU.")]
_Status = Annotated[ProductStatus | None, strawberry.argument(description="Only products with this status.")]


@answers_for(ProductType.prefix)
async def _(context: Any, key: UUID) -> ProductType | None:
    if not context.actor.may(Permission.MANAGE_CATALOG):
        return None
    found = await context.load(questions.product_types_by_id, key)
    return found and ProductType.of(found)


@answers_for(PriceList.prefix)
async def _(context: Any, key: UUID) -> PriceList | None:
    if not context.actor.may(Permission.MANAGE_PRICES):
        return None
    found = await context.load(questions.price_lists_by_id, key)
    return found and PriceList.of(found)


def _product_type(row: Row) -> ProductType:
    return ProductType.of(product_type_of(row, row["attributes"]))


def _price_list(row: Row) -> PriceList:
    return PriceList.of(PriceListFound(**row))


@strawberry.type
class CatalogWorkQueries:
    @strawberry.field(description="Any product, published or not; null if there is none such.", directives=_CATALOG)
    async def catalog_product(self, info: Info, by: ProductBy) -> Product | None:
        context = info.context
        columns = columns_read(info, "Product")
        if by.handle:
            row = await context.load(catalog_products_by_handle, RowOf(key=by.handle, columns=columns))
        else:
            key = key_of(by.id or "", Product.prefix) or UUID(int=0)
            row = await context.load(catalog_products_by_id, RowOf(key=key, columns=columns))
        return Product(row, context.scope.currency) if row else None

    @strawberry.field(description="All products, the latest first.", directives=_CATALOG)
    async def catalog_products(
        self,
        info: Info,
        *,
        text: _Text = None,
        status: _Status = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> CatalogProductConnection:
        page, scope = page_of(first, after, last, before, of="catalogProducts", width=1), info.context.scope
        position = (page.keys(UUID) or (None,))[0]
        asked = questions.WorkPage(
            limit=page.limit,
            backward=page.backward,
            position=position,
            status=status,
            text=text or None,
            columns=columns_read(info, "Product"),
        )
        rows = await questions.work_page(scope, asked)
        return CatalogProductConnection.of(
            page,
            rows,
            lambda row: Product(row, scope.currency),
            lambda row: (row["id"],),
            lambda: questions.count_work(scope, asked),
        )

    @strawberry.field(
        description="What was searched for in the channel of the request, the most frequent first. Searches of the last "
        "seconds are not counted yet; those that may name a person are never counted.",
        directives=_CATALOG,
    )
    async def search_terms(
        self,
        info: Info,
        *,
        since: _Since = None,
        until: _Until = None,
        in_vain: _InVain = False,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[SearchTerm]:
        page, scope = page_of(first, after, last, before, of=f"terms {in_vain}", width=3), info.context.scope
        asked = TermPage(
            since=since,
            until=until,
            in_vain=in_vain,
            limit=page.limit,
            backward=page.backward,
            position=page.keys(int, str, str),
        )
        rows = await term_page(scope, asked)
        return Connection.of(
            page,
            rows,
            SearchTerm.of,
            lambda row: (row["rank"], row["term"], row["language"]),
            lambda: count_terms(scope, asked),
        )

    @strawberry.field(description="All kinds of products by code.", directives=_CATALOG)
    async def product_types(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[ProductType]:
        arguments = (first, after, last, before)
        return await connection_by_code(info.context, PRODUCT_TYPES, _product_type, arguments)

    @strawberry.field(description="All price lists by code.", directives=_PRICES)
    async def price_lists(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[PriceList]:
        arguments = (first, after, last, before)
        return await connection_by_code(info.context, PRICE_LISTS, _price_list, arguments)


@strawberry.type
class CatalogWorkMutations:
    @strawberry.mutation(description="Make a product; it is a draft until it is published.", directives=_CATALOG)
    async def create_product(self, info: Info, input: CreateProductInput) -> ProductPayload:
        return await _change_product(info, input)

    @strawberry.mutation(description="Change what a product is.", directives=_CATALOG)
    async def update_product(self, info: Info, input: UpdateProductInput) -> ProductPayload:
        return await _change_product(info, input)

    @strawberry.mutation(description="Sell a product in a channel, from now or later.", directives=_CATALOG)
    async def publish_product(self, info: Info, input: PublishProductInput) -> ProductPayload:
        return await _change_product(info, input)

    @strawberry.mutation(description="Sell a product in a channel no longer.", directives=_CATALOG)
    async def unpublish_product(self, info: Info, input: UnpublishProductInput) -> ProductPayload:
        return await _change_product(info, input)

    @strawberry.mutation(description="Put a product away for good. Orders keep their own copy.", directives=_CATALOG)
    async def archive_product(self, info: Info, input: ArchiveProductInput) -> ProductPayload:
        return await _change_product(info, input)

    @strawberry.mutation(description="Add variants to a product and change those it has.", directives=_CATALOG)
    async def save_variants(self, info: Info, input: SaveVariantsInput) -> ProductPayload:
        return await _change_product(info, input)

    @strawberry.mutation(description="Take a variant away. Orders keep their own copy.", directives=_CATALOG)
    async def delete_variant(self, info: Info, input: DeleteVariantInput) -> ProductPayload:
        return await _change_product(info, input)

    @strawberry.mutation(description="Know a picture that is elsewhere on the web.", directives=_CATALOG)
    async def register_media(self, info: Info, input: RegisterMediaInput) -> MediaPayload:
        return MediaPayload.of(await info.context.write(media.register_media, input.parse()))

    @strawberry.mutation(description="Make a category.", directives=_CATALOG)
    async def create_category(self, info: Info, input: CreateCategoryInput) -> CategoryPayload:
        key = once(input.idempotency_key, categories.load_category)
        outcome = await info.context.write(categories.create_category, input.parse(), once=key)
        return await CategoryPayload.of(info.context, outcome)

    @strawberry.mutation(description="Change a category, or move it with all below it.", directives=_CATALOG)
    async def update_category(self, info: Info, input: UpdateCategoryInput) -> CategoryPayload:
        key = once(input.idempotency_key, categories.load_category)
        outcome = await info.context.write(categories.update_category, input.parse(), once=key)
        return await CategoryPayload.of(info.context, outcome)

    @strawberry.mutation(description="Delete a category that has none below it.", directives=_CATALOG)
    async def delete_category(self, info: Info, input: DeleteInput) -> DeletionPayload:
        key = once(input.idempotency_key, categories.load_deleted)
        outcome = await info.context.write(categories.delete_category, input.parse("cat"), once=key)
        return DeletionPayload.of(outcome, "cat")

    @strawberry.mutation(description="Make a collection.", directives=_CATALOG)
    async def create_collection(self, info: Info, input: CreateCollectionInput) -> CollectionPayload:
        key = once(input.idempotency_key, categories.load_collection)
        outcome = await info.context.write(categories.create_collection, input.parse(), once=key)
        return await CollectionPayload.of(info.context, outcome)

    @strawberry.mutation(description="Change a collection.", directives=_CATALOG)
    async def update_collection(self, info: Info, input: UpdateCollectionInput) -> CollectionPayload:
        key = once(input.idempotency_key, categories.load_collection)
        outcome = await info.context.write(categories.update_collection, input.parse(), once=key)
        return await CollectionPayload.of(info.context, outcome)

    @strawberry.mutation(description="Delete a collection; its products stay.", directives=_CATALOG)
    async def delete_collection(self, info: Info, input: DeleteInput) -> DeletionPayload:
        key = once(input.idempotency_key, categories.load_deleted)
        outcome = await info.context.write(categories.delete_collection, input.parse("col"), once=key)
        return DeletionPayload.of(outcome, "col")

    @strawberry.mutation(description="Make a kind of product, or change one as a whole.", directives=_CATALOG)
    async def save_product_type(self, info: Info, input: SaveProductTypeInput) -> ProductTypePayload:
        key = once(input.idempotency_key, product_types.load)
        return ProductTypePayload.of(await info.context.write(product_types.save, input.parse(), once=key))

    @strawberry.mutation(description="Delete a kind of product that no product is of.", directives=_CATALOG)
    async def delete_product_type(self, info: Info, input: DeleteInput) -> DeletionPayload:
        key = once(input.idempotency_key, categories.load_deleted)
        return DeletionPayload.of(await info.context.write(product_types.delete, input.parse("pty"), once=key), "pty")

    @strawberry.mutation(
        description="Delete a price list with its prices. One in force is ended first.", directives=_PRICES
    )
    async def delete_price_list(self, info: Info, input: DeleteInput) -> DeletionPayload:
        key = once(input.idempotency_key, categories.load_deleted)
        return DeletionPayload.of(await info.context.write(price_lists.delete, input.parse("prl"), once=key), "prl")

    @strawberry.mutation(description="Make a price list.", directives=_PRICES)
    async def create_price_list(self, info: Info, input: CreatePriceListInput) -> PriceListPayload:
        key = once(input.idempotency_key, price_lists.load)
        return PriceListPayload.of(await info.context.write(price_lists.create, input.parse(), once=key))

    @strawberry.mutation(description="Change for whom, when or how early a price list counts.", directives=_PRICES)
    async def update_price_list(self, info: Info, input: UpdatePriceListInput) -> PriceListPayload:
        key = once(input.idempotency_key, price_lists.load)
        return PriceListPayload.of(await info.context.write(price_lists.update, input.parse(), once=key))

    @strawberry.mutation(
        description="Put prices into a list, in place of those variants' old ones.", directives=_PRICES
    )
    async def set_prices(self, info: Info, input: SetPricesInput) -> PriceListPayload:
        key = once(input.idempotency_key, price_lists.load)
        return PriceListPayload.of(await info.context.write(price_lists.set_prices, input.parse(), once=key))


async def _change_product(info: Info, input: Any) -> ProductPayload:
    key = once(input.idempotency_key, products.load)
    outcome = await info.context.write(products.change, input.parse(), once=key)
    return await ProductPayload.of(info.context, outcome)
