"""How many products of a listing there are, and how many have what: by category, vendor, tag, option, attribute, price and availability.

A facet's own filter does not narrow its own counts, so that one can see what else there would be.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from itertools import pairwise
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Text,
    bindparam,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on

from commerce_api.domain.product_filter import FacetKind, HasFacet
from commerce_api.domain.value import value
from commerce_api.persistence.readers.listings import ID, Candidates, Form, Listing, priced, sorted_by
from commerce_api.persistence.readers.product_conditions import SEPARATOR, facet, sellable_among
from commerce_api.persistence.tables.catalog import attributes, categories, collections
from commerce_api.persistence.tables.search import option_labels, product_facets

MOST_VALUES: Final = 100
"""So many values of one facet are told, the most frequent ones."""

_BOUNDS: Final = [step * 10**power for power in range(12) for step in (1, 2, 5)]
"""Where price ranges begin and end, in minor units: 1, 2, 5, 10, 20, 50 and so on."""


class Counted(StrEnum):
    """What of a listing is to be counted."""

    TOTAL = "TOTAL"
    FACETS = "FACETS"
    PRICE = "PRICE"
    STOCK = "STOCK"


ALL_FACETS: Final = frozenset(Counted) - {Counted.TOTAL}
Counting = frozenset[Counted]


class FacetCount(NamedTuple):
    value: str
    label: str
    products: int


@value
class FacetFound:
    """`name` is the option's name or the attribute's code. The most frequent values come first."""

    kind: FacetKind
    name: str
    label: str
    counts: Sequence[FacetCount]


@value
class PriceRangeCount:
    """So many products cost at least `least` and less than `below`."""

    least: int
    below: int
    count: int


@value
class Counts:
    """What was not to be counted is empty."""

    total: int = 0
    facets: Sequence[FacetFound] = ()
    price_ranges: Sequence[PriceRangeCount] = ()
    in_stock: int = 0
    out_of_stock: int = 0


class Hits:
    """The products of a form, for counting and, if `ordered`, for pages: each is found once, whatever is done with it.

    Filters that do not narrow the counts of their own sort stand beside the products; all others have left theirs out.
    """

    def __init__(self, form: Form, asked: FromClause | None, counting: Counting, *, ordered: bool) -> None:
        self._form, self.counting = form, counting
        waiving = not counting.isdisjoint(ALL_FACETS)
        self._waived = [waiving and shape[0] in _WAIVABLE for shape in form.shapes]
        self.rows = self._rows(asked, ordered=ordered)

    def _rows(self, asked: FromClause | None, *, ordered: bool) -> CTE:
        anchor = literal_column("NULL::uuid") if asked is None else asked.c.id
        by_price = priced(self._form) or Counted.PRICE in self.counting
        candidates = Candidates(self._form, priced=by_price)
        if self._form.within and asked is not None:
            candidates.within_each(self._form.within, asked)
        columns: list[ColumnElement[Any]] = [ID.label("id"), anchor.label("anchor")]
        if ordered:
            columns.append(sorted_by(candidates, anchor)[0].label("place"))
        if Counted.FACETS in self.counting:
            columns.append(product_facets.c.facets)
        if by_price and candidates.offers:
            columns.append(candidates.offers.min_amount.label("min_amount"))
        clauses = list(zip(candidates.clauses, self._form.shapes, self._waived, strict=True))
        columns += [c.label(f"f{n}") for n, (c, shape, waived) in enumerate(clauses) if waived and shape[0] != "stock"]
        fixed = [clause for clause, _, waived in clauses if not waived]
        found = select(*columns).select_from(candidates.source).where(*candidates.conditions, *fixed)
        return self._with_stock(found.cte("found"))

    def _with_stock(self, found: CTE) -> CTE:
        by_stock = [(n, s[1]) for n, s in enumerate(self._form.shapes) if self._waived[n] and s[0] == "stock"]
        if not by_stock and Counted.STOCK not in self.counting:
            return found
        sellable = sellable_among(found, few=bool(self._form.terms))
        flags = [(sellable if wanted else ~sellable).label(f"f{number}") for number, wanted in by_stock]
        return select(found, sellable.label("sellable"), *flags).cte("hits")

    def narrowing(self, rows: Any, *, but: str = "") -> list[ColumnElement[bool]]:
        """The filters beside `rows`, without those of a sort."""
        shapes = enumerate(self._form.shapes)
        return [rows.c[f"f{number}"] for number, shape in shapes if self._waived[number] and shape[0] != but]

    def counts(self) -> FromClause:
        """By `anchor`: `counts`, keys with numbers, and `labels`, which tell what to call what the keys name."""
        parts: list[Select[Any]] = []
        labels: ColumnElement[Any] = literal_column("NULL::jsonb")
        if Counted.TOTAL in self.counting:
            parts.append(self._total())
        if Counted.FACETS in self.counting:
            facets = self._by_facet().cte("facets")
            parts.append(select(facets))
            labels = _labels(facets)
        if Counted.PRICE in self.counting:
            parts.append(self._by_price())
        if Counted.STOCK in self.counting:
            parts.append(self._by_stock())
        each = union_all(*parts).subquery("each")
        pairs = func.jsonb_agg(func.jsonb_build_array(each.c.key, each.c.count))
        return (
            select(each.c.anchor, pairs.label("counts"), labels.label("labels"))
            .group_by(each.c.anchor)
            .subquery("told")
        )

    def _total(self) -> Select[Any]:
        return self._by(literal_column(f"'{facet(Counted.TOTAL, '', '')}'", Text()), "")

    def _by_price(self) -> Select[Any]:
        bucket = func.width_bucket(self.rows.c.min_amount, bindparam("bounds", type_=ARRAY(BigInteger())))
        return self._by(_key(Counted.PRICE, bucket), "price")

    def _by_stock(self) -> Select[Any]:
        return self._by(_key(Counted.STOCK, cast(self.rows.c.sellable, Integer)), "stock")

    def _by(self, key: ColumnElement[Any], sort: str) -> Select[Any]:
        return (
            select(self.rows.c.anchor, key.label("key"), func.count().label("count"))
            .where(*self.narrowing(self.rows, but=sort))
            .group_by(self.rows.c.anchor, literal_column("2"))
        )

    def _by_facet(self) -> Select[Any]:
        flags = self.narrowing(self.rows)
        each = select(self.rows.c.anchor, func.unnest(self.rows.c.facets).label("key"), *flags).subquery("each")
        narrowing = self.narrowing(each, but="facet")
        for number, shape in enumerate(self._form.shapes):
            if shape[0] == "facet":
                own = func.starts_with(each.c.key, bindparam(f"own{number}", type_=Text()))
                narrowing.append(or_(each.c[f"f{number}"], own))
        counted = (
            select(each.c.anchor, each.c.key, func.count().label("count"))
            .where(*narrowing)
            .group_by(each.c.anchor, each.c.key)
            .subquery("counted")
        )
        name = func.substring(counted.c.key, literal_column(f"'^(.*{SEPARATOR}.*{SEPARATOR})'"))
        order = (counted.c.count.desc(), counted.c.key)
        place = func.row_number().over(partition_by=(counted.c.anchor, name), order_by=order)
        placed = select(counted, place.label("place")).subquery("placed")
        return select(placed.c.anchor, placed.c.key, placed.c.count).where(placed.c.place <= MOST_VALUES)


_WAIVABLE: Final = ("facet", "price", "stock")


def _key(sort: Counted, number: ColumnElement[Any]) -> ColumnElement[str]:
    return literal_column(f"'{facet(sort, '', '')}'", Text()) + cast(number, Text())


def _labels(facets: CTE) -> ColumnElement[Any]:
    """What to call categories, collections and attributes, by id or code, and options with their values, by their keys."""
    kind, name, found = (func.split_part(facets.c.key, SEPARATOR, place) for place in (1, 2, 3))
    named = select(kind.label("kind"), name.label("name"), found.label("value")).distinct().cte("named")
    language = bindparam("language", type_=Text())
    parts: list[Any] = []
    for table, its, key in (
        (categories, FacetKind.CATEGORY, cast(categories.c.id, Text())),
        (collections, FacetKind.COLLECTION, cast(collections.c.id, Text())),
        (attributes, FacetKind.ATTRIBUTE, attributes.c.code),
    ):
        label = func.coalesce(table.c.translations[language].astext, table.c.name)
        column = named.c.name if its is FacetKind.ATTRIBUTE else named.c.value
        asked = select(column).where(named.c.kind == literal(str(its)))
        first = select(key.label("key"), label.label("label")).ext(distinct_on(key)).where(key.in_(asked))
        parts.append(first.order_by(key, table.c.id).subquery(str(its).lower()))
    options = select(named.c.name, named.c.value).where(named.c.kind == literal(str(FacetKind.OPTION)))
    itself = select(named.c.name, literal_column("''", Text())).where(named.c.kind == literal(str(FacetKind.OPTION)))
    o = option_labels.c
    of_option = literal_column(f"'{FacetKind.OPTION}{SEPARATOR}'", Text()) + o.name
    of_value = of_option + literal_column(f"'{SEPARATOR}'", Text()) + o.value
    said = select(of_value.label("key"), o.label).where(
        o.language == language, tuple_(o.name, o.value).in_(options.union_all(itself))
    )
    each = union_all(*(select(part) for part in parts), said).subquery("labeled")
    return select(func.jsonb_object_agg(each.c.key, each.c.label)).scalar_subquery()


def counting_values(listing: Listing) -> dict[str, Any]:
    """The values that counting takes besides those of the listing."""
    own = {
        f"own{number}": facet(condition.kind, condition.name, "")
        for number, condition in enumerate(listing.conditions)
        if isinstance(condition, HasFacet)
    }
    return {"bounds": _BOUNDS, **own}


def counts_read(pairs: Sequence[tuple[str, int]], labels: Mapping[str, str]) -> Counts:
    """From the columns of `Hits.counts`."""
    groups: dict[tuple[str, str], list[FacetCount]] = {}
    others: dict[str, dict[str, int]] = {sort: {} for sort in Counted}
    for key, count in pairs:
        kind, name, found = key.split(SEPARATOR, 2)
        if kind in others:
            others[kind][found] = count
        else:
            label = labels.get(found if kind in _BY_ID else key, found)
            groups.setdefault((kind, name), []).append(FacetCount(found, label, count))
    order = list(FacetKind)
    stock = others[Counted.STOCK]
    return Counts(
        total=others[Counted.TOTAL].get("", 0),
        facets=[
            FacetFound(
                kind=FacetKind(kind),
                name=name,
                label=labels.get(facet(kind, name, "") if kind == FacetKind.OPTION else name, name),
                counts=sorted(groups[kind, name], key=lambda each: (-each.products, each.label)),
            )
            for kind, name in sorted(groups, key=lambda group: (order.index(FacetKind(group[0])), group[1]))
        ],
        price_ranges=_price_ranges(others[Counted.PRICE]),
        in_stock=stock.get("1", 0),
        out_of_stock=stock.get("0", 0),
    )


_BY_ID = (FacetKind.CATEGORY, FacetKind.COLLECTION)
_RANGES: Final = list(pairwise([0, *_BOUNDS]))


def _price_ranges(buckets: Mapping[str, int]) -> Sequence[PriceRangeCount]:
    return [
        PriceRangeCount(least=_RANGES[place][0], below=_RANGES[place][1], count=buckets[str(place)])
        for place in sorted(map(int, buckets))
    ]
