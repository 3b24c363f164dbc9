"""Pages of products: browsed, filtered, searched, in a category or a collection. One statement for all lists of a level."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    FromClause,
    Integer,
    Select,
    Text,
    Uuid,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    true,
    tuple_,
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
    needs_price,
    query_of,
    query_values,
    shape_of,
    values_of,
)
from commerce_api.persistence.readers.products import select_products
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Row, Statement
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
class ListingPage:
    """A page of a listing: `limit` products after `position`, or before it if `backward`; of these `columns`, or all."""

    listing: Listing
    limit: int
    backward: bool = False
    position: tuple[Any, ...] | None = None
    columns: frozenset[str] | None = None


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
            wanted = select(query_of(self.form.terms).label("query")).cte("wanted")
            self.source = self.source.join(wanted, product_search.c.words.op("@@")(wanted.c.query))
            self.rank = cast(func.ts_rank(product_search.c.heads, wanted.c.query) * literal_column("1e6"), BigInteger)

    def within(self, kind: FacetKind, anchor: ColumnElement[Any]) -> None:
        """Only those in the category or collection with the id in `anchor`, for each row that has it."""
        start = literal_column(f"'{kind}{SEPARATOR}{SEPARATOR}'", Text())
        self.conditions.append(product_facets.c.facets.contains(postgresql.array([start + cast(anchor, Text())])))


def anchors() -> Any:
    """The categories or collections that are asked about, as rows."""
    return func.unnest(bindparam("anchors", type_=ARRAY(Uuid()))).table_valued("id").render_derived(name="anchors")


def _sorted_by(candidates: Candidates, anchor: ColumnElement[Any] | None) -> tuple[ColumnElement[Any], bool]:
    """The value that decides the order, and whether the greatest comes first. Ties go by id in the same direction."""
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
        case ProductSort.FEATURED if anchor is not None:
            return _place(candidates, anchor), False
        case _:
            return publications.c.published_from, True


def _place(candidates: Candidates, anchor: ColumnElement[Any]) -> ColumnElement[Any]:
    """The position that was given to a product in the category or collection itself; all others come after."""
    inside = collection_products if candidates.form.within is FacetKind.COLLECTION else product_categories
    mine = inside.c.collection_id if inside is collection_products else inside.c.category_id
    candidates.source = candidates.source.outerjoin(inside, (inside.c.product_id == ID) & (mine == anchor))
    return func.coalesce(inside.c.position, _LAST)


_CURSOR_TYPES: Mapping[ProductSort, Any] = {ProductSort.NAME: Text(), ProductSort.NEWEST: DateTime(timezone=True)}


def _priced(form: Form) -> bool:
    by_price = form.sort in (ProductSort.PRICE_ASC, ProductSort.PRICE_DESC)
    return by_price or any(needs_price(shape) for shape in form.shapes)


def _ids(form: Form, anchor: ColumnElement[Any] | None, *, backward: bool, positioned: bool) -> Select[Any]:
    """The ids of a page with their place in the order."""
    candidates = Candidates(form, priced=_priced(form))
    if form.within and anchor is not None:
        candidates.within(form.within, anchor)
    by, greatest_first = _sorted_by(candidates, anchor)
    descending = greatest_first is not backward
    key, id_ = by.label("place"), _id_beside(by)
    page = (
        select(id_.label("id"), key)
        .select_from(candidates.source)
        .where(*candidates.conditions, *candidates.clauses)
        .order_by(by.desc() if descending else by, id_.desc() if descending else id_)
        .limit(bindparam("limit", type_=Integer()))
    )
    if positioned:
        type_ = _CURSOR_TYPES.get(form.sort, BigInteger())
        here = tuple_(bindparam("place", type_=type_), bindparam("last_id", type_=Uuid()))
        page = page.where(tuple_(by, id_) < here if descending else tuple_(by, id_) > here)
    return page


def _id_beside(by: ColumnElement[Any]) -> ColumnElement[UUID]:
    """The product's id in the table of the value to sort by: only so does one index know where a page begins."""
    if products.c.contains_column(by):
        return products.c.id
    return product_search.c.product_id if product_search.c.contains_column(by) else ID


@lru_cache(maxsize=512)
def _statement(form: Form, *, backward: bool, positioned: bool, columns: frozenset[str] | None) -> Statement:
    """The page's ids are found first; only then the rows of those few are put together."""
    asked = anchors() if form.within else None
    ids = _ids(form, None if asked is None else asked.c.id, backward=backward, positioned=positioned)
    page = ids.cte("page") if asked is None else ids.correlate(asked).lateral("page")
    source = page if asked is None else asked.join(page, true())
    source = source.join(products, products.c.id == page.c.id)
    anchor = literal_column("NULL").label("anchor") if asked is None else asked.c.id.label("anchor")
    order = [page.c.place, page.c.id]
    return Statement(
        select_products(source, columns, page.c.place, anchor).order_by(
            *(part.desc() if _greatest_first(form) is not backward else part for part in order)
        )
    )


def _greatest_first(form: Form) -> bool:
    ascending = form.sort in (ProductSort.NAME, ProductSort.PRICE_ASC)
    return not ascending and not (form.sort is ProductSort.FEATURED and form.within)


async def pages_of(scope: Scope, keys: Sequence[ListingPage]) -> Mapping[ListingPage, list[Row]]:
    """The rows of each page in the direction of reading; pages that differ only in `within` share a statement."""
    alike: dict[ListingPage, list[ListingPage]] = defaultdict(list)
    for key in keys:
        alike[replace(key, listing=replace(key.listing, within=None))].append(key)
    found: dict[ListingPage, list[Row]] = {key: [] for key in keys}
    async with scope.database.connection() as connection:
        for pages in alike.values():
            by_anchor = {page.listing.within and page.listing.within[1]: page for page in pages}
            statement, values = _asked(scope, pages[0], [id_ for id_ in by_anchor if id_])
            for row in await connection.fetch(statement, **values):
                found[by_anchor[row["anchor"]]].append(row)
    return found


def _asked(scope: Scope, page: ListingPage, within: Sequence[UUID]) -> tuple[Statement, dict[str, Any]]:
    positioned, form = page.position is not None, form_of(page.listing)
    statement = _statement(form, backward=page.backward, positioned=positioned, columns=page.columns)
    values = {**listing_values(scope, page.listing, within), "limit": page.limit}
    if page.position is not None:
        values |= {"place": page.position[0], "last_id": page.position[1]}
    return statement, values


@lru_cache(maxsize=128)
def _count(form: Form) -> Statement:
    asked = anchors() if form.within else None
    candidates = Candidates(form, priced=_priced(form))
    source = candidates.source
    anchor: ColumnElement[Any] = literal_column("NULL")
    if form.within and asked is not None:
        candidates.within(form.within, asked.c.id)
        source, anchor = candidates.source.join(asked, true()), asked.c.id
    return Statement(
        select(anchor.label("anchor"), func.count().label("count"))
        .select_from(source)
        .where(*candidates.conditions, *candidates.clauses)
        .group_by(literal_column("1"))
    )


async def counts_of(scope: Scope, keys: Sequence[Listing]) -> Mapping[Listing, int]:
    """How long each listing is."""
    alike: dict[Listing, list[Listing]] = defaultdict(list)
    for key in keys:
        alike[replace(key, within=None)].append(key)
    found = dict.fromkeys(keys, 0)
    async with scope.database.connection() as connection:
        for listings in alike.values():
            by_anchor = {listing.within and listing.within[1]: listing for listing in listings}
            form = form_of(replace(listings[0], sort=ProductSort.NEWEST))
            values = listing_values(scope, listings[0], [id_ for id_ in by_anchor if id_])
            for row in await connection.fetch(_count(form), **values):
                found[by_anchor[row["anchor"]]] = row["count"]
    return found
