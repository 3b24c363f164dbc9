"""Filters as SQL. A statement depends on the shape of a filter only, not on its values, so it is made once per shape."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, TypeAlias
from uuid import UUID

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    FromClause,
    Select,
    Text,
    and_,
    any_,
    bindparam,
    case,
    cast,
    false,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, REGCONFIG

from commerce_api.domain.conditions import AllOf, AnyOf, NoneOf
from commerce_api.domain.product_filter import Condition, HasFacet, InStock, PriceBetween, Term
from commerce_api.persistence.readers.assortment import Offers
from commerce_api.persistence.readers.stock import locations_of_channel, stock_of
from commerce_api.persistence.tables.catalog import variants
from commerce_api.persistence.tables.search import product_facets
from commerce_api.persistence.tables.stock import reservations, stock_levels

Shape: TypeAlias = tuple[Any, ...]

SEPARATOR: Final = "\x1f"
"""Stands between the parts of a facet, kind, name and value. No text of a product can hold it."""


def facet(kind: str, name: str, value: str) -> str:
    """A facet as `product_facets` keeps it."""
    return SEPARATOR.join((kind, name, value))


def shape_of(condition: Condition) -> Shape:
    match condition:
        case HasFacet():
            return ("facet",)
        case PriceBetween(least=least, most=most):
            return ("price", least is not None, most is not None)
        case InStock(wanted=wanted):
            return ("stock", wanted)
        case AllOf(parts=parts):
            return ("all", *map(shape_of, parts))
        case AnyOf(parts=parts):
            return ("any", *map(shape_of, parts))
        case NoneOf(parts=parts):
            return ("none", *map(shape_of, parts))


def mentions(shape: Shape, kind: str) -> bool:
    """Whether it is a condition of this kind (`"price"`), or has one among its parts."""
    return shape[0] == kind or any(mentions(part, kind) for part in shape[1:] if isinstance(part, tuple))


def values_of(conditions: Iterable[Condition]) -> dict[str, Any]:
    """The values of `Clauses`, by name."""
    return {f"p{number}": value for number, value in enumerate(_values(conditions))}


def _values(conditions: Iterable[Condition]) -> Iterator[Any]:
    for condition in conditions:
        match condition:
            case HasFacet(kind=kind, name=name, values=values):
                yield [facet(kind, name, value) for value in values]
            case PriceBetween(least=least, most=most):
                yield from (bound for bound in (least, most) if bound is not None)
            case InStock():
                pass
            case AllOf(parts=parts) | AnyOf(parts=parts) | NoneOf(parts=parts):
                yield from _values(parts)


class Clauses:
    """Makes clauses from shapes and numbers their parameters in the order of `values_of`."""

    def __init__(self, offers: Offers | None) -> None:
        self._offers = offers
        self._used = 0

    def of(self, shape: Shape) -> ColumnElement[bool]:
        kind, *rest = shape
        match kind:
            case "facet":
                return product_facets.c.facets.op("&&", is_comparison=True)(self._next(ARRAY(Text())))
            case "price":
                return self._price(*rest)
            case "stock":
                return sellable() if rest[0] else not_(sellable())
            case "all":
                return and_(true(), *map(self.of, rest))
            case "any":
                return or_(false(), *map(self.of, rest))
            case _:
                return not_(or_(false(), *map(self.of, rest)))

    def _price(self, at_least: bool, at_most: bool) -> ColumnElement[bool]:  # noqa: FBT001 - parts of a shape
        assert self._offers is not None  # noqa: S101 - whoever has such a shape joins the offer
        bounds = []
        if at_least:
            bounds.append(self._offers.max_amount >= self._next(BigInteger()))
        if at_most:
            bounds.append(self._offers.min_amount <= self._next(BigInteger()))
        return and_(true(), *bounds)

    def _next(self, type_: Any) -> ColumnElement[Any]:
        name = f"p{self._used}"
        self._used += 1
        return bindparam(name, type_=type_)


def sellable() -> ColumnElement[bool]:
    """Whether any variant can be bought now; `domain.availability` says the same of one variant.

    Most products have something on a shelf that nobody has reserved: that is looked for first, for all products at once
    if there are many. Only where there is none all is counted, product by product, which a scalar subquery makes sure of.
    """
    product_id = product_facets.c.product_id
    shelved = _on_a_shelf(product_id, product_facets).exists()
    return or_(shelved, func.coalesce(_counted(product_id, product_facets), false()))


def sellable_among(found: CTE, *, few: bool) -> ColumnElement[bool]:
    """The same of products that have been found: the shelves of these alone are looked through, and of all of them together.

    Not if they are `few` of many, as by words: PostgreSQL expects so many of a large catalog to have a word that it would read all
    shelves from end to end. With OFFSET it cannot but ask for each.
    """
    shelved = _on_a_shelf(found.c.id, found)
    lies_there: ColumnElement[bool]
    if few:
        lies_there = shelved.offset(literal_column("0")).exists()
    else:
        lies_there = found.c.id.in_(select(select(found.c.id).where(shelved.exists()).cte("shelved").c.id))
    return or_(lies_there, func.coalesce(_counted(found.c.id, found), false()))


def _on_a_shelf(product_id: ColumnElement[UUID], of: FromClause) -> Select[Any]:
    variant, level = variants.alias("shelved"), stock_levels.alias("shelf")
    free = level.c.on_hand - level.c.unavailable - level.c.safety_stock - level.c.allocated
    kept = select(reservations.c.variant_id).where(reservations.c.expires_at > bindparam("at"))
    return (
        select(true())
        .select_from(variant.join(level, level.c.variant_id == variant.c.id))
        .where(variant.c.product_id == product_id, variant.c.deleted_at.is_(None), free > 0)
        .where(level.c.location_id == any_(locations_of_channel()), variant.c.id.not_in(kept))
        .correlate(of)
    )


def _counted(product_id: ColumnElement[UUID], of: FromClause) -> ColumnElement[bool]:
    variant = variants.alias("sellable")
    stock = stock_of(variant.c.id)
    to_come = or_(variant.c.backorder_limit.is_(None), stock.c.backordered < variant.c.backorder_limit)
    enough = or_(
        variant.c.stock_policy == literal_column("'UNTRACKED'"),
        stock.c.available > 0,
        and_(variant.c.stock_policy == literal_column("'BACKORDER'"), to_come),
    )
    return (
        select(true())
        .select_from(variant.join(stock, true()))
        .where(variant.c.product_id == product_id, variant.c.deleted_at.is_(None), enough)
        .limit(1)
        .correlate(of)
        .scalar_subquery()
    )


def query_of(terms: int) -> ColumnElement[Any]:
    """The text search for so many terms: each as a stem of the language or literally. Words such as "the" do not count."""
    configuration = cast(bindparam("configuration"), REGCONFIG)
    simple: ColumnElement[Any] = literal_column("'simple'::regconfig")
    none: ColumnElement[Any] = literal_column("''::tsquery")
    whole: ColumnElement[Any] = none
    for number in range(terms):
        stem = func.to_tsquery(configuration, bindparam(f"stem{number}"))
        part = stem.op("||")(func.to_tsquery(simple, bindparam(f"word{number}")))
        counts = or_(func.numnode(stem) > 0, literal(number == terms - 1))
        whole = whole.op("&&")(case((counts, part), else_=none))
    return whole


def query_values(terms: Sequence[Term]) -> dict[str, str]:
    values = {}
    for number, term in enumerate(terms):
        values[f"stem{number}"] = " | ".join(term.all_words)
        values[f"word{number}"] = " | ".join(f"{word}:*" if term.unfinished else word for word in term.all_words)
    return values
