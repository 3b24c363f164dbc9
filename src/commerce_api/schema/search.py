"""Searching products, and what to offer while somebody types."""

from typing import Annotated, Self

import strawberry

from commerce_api.compiled import columns_read
from commerce_api.domain.product_filter import Condition
from commerce_api.operations.search_counts import count_search
from commerce_api.persistence.readers.categories import categories_named
from commerce_api.persistence.readers.listings import Listing
from commerce_api.persistence.readers.product_list import ListingPage, pages_of
from commerce_api.persistence.readers.search_terms import completions_of, stemming, terms_of
from commerce_api.schema.catalog import Category, Product, ProductConnection
from commerce_api.schema.catalog_enums import ProductSort
from commerce_api.schema.context import Context, Info
from commerce_api.schema.errors import BadInput
from commerce_api.schema.pagination import Page
from commerce_api.schema.product_filter import fitting

MAX_SUGGESTIONS = 10
_LONGEST = 200

Search = Annotated[
    str | None,
    strawberry.argument(
        description="Words that must all occur, in any form; the last one may be unfinished, and a wrong letter is forgiven."
    ),
]
Query = Annotated[str, strawberry.argument(description="What has been typed so far.")]
FewFirst = Annotated[int, strawberry.argument(description=f"At most so many of each kind, up to {MAX_SUGGESTIONS}.")]


async def listing_of(
    context: Context, search: str | None, conditions: tuple[Condition, ...], sort: ProductSort | None
) -> Listing:
    """The list that a search stands for; without words it is everything, the newest first."""
    if search and len(search) > _LONGEST:
        raise BadInput(f"`search` has at most {_LONGEST} characters.")
    terms = await context.load(terms_of, search) or () if search else ()
    usual = ProductSort.RELEVANCE if terms else ProductSort.NEWEST
    return Listing(terms=terms, configuration=stemming(context.scope), conditions=conditions, sort=fitting(sort, usual))


async def found_by(info: Info, listing: Listing, search: str | None, page: Page) -> ProductConnection:
    """A page of what was searched for; its first page is counted as a search."""
    context = info.context
    found = await ProductConnection.asked(info, listing, page)
    if search and listing.terms and page.size and page.position is None:
        hit = bool(found.edges) or bool(listing.conditions)
        if searched := await count_search(context.app.searches, context.scope, search, hit=hit):
            context.searches.append((searched, hit))
    return found


@strawberry.type(description="What somebody may be looking for.")
class SearchSuggestions:
    terms: list[str] = strawberry.field(description="Ways to go on with what was typed.")
    products: list[Product] = strawberry.field(description="Products that fit best.")
    categories: list[Category] = strawberry.field(description="Categories that are named so.")

    @classmethod
    async def asked(cls, info: Info, query: str, first: int) -> Self:
        context = info.context
        listing = await listing_of(context, query, (), None)
        if not listing.terms:
            return cls(terms=[], products=[], categories=[])
        page = ListingPage(listing=listing, limit=first, columns=columns_read(info, "Product"))
        listed = await context.load(pages_of, page)
        return cls(
            terms=await completions_of(context.scope, listing.terms, first),
            products=[Product(row, context.scope.currency) for row in (listed.rows if listed else ())],
            categories=[Category.of(row) for row in await categories_named(context.scope, listing.terms, first)],
        )
