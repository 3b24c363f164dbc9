"""How many products of a listing have what: by category, vendor, tag, option, attribute, price and availability.

A facet's own filter does not narrow its own counts, so that one can see what else there would be.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    Text,
    bindparam,
    cast,
    func,
    literal_column,
    or_,
    select,
    text,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from commerce_api.domain.product_filter import FacetKind, HasFacet
from commerce_api.domain.value import value
from commerce_api.persistence.readers.product_conditions import SEPARATOR, Shape, facet, sellable
from commerce_api.persistence.readers.product_list import Candidates, Form, Listing, anchors, form_of, listing_values
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Connection, Statement
from commerce_api.persistence.tables.search import product_facets

MOST_VALUES: Final = 100
"""So many values of one facet are told, the most frequent ones."""

_BOUNDS: Final = [step * 10**power for power in range(12) for step in (1, 2, 5)]
"""Where price ranges begin and end, in minor units: 1, 2, 5, 10, 20, 50 and so on."""


@value
class FacetCount:
    value: str
    label: str
    count: int


@value
class FacetFound:
    """`name` is the option's name or the attribute's code."""

    kind: FacetKind
    name: str
    label: str
    counts: tuple[FacetCount, ...]


@value
class PriceRangeCount:
    """So many products cost at least `least` and less than `below`."""

    least: int
    below: int
    count: int


@value
class Facets:
    facets: tuple[FacetFound, ...]
    price_ranges: tuple[PriceRangeCount, ...]
    in_stock: int
    out_of_stock: int


_LABELS = Statement(
    text(
        """
        SELECT id::text AS value, coalesce(translations -> :language ->> 'name', name) AS label
        FROM categories WHERE id::text = ANY (:values)
        UNION ALL
        SELECT id::text, coalesce(translations -> :language ->> 'name', name)
        FROM collections WHERE id::text = ANY (:values)
        UNION ALL
        (SELECT DISTINCT ON (code) code, coalesce(translations -> :language ->> 'name', name)
        FROM attributes WHERE code = ANY (:values) ORDER BY code, id)
        UNION ALL
        SELECT concat_ws(chr(31), 'OPTION', name, value), label FROM option_labels
        WHERE language = :language AND (name, value) IN (
            SELECT split_part(asked, chr(31), 2), split_part(asked, chr(31), 3) FROM unnest(:options) AS asked
        )
        """
    ).bindparams(
        bindparam("values", type_=ARRAY(Text())),
        bindparam("options", type_=ARRAY(Text())),
        bindparam("language", type_=Text()),
    )
)


@lru_cache(maxsize=256)
def _statement(form: Form) -> Statement:
    candidates = Candidates(form, priced=True)
    if form.within:
        asked = anchors()
        candidates.source = candidates.source.join(asked, true())
        candidates.within(form.within, asked.c.id)
    fixed = [c for c, shape in zip(candidates.clauses, form.shapes, strict=True) if not _waivable(shape)]
    flags = {
        f"f{number}": clause
        for number, (clause, shape) in enumerate(zip(candidates.clauses, form.shapes, strict=True))
        if _waivable(shape)
    }
    assert candidates.offers is not None  # noqa: S101 - asked for by `priced`
    hits: Any = (
        select(
            product_facets.c.facets,
            candidates.offers.min_amount.label("min_amount"),
            sellable().label("sellable"),
            *(clause.label(name) for name, clause in flags.items()),
        )
        .select_from(candidates.source)
        .where(*candidates.conditions, *fixed)
        .cte("hits")
    )
    return Statement(union_all(_by_facet(hits, form), _by_price(hits, form), _by_stock(hits, form)))


def _waivable(shape: Shape) -> bool:
    return shape[0] in ("facet", "price", "stock")


def _flags(hits: Any, form: Form, *, without: str) -> list[ColumnElement[bool]]:
    """The filters that narrow a count: all that are not of its own sort."""
    return [
        hits.c[f"f{number}"] for number, shape in enumerate(form.shapes) if _waivable(shape) and shape[0] != without
    ]


def _by_facet(hits: Any, form: Form) -> Select[Any]:
    flags = [hits.c[f"f{number}"] for number, shape in enumerate(form.shapes) if _waivable(shape)]
    each = select(func.unnest(hits.c.facets).label("facet"), *flags).subquery("each")
    narrowing: list[ColumnElement[bool]] = []
    for number, shape in enumerate(form.shapes):
        if shape[0] == "facet":
            own = func.starts_with(each.c.facet, bindparam(f"own{number}", type_=Text()))
            narrowing.append(or_(each.c[f"f{number}"], own))
        elif _waivable(shape):
            narrowing.append(each.c[f"f{number}"])
    counted = (
        select(each.c.facet, func.count().label("count")).where(*narrowing).group_by(each.c.facet).subquery("counted")
    )
    name = func.substring(counted.c.facet, literal_column(f"'^(.*{SEPARATOR}.*{SEPARATOR})'"))
    place = func.row_number().over(partition_by=name, order_by=(counted.c.count.desc(), counted.c.facet))
    placed = select(counted, place.label("place")).subquery("placed")
    return select(placed.c.facet, placed.c.count).where(placed.c.place <= MOST_VALUES)


def _by_price(hits: Any, form: Form) -> Select[str, int]:
    bucket = func.width_bucket(hits.c.min_amount, bindparam("bounds", type_=ARRAY(BigInteger())))
    key = literal_column(f"'PRICE{SEPARATOR}{SEPARATOR}'", Text()) + cast(bucket, Text())
    return (
        select(key, func.count().label("count"))
        .where(*_flags(hits, form, without="price"))
        .group_by(literal_column("1"))
    )


def _by_stock(hits: Any, form: Form) -> Select[str, int]:
    key = literal_column(f"'STOCK{SEPARATOR}{SEPARATOR}'", Text()) + cast(cast(hits.c.sellable, Integer), Text())
    return select(key, func.count()).where(*_flags(hits, form, without="stock")).group_by(literal_column("1"))


async def facets_of(scope: Scope, listings: Sequence[Listing]) -> Mapping[Listing, Facets]:
    """One statement for each listing, and one for all names."""
    async with scope.database.connection() as connection:
        counted = {listing: await _counted(scope, connection, listing) for listing in listings}
        values = {value for rows in counted.values() for parts in rows for value in parts[1:3] if value}
        options = {
            facet(*asked)
            for rows in counted.values()
            for kind, name, value, _ in rows
            for asked in ((kind, name, ""), (kind, name, value))
            if kind == FacetKind.OPTION
        }
        labels = await connection.fetch(_LABELS, values=list(values), options=list(options), language=scope.language)
    names = {row["value"]: row["label"] for row in labels}
    return {listing: _facets(rows, names) for listing, rows in counted.items()}


async def _counted(scope: Scope, connection: Connection, listing: Listing) -> list[tuple[str, str, str, int]]:
    within = [listing.within[1]] if listing.within else []
    values = listing_values(scope, listing, within) | {"bounds": _BOUNDS}
    for number, condition in enumerate(listing.conditions):
        if isinstance(condition, HasFacet):
            values[f"own{number}"] = f"{condition.kind}{SEPARATOR}{condition.name}{SEPARATOR}"
    rows = await connection.fetch(_statement(form_of(listing)), **values)
    return [(*row["facet"].split(SEPARATOR, 2), row["count"]) for row in rows]


def _facets(rows: Sequence[tuple[str, str, str, int]], labels: Mapping[str, str]) -> Facets:
    groups: dict[tuple[FacetKind, str], list[FacetCount]] = {}
    buckets: dict[int, int] = {}
    stock = {"0": 0, "1": 0}
    for kind, name, found, count in rows:
        if kind == "PRICE":
            buckets[int(found)] = count
        elif kind == "STOCK":
            stock[found] = count
        else:
            label = labels.get(found if kind in _BY_ID else facet(kind, name, found), found)
            groups.setdefault((FacetKind(kind), name), []).append(FacetCount(value=found, label=label, count=count))
    order = list(FacetKind)
    return Facets(
        facets=tuple(
            FacetFound(
                kind=kind,
                name=name,
                label=labels.get(facet(kind, name, "") if kind is FacetKind.OPTION else name, name),
                counts=tuple(sorted(counts, key=lambda each: (-each.count, each.label))),
            )
            for (kind, name), counts in sorted(
                groups.items(), key=lambda group: (order.index(group[0][0]), group[0][1])
            )
        ),
        price_ranges=_price_ranges(buckets),
        in_stock=stock["1"],
        out_of_stock=stock["0"],
    )


_BY_ID = (FacetKind.CATEGORY, FacetKind.COLLECTION)


def _price_ranges(buckets: Mapping[int, int]) -> tuple[PriceRangeCount, ...]:
    bounds = list(pairwise([0, *_BOUNDS]))
    return tuple(
        PriceRangeCount(least=bounds[place][0], below=bounds[place][1], count=buckets[place])
        for place in sorted(buckets)
    )
