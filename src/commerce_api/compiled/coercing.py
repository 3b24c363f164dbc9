"""Input as graphql-core coerces it: variables by their types, arguments by what stands in the document.

Graphql-core goes through types and documents anew for each request. Here that is done once for each type and each field of a plan;
what is made is the same. What is wrong, or rare, raises `IrregularError`, and graphql-core does it all again and knows what to say.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, TypeAlias

from graphql import (
    GraphQLArgument,
    GraphQLError,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    ListValueNode,
    Node,
    NullValueNode,
    ObjectValueNode,
    Undefined,
    VariableDefinitionNode,
    VariableNode,
    is_required_argument,
    is_required_input_field,
)
from graphql.execution.get_variable_signature import get_variable_signature
from graphql.execution.values import VariableValues, VariableValueSource
from graphql.utilities.coerce_input_value import coerce_default_value, coerce_input_literal

from commerce_api.compiled.plan import PLAIN_VALUES
from commerce_api.compiled.source import IrregularError

Coerce: TypeAlias = Callable[[Any], Any]
Given: TypeAlias = Callable[[VariableValues], Any]
"""What a place in a document gives; `Undefined` if nothing: a variable without a value."""

_AS_IT_IS: Final = {"String": str, "ID": str, "Boolean": bool}


class Coercions:
    """Of the types of a schema. An input that may hold itself is left to graphql-core, which knows how deep that may go."""

    def __init__(self) -> None:
        self._known: dict[Any, Coerce] = {}

    def of(self, type_: Any) -> Coerce:
        """From what JSON says to what graphql-core makes of it."""
        if isinstance(type_, GraphQLNonNull):
            return _not_null(self.of(type_.of_type))
        if isinstance(type_, GraphQLList):
            return _list_of(self.of(type_.of_type))
        if type_ not in self._known:
            self._known[type_] = _irregular
            self._known[type_] = self._input(type_) if isinstance(type_, GraphQLInputObjectType) else _leaf(type_)
        return self._known[type_]

    def _input(self, type_: GraphQLInputObjectType) -> Coerce:
        names, only_one, out_type = frozenset(type_.fields), type_.is_one_of, type_.out_type
        fields = [
            (name, field.out_name or name, self.of(field.type), *_absent(field)) for name, field in type_.fields.items()
        ]

        content = _content(fields)

        def coerce(value: Any) -> Any:
            if value is None:
                return None
            if value.__class__ is not dict or not names.issuperset(value):
                raise IrregularError
            made = content(value)
            if only_one and (len(value) != 1 or len(made) != 1 or None in made.values()):
                raise IrregularError
            return out_type(made)

        return coerce


def _content(fields: Sequence[tuple[str, str, Coerce, Any, bool]]) -> Coerce:
    def content(value: Any) -> Any:
        made = {}
        for name, out_name, coerce, default, must in fields:
            if name in value:
                made[out_name] = coerce(value[name])
            elif must:
                raise IrregularError
            elif default is not Undefined:
                made[out_name] = default
        return made

    return content


@lru_cache(maxsize=8)
def coercions_of(_: GraphQLSchema) -> Coercions:
    return Coercions()


def variables_of(
    schema: GraphQLSchema, declared: Sequence[VariableDefinitionNode]
) -> Callable[[Mapping[str, Any]], VariableValues]:
    """From what a request sends to the variables of an operation."""
    variables = []
    for node in declared:
        signature = get_variable_signature(schema, node)
        if isinstance(signature, GraphQLError) or not isinstance(node.default_value, (*PLAIN_VALUES, type(None))):
            return _irregular
        variables.append(
            (signature, coercions_of(schema).of(signature.type), isinstance(signature.type, GraphQLNonNull))
        )

    def coerce(sent: Mapping[str, Any]) -> VariableValues:
        sources, coerced = {}, {}
        for signature, of_value, must in variables:
            name = signature.name
            if name in sent:
                sources[name] = VariableValueSource(signature, sent[name])
                coerced[name] = of_value(sent[name])
                continue
            sources[name] = VariableValueSource(signature)
            default = coerce_default_value(signature)
            if default is not Undefined:
                coerced[name] = default
            elif must:
                raise IrregularError
        return VariableValues(sources, coerced)

    return coerce


def arguments_of(definition: GraphQLField, nodes: Mapping[str, Node]) -> Callable[[VariableValues], dict[str, Any]]:
    """From the variables of a request to the arguments of a field; the nodes are what the document gives them."""
    entries = [
        (
            argument.out_name or name,
            _literal(nodes[name], argument.type) if name in nodes else _nothing,
            *_absent(argument),
        )
        for name, argument in definition.args.items()
    ]
    return _object(entries)


def _object(entries: Sequence[tuple[str, Given, Any, bool]]) -> Callable[[VariableValues], dict[str, Any]]:
    def given(variables: VariableValues) -> dict[str, Any]:
        made = {}
        for out_name, of_entry, default, must in entries:
            value = of_entry(variables)
            if value is not Undefined:
                made[out_name] = value
            elif must:
                raise IrregularError
            elif default is not Undefined:
                made[out_name] = default
        return made

    return given


def _literal(node: Node, type_: Any) -> Given:
    if isinstance(node, VariableNode):
        return _variable(node.name.value, must=isinstance(type_, GraphQLNonNull))
    bare = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
    if isinstance(bare, GraphQLList) and isinstance(node, ListValueNode):
        return _items([_literal(item, bare.of_type) for item in node.values])
    if isinstance(bare, GraphQLInputObjectType) and isinstance(node, ObjectValueNode) and not bare.is_one_of:
        return _input_literal(node, bare)
    if isinstance(node, (*PLAIN_VALUES, NullValueNode)):
        value = _made(node, type_, None)
        if not isinstance(value, list):  # which would be the same one in all requests
            return lambda _: value
    return lambda variables: _made(node, type_, variables)


def _input_literal(node: ObjectValueNode, type_: GraphQLInputObjectType) -> Given:
    nodes, out_type = {field.name.value: field.value for field in node.fields}, type_.out_type
    content = _object(
        [
            (field.out_name or name, _literal(nodes[name], field.type) if name in nodes else _nothing, *_absent(field))
            for name, field in type_.fields.items()
        ]
    )
    return lambda variables: out_type(content(variables))


def _variable(name: str, *, must: bool) -> Given:
    def given(variables: VariableValues) -> Any:
        value = variables.coerced.get(name, Undefined)
        if must and value is None:
            raise IrregularError
        return value

    return given


def _items(items: Sequence[Given]) -> Given:
    def given(variables: VariableValues) -> list[Any]:
        made = [item(variables) for item in items]
        if Undefined in made:
            raise IrregularError
        return made

    return given


def _made(node: Any, type_: Any, variables: VariableValues | None) -> Any:
    """By graphql-core."""
    value = coerce_input_literal(node, type_, variables)
    if value is Undefined:
        raise IrregularError
    return value


def _nothing(_: VariableValues) -> Any:
    return Undefined


def _irregular(_: Any) -> Any:
    raise IrregularError


def _absent(place: GraphQLArgument | GraphQLInputField) -> tuple[Any, bool]:
    """What stands there if nothing is given, or `Undefined`, and whether something must be."""
    must = is_required_argument(place) if isinstance(place, GraphQLArgument) else is_required_input_field(place)
    return Undefined if must else coerce_default_value(place), must


def _not_null(coerce: Coerce) -> Coerce:
    def present(value: Any) -> Any:
        if value is None:
            raise IrregularError
        return coerce(value)

    return present


def _list_of(coerce: Coerce) -> Coerce:
    def items(value: Any) -> Any:
        if value is None:
            return None
        if value.__class__ is not list:
            raise IrregularError
        return [coerce(item) for item in value]

    return items


def _leaf(type_: Any) -> Coerce:
    plain, coerce = _AS_IT_IS.get(type_.name), type_.coerce_input_value

    def leaf(value: Any) -> Any:
        if value is None or value.__class__ is plain:
            return value
        made = coerce(value)
        if made is Undefined:
            raise IrregularError
        return made

    return leaf
