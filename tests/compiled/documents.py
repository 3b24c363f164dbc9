"""Documents that hypothesis-graphql makes for a contract, made more of: variables, aliases, fragments, fields switched on and off."""

from typing import Any

import hypothesis_graphql
from graphql import (
    ArgumentNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    NamedTypeNode,
    NameNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    TypeInfo,
    TypeInfoVisitor,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    get_named_type,
    is_composite_type,
    parse,
    parse_type,
    print_ast,
    value_from_ast_untyped,
    visit,
)
from hypothesis import strategies as st
from hypothesis_graphql import nodes

_SCALARS: dict[str, Any] = {
    "Decimal": st.just("19.90"),
    "DateTime": st.just("2026-03-02T12:00:00Z"),
    "Date": st.just("2026-03-02"),
    "CurrencyCode": st.sampled_from(["EUR", "JPY"]),
    "CountryCode": st.sampled_from(["DE", "US"]),
    "LanguageCode": st.sampled_from(["en", "de"]),
    "JSON": st.just("{}"),
}
_SWITCHES = ("on", "off")


@st.composite
def documents(draw: st.DrawFn, schema: GraphQLSchema, root: str) -> tuple[str, dict[str, Any]]:
    """A valid document of one operation, and values of its variables."""
    made = {"query": hypothesis_graphql.queries, "mutation": hypothesis_graphql.mutations}[root]
    scalars = {name: strategy.map(nodes.String) for name, strategy in _SCALARS.items()}
    text = draw(made(schema, custom_scalars=scalars, allow_x00=False, codec="ascii"))
    more = More(draw(st.randoms(use_true_random=False)), TypeInfo(schema))
    document = print_ast(more.finished(visit(parse(text), TypeInfoVisitor(more.types, more))))
    return document, {name: draw(st.booleans()) for name in _SWITCHES if f"${name}" in document} | more.variables


class More(Visitor):
    """Changes some of the fields, about one in eight in each way."""

    def __init__(self, random: Any, types: TypeInfo) -> None:
        super().__init__()
        self.types = types
        self._random = random
        self._fragments: list[FragmentDefinitionNode] = []
        self._declared: list[VariableDefinitionNode] = []
        self.variables: dict[str, Any] = {}
        self._aliases = 0

    def leave_object_value(self, node: ObjectValueNode, *_: Any) -> Any:
        """hypothesis-graphql does not know of inputs with exactly one key."""
        type_ = get_named_type(self.types.get_input_type())
        return _with(node, fields=node.fields[:1]) if getattr(type_, "is_one_of", False) else None

    def leave_argument(self, node: ArgumentNode, *_: Any) -> Any:
        argument = self.types.get_argument()
        if argument is None or self._random.randrange(4):
            return None
        name = f"given{len(self.variables)}"
        self.variables[name] = value_from_ast_untyped(node.value)
        self._declared.append(_declared(name, parse_type(str(argument.type))))
        return _with(node, value=VariableNode(name=_name(name)))

    def leave_field(self, node: FieldNode, *_: Any) -> Any:
        match self._random.randrange(8):
            case 0:
                return _with(node, directives=[*(node.directives or ()), self._switch()])
            case 1:
                self._aliases += 1
                return _with(node, alias=_name(f"as{self._aliases}"))
            case _:
                return None

    def leave_selection_set(self, node: SelectionSetNode, *_: Any) -> Any:
        parent = get_named_type(self.types.get_parent_type())
        if parent is None or not is_composite_type(parent):
            return None
        match self._random.randrange(8):
            case 0:
                return SelectionSetNode(selections=(self._spread(parent.name, node), *node.selections))
            case 1:
                inline = InlineFragmentNode(selection_set=node, directives=(self._switch(),), type_condition=None)
                return SelectionSetNode(selections=(_field("__typename"), inline))
            case _:
                return None

    def _spread(self, type_name: str, node: SelectionSetNode) -> FragmentSpreadNode:
        name = f"Fragment{len(self._fragments)}"
        condition = NamedTypeNode(name=_name(type_name))
        self._fragments.append(
            FragmentDefinitionNode(
                name=_name(name),
                type_condition=condition,
                selection_set=node,
                directives=(),
                variable_definitions=(),
            )
        )
        return FragmentSpreadNode(name=_name(name), directives=())

    def _switch(self) -> DirectiveNode:
        variable = VariableNode(name=_name(self._random.choice(_SWITCHES)))
        argument = ArgumentNode(name=_name("if"), value=variable)
        return DirectiveNode(name=_name(self._random.choice(["skip", "include"])), arguments=(argument,))

    def finished(self, document: DocumentNode) -> DocumentNode:
        (operation,) = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
        parts = (operation, *self._fragments)
        used = {name for name in _SWITCHES if any(f"${name}" in print_ast(part) for part in parts)}
        switches = [_declared(name, parse_type("Boolean!")) for name in _SWITCHES if name in used]
        return DocumentNode(
            definitions=(_with(operation, variable_definitions=(*switches, *self._declared)), *self._fragments)
        )


def _with(node: Any, **changed: Any) -> Any:
    return type(node)(**{key: getattr(node, key, None) for key in node.keys} | changed)


def _name(value: str) -> NameNode:
    return NameNode(value=value)


def _declared(name: str, type_: Any) -> VariableDefinitionNode:
    variable = VariableNode(name=_name(name))
    return VariableDefinitionNode(variable=variable, type=type_, default_value=None, directives=())


def _field(name: str) -> FieldNode:
    return FieldNode(name=_name(name), alias=None, arguments=(), directives=(), selection_set=None)
