"""Which products a list shows, and in which order."""

from collections.abc import Callable, Iterator
from typing import Annotated, Any
from uuid import UUID

import strawberry

from commerce_api.domain.conditions import AllOf, AnyOf, NoneOf
from commerce_api.domain.currency import DIGITS
from commerce_api.domain.money import minor_of
from commerce_api.domain.product_filter import Condition, HasFacet, InStock, PriceBetween
from commerce_api.schema.catalog_enums import FacetKind, ProductSort
from commerce_api.schema.errors import BadInput
from commerce_api.schema.node import key_of
from commerce_api.schema.pagination import Page, amount_of, instant_of, page_of, text_of
from commerce_api.schema.scalars import MoneyInput

MAX_VALUES = 50
MAX_DEPTH = 3


@strawberry.input(description="Has one of these values of an option, such as `Color`.")
class OptionFilter:
    name: str = strawberry.field(description="The option's name in the catalog's own language.")
    values: list[str] = strawberry.field(description="One of these.")


@strawberry.input(description="Has one of these values of an attribute that is a facet.")
class AttributeFilter:
    code: str = strawberry.field(description="The attribute's code.")
    values: list[str] = strawberry.field(description="One of these, as the facet spells them.")


@strawberry.input(description="What something costs, both ends included.")
class PriceFilter:
    min: MoneyInput | None = strawberry.field(default=None, description="At least so much.")
    max: MoneyInput | None = strawberry.field(default=None, description="At most so much.")


@strawberry.input(description="Which products are meant. All that is given must hold; of several values, any.")
class ProductFilter:
    categories: list[strawberry.ID] | None = strawberry.field(
        default=None, description="In one of these categories, or below it."
    )
    collections: list[strawberry.ID] | None = strawberry.field(default=None, description="In one of these collections.")
    vendors: list[str] | None = strawberry.field(default=None, description="By one of these vendors.")
    tags: list[str] | None = strawberry.field(default=None, description="With one of these tags.")
    options: list[OptionFilter] | None = strawberry.field(default=None, description="With variants like these.")
    attributes: list[AttributeFilter] | None = strawberry.field(default=None, description="With attributes like these.")
    price: PriceFilter | None = strawberry.field(default=None, description="Something of it costs so much.")
    in_stock: bool | None = strawberry.field(
        default=None, description="True: something of it can be bought now. False: nothing."
    )
    and_: list["ProductFilter"] | None = strawberry.field(name="and", default=None, description="All of these hold.")
    or_: list["ProductFilter"] | None = strawberry.field(name="or", default=None, description="One of these holds.")
    not_: "ProductFilter | None" = strawberry.field(name="not", default=None, description="This does not hold.")

    def parse(self, currency: str, depth: int = MAX_DEPTH) -> tuple[Condition, ...]:
        if depth == 0:
            raise BadInput(f"Filters nest at most {MAX_DEPTH} deep.")
        return (*self._facets(), *self._amounts(currency), *self._combined(currency, depth - 1))

    def _facets(self) -> Iterator[Condition]:
        for kind, ids, prefix in (
            (FacetKind.CATEGORY, self.categories, "cat"),
            (FacetKind.COLLECTION, self.collections, "col"),
        ):
            if ids is not None:
                yield HasFacet(kind=kind, values=_few([str(key_of(text, prefix)) for text in ids]))
        if self.vendors is not None:
            yield HasFacet(kind=FacetKind.VENDOR, values=_few(self.vendors))
        if self.tags is not None:
            yield HasFacet(kind=FacetKind.TAG, values=_few(self.tags))
        for option in _few(self.options or []):
            yield HasFacet(kind=FacetKind.OPTION, name=option.name, values=_few(option.values))
        for attribute in _few(self.attributes or []):
            yield HasFacet(kind=FacetKind.ATTRIBUTE, name=attribute.code, values=_few(attribute.values))

    def _amounts(self, currency: str) -> Iterator[Condition]:
        if self.price and (self.price.min or self.price.max):
            yield PriceBetween(least=_minor(self.price.min, currency), most=_minor(self.price.max, currency))
        if self.in_stock is not None:
            yield InStock(wanted=self.in_stock)

    def _combined(self, currency: str, depth: int) -> Iterator[Condition]:
        def parts(filters: list["ProductFilter"]) -> tuple[Condition, ...]:
            return tuple(AllOf(parts=each.parse(currency, depth)) for each in _few(filters))

        if self.and_ is not None:
            yield AllOf(parts=parts(self.and_))
        if self.or_ is not None:
            yield AnyOf(parts=parts(self.or_))
        if self.not_ is not None:
            yield NoneOf(parts=parts([self.not_]))


def _few(values: list[Any]) -> tuple[Any, ...]:
    if len(values) > MAX_VALUES:
        raise BadInput(f"At most {MAX_VALUES} values in one filter.")
    return tuple(values)


def _minor(amount: MoneyInput | None, currency: str) -> int | None:
    if amount is None:
        return None
    minor = minor_of(amount.amount, DIGITS[currency])
    if amount.currency_code != currency or minor is None:
        raise BadInput(f"Prices are filtered in {currency}, the currency of this request, and in its own digits.")
    return minor


FilterBy = Annotated[ProductFilter | None, strawberry.argument(description="Which products.")]
SortBy = Annotated[ProductSort | None, strawberry.argument(description="In which order.")]


def products_page(
    sort: ProductSort, first: int | None, after: str | None, last: int | None, before: str | None
) -> Page:
    return page_of(first, after, last, before, of=f"products {sort}", width=2)


def fitting(asked: ProductSort | None, usual: ProductSort) -> ProductSort:
    """How to sort. Only a search knows what fits it best, and only a category or a collection is arranged: each has that as its
    `usual` order.
    """
    if asked is None or asked is ProductSort.RELEVANCE:
        return usual
    return ProductSort.NEWEST if asked is ProductSort.FEATURED is not usual else asked


def position_of(page: Page, sort: ProductSort) -> tuple[Any, ...] | None:
    """Where a list of this order goes on."""
    kinds: dict[ProductSort, Callable[[str], Any]] = {ProductSort.NEWEST: instant_of, ProductSort.NAME: text_of}
    return page.keys(kinds.get(sort, amount_of), UUID)
