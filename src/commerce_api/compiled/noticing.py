"""Fields that somebody wants to know to have been read."""

from collections.abc import Callable
from typing import Any

from graphql import GraphQLField, default_field_resolver

from commerce_api.compiled.plan import NOTICED


def notice(field: GraphQLField, told: Callable[[Any, Any], None]) -> None:
    """Have `told` be called with the object and the context, before the field is read of it; graphql-core does it as well."""
    resolve = field.resolve or default_field_resolver

    def noticed(source: Any, info: Any, **given: Any) -> Any:
        told(source, info.context)
        return resolve(source, info, **given)

    field.resolve = noticed
    field.extensions = {**(field.extensions or {}), NOTICED: told}
