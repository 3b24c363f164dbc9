"""Input becomes what graphql-core makes of it, or is left to graphql-core."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, OperationDefinitionNode, Undefined, build_schema, parse
from graphql.execution.values import get_argument_values, get_variable_values
from graphql.utilities import coerce_input_value

from commerce_api.compiled.coercing import arguments_of, coercions_of, variables_of
from commerce_api.compiled.source import IrregularError
from commerce_api.graphql import STAFF
from tests.compiled.test_arguments import inputs

INPUTS = {name: type_ for name, type_ in STAFF.type_map.items() if isinstance(type_, GraphQLInputObjectType)}
_WRONG: Any = (None, 7, "text", True, [], {}, [None], {"unknown": 1})
SCHEMA = build_schema(
    """
    enum Color { RED BLUE }
    input Size { width: Int! height: Int! = 5 color: Color marks: [String!] = ["m"] inner: Size }
    input One @oneOf { id: ID name: String }
    type Query { field(
      size: Size, sizes: [Size], names: [String], sure: [String!]!, one: One, color: Color = RED, must: Int! = 3
    ): String }
    """
)


def broken(value: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """With one thing that is another, is not there, or should not be."""
    for name in value:
        yield {key: each for key, each in value.items() if key != name}
        yield from ({**value, name: wrong} for wrong in _WRONG)
    yield {**value, "unknown": 1}


@pytest.mark.parametrize("name", INPUTS)
def test_values_become_what_graphql_core_makes_of_them(name: str) -> None:
    coerce = coercions_of(STAFF).of(INPUTS[name])
    for right in inputs(INPUTS[name], 0):
        for value in (right, *broken(right)):
            theirs = coerce_input_value(value, INPUTS[name])
            ours = outcome(lambda value=value: coerce(value))
            assert ours in (theirs, IrregularError), value
            assert ours is not Undefined, value


def test_what_is_right_is_left_to_graphql_core_only_where_an_input_may_hold_itself() -> None:
    coercions = coercions_of(STAFF)
    left = {
        name
        for name, type_ in INPUTS.items()
        for right in inputs(type_, 0)
        if outcome(partial(coercions.of(type_), right)) is IrregularError
        and coerce_input_value(right, type_) is not Undefined
    }
    assert left == {"OrderFindInput", "ProductFilter", "SaveOrderSearchInput"}


@pytest.mark.parametrize("sent", [{}, {"n": 1}, {"n": 1, "t": "text"}, {"n": 1, "t": None, "s": {"width": 2}}])
@pytest.mark.parametrize(
    "given",
    [
        'sure: ["a", "b"]',
        "sure: [$t]",
        "sure: $missing",
        "sure: null",
        'sure: "one" names: "one" must: $n color: BLUE',
        'sure: [] names: [$t, null, "x"] color: null',
        "sure: [] size: { width: $n, height: $h, marks: [$t] }",
        "sure: [] size: { width: $h, color: RED }",
        "sure: [] size: { width: 1, inner: { width: $n, inner: null, marks: null } } sizes: { width: 3 }",
        "sure: [] sizes: [{ width: 1 }, $s, null] size: $s",
        "sure: [] one: { id: $t }",
        'sure: [] one: { name: "x" }',
        "sure: [] one: { id: null }",
        "sure: [] must: $h color: $missing",
    ],
)
def test_arguments_become_what_graphql_core_makes_of_them(given: str, sent: dict[str, Any]) -> None:
    document = parse(f"query ($n: Int!, $t: String, $s: Size, $h: Int = 9) {{ field({given}) }}")
    operation: Any = next(each for each in document.definitions if isinstance(each, OperationDefinitionNode))
    declared, node = operation.variable_definitions, operation.selection_set.selections[0]
    definition: Any = SCHEMA.query_type and SCHEMA.query_type.fields["field"]
    variables = outcome(lambda: variables_of(SCHEMA, declared)(sent))
    theirs = get_variable_values(SCHEMA, declared, sent)
    if isinstance(theirs, list):
        assert variables is IrregularError
        return
    assert variables.coerced == theirs.coerced
    assert {name: source.value for name, source in variables.sources.items()} == {
        name: source.value for name, source in theirs.sources.items()
    }
    nodes = {argument.name.value: argument.value for argument in node.arguments}
    ours = outcome(lambda: arguments_of(definition, nodes)(theirs))
    if ours is not IrregularError:
        assert ours == get_argument_values(definition, node, theirs)
        assert list(ours) == list(get_argument_values(definition, node, theirs))


def test_a_list_in_a_document_is_another_one_each_time() -> None:
    definition: Any = SCHEMA.query_type and SCHEMA.query_type.fields["field"]
    node: Any = parse('{ field(sure: "a", names: ["b"]) }').definitions[0]
    nodes = {argument.name.value: argument.value for argument in node.selection_set.selections[0].arguments}
    given, variables = arguments_of(definition, nodes), variables_of(SCHEMA, ())({})
    first, second = given(variables), given(variables)
    assert first == second
    assert all(first[name] is not second[name] for name in ("sure", "names"))


def outcome(made: Any) -> Any:
    try:
        return made()
    except Exception:  # noqa: BLE001 - whatever it is, it is left to graphql-core
        return IrregularError
