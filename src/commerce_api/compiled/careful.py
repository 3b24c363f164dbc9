"""Completes values as graphql-core does, one by one, with errors located and nulls where they belong.

Slower than what `source` makes, and only used where that has raised. Resolvers that are not asynchronous may run a second time
because of it: they read and change nothing.
"""

from typing import Any

from graphql import GraphQLError, Undefined, is_abstract_type, located_error
from graphql.pyutils import inspect, is_iterable

from commerce_api.compiled.abstract import is_of, runtime_type
from commerce_api.compiled.plan import Asked, Composite, Leaf, Listed, Selection, Value

Path = tuple[str | int, ...]


def fields(selection: Selection, source: Any, path: Path, run: Any) -> dict[str, Any]:
    """Raises the located error of a field that must not be null."""
    made: dict[str, Any] = {}
    for key, asked in selection.fields.items():
        if asked is None:
            made[key] = selection.type.name
        elif asked.waits:
            made[key] = None
            run.waiting[asked.number].append((source, made))
        else:
            made[key] = field(asked, source, (*path, key), run)
    return made


def field(asked: Asked, source: Any, path: Path, run: Any) -> Any:
    try:
        return complete(asked.value, run.read(asked, source), path, run)
    except Exception as raw:  # noqa: BLE001 - whatever a resolver raises is an error of its field
        return fail(asked.value, raw, path, run)


def element(value: Value, found: Any, path: Path, run: Any) -> Any:
    """What has been found already."""
    try:
        return complete(value, found, path, run)
    except Exception as raw:  # noqa: BLE001 - as with fields
        return fail(value, raw, path, run)


def fail(value: Value, raw: Exception, path: Path, run: Any) -> None:
    """Note the error where null may stand, or hand it up."""
    error = located_error(raw, value.asked.nodes, list(path))
    if not value.nullable:
        raise error
    run.note(error)


def complete(value: Value, found: Any, path: Path, run: Any) -> Any:
    if isinstance(found, Exception):
        raise found
    if found is None or found is Undefined:
        return _null(value)
    match value:
        case Leaf():
            return _leaf(value, found)
        case Listed():
            return _items(value, found, path, run)
        case Composite():
            return _object(value, found, path, run)


def _null(value: Value) -> None:
    if not value.nullable:
        asked = value.asked
        raise TypeError(f"Cannot return null for non-nullable field {asked.selection.type}.{asked.name}.")


def _leaf(value: Leaf, found: Any) -> Any:
    coerced = value.type.coerce_output_value(found)
    if coerced is None or coerced is Undefined:
        raise TypeError(
            f"Expected `{inspect(value.type)}.coerce_output_value({inspect(found)})` to return non-nullable value,"
            f" returned: {inspect(coerced)}"
        )
    return coerced


def _items(value: Listed, found: Any, path: Path, run: Any) -> list[Any]:
    if not is_iterable(found):
        asked = value.asked
        raise GraphQLError(f"Expected Iterable, but did not find one for field '{asked.selection.type}.{asked.name}'.")
    return [element(value.item, item, (*path, place), run) for place, item in enumerate(found)]


def _object(value: Composite, found: Any, path: Path, run: Any) -> dict[str, Any]:
    info = run.raw_info(value.asked.number)
    type_ = runtime_type(value, found, info) if is_abstract_type(value.type) else value.type
    if not is_of(type_, found, info):
        raise GraphQLError(f"Expected value of type '{type_}' but got: {inspect(found)}.", value.asked.nodes)
    return fields(value.selection(type_), found, path, run)
