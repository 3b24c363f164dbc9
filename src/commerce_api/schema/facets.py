"""How many products of a list have what."""

from typing import Self
from uuid import UUID

import strawberry

from commerce_api.compiled import fields_asked
from commerce_api.persistence.readers import facets as counted
from commerce_api.persistence.readers.facets import Counted, Counting
from commerce_api.schema.catalog_enums import FacetKind
from commerce_api.schema.context import Info
from commerce_api.schema.node import global_id
from commerce_api.schema.scalars import Money

_COUNTED_FOR = {"facets": Counted.FACETS, "priceRanges": Counted.PRICE, "stock": Counted.STOCK}
_PREFIXES = {FacetKind.CATEGORY: "cat", FacetKind.COLLECTION: "col"}


@strawberry.type(description="A value and how many products have it.")
class FacetValue:
    value: str = strawberry.field(description="What to send in `filter`; for categories and collections the id.")
    label: str = strawberry.field(description="What to show, in the caller's language.")
    count: int = strawberry.field(
        description="How many products of the list have it, whatever this facet itself is filtered by."
    )


@strawberry.type(description="Something to filter by, with the values that products of the list have.")
class Facet:
    kind: FacetKind = strawberry.field(description="Which part of `filter` it belongs to.")
    name: str = strawberry.field(
        description="What to send: the option's name in the catalog's own language, or the attribute's code."
    )
    label: str = strawberry.field(
        description="What to show, in the caller's language; empty where the kind says it all."
    )
    values: list[FacetValue] = strawberry.field(description="The most frequent first, at most 100.")

    @classmethod
    def of(cls, facet: counted.FacetFound) -> Self:
        prefix = _PREFIXES.get(facet.kind)
        values = [
            FacetValue(value=found if prefix is None else global_id(prefix, UUID(found)), label=label, count=count)
            for found, label, count in facet.counts
        ]
        return cls(kind=facet.kind, name=facet.name, label=facet.label, values=values)


@strawberry.type(description="How many products cost how much.")
class PriceRangeCount:
    from_: Money = strawberry.field(name="from", description="At least so much.")
    below: Money = strawberry.field(description="Less than so much.")
    count: int = strawberry.field(description="How many products, whatever the list is filtered by price.")


@strawberry.type(description="How many products can be bought now, whatever the list is filtered by stock.")
class StockCounts:
    in_stock: int = strawberry.field(description="Something of them can.")
    out_of_stock: int = strawberry.field(description="Nothing of them can.")


@strawberry.type(description="What the products of a list have, counted.")
class ProductFacets:
    facets: list[Facet] = strawberry.field(description="By category, vendor, tag, option and attribute.")
    price_ranges: list[PriceRangeCount] = strawberry.field(description="By price, the cheapest first.")
    stock: StockCounts = strawberry.field(description="By whether they can be bought.")

    @classmethod
    def of(cls, counts: counted.Counts, currency: str) -> Self:
        return cls(
            facets=[Facet.of(facet) for facet in counts.facets],
            price_ranges=[
                PriceRangeCount(
                    from_=Money.of(each.least, currency), below=Money.of(each.below, currency), count=each.count
                )
                for each in counts.price_ranges
            ],
            stock=StockCounts(in_stock=counts.in_stock, out_of_stock=counts.out_of_stock),
        )


def counted_by(info: Info) -> Counting | None:
    """What an operation wants to be counted of the list of products that a field gives; None: nobody knows before it asks."""
    asked = fields_asked(info)
    if asked is None:
        return None
    total = {Counted.TOTAL} if "totalCount" in asked else set()
    return frozenset(total | {_COUNTED_FOR[name] for name in fields_asked(info, "facets") or ()})


def shows_a_page(info: Info) -> bool:
    """Whether more is asked of a list of products than what is counted."""
    asked = fields_asked(info)
    return asked is None or not asked <= {"totalCount", "facets"}
