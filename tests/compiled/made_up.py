"""A contract whose resolvers make their values up: the same each time for the same place, with anything that may go wrong."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random
from typing import Any, Final
from zlib import crc32

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    is_leaf_type,
)

from commerce_api.contract import derive

_LEAVES: Final[dict[str, Any]] = {
    "String": "some text",
    "ID": "prd_1",
    "Int": 7,
    "Float": 0.5,
    "Boolean": True,
    "Decimal": Decimal("19.90"),
    "DateTime": datetime(2026, 3, 2, 12, tzinfo=UTC),
    "Date": date(2026, 3, 2),
    "JSON": {"a": [1, None]},
    "CurrencyCode": "EUR",
    "CountryCode": "DE",
    "LanguageCode": "en",
}
_MOST_ITEMS = 3


@dataclass(frozen=True)
class Made:
    """An object of the answer; `key` decides all that is below it."""

    type: str
    key: str


class MadeUpError(Exception):
    pass


@dataclass(frozen=True)
class Fate:
    """How often things go wrong, in percent."""

    seed: int
    trouble: int


def made_up(contract: GraphQLSchema, fate: Callable[[], Fate], *, waiting: int) -> GraphQLSchema:
    """`waiting`: how many percent of the fields are asynchronous."""
    schema = derive(contract, lambda _: True)
    for type_ in schema.type_map.values():
        if isinstance(type_, GraphQLObjectType) and not type_.name.startswith("__"):
            type_.is_type_of = None
            for name, field in type_.fields.items():
                is_slow = crc32(f"{type_.name}.{name}".encode()) % 100 < waiting
                field.resolve = _resolver(schema, type_.name, name, field, fate, is_slow=is_slow)
                field.extensions = {}
        if isinstance(type_, GraphQLInterfaceType | GraphQLUnionType):
            type_.resolve_type = lambda made, *_: made.type
    return schema


def _resolver(
    schema: GraphQLSchema, type_name: str, name: str, field: GraphQLField, fate: Callable[[], Fate], *, is_slow: bool
) -> Any:
    def resolve(source: Made | None, info: Any, **given: Any) -> Any:
        place = f"{source.key if source else ''}/{type_name}.{name}({sorted(given.items(), key=str)})"
        return _Making(schema, fate(), place).value(field.type)

    async def resolve_later(source: Made | None, info: Any, **given: Any) -> Any:
        await asyncio.sleep(0)
        return resolve(source, info, **given)

    return resolve_later if is_slow else resolve


class _Making:
    def __init__(self, schema: GraphQLSchema, fate: Fate, place: str) -> None:
        self._schema, self._fate, self._place = schema, fate, place
        self._random = Random(f"{fate.seed}{place}")  # noqa: S311 - it decides about nothing but a test

    def value(self, type_: Any) -> Any:
        if isinstance(type_, GraphQLNonNull):
            type_ = type_.of_type
        if self._random.randrange(100) < self._fate.trouble:
            return self._trouble()
        if isinstance(type_, GraphQLList):
            return [self._item(type_.of_type) for _ in range(self._random.randrange(_MOST_ITEMS + 1))]
        if isinstance(type_, GraphQLEnumType):
            return self._random.choice(list(type_.wrapped_cls))  # type: ignore[attr-defined]
        if is_leaf_type(type_):
            return _LEAVES[type_.name]
        return Made(self._object(type_), f"{self._place}#{self._random.randrange(1000)}")

    def _item(self, type_: Any) -> Any:
        try:
            return self.value(type_)
        except MadeUpError as error:
            return error

    def _object(self, type_: Any) -> str:
        if isinstance(type_, GraphQLObjectType):
            return type_.name
        return self._random.choice(sorted(each.name for each in self._schema.get_possible_types(type_)))

    def _trouble(self) -> Any:
        kind = self._random.randrange(6)
        if kind == 0:
            raise MadeUpError(self._place[-60:])
        if kind == 1:
            return MadeUpError("given instead of a value")
        if kind == 2:
            return Made("Nothing", "of no type")
        return None if kind < 5 else {"neither": "leaf nor list"}
