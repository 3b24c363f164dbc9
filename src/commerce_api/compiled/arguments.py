"""From the arguments as graphql-core has them to what a resolver of strawberry's takes.

Strawberry finds out the type and the name of each field of each input anew for each value. Here that is done once for each
field of the schema; what is made is the same. What is not written down here strawberry converts by itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING
from functools import lru_cache
from typing import Any, TypeAlias

from graphql import GraphQLSchema
from strawberry.scalars import is_scalar
from strawberry.types.arguments import convert_argument
from strawberry.types.base import StrawberryList, StrawberryMaybe, StrawberryOptional, has_object_definition
from strawberry.types.enum import StrawberryEnumDefinition, has_enum_definition
from strawberry.types.field import StrawberryField
from strawberry.types.lazy_type import LazyType
from strawberry.types.maybe import Some
from strawberry.types.unset import UNSET

Convert: TypeAlias = Callable[[Any], Any]


class Converters:
    """For the fields and inputs of a schema."""

    def __init__(self, schema: Any) -> None:
        converter = schema._strawberry_schema.schema_converter  # noqa: SLF001 - that is where strawberry keeps it
        self._registry, self._config = converter.scalar_registry, converter.config
        self._inputs: dict[type, Convert] = {}
        self._fields: dict[StrawberryField, Convert] = {}

    def arguments(self, declared: StrawberryField) -> Convert:
        """From all arguments of a field by their GraphQL names to what its resolver is called with."""
        if declared not in self._fields:
            name = self._config.name_converter.from_argument
            taken = {name(each): (each.python_name, self._of(each.type)) for each in declared.arguments}
            self._fields[declared] = lambda given: _each(given, taken)
        return self._fields[declared]

    def _of(self, type_: Any) -> Convert | None:
        """None: values stay as they are."""
        if isinstance(type_, StrawberryMaybe):
            return self._maybe(type_)
        if isinstance(type_, StrawberryOptional):
            return self._of(type_.of_type)
        if isinstance(type_, LazyType):
            return self._of(type_.resolve_type())
        if (
            isinstance(type_, StrawberryEnumDefinition)
            or has_enum_definition(type_)
            or is_scalar(type_, self._registry)
        ):
            return None
        if isinstance(type_, StrawberryList):
            return _list_of(self._of(type_.of_type))
        if has_object_definition(type_) and type_.__strawberry_definition__.from_input is None:
            return self._input(type_)
        return lambda value: convert_argument(value, type_, self._registry, self._config)

    def _maybe(self, type_: StrawberryMaybe) -> Convert:
        convert, may_be_null = self._of(type_.of_type), isinstance(type_.of_type, StrawberryOptional)

        def make(value: Any) -> Any:
            if value is None and not may_be_null:  # strawberry tells what is wrong with that
                return convert_argument(value, type_, self._registry, self._config)
            return Some(value if convert is None else convert(value))

        return make

    def _input(self, type_: Any) -> Convert:
        """Inputs may hold themselves, and so one is there before all of it is known."""
        if type_ not in self._inputs:
            self._inputs[type_] = lambda value: self._inputs[type_](value)  # noqa: PLW0108 - it is another one by then
            self._inputs[type_] = self._made(type_)
        return self._inputs[type_]

    def _made(self, type_: Any) -> Convert:
        definition, name = type_.__strawberry_definition__, self._config.name_converter.from_field
        fields = {
            name(each): (each.python_name, self._of(each.resolve_type(type_definition=definition)))
            for each in definition.fields
        }
        nothing = {
            each.python_name: None
            for each in definition.fields
            if each.default_value is MISSING and each.default_factory is MISSING
        }

        def make(value: Any) -> Any:
            return value if value is None or value is UNSET else type_(**nothing | _each(value, fields))

        return make


@lru_cache(maxsize=8)
def converters_of(schema: GraphQLSchema) -> Converters:
    return Converters(schema)


def _each(given: Mapping[str, Any], taken: Mapping[str, tuple[str, Convert | None]]) -> dict[str, Any]:
    made = {}
    for name, value in given.items():
        python, convert = taken[name]
        made[python] = value if convert is None else convert(value)
    return made


def _list_of(convert: Convert | None) -> Convert:
    """A list of its own, since a default is the same object each time."""

    def make(values: Any) -> Any:
        if values is None or values is UNSET:
            return values
        return list(values) if convert is None else [convert(value) for value in values]

    return make
