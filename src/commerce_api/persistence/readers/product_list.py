"""Pages of products, and how many there are: browsed, filtered, searched, in a category or a collection. One statement for
whatever is asked of all lists of a level.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Uuid,
    bindparam,
    false,
    func,
    literal_column,
    select,
    true,
    tuple_,
)

from commerce_api.domain.value import value
from commerce_api.persistence.readers.facets import Counted, Counting, Counts, Hits, counting_values, counts_read
from commerce_api.persistence.readers.listings import (
    CURSOR_TYPES,
    Candidates,
    Form,
    Listing,
    anchors,
    form_of,
    greatest_first,
    id_beside,
    listing_values,
    priced,
    sorted_by,
)
from commerce_api.persistence.readers.product_conditions import mentions
from commerce_api.persistence.readers.products import select_products
from commerce_api.persistence.readers.variant_rows import VariantsOf, beside_values, shown_beside, variants_beside
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Row, Statement
from commerce_api.persistence.tables.catalog import products
from commerce_api.persistence.touched import Shown


@value
class ListingPage:
    """A page of a listing: `limit` products after `position`, or before it if `backward`; of these `columns`, or all, with the
    variants `beside` each. With it comes what is to be counted of the whole listing. No page is looked for if the limit is 0.
    """

    listing: Listing
    limit: int = 0
    backward: bool = False
    position: tuple[Any, ...] | None = None
    columns: frozenset[str] | None = None
    beside: VariantsOf | None = None
    counting: Counting = frozenset()


@value
class Listed:
    """The rows of a page in the direction of reading."""

    rows: Sequence[Row] = ()
    counts: Counts = Counts()


@value
class _Form:
    """What decides how the statement looks."""

    of: Form
    paged: bool
    backward: bool
    positioned: bool
    columns: frozenset[str] | None
    beside: frozenset[str] | None
    counting: Counting

    @property
    def shows(self) -> dict[str, Shown]:
        """Whose stock the variants tell does not matter where it is asked for what of everything is to be had."""
        of_stock = Counted.STOCK in self.counting or any(mentions(shape, "stock") for shape in self.of.shapes)
        return {"prd": "id"} if of_stock else {"prd": "id", **shown_beside(self.beside)}

    @property
    def descending(self) -> bool:
        return greatest_first(self.of) is not self.backward


@lru_cache(maxsize=512)
def _statement(form: _Form) -> Statement:
    """The page's ids are found first; only then the rows of those few are put together.

    Who must look at all products anyway, to count them, and cannot have them in order without looking at them, takes the page
    from what was found for counting. Otherwise an index tells where the page begins and the rest is not looked at.
    """
    asked = anchors() if form.of.within else None
    if not form.counting:
        return Statement(_page(form, asked, None), shows=form.shows)
    together = form.paged and (form.of.terms > 0 or form.counting != {Counted.TOTAL})
    hits = Hits(form.of, asked, form.counting, ordered=together)
    counts = hits.counts()
    if form.paged:
        return Statement(_page(form, asked, hits if together else None, counts), shows=form.shows)
    return Statement(select(counts))


def _page(form: _Form, asked: FromClause | None, hits: Hits | None, counts: FromClause | None = None) -> Select[Any]:
    ids = _ids(form, asked) if hits is None else _ids_among(form, asked, hits)
    page = ids.cte("page") if asked is None else ids.correlate(asked).lateral("page")
    source = page if asked is None else asked.join(page, true())
    source = source.join(products, products.c.id == page.c.id)
    counted: list[ColumnElement[Any]] = []
    anchor: ColumnElement[Any] = literal_column("NULL::uuid") if asked is None else asked.c.id
    if counts is not None:
        source, counted = source.join(counts, false(), full=True), [counts.c.counts, counts.c.labels]
        anchor = func.coalesce(anchor, counts.c.anchor)
    order = [page.c.place, page.c.id]
    more = (page.c.place, anchor.label("anchor"), *counted, *variants_beside(form.beside))
    return select_products(source, form.columns, *more).order_by(
        *(part.desc() if form.descending else part for part in order)
    )


def _ids(form: _Form, asked: FromClause | None) -> Select[Any]:
    """The ids of a page with their place in the order."""
    candidates, anchor = Candidates(form.of, priced=priced(form.of)), None if asked is None else asked.c.id
    if form.of.within and anchor is not None:
        candidates.within(form.of.within, anchor)
    by, _ = sorted_by(candidates, anchor)
    page = select(id_beside(by).label("id"), by.label("place")).select_from(candidates.source)
    page = page.where(*candidates.conditions, *candidates.clauses)
    return _part(form, page, by, id_beside(by))


def _ids_among(form: _Form, asked: FromClause | None, hits: Hits) -> Select[Any]:
    """The same of what has been found for counting."""
    rows = hits.rows
    page = select(rows.c.id, rows.c.place).where(*hits.narrowing(rows))
    if asked is not None:
        page = page.where(rows.c.anchor == asked.c.id)
    return _part(form, page, rows.c.place, rows.c.id)


def _part(form: _Form, page: Select[Any], by: ColumnElement[Any], id_: ColumnElement[Any]) -> Select[Any]:
    """So much of a list, in its order, as stands on the page."""
    if form.positioned:
        type_ = CURSOR_TYPES.get(form.of.sort, BigInteger())
        place = bindparam("place", type_=type_)
        here = tuple_(place, bindparam("last_id", type_=Uuid()))
        page = page.where(tuple_(by, id_) < here if form.descending else tuple_(by, id_) > here)
        if isinstance(by, Column):
            # Implied, but PostgreSQL finds the tighter of two bounds only among plain ones. Beside "published until now" alone
            # it would begin at the newest, and read all that stands before the page.
            page = page.where(by <= place if form.descending else by >= place)
    order = [part.desc() if form.descending else part for part in (by, id_)]
    return page.order_by(*order).limit(bindparam("limit", type_=Integer()))


async def pages_of(scope: Scope, keys: Sequence[ListingPage]) -> Mapping[ListingPage, Listed]:
    """What is asked of each list; those that differ only in which category, or which collection, share a statement."""
    alike: dict[tuple[Form, ListingPage], list[ListingPage]] = defaultdict(list)
    for key in keys:
        alike[form_of(key.listing), replace(key, listing=replace(key.listing, within=None))].append(key)
    found: dict[ListingPage, Listed] = dict.fromkeys(keys, _NOTHING)
    async with scope.database.connection() as connection:
        for pages in alike.values():
            if not (pages[0].limit or pages[0].counting):
                continue
            by_anchor = {page.listing.within and page.listing.within[1]: page for page in pages}
            statement, values = _asked(scope, pages[0], [id_ for id_ in by_anchor if id_])
            rows: dict[UUID | None, list[Row]] = defaultdict(list)
            for row in await connection.fetch(statement, **values):
                rows[row["anchor"]].append(row)
            found |= {by_anchor[anchor]: _listed(some, pages[0].counting) for anchor, some in rows.items()}
    return found


_NOTHING: Final = Listed()


def _listed(rows: list[Row], counting: Counting) -> Listed:
    """The counts stand in a row of their own."""
    if not counting:
        return Listed(rows=rows)
    counts = next((counts_read(row["counts"], row["labels"] or {}) for row in rows if row["counts"]), Counts())
    return Listed(rows=[row for row in rows if not row["counts"]], counts=counts)


def _asked(scope: Scope, page: ListingPage, within: Sequence[UUID]) -> tuple[Statement, dict[str, Any]]:
    form = _Form(
        of=form_of(page.listing),
        paged=page.limit > 0,
        backward=page.backward,
        positioned=page.position is not None,
        columns=page.columns,
        beside=page.beside.columns if page.beside else None,
        counting=page.counting,
    )
    values = {**listing_values(scope, page.listing, within), **counting_values(page.listing), "limit": page.limit}
    values |= beside_values(scope, page.beside)
    if page.position is not None:
        values |= {"place": page.position[0], "last_id": page.position[1]}
    return _statement(form), values
