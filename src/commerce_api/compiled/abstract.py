"""What both ways of completing values share: which type an object is of."""

from typing import Any

from graphql import GraphQLError, GraphQLObjectType, GraphQLResolveInfo, default_type_resolver
from graphql.pyutils import inspect

from commerce_api.compiled.plan import Composite


def is_of(type_: GraphQLObjectType, found: Any, info: GraphQLResolveInfo[Any]) -> bool:
    return type_.is_type_of is None or bool(type_.is_type_of(found, info))


def runtime_type(value: Composite, found: Any, info: GraphQLResolveInfo[Any]) -> GraphQLObjectType:
    """Which type of object stands for an interface or a union. Raises what graphql-core would."""
    asked, type_ = value.asked, value.type
    name: Any = (type_.resolve_type or default_type_resolver)(found, info, type_)
    wrong = _against(value, found, name)
    if wrong:
        raise GraphQLError(wrong, asked.nodes)
    made: Any = asked.plan.schema.get_type(name)
    return made  # type: ignore[no-any-return]  # see above


def _against(value: Composite, found: Any, name: Any) -> str | None:
    asked, type_ = value.asked, value.type
    must = f"Abstract type '{type_}' must resolve to an Object type at runtime for field '{asked.selection.type}.{asked.name}'"
    if name is None:
        return (
            f"{must}. Either the '{type_}' type should provide a 'resolve_type' function or each possible type should"
            " provide an 'is_type_of' function."
        )
    if not isinstance(name, str):
        return f"{must} with value {inspect(found)}, received '{inspect(name)}', which is not a valid Object type name."
    named = asked.plan.schema.get_type(name)
    if named is None:
        return f"Abstract type '{type_}' was resolved to a type '{name}' that does not exist inside the schema."
    if not isinstance(named, GraphQLObjectType):
        return f"Abstract type '{type_}' was resolved to a non-object type '{name}'."
    if not asked.plan.schema.is_sub_type(type_, named):
        return f"Runtime Object type '{named}' is not a possible type for '{type_}'."
    return None
