"""Typed attributes: what products of a type can say of themselves."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from commerce_api.domain.decision import InvalidValue, Path, Refusal
from commerce_api.domain.ids import AttributeId, ProductTypeId
from commerce_api.domain.product import CatalogRefusal
from commerce_api.domain.value import value

CODE = re.compile(r"[a-z][a-z0-9_]{0,49}")
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


class AttributeKind(StrEnum):
    TEXT = "TEXT"
    NUMBER = "NUMBER"
    BOOLEAN = "BOOLEAN"
    DATE = "DATE"
    CHOICE = "CHOICE"


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
        elif problem := _problem(raw, known[code]):
            yield InvalidValue(path=(*path, code), problem=problem)
    for code, definition in known.items():
        if definition.required and code not in given:
            yield MissingAttribute(path=(*path, code), attribute=definition.name)


def _problem(raw: Any, definition: Attribute) -> str | None:
    match definition.kind:
        case AttributeKind.TEXT:
            return None if isinstance(raw, str) else "This is a text."
        case AttributeKind.BOOLEAN:
            return None if isinstance(raw, bool) else "This is true or false."
        case AttributeKind.NUMBER:
            return None if _is_number(raw) else 'This is a number as text, such as "1.5".'
        case AttributeKind.DATE:
            return None if _is_date(raw) else 'This is a day, such as "2026-11-22".'
        case AttributeKind.CHOICE:
            chosen = raw if isinstance(raw, list | tuple) else [raw]
            offered = all(each in definition.choices for each in chosen)
            return None if offered else "Choose from what the attribute offers."


def _is_number(raw: Any) -> bool:
    return isinstance(raw, str) and NUMBER.fullmatch(raw) is not None


def _is_date(raw: Any) -> bool:
    """One spelling for each day, so that days can be compared as texts."""
    try:
        return isinstance(raw, str) and date.fromisoformat(raw).isoformat() == raw
    except ValueError:
        return False
