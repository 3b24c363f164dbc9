"""Descriptions of what means the same everywhere: the usual arguments, and values of the domain's enums."""

import re
from typing import Any, Final

from graphql import GraphQLEnumType, GraphQLSchema

from commerce_api.domain.described import DescribedEnum
from commerce_api.schema.pagination import DEFAULT_PAGE, MAX_PAGE

_ARGUMENTS: Final = {
    "after": "Continue behind this cursor, such as `endCursor` of the page before.",
    "by": "The one key by which to find it.",
    "country": "ISO 3166-1 alpha-2 code of the country.",
    "before": "Continue before this cursor, such as `startCursor` of the page after.",
    "first": f"Length of the page, counted from its start: {DEFAULT_PAGE} unless told, {MAX_PAGE} at most.",
    "id": "Global id of the object.",
    "ids": f"Global ids of the objects, {MAX_PAGE} at most.",
    "input": "What to do, and with what.",
    "last": f"Length of the page, counted from its end: {MAX_PAGE} at most.",
    "skus": f"Article numbers, {MAX_PAGE} at most.",
}


def describe(schema: GraphQLSchema) -> None:
    """Fill in what has no description of its own."""
    for type_ in schema.type_map.values():
        if isinstance(type_, GraphQLEnumType):
            _describe_values(type_)
        for field in getattr(type_, "fields", {}).values():
            for name, argument in getattr(field, "args", {}).items():
                argument.description = argument.description or _of_argument(name)


def drop_signatures(schema: GraphQLSchema) -> None:
    """Of classes without a docstring dataclasses makes one of their signature: eight kilobytes for each type, which nobody reads."""
    for type_ in schema.type_map.values():
        made_of: Any = getattr((type_.extensions or {}).get("strawberry-definition"), "origin", None)
        if made_of and (made_of.__doc__ or "").startswith(f"{made_of.__name__}("):
            made_of.__doc__ = None


def _describe_values(type_: GraphQLEnumType) -> None:
    definition: Any = (type_.extensions or {}).get("strawberry-definition")
    enum = definition and definition.wrapped_cls
    if enum and issubclass(enum, DescribedEnum):
        for name, value in type_.values.items():
            value.description = value.description or enum[name].meaning


def _of_argument(name: str) -> str | None:
    thing = re.fullmatch(r"(\w+)Id(s?)", name)
    if thing:
        words = re.sub(r"(?=[A-Z])", " ", thing[1]).lower()
        return f"Global ids of each {words}." if thing[2] else f"Global id of the {words}."
    return _ARGUMENTS.get(name)
