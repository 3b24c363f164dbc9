"""What resolvers are called with is what strawberry would call them with, for every field of the full contract."""

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLList, GraphQLNonNull, GraphQLObjectType
from graphql.utilities import coerce_input_value
from strawberry.types.arguments import convert_arguments

from commerce_api.compiled.arguments import Converters
from commerce_api.graphql import STAFF

TEXTS = {
    "String": "text",
    "ID": "prd_1",
    "Int": 3,
    "Float": 2.5,
    "Boolean": True,
    "Decimal": "1.50",
    "JSON": {"a": [1]},
    "DateTime": "2026-11-22T09:30:00Z",
    "Date": "2026-11-22",
    "CurrencyCode": "EUR",
    "CountryCode": "DE",
    "LanguageCode": "de",
}
FIELDS = {
    f"{type_.name}.{name}": field
    for type_ in STAFF.type_map.values()
    if isinstance(type_, GraphQLObjectType) and not type_.name.startswith("__")
    for name, field in type_.fields.items()
    if field.args
}
CONVERTERS = Converters(STAFF)


def values(type_: Any, depth: int = 0) -> Iterator[Any]:
    """All that is there, only what must be, and null where it may stand."""
    if isinstance(type_, GraphQLNonNull):
        yield from (value for value in values(type_.of_type, depth) if value is not None)
    elif isinstance(type_, GraphQLList):
        yield from ([each, each] for each in values(type_.of_type, depth))
        yield from ([], None)
    elif isinstance(type_, GraphQLEnumType):
        yield from (next(iter(type_.values)), None)
    elif isinstance(type_, GraphQLInputObjectType):
        yield from inputs(type_, depth)
        yield None
    else:
        yield from (TEXTS[type_.name], None)


def inputs(type_: GraphQLInputObjectType, depth: int) -> Iterator[dict[str, Any]]:
    if type_.is_one_of:
        for name, field in type_.fields.items():
            yield {name: next(values(field.type, depth + 1))}
        return
    must = {name: field for name, field in type_.fields.items() if isinstance(field.type, GraphQLNonNull)}
    if depth < 4:
        yield {name: next(values(field.type, depth + 1)) for name, field in type_.fields.items()}
    yield {name: next(values(field.type, depth + 1)) for name, field in must.items()}
    nulls = dict.fromkeys(type_.fields.keys() - must.keys())
    yield {**nulls, **{name: next(values(field.type, depth + 1)) for name, field in must.items()}}


def outcome(convert: Any) -> Any:
    try:
        return convert()
    except Exception as error:  # noqa: BLE001 - whatever strawberry raises
        return type(error), str(error)


@pytest.mark.parametrize("place", FIELDS)
def test_arguments_become_what_strawberry_makes_of_them(place: str) -> None:
    field = FIELDS[place]
    declared = (field.extensions or {})["strawberry-definition"]
    converter = STAFF._strawberry_schema.schema_converter  # type: ignore[attr-defined]
    for name, argument in field.args.items():
        for value in values(argument.type):
            given = {name: coerce_input_value(value, argument.type)}
            theirs = outcome(
                lambda given=given: convert_arguments(
                    given, declared.arguments, converter.scalar_registry, converter.config
                )
            )
            assert outcome(lambda given=given: CONVERTERS.arguments(declared)(given)) == theirs
