"""What an operation asks for: depth, fields, aliases, cost, and the permissions that it needs.

One walk with memory: a fragment is looked at once however often it is spread, so that the work is linear in the document
even where the answer would be exponential.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final, Self, TypeAlias

from graphql import (
    DirectiveNode,
    DocumentNode,
    EnumValueNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    StringValueNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_list_type,
    type_from_ast,
)

from commerce_api.contract import is_alone, is_public, permissions_of
from commerce_api.domain.permissions import Permission
from commerce_api.domain.value import value
from commerce_api.schema.errors import BadInput
from commerce_api.schema.pagination import DEFAULT_PAGE, MAX_PAGE
from commerce_api.web import limits
from commerce_api.web.limits import Measured

Node: TypeAlias = Any
Need: TypeAlias = tuple[str, frozenset[Permission]]
"""A place, and the permissions of which it needs one."""
"""Where, such as `Query.orders`, and what."""

_INTROSPECTION: Final = frozenset({"__schema", "__type"})


@value
class Total:
    """What a selection comes to, with all that is below it."""

    depth: int = 0
    fields: int = 0
    aliases: int = 0
    alone: int = 0
    cost: int = 0
    introspection: int = 0

    def beside(self, other: Self) -> "Total":
        return Total(
            depth=max(self.depth, other.depth),
            fields=self.fields + other.fields,
            aliases=self.aliases + other.aliases,
            alone=self.alone + other.alone,
            cost=self.cost + other.cost,
            introspection=self.introspection + other.introspection,
        )


class Walk:
    """Through one operation of a document that has passed validation. `sizes` are of pages and lists in variables."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, sizes: Mapping[str, int | None]) -> None:
        self._schema, self._sizes = schema, sizes
        self._fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
        self._spread: dict[tuple[str, int], Total] = {}
        self._directives = 0
        self.needs: set[Need] = set()
        self.sized_by: set[str] = set()
        """Variables that the cost depends on."""
        self.only_public = True
        """Whether all fields at the root are PUBLIC, or about the schema."""

    def operation(self, node: OperationDefinitionNode) -> Total:
        for variable in node.variable_definitions or ():
            if variable.default_value:
                self._literal(variable.default_value, type_from_ast(self._schema, variable.type))
        root = self._schema.get_root_type(node.operation)
        total = self._selections(node.selection_set, root, page=0)
        if node.operation is OperationType.MUTATION:
            return total.beside(Total(cost=limits.MUTATION_COST * len(node.selection_set.selections)))
        return total

    def check_directives(self, directives: tuple[DirectiveNode, ...] | None) -> None:
        if directives and len(directives) > limits.DIRECTIVES:
            raise limits.exceeded(
                Measured(name="number of directives", requested=len(directives), limit=limits.DIRECTIVES)
            )

    def _selections(self, node: SelectionSetNode, parent: Any, *, page: int) -> Total:
        """`page` is the page size if `parent` is a connection, else 0."""
        total = Total()
        for selection in node.selections:
            self.check_directives(selection.directives)
            match selection:
                case FieldNode():
                    total = total.beside(self._field(selection, parent, page))
                case InlineFragmentNode(type_condition=None):
                    total = total.beside(self._selections(selection.selection_set, parent, page=page))
                case InlineFragmentNode():
                    total = total.beside(self._fragment(selection, page))
                case FragmentSpreadNode():
                    total = total.beside(self._spread_fragment(selection.name.value, page))
                case _:  # pragma: no cover - there are no other selections
                    pass
        return total

    def _spread_fragment(self, name: str, page: int) -> Total:
        if (name, page) not in self._spread:
            self._spread[name, page] = self._fragment(self._fragments[name], page)
        return self._spread[name, page]

    def _fragment(self, node: Any, page: int) -> Total:
        type_ = self._schema.type_map[node.type_condition.name.value]
        self._need(type_, type_.name)
        return self._selections(node.selection_set, type_, page=page)

    def _field(self, node: FieldNode, parent: Any, page: int) -> Total:
        name = node.name.value
        field: Any = self._schema.get_field(parent, name)
        type_: Any = get_named_type(field.type)
        self._need(field, f"{parent.name}.{name}")
        self._need(type_, type_.name)
        self._arguments(node, field, f"{parent.name}.{name}")
        if parent is self._schema.query_type and not (name.startswith("__") or is_public(field)):
            self.only_public = False
        aliases = 1 if node.alias else 0
        if name == "__typename":
            return Total(depth=1, aliases=aliases, cost=1)
        own = Total(depth=1, fields=1, aliases=aliases, alone=int(is_alone(field)), cost=1)
        if node.selection_set is None:
            return own
        size = self._size(node, field)
        below = self._selections(node.selection_set, type_, page=size)
        fields, aliases = 1 + below.fields, aliases + below.aliases
        if name in _INTROSPECTION:
            return Total(introspection=fields, aliases=aliases, cost=fields * limits.INTROSPECTION_COST)
        cost = (1 + below.cost) * self._times(field, size or page)
        return Total(depth=1 + below.depth, fields=fields, aliases=aliases, alone=own.alone, cost=cost)

    def _times(self, field: GraphQLField, size: int) -> int:
        return (size or limits.ASSUMED_LENGTH) if is_list_type(get_nullable_type(field.type)) else 1

    def _size(self, node: FieldNode, field: GraphQLField) -> int:
        """How many entries the field's arguments ask for; 0 if they do not say."""
        given = {argument.name.value: argument.value for argument in node.arguments or ()}
        for name in ("first", "last"):
            if name in given:
                return min(max(self._number(given[name], _unless_told(field)), 1), MAX_PAGE)
        if "first" in field.args:
            return _unless_told(field)
        return self._number(given["ids"], DEFAULT_PAGE) if "ids" in given else 0

    def _number(self, node: Node, otherwise: int) -> int:
        """A number, or the length of a list."""
        match node:
            case IntValueNode():
                return int(node.value)
            case ListValueNode():
                return len(node.values)
            case VariableNode():
                self.sized_by.add(node.name.value)
                return self._sizes.get(node.name.value) or otherwise
            case _:
                return otherwise

    def _arguments(self, node: FieldNode, field: GraphQLField, where: str) -> None:
        for argument in node.arguments or ():
            definition = field.args[argument.name.value]
            self._need(definition, f"{where}({argument.name.value}:)")
            self._literal(argument.value, definition.type)

    def _literal(self, node: Node, type_: Any) -> None:
        """What a value written in the document needs; without recursion, for it may be deep."""
        waiting = [(node, type_)]
        while waiting:
            current, of = waiting.pop()
            named: Any = get_named_type(of)
            match current:
                case StringValueNode() if "\0" in current.value:
                    raise BadInput("A text in the document holds a NUL character, which no text may have.")
                case ListValueNode():
                    waiting += [(below, named) for below in current.values]
                case EnumValueNode() if isinstance(named, GraphQLEnumType):
                    self._need(named.values[current.value], f"{named.name}.{current.value}")
                case ObjectValueNode():
                    waiting += list(self._object(current, named))
                case _:
                    pass

    def _object(self, node: ObjectValueNode, type_: Any) -> Iterator[tuple[Node, Any]]:
        known = type_.fields if isinstance(type_, GraphQLInputObjectType) else {}
        for field in node.fields:
            definition = known.get(field.name.value)
            if definition:
                self._need(definition, f"{type_.name}.{field.name.value}")
            yield field.value, definition and definition.type

    def _need(self, element: Any, where: str) -> None:
        self.needs.update(_need(element, where))


def _unless_told(field: GraphQLField) -> int:
    """The size of a page whose `first` is not given."""
    first = field.args.get("first")
    return first.default_value if first and isinstance(first.default_value, int) else DEFAULT_PAGE


def needs_of_value(given: Any, type_: Any) -> Iterator[Need]:
    """What the value of a variable needs: input fields and enum values may ask for a permission too."""
    waiting = [(given, type_)]
    while waiting:
        current, of = waiting.pop()
        named: Any = get_named_type(of)
        if _needs_nothing(named):
            continue
        if isinstance(current, list):
            waiting += [(below, named) for below in current]
        elif isinstance(named, GraphQLEnumType) and isinstance(current, str) and current in named.values:
            yield from _need(named.values[current], f"{named.name}.{current}")
        elif isinstance(named, GraphQLInputObjectType) and isinstance(current, dict):
            for name, below in current.items():
                if name in named.fields:
                    yield from _need(named.fields[name], f"{named.name}.{name}")
                    waiting.append((below, named.fields[name].type))


@lru_cache(maxsize=2_000)
def _needs_nothing(named: Any) -> bool:
    """Whether neither an input nor what may be below it asks for a permission."""
    seen, waiting = set(), [named]
    while waiting:
        current = waiting.pop()
        if current in seen:
            continue
        seen.add(current)
        is_input = isinstance(current, GraphQLInputObjectType)
        elements = current.fields if is_input else current.values if isinstance(current, GraphQLEnumType) else {}
        if any(map(permissions_of, elements.values())):
            return False
        waiting += [get_named_type(each.type) for each in elements.values() if is_input]
    return True


def _need(element: Any, where: str) -> Iterator[Need]:
    if permissions := permissions_of(element):
        yield where, permissions
