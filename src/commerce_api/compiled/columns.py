"""Which columns of a row are read, so that no more are asked of the database than an operation needs."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, Final, NamedTuple

import strawberry
from graphql import GraphQLResolveInfo
from strawberry.types.info import Info

_KEY: Final = "columns"
_ALONE: Final = "column"


def column(name: str, *, description: str, **options: Any) -> Any:
    """A field of a strawberry type whose objects have a `row`: the value that stands in it, to be annotated with its type."""

    def read(self: Any) -> Any:
        return self.row[name]

    return strawberry.field(read, description=description, metadata={_KEY: (name,), _ALONE: name}, **options)


def reading(*columns: str) -> dict[str, Any]:
    """The metadata of a field whose resolver reads these of its object's row. A field that does not tell reads all."""
    return {_KEY: columns}


def column_of(declared: Any) -> str | None:
    """The name that was given to `column`."""
    name: str | None = declared.metadata.get(_ALONE)
    return name


def columns_of(declared: Any) -> frozenset[str] | None:
    columns = declared.metadata.get(_KEY)
    return None if columns is None else frozenset(columns)


class RunInfo(Info[Any, Any]):
    """Strawberry's, and what is asked. Resolvers nearly always want no more of it than the context, so that graphql-core's is made
    when something else is wanted.
    """

    context: Any = None

    def __init__(
        self,
        asked: Any,
        context: Any,
        raw: Callable[[], GraphQLResolveInfo[Any]],
        arguments: Callable[[Any], Mapping[str, Any]],
    ) -> None:
        self._field, self.asked, self.context, self._make = asked.declared, asked, context, raw
        self.arguments = arguments

    @cached_property
    def _raw_info(self) -> GraphQLResolveInfo[Any]:  # type: ignore[override]  # strawberry only reads it
        return self._make()


def columns_read(info: Info[Any, Any], type_name: str) -> frozenset[str] | None:
    """What the fields below this one read of the rows of all objects of a type; None: anything."""
    found: frozenset[str] | None = info.asked.columns(type_name) if isinstance(info, RunInfo) else None
    return found


class FieldBelow(NamedTuple):
    """How a field is asked: its arguments as its resolver takes them, and what the fields below it read of the rows of a type."""

    arguments: Mapping[str, Any]
    columns: frozenset[str] | None


def field_below(info: Info[Any, Any], type_name: str, name: str, rows_of: str) -> FieldBelow | None:
    """How a field of the objects of a type below this one is asked, so that what it gives can be read with them; None if that is
    not known, if it is not asked or in several places, or if its arguments are not right, which it says itself.
    """
    asked = info.asked.once(type_name, name) if isinstance(info, RunInfo) else None
    if asked is None:
        return None
    try:
        return FieldBelow(info.arguments(asked), asked.columns(rows_of))  # type: ignore[attr-defined]
    except Exception:  # noqa: BLE001 - whatever it is, it is found again where the field is resolved
        return None


def fields_asked(info: Info[Any, Any], *path: str) -> frozenset[str] | None:
    """The names of the fields that are asked of what this field gives, or of what stands at the path below it; None: nobody knows."""
    found: frozenset[str] | None = info.asked.fields(path) if isinstance(info, RunInfo) else None
    return found
