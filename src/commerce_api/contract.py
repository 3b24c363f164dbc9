"""Derives the shop contract from the full schema by leaving out whatever needs a staff permission (decision 1)."""

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias, TypeVar

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
)

from commerce_api.domain.permissions import SHOP, Permission
from commerce_api.schema.permissions import Requires

T = TypeVar("T")
Element: TypeAlias = Any


def _definition(element: Element) -> Any:
    """Strawberry's own definition of a graphql-core element, or None."""
    return (element.extensions or {}).get("strawberry-definition")


def permissions_of(element: Element) -> frozenset[Permission]:
    """The permissions of which a field, argument, enum value or type needs one; empty: it needs none."""
    for directive in getattr(_definition(element), "directives", None) or ():
        if isinstance(directive, Requires):
            return frozenset(map(Permission, directive.any_of))
    return frozenset()


def is_alone(field: Element) -> bool:
    """Whether an operation may have one such field only; fields of signing in, and what is marked ALONE."""
    marked = (getattr(_definition(field), "metadata", None) or {}).get("alone")
    return bool(marked) or not permissions_of(field).isdisjoint({Permission.SIGN_IN, Permission.SIGN_IN_AS_STAFF})


def is_public(field: Element) -> bool:
    """Whether the field at the root is marked PUBLIC."""
    return bool((getattr(_definition(field), "metadata", None) or {}).get("public"))


def for_shop(element: Element) -> bool:
    permissions = permissions_of(element)
    return not permissions or not permissions.isdisjoint(SHOP)


def settle_one_of(full: GraphQLSchema) -> None:
    """Tell graphql-core of inputs that take exactly one key, so that others are refused before anything runs.

    Strawberry checks this only when it makes the input's object, and then it looks like a bug of ours.
    """
    for type_ in full.type_map.values():
        if isinstance(type_, GraphQLInputObjectType):
            type_.is_one_of = _definition(type_).is_one_of


def derive(full: GraphQLSchema, keep: Callable[[Element], bool]) -> GraphQLSchema:
    """A schema of the same resolvers without the elements that `keep` turns down, nor the types only they reached."""
    return _Derivation(full, keep).schema()


class _Derivation:
    def __init__(self, full: GraphQLSchema, keep: Callable[[Element], bool]) -> None:
        self._full, self._keep = full, keep
        self._made: dict[str, GraphQLNamedType] = {}

    def schema(self) -> GraphQLSchema:
        arguments: dict[str, Any] = {**self._full.to_kwargs()}
        roots = {
            kind: arguments[kind] and self._named(arguments[kind]) for kind in ("query", "mutation", "subscription")
        }
        walked = 0
        while walked != len(self._made):
            walked = len(self._made)
            for type_ in list(self._made.values()):
                self._reach_from(type_)
        directives = [d for d in arguments["directives"] if d.name != "requires"]
        types = list(self._made.values())
        made = GraphQLSchema(**{**arguments, **roots, "types": types, "directives": directives})
        made._strawberry_schema = self._full._strawberry_schema  # type: ignore[attr-defined]  # noqa: SLF001 - what `info.schema` follows
        return made

    def _reach_from(self, type_: GraphQLNamedType) -> None:
        """Make what this type leads to: its lazy parts, and of an interface all that implement it.

        Not of `Node`, which everything with an id implements: that alone makes nothing a matter of the shop.
        """
        for part in ("fields", "interfaces", "types"):
            getattr(type_, part, None)
        if isinstance(type_, GraphQLInterfaceType) and type_.name != "Node":
            original: Any = self._full.type_map[type_.name]
            for implementation in self._full.get_implementations(original).objects:
                if self._keep(implementation):
                    self._named(implementation)

    def _type(self, type_: Any) -> Any:
        if isinstance(type_, GraphQLNonNull):
            return GraphQLNonNull(self._type(type_.of_type))
        if isinstance(type_, GraphQLList):
            return GraphQLList(self._type(type_.of_type))
        return self._named(type_)

    def _named(self, type_: Any) -> Any:
        if type_.name not in self._made:
            self._made[type_.name] = self._copy(type_)
        return self._made[type_.name]

    def _copy(self, type_: Any) -> Any:
        match type_:
            case GraphQLObjectType() | GraphQLInterfaceType():
                return _changed(
                    type_,
                    fields=lambda: self._kept(type_.fields, self._field),
                    interfaces=lambda: [self._named(i) for i in type_.interfaces if self._keep(i)],
                )
            case GraphQLUnionType():
                resolve: Any = type_.resolve_type
                return _changed(
                    type_,
                    types=lambda: [self._named(t) for t in type_.types if self._keep(t)],
                    # strawberry compares the union by identity, so it is handed the one it made
                    resolve_type=lambda value, info, _: resolve(value, info, type_),
                )
            case GraphQLInputObjectType():
                return _changed(
                    type_,
                    fields=lambda: self._kept(type_.fields, self._input_field),
                )
            case GraphQLEnumType() if _definition(type_):
                values = self._kept(type_.values, lambda value: value)
                return _changed(type_, values=values, enum=_definition(type_))
            case _:  # scalars are shared
                return type_

    def _kept(self, elements: dict[str, T], copy: Callable[[T], T]) -> dict[str, T]:
        return {name: copy(element) for name, element in elements.items() if self._keeps(element)}

    def _keeps(self, element: Element) -> bool:
        """Kept itself, and so is the type that it has, if it has one."""
        type_ = getattr(element, "type", None)
        return self._keep(element) and (type_ is None or self._keep(get_named_type(type_)))

    def _field(self, field: GraphQLField) -> Any:
        return _changed(field, type_=self._type(field.type), args=self._kept(field.args, self._argument))

    def _argument(self, argument: GraphQLArgument) -> Any:
        return _changed(argument, type_=self._type(argument.type))

    def _input_field(self, field: GraphQLInputField) -> Any:
        return _changed(field, type_=self._type(field.type))


def _changed(element: Any, **changes: Any) -> Any:
    """A copy of a graphql-core element with some of its arguments replaced."""
    return type(element)(**{**element.to_kwargs(), **changes})


def staff_elements(schema: GraphQLSchema) -> Iterable[str]:
    """Names such as `Product.cost` of what only staff may use."""
    for type_ in schema.type_map.values():
        for name, element in {**getattr(type_, "fields", {}), **getattr(type_, "values", {})}.items():
            if not for_shop(element):
                yield f"{type_.name}.{name}"
