"""Lists of products: which ones, in which order. What a statement about them selects from."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    FromClause,
    Text,
    Uuid,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    true,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import ARRAY

from commerce_api.domain.product_filter import Condition, FacetKind, ProductSort, Term
from commerce_api.domain.value import value
from commerce_api.persistence.readers.assortment import (
    Offers,
    has_price,
    published,
)
from commerce_api.persistence.readers.prices import scoped
from commerce_api.persistence.readers.product_conditions import (
    SEPARATOR,
    Clauses,
    Shape,
    mentions,
    query_of,
    query_values,
    shape_of,
    values_of,
)
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.tables.catalog import (
    collection_products,
    product_categories,
    products,
)
from commerce_api.persistence.tables.catalog import product_publications as publications
from commerce_api.persistence.tables.search import product_facets, product_search

ID: Final = publications.c.product_id
_LAST = 2**31 - 1


@value
class Listing:
    """Which products, in which order; `within` is the category or collection that they belong to."""

    within: tuple[FacetKind, UUID] | None = None
    terms: tuple[Term, ...] = ()
    configuration: str = "simple"
    conditions: tuple[Condition, ...] = ()
    sort: ProductSort = ProductSort.NEWEST


@value
class Form:
    """What decides how a listing's statement looks, apart from the page."""

    within: FacetKind | None
    terms: int
    shapes: tuple[Shape, ...]
    sort: ProductSort


def form_of(listing: Listing) -> Form:
    return Form(
        within=listing.within and listing.within[0],
        terms=len(listing.terms),
        shapes=tuple(shape_of(condition) for condition in listing.conditions),
        sort=listing.sort,
    )


def listing_values(scope: Scope, listing: Listing, anchors: Sequence[UUID]) -> dict[str, Any]:
    values = {**scoped(scope), **values_of(listing.conditions), **query_values(listing.terms)}
    return {**values, "configuration": listing.configuration, "anchors": list(anchors)}


class Candidates:
    """Products of a form, before paging: what to select from, on which conditions, and what sorting needs."""

    def __init__(self, form: Form, *, priced: bool) -> None:
        self.form = form
        self.conditions = [product_facets.c.active, published()]
        self.rank: ColumnElement[Any] = literal_column("0")
        self.source: FromClause = publications.join(product_facets, product_facets.c.product_id == ID)
        if form.sort is ProductSort.POPULARITY:
            self.source = self.source.join(products, products.c.id == ID)
        if form.terms or form.sort is ProductSort.NAME:
            self._join_words()
        self.offers = Offers(self.source, ID) if priced else None
        if self.offers is None:
            self.conditions.append(has_price(ID))
        else:
            self.source = self.offers.source
            self.conditions.append(self.offers.min_amount.is_not(None))
        make = Clauses(self.offers)
        self.clauses = [make.of(shape) for shape in form.shapes]

    def _join_words(self) -> None:
        mine = (product_search.c.product_id == ID) & (product_search.c.language == bindparam("language"))
        self.source = self.source.join(product_search, mine)
        if self.form.terms:
            made = select(query_of(self.form.terms).label("query")).cte("wanted").prefix_with("MATERIALIZED")
            wanted = select(
                made.c.query
            ).scalar_subquery()  # made once, and not again for each product that has the words
            self.conditions.append(product_search.c.words.op("@@", is_comparison=True)(wanted))
            self.rank = cast(func.ts_rank(product_search.c.heads, wanted) * literal_column("1e6"), BigInteger)

    def within_each(self, kind: FacetKind, asked: FromClause) -> None:
        """Those in any of the categories or collections with the ids of `asked`, once for each that they are in."""
        self.source = self.source.join(asked, true())
        self.within(kind, asked.c.id)

    def within(self, kind: FacetKind, anchor: ColumnElement[Any]) -> None:
        """Only those in the category or collection with the id in `anchor`, for each row that has it."""
        start = literal_column(f"'{kind}{SEPARATOR}{SEPARATOR}'", Text())
        self.conditions.append(product_facets.c.facets.contains(postgresql.array([start + cast(anchor, Text())])))


def anchors() -> Any:
    """The categories or collections that are asked about, as rows."""
    return func.unnest(bindparam("anchors", type_=ARRAY(Uuid()))).table_valued("id").render_derived(name="anchors")


def sorted_by(candidates: Candidates, anchor: ColumnElement[Any] | None) -> tuple[ColumnElement[Any], bool]:
    """The value that decides the order, and whether the greatest comes first. Ties go by id in the same direction. FEATURED is only
    asked of what is in a category or a collection.
    """
    match candidates.form.sort:
        case ProductSort.RELEVANCE:
            return candidates.rank, True
        case ProductSort.POPULARITY:
            return products.c.popularity, True
        case ProductSort.NAME:
            return product_search.c.name, False
        case ProductSort.PRICE_ASC | ProductSort.PRICE_DESC as sort:
            assert candidates.offers is not None  # noqa: S101 - asked for by `_priced`
            return candidates.offers.min_amount, sort is ProductSort.PRICE_DESC
        case ProductSort.FEATURED:
            assert anchor is not None  # noqa: S101 - as said above
            return _place(candidates, anchor), False
        case _:
            return publications.c.published_from, True


def _place(candidates: Candidates, anchor: ColumnElement[Any]) -> ColumnElement[Any]:
    """The position that was given to a product in the category or collection itself; all others come after."""
    inside = collection_products if candidates.form.within is FacetKind.COLLECTION else product_categories
    mine = inside.c.collection_id if inside is collection_products else inside.c.category_id
    candidates.source = candidates.source.outerjoin(inside, (inside.c.product_id == ID) & (mine == anchor))
    return func.coalesce(inside.c.position, _LAST)


CURSOR_TYPES: Mapping[ProductSort, Any] = {ProductSort.NAME: Text(), ProductSort.NEWEST: DateTime(timezone=True)}


def priced(form: Form) -> bool:
    by_price = form.sort in (ProductSort.PRICE_ASC, ProductSort.PRICE_DESC)
    return by_price or any(mentions(shape, "price") for shape in form.shapes)


def id_beside(by: ColumnElement[Any]) -> ColumnElement[UUID]:
    """The product's id in the table of the value to sort by: only so does one index know where a page begins."""
    if products.c.contains_column(by):
        return products.c.id
    return product_search.c.product_id if product_search.c.contains_column(by) else ID


def greatest_first(form: Form) -> bool:
    return form.sort not in (ProductSort.NAME, ProductSort.PRICE_ASC, ProductSort.FEATURED)
