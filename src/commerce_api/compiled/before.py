"""What happens before a field is read, whoever runs the operation. Nothing is put around resolvers in any other way."""

from collections.abc import Callable, Mapping
from inspect import iscoroutinefunction
from typing import Any, Final, TypeAlias

from graphql import GraphQLField, default_field_resolver

Before: TypeAlias = Callable[[Any, Any, Mapping[str, Any]], Any]
_KEY: Final = "before"


def before(field: GraphQLField, first: Before) -> None:
    """Have `first` be called with the object, the context and the arguments as graphql-core has them, before the field is read and
    before what was set earlier. What it gives stands for the field's value, unless that is None; what it raises is its error.
    """
    resolve = field.resolve or default_field_resolver

    def read(source: Any, info: Any, **given: Any) -> Any:
        found = first(source, info.context, given)
        return resolve(source, info, **given) if found is None else found

    async def wait(source: Any, info: Any, **given: Any) -> Any:
        found = first(source, info.context, given)
        return await resolve(source, info, **given) if found is None else found

    earlier = before_of(field)
    field.resolve = wait if iscoroutinefunction(resolve) else read
    field.extensions = {**(field.extensions or {}), _KEY: _in_turn(first, earlier) if earlier else first}


def before_of(field: GraphQLField) -> Before | None:
    """What happens before it is read, for an executor that reads it by itself."""
    found: Before | None = (field.extensions or {}).get(_KEY)
    return found


def _in_turn(first: Before, then: Before) -> Before:
    def both(source: Any, context: Any, given: Mapping[str, Any]) -> Any:
        found = first(source, context, given)
        return then(source, context, given) if found is None else found

    return both
