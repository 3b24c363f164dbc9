"""What an operation asks for, with everything decided that does not depend on data: which fields, of which types, how read."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from inspect import iscoroutinefunction
from typing import Any, Final, TypeAlias

from graphql import (
    BooleanValueNode,
    EnumValueNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLIncludeDirective,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLSkipDirective,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    StringValueNode,
    get_directive_values,
    is_abstract_type,
    is_leaf_type,
    type_from_ast,
)
from graphql.execution.values import VariableValues
from strawberry.types.field import StrawberryField

from commerce_api.compiled.abreast import AtHand, at_hand_of
from commerce_api.compiled.before import Before, before_of
from commerce_api.compiled.columns import columns_of
from commerce_api.compiled.many import Many, many_of


class UnsupportedError(Exception):
    """This operation has something that only graphql-core runs."""


PLAIN_VALUES: Final = (BooleanValueNode, EnumValueNode, IntValueNode, StringValueNode)


@dataclass(eq=False)
class Leaf:
    asked: "Asked"
    type: Any
    nullable: bool


@dataclass(eq=False)
class Listed:
    asked: "Asked"
    item: "Value"
    nullable: bool


@dataclass(eq=False)
class Composite:
    """An object, an interface or a union. What is asked of each type of object is found out when one of it comes by."""

    asked: "Asked"
    type: Any
    nullable: bool
    _selections: dict[str, "Selection"] = field(default_factory=dict)

    def selection(self, type_: GraphQLObjectType) -> "Selection":
        found = self._selections.get(type_.name)
        if found is None:
            below = [node.selection_set for node in self.asked.nodes if node.selection_set]
            found = self._selections[type_.name] = self.asked.plan.selection(type_, below, self)
        return found


Value: TypeAlias = Leaf | Listed | Composite


@dataclass(eq=False)
class Asked:
    """A field of a selection. `key` is its name in the answer; `number` is its place among all fields of the plan."""

    plan: "Plan"
    selection: "Selection"
    number: int
    key: str
    nodes: list[FieldNode]
    definition: GraphQLField

    @property
    def name(self) -> str:
        return self.nodes[0].name.value

    @cached_property
    def value(self) -> Value:
        return self._value(self.definition.type)

    @cached_property
    def declared(self) -> StrawberryField | None:
        """What strawberry knows of it, if it is to be read as strawberry reads it, without anything put around it."""
        found = (self.definition.extensions or {}).get("strawberry-definition")
        return found if isinstance(found, StrawberryField) and not found.extensions else None

    @cached_property
    def before(self) -> Before | None:
        """What happens before it is read as strawberry reads it; graphql-core's resolvers see to it themselves."""
        return before_of(self.definition) if self.declared else None

    @cached_property
    def many(self) -> Many | None:
        return many_of(self.declared) if self.declared else None

    @cached_property
    def always_alike(self) -> bool:
        """Whether its arguments are plain values that stand in the document, and so the same in every run."""
        return all(isinstance(argument.value, PLAIN_VALUES) for argument in self.nodes[0].arguments or ())

    @cached_property
    def waits(self) -> bool:
        """Whether its resolver is asynchronous."""
        if self.declared:
            return bool(self.declared.base_resolver) and self.declared.is_async
        return iscoroutinefunction(self.definition.resolve)

    @cached_property
    def at_hand(self) -> AtHand | None:
        """What tells whether it has to be waited for, if nothing below it has to be."""
        found = at_hand_of(self.declared) if self.declared else None
        return None if found and any(asked.waits for asked in self._below()) else found

    def columns(self, type_name: str) -> frozenset[str] | None:
        """What is read of the rows of all objects of this type below it; None if a field among them does not tell."""
        if type_name not in self._columns:
            self._columns[type_name] = _together(map(_columns_of, self._below(type_name)))
        return self._columns[type_name]

    @cached_property
    def _columns(self) -> dict[str, frozenset[str] | None]:
        return {}

    def once(self, type_name: str, name: str) -> "Asked | None":
        """This field of objects of a type below it, if it is asked in one place only."""
        if (type_name, name) not in self._once:
            found = [asked for asked in self._below(type_name) if asked.name == name]
            self._once[type_name, name] = found[0] if len(found) == 1 else None
        return self._once[type_name, name]

    @cached_property
    def _once(self) -> "dict[tuple[str, str], Asked | None]":
        return {}

    def fields(self, path: tuple[str, ...]) -> frozenset[str]:
        """The names of the fields asked of the objects at the path below it."""
        if path not in self._fields:
            self._fields[path] = frozenset(asked.name for asked in self._at(path))
        return self._fields[path]

    @cached_property
    def _fields(self) -> dict[tuple[str, ...], frozenset[str]]:
        return {}

    def _at(self, path: tuple[str, ...]) -> "Iterator[Asked]":
        for selection in self._selections():
            for asked in filter(None, selection.fields.values()):
                if not path:
                    yield asked
                elif asked.name == path[0]:
                    yield from asked._at(path[1:])  # noqa: SLF001 - one of the same

    def _below(self, type_name: str | None = None) -> "Iterator[Asked]":
        """All fields below it, or those of the objects of one type."""
        for selection in self._selections():
            for asked in filter(None, selection.fields.values()):
                if type_name is None or selection.type.name == type_name:
                    yield asked
                yield from asked._below(type_name)  # noqa: SLF001 - one of the same

    def _selections(self) -> "Iterator[Selection]":
        value = self.value
        while isinstance(value, Listed):
            value = value.item
        if isinstance(value, Composite):
            schema = self.plan.schema
            types = schema.get_possible_types(value.type) if is_abstract_type(value.type) else (value.type,)
            yield from map(value.selection, types)

    def _value(self, type_: Any, *, nullable: bool = True) -> Value:
        if isinstance(type_, GraphQLNonNull):
            return self._value(type_.of_type, nullable=False)
        if isinstance(type_, GraphQLList):
            return Listed(self, self._value(type_.of_type), nullable)
        return (Leaf if is_leaf_type(type_) else Composite)(self, type_, nullable)


def _columns_of(asked: Asked) -> frozenset[str] | None:
    return columns_of(asked.declared) if asked.declared else None


def _together(columns: Iterable[frozenset[str] | None]) -> frozenset[str] | None:
    known: set[str] = set()
    for some in columns:
        if some is None:
            return None
        known |= some
    return frozenset(known)


@dataclass(eq=False)
class Selection:
    """What is asked of an object of this type. `owner` is the value that the object is, or part of; None at the root."""

    type: GraphQLObjectType
    owner: Composite | None
    fields: dict[str, Asked | None] = field(default_factory=dict)
    """By their names in the answer, in order; None stands for `__typename`."""


_SKIP: Final = (GraphQLSkipDirective, True)
_INCLUDE: Final = (GraphQLIncludeDirective, False)


class Plan:
    """One operation under given values of the variables that switch fields on and off. Raises UnsupportedError, at once or when more
    of it is looked at, if only graphql-core can run it.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        operation: OperationDefinitionNode,
        fragments: Mapping[str, FragmentDefinitionNode],
        values: VariableValues,
    ) -> None:
        self.schema, self.fragments, self._values = schema, fragments, values
        self.fields: list[Asked] = []
        root = schema.get_root_type(operation.operation)
        if root is None or _awaits_types(schema):
            raise UnsupportedError
        self.root = self.selection(root, [operation.selection_set], None)

    def selection(
        self, type_: GraphQLObjectType, sets: Sequence[SelectionSetNode], owner: Composite | None
    ) -> Selection:
        nodes: dict[str, list[FieldNode]] = {}
        visited: set[str] = set()
        for selection_set in sets:
            for node in self._included(type_, selection_set, visited):
                nodes.setdefault(node.alias.value if node.alias else node.name.value, []).append(node)
        made = Selection(type_, owner)
        for key, same in nodes.items():
            made.fields[key] = self._asked(made, key, same)
        return made

    def _asked(self, selection: Selection, key: str, nodes: list[FieldNode]) -> Asked | None:
        name = nodes[0].name.value
        if name == "__typename":
            return None
        definition = selection.type.fields.get(name)
        if definition is None:
            raise UnsupportedError(name)
        asked = Asked(self, selection, len(self.fields), key, nodes, definition)
        self.fields.append(asked)
        return asked

    def _included(
        self, type_: GraphQLObjectType, selection_set: SelectionSetNode, visited: set[str]
    ) -> Iterator[FieldNode]:
        for node in selection_set.selections:
            if not (self._passes(node, *_SKIP) and self._passes(node, *_INCLUDE)):
                continue
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, InlineFragmentNode):
                if self._applies(node.type_condition, type_):
                    yield from self._included(type_, node.selection_set, visited)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in visited:
                fragment = self.fragments[node.name.value]
                visited.add(node.name.value)
                if self._applies(fragment.type_condition, type_):
                    yield from self._included(type_, fragment.selection_set, visited)

    def _passes(self, node: Any, directive: Any, stopping: bool) -> bool:  # noqa: FBT001 - one of two tables above
        given = get_directive_values(directive, node, self._values)
        return not given or given["if"] is not stopping

    def _applies(self, condition: Any, type_: GraphQLObjectType) -> bool:
        if condition is None:
            return True
        wanted: Any = type_from_ast(self.schema, condition)
        return wanted is type_ or (is_abstract_type(wanted) and self.schema.is_sub_type(wanted, type_))


@lru_cache(maxsize=8)
def _awaits_types(schema: GraphQLSchema) -> bool:
    """Whether it may have to be waited for to learn what type an object has."""
    tellers = (
        getattr(type_, name, None) for type_ in schema.type_map.values() for name in ("is_type_of", "resolve_type")
    )
    return any(map(iscoroutinefunction, tellers))
