"""Which products are meant, and in which order."""

from enum import StrEnum
from typing import TypeAlias, Union

from commerce_api.domain.conditions import AllOf, AnyOf, NoneOf
from commerce_api.domain.value import value


class FacetKind(StrEnum):
    """What products can be filtered by and counted by."""

    CATEGORY = "CATEGORY"
    COLLECTION = "COLLECTION"
    VENDOR = "VENDOR"
    TAG = "TAG"
    OPTION = "OPTION"
    ATTRIBUTE = "ATTRIBUTE"


class ProductSort(StrEnum):
    FEATURED = "FEATURED"
    RELEVANCE = "RELEVANCE"
    NEWEST = "NEWEST"
    POPULARITY = "POPULARITY"
    NAME = "NAME"
    PRICE_ASC = "PRICE_ASC"
    PRICE_DESC = "PRICE_DESC"


@value
class HasFacet:
    """Has one of these values. `name` is the option's name or the attribute's code, and empty for other kinds."""

    kind: FacetKind
    name: str = ""
    values: tuple[str, ...]


@value
class PriceBetween:
    """Something of it costs at least and at most so much, both included, in minor units."""

    least: int | None = None
    most: int | None = None


@value
class InStock:
    """Something of it can be bought now, or nothing."""

    wanted: bool


Plain: TypeAlias = HasFacet | PriceBetween | InStock
Condition: TypeAlias = Union[Plain, AllOf["Condition"], AnyOf["Condition"], NoneOf["Condition"]]  # noqa: UP007 - refers to itself


@value
class Term:
    """One word that was searched for, folded, with the words it may have meant. The last one may be unfinished.

    `compounds` are words that are made with it, such as "picnic blanket" where that is one word.
    """

    words: tuple[str, ...]
    compounds: tuple[str, ...] = ()
    unfinished: bool = False

    @property
    def all_words(self) -> tuple[str, ...]:
        return self.words + self.compounds
