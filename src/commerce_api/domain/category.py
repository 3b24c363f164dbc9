"""The tree that products are sorted into, and collections put together by hand."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from commerce_api.domain.decision import Refused, refuse
from commerce_api.domain.ids import CategoryId, CollectionId, ProductId
from commerce_api.domain.product import CatalogRefusal
from commerce_api.domain.value import value

DEEPEST: Final = 10


@value
class Category:
    """`translations` by language: `name` and `description_html`."""

    id: CategoryId
    parent_id: CategoryId | None = None
    handle: str
    name: str
    description_html: str = ""
    translations: Mapping[str, Mapping[str, str]]
    position: int = 0
    revision: int = 1


@value
class Collection:
    """`product_ids` in the order that merchandisers gave them."""

    id: CollectionId
    handle: str
    name: str
    description_html: str = ""
    translations: Mapping[str, Mapping[str, str]]
    product_ids: tuple[ProductId, ...] = ()
    revision: int = 1


@value
class CategoryCreated:
    category: Category


@value
class CategoryChanged:
    changes: Mapping[str, Any]


@value
class CategoryDeleted:
    pass


@value
class CollectionCreated:
    collection: Collection


@value
class CollectionChanged:
    changes: Mapping[str, Any]


@value
class CollectionDeleted:
    pass


@value
class CategoryCycle(CatalogRefusal):
    """A category cannot be below itself."""


@value
class CategoryTooDeep(CatalogRefusal):
    """Categories are at most ten deep."""


@value
class CategoryHasChildren(CatalogRefusal):
    """{children} categories are below it, such as {one}; move or delete those first."""

    children: int
    one: str


def check_place(category_id: CategoryId, above: Sequence[CategoryId]) -> Refused | None:
    """Whether a category may be put below its new parent; `above` is the way up from there, the parent first."""
    if category_id in above:
        return refuse(CategoryCycle(path=("parentId",)))
    if len(above) >= DEEPEST:
        return refuse(CategoryTooDeep(path=("parentId",)))
    return None
