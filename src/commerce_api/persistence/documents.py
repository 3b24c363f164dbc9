"""Values of the domain read back from the documents that they were written as."""

from collections.abc import Mapping
from dataclasses import is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

T = TypeVar("T")


def read(kind: type[T], document: Any) -> T:
    """The value of this kind. What the document does not have is left to the defaults of the kind."""
    found: T = _read(kind, document)
    return found


def _read(kind: Any, document: Any) -> Any:
    kind = getattr(kind, "__supertype__", kind)
    origin = get_origin(kind)
    if origin in {Union, UnionType}:
        return None if document is None else _read(get_args(kind)[0], document)
    if origin is tuple:
        return _tuple(get_args(kind), document)
    if origin is not None:
        return _mapping(get_args(kind), document)
    if is_dataclass(kind) and isinstance(kind, type):
        hints = _hints(kind)
        return kind(**{name: _read(hints[name], each) for name, each in document.items() if name in hints})
    return _plain(kind, document)


def _tuple(kinds: tuple[Any, ...], document: Any) -> tuple[Any, ...]:
    if kinds[-1] is Ellipsis:
        return tuple(_read(kinds[0], each) for each in document)
    return tuple(_read(kind, each) for kind, each in zip(kinds, document, strict=True))


def _mapping(kinds: tuple[Any, ...], document: Mapping[str, Any]) -> dict[Any, Any]:
    return {_read(kinds[0], key): _read(kinds[1], each) for key, each in document.items()}


def _plain(kind: Any, document: Any) -> Any:
    if issubclass(kind, date):
        return kind.fromisoformat(document)
    return kind(document) if kind in {UUID, Decimal} or issubclass(kind, Enum) else document


@cache
def _hints(kind: Any) -> Mapping[str, Any]:
    return get_type_hints(kind)
