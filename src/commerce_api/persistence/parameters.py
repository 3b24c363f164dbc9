"""The values of a statement's parameters: in the order of their numbers, and as JSON."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from itertools import chain, groupby
from typing import Any, Final, TypeAlias

import orjson

Take: TypeAlias = Callable[[Mapping[str, Any]], Sequence[Any]]
_IN_A_ROW: Final = re.compile(r"(\w+)\[(\d+)\]\.(\w+)")


def name_in_row(called: str, number: int, column: str) -> str:
    """Of a parameter that is one value of a row. What is given is a list of mappings with the name `called`."""
    return f"{called}[{number}].{column}"


def taking(names: Iterable[str], constants: Mapping[str, Any]) -> Take:
    """What takes the values of parameters with these names. A name without a value is a bug and raises KeyError."""
    parts = [_of_row(row, found) if row else _of_names(found, constants) for row, found in groupby(names, _row_of)]
    if len(parts) == 1:
        return parts[0]
    return lambda values: list(chain.from_iterable([part(values) for part in parts]))


def _row_of(name: str) -> tuple[str, int] | None:
    found = _IN_A_ROW.fullmatch(name)
    return (found[1], int(found[2])) if found else None


def _of_names(found: Iterable[str], constants: Mapping[str, Any]) -> Take:
    names = list(found)
    return lambda values: [values[name] if name in values else constants[name] for name in names]


def _of_row(row: tuple[str, int], found: Iterable[str]) -> Take:
    called, number = row
    columns = [name.rpartition(".")[2] for name in found]
    return lambda values: [*map(values[called][number].__getitem__, columns)]


def json_of(value: Any) -> bytes:
    """JSON of values, dictionaries and lists. orjson takes UUIDs as keys, but not asyncpg's own kind of them."""
    try:
        return orjson.dumps(value, default=_plain, option=orjson.OPT_NON_STR_KEYS)
    except TypeError:
        return orjson.dumps(_with_text_keys(value), default=_plain)


def _with_text_keys(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: _with_text_keys(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _with_text_keys(each) for key, each in value.items()}
    return [_with_text_keys(each) for each in value] if isinstance(value, list | tuple) else value


def _plain(value: Any) -> Any:
    """What orjson does not know: exact decimals as text, bytes as PostgreSQL reads them, sets in order."""
    if isinstance(value, frozenset | set):
        return sorted(value)
    return f"\\x{value.hex()}" if isinstance(value, bytes) else str(value)
