"""Categories and collections as clients see them."""

from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Self, TypeAlias, cast
from uuid import UUID

import strawberry
from strawberry.types.lazy_type import LazyType

from commerce_api.domain.permissions import Permission
from commerce_api.persistence.readers.categories import categories_above, categories_below, categories_by_id
from commerce_api.persistence.readers.listings import Listing
from commerce_api.schema.catalog_desk import ArrangementDesk
from commerce_api.schema.catalog_enums import FacetKind, ProductSort
from commerce_api.schema.context import Info
from commerce_api.schema.node import Node
from commerce_api.schema.pagination import After, Before, First, Last, Page
from commerce_api.schema.permissions import requires
from commerce_api.schema.product_filter import FilterBy, ProductFilter, SortBy, fitting, products_page

if TYPE_CHECKING:
    from commerce_api.schema.catalog import ProductConnection

_CATALOG: Final = "commerce_api.schema.catalog"
_ProductConnection: TypeAlias = Annotated["ProductConnection", strawberry.lazy(_CATALOG)]


def _inside(info: Info, kind: FacetKind, key: UUID, filter: ProductFilter | None, sort: ProductSort | None) -> Listing:
    conditions = filter.parse(info.context.scope.currency) if filter else ()
    return Listing(within=(kind, key), conditions=conditions, sort=fitting(sort, ProductSort.FEATURED))


@cache
def _connections() -> Any:
    """Known only later: products have categories themselves."""
    return LazyType[Any, Any]("ProductConnection", _CATALOG).resolve_type()


async def _asked(info: Info, listing: Listing, page: Page) -> "ProductConnection":
    return cast("ProductConnection", await _connections().asked(info, listing, page))


@strawberry.type(description="A place in the tree that products are sorted into.")
class Category(ArrangementDesk, Node):
    prefix: ClassVar[str] = "cat"

    row: strawberry.Private[Any]
    position: int = strawberry.field(
        description="Its place among its neighbors.", directives=[requires(Permission.MANAGE_CATALOG)]
    )
    handle: str = strawberry.field(description="Unique name for addresses of pages.")
    name: str = strawberry.field(description="In the caller's language.")
    description_html: str = strawberry.field(description="As clean HTML; may be empty.")
    revision: int = strawberry.field(
        description="Grows with every change; send it as `expectedRevision`.",
        directives=[requires(Permission.MANAGE_CATALOG)],
    )

    @classmethod
    def of(cls, row: Any) -> Self:
        return cls(
            key=row["id"],
            row=row,
            position=row["position"],
            handle=row["handle"],
            name=row["name"],
            description_html=row["description_html"],
            revision=row["revision"],
        )

    @strawberry.field(description="The category above it; null at the top.")
    async def parent(self, info: Info) -> "Category | None":
        row = self.row["parent_id"] and await info.context.load(categories_by_id, self.row["parent_id"])
        return Category.of(row) if row else None

    @strawberry.field(description="The way to it from the top, without itself.")
    async def ancestors(self, info: Info) -> list["Category"]:
        return [Category.of(row) for row in await info.context.load(categories_above, self.key) or ()]

    @strawberry.field(description="The categories right below it, in their order.")
    async def children(self, info: Info) -> list["Category"]:
        return [Category.of(row) for row in await info.context.load(categories_below, self.key) or ()]

    @strawberry.field(description="What the channel sells in it and below it, as arranged unless you say otherwise.")
    async def products(
        self,
        info: Info,
        *,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        filter: FilterBy = None,
        sort: SortBy = None,
    ) -> _ProductConnection:
        listing = _inside(info, FacetKind.CATEGORY, self.key, filter, sort)
        return await _asked(info, listing, products_page(listing.sort, first, after, last, before))


@strawberry.type(description="Products that were put together by hand, such as gifts.")
class Collection(ArrangementDesk, Node):
    prefix: ClassVar[str] = "col"

    handle: str = strawberry.field(description="Unique name for addresses of pages.")
    name: str = strawberry.field(description="In the caller's language.")
    description_html: str = strawberry.field(description="As clean HTML; may be empty.")
    revision: int = strawberry.field(
        description="Grows with every change; send it as `expectedRevision`.",
        directives=[requires(Permission.MANAGE_CATALOG)],
    )

    @classmethod
    def of(cls, row: Any) -> Self:
        return cls(
            key=row["id"],
            handle=row["handle"],
            name=row["name"],
            description_html=row["description_html"],
            revision=row["revision"],
        )

    @strawberry.field(description="What the channel sells of it, as arranged unless you say otherwise.")
    async def products(
        self,
        info: Info,
        *,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        filter: FilterBy = None,
        sort: SortBy = None,
    ) -> _ProductConnection:
        listing = _inside(info, FacetKind.COLLECTION, self.key, filter, sort)
        return await _asked(info, listing, products_page(listing.sort, first, after, last, before))
