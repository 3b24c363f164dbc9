"""Typed attributes: what products of a type can say of themselves."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from commerce_api.domain.decision import Path, Refusal
from commerce_api.domain.ids import AttributeId, ProductTypeId
from commerce_api.domain.product import CatalogRefusal
from commerce_api.domain.typed_value import AttributeKind, ValueType
from commerce_api.domain.value import replace, value


@value
class Attribute:
    """`choices` are what a CHOICE offers; `of_variant` says whether variants have it or products."""

    id: AttributeId
    code: str
    name: str
    kind: AttributeKind
    choices: tuple[str, ...] = ()
    of_variant: bool = False
    required: bool = False
    facet: bool = False
    translations: Mapping[str, Mapping[str, str]]

    @property
    def type(self) -> ValueType:
        return ValueType(kind=self.kind, choices=self.choices)


@value
class ProductType:
    id: ProductTypeId
    code: str
    name: str
    attributes: tuple[Attribute, ...] = ()
    revision: int = 1


@value
class ProductTypeSaved:
    product_type: ProductType


@value
class ProductTypeDeleted:
    pass


@value
class ProductTypeInUse(CatalogRefusal):
    """{count} products are of this type, such as {examples}; make them of another first."""

    count: int
    examples: str


@value
class AttributeInUse(CatalogRefusal):
    """{count} products say something with {attribute}, such as {examples}; take it out of them first."""

    attribute: str
    count: int
    examples: str


@value
class UnknownAttribute(CatalogRefusal):
    """The product type has no such attribute here."""


@value
class MissingAttribute(CatalogRefusal):
    """The product type requires {attribute}."""

    attribute: str


def problems(
    given: Mapping[str, Any], definitions: Iterable[Attribute], path: Path, *, of_variant: bool
) -> Iterator[Refusal]:
    """What is wrong with attribute values of a product or of a variant."""
    known = {each.code: each for each in definitions if each.of_variant is of_variant}
    for code, raw in given.items():
        if code not in known:
            yield UnknownAttribute(path=(*path, code))
        elif problem := known[code].type.problem_of(raw):
            yield replace(problem, path=(*path, code))
    for code, definition in known.items():
        if definition.required and code not in given:
            yield MissingAttribute(path=(*path, code), attribute=definition.name)
