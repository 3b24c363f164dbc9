"""Runs GraphQL operations without walking their documents: each is compiled once into functions of plain Python.

`Operation` is the one entrance. It gives what graphql-core gives for the same schema: data, errors, paths, nulls. What it does not
know how to run (introspection, asynchronous `is_type_of`) graphql-core runs. Two things are asked of a schema: resolvers that
are not asynchronous only read, since one may be called again when something went wrong beside it; and what may have to be
waited for is declared `async`.

Errors come level by level, and within a level in the order of the answer. Where all resolvers are synchronous that is
graphql-core's order; where they are not, graphql-core's is that in which the event loop happened to go on.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from inspect import isawaitable
from itertools import count
from typing import Any, Final

from graphql import (
    DocumentNode,
    ExecutionResult,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    Node,
    OperationDefinitionNode,
    OperationType,
    VariableNode,
    Visitor,
    visit,
)
from graphql.execution import execute
from graphql.execution.values import VariableValues, get_variable_values

from commerce_api.compiled.abreast import Abreast as Abreast
from commerce_api.compiled.abreast import at_hand as at_hand
from commerce_api.compiled.before import before as before
from commerce_api.compiled.coercing import variables_of
from commerce_api.compiled.columns import column as column
from commerce_api.compiled.columns import columns_read as columns_read
from commerce_api.compiled.columns import field_below as field_below
from commerce_api.compiled.columns import fields_asked as fields_asked
from commerce_api.compiled.columns import reading as reading
from commerce_api.compiled.kept import FIELDS_OF_A_PLAN, MOST_FIELDS, Kept
from commerce_api.compiled.many import for_many as for_many
from commerce_api.compiled.plan import Plan, UnsupportedError
from commerce_api.compiled.running import Compiled, Run

_MOST_ERRORS: Final = 50
_MOST_VARIANTS: Final = 16
"""Plans of one operation, which differ in the fields that variables switch on and off."""
_KEPT: Final = Kept(MOST_FIELDS)
_RUNS: Final = count(1)


class Operation:
    """One operation of a valid document."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, node: OperationDefinitionNode) -> None:
        self._schema, self._document, self._node = schema, document, node
        self._fragments = {
            each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
        }
        self._switches = sorted(set(_switches(document)))
        self._variants: dict[tuple[Any, ...], Compiled | None] = {}
        self.ran = 0

    async def run(self, variables: Mapping[str, Any], context: Any) -> ExecutionResult:
        values = self._coerced(variables)
        if isinstance(values, list):
            return ExecutionResult(None, values)
        compiled = self._compiled(values)
        if compiled is None:
            return await self._walked(variables, context)
        return await Run(compiled, values, context).result(serial=self._node.operation is OperationType.MUTATION)

    def _coerced(self, variables: Mapping[str, Any]) -> VariableValues | list[GraphQLError]:
        declared = self._node.variable_definitions
        if not declared:
            return VariableValues({}, {})
        try:
            return self._variables(variables)
        except Exception:  # noqa: BLE001 - whatever it is, graphql-core tells it
            return get_variable_values(
                self._schema, declared, dict(variables), max_errors=_MOST_ERRORS, hide_suggestions=True
            )

    @cached_property
    def _variables(self) -> Callable[[Mapping[str, Any]], VariableValues]:
        return variables_of(self._schema, self._node.variable_definitions or ())

    def _compiled(self, values: VariableValues) -> Compiled | None:
        key = tuple(values.coerced.get(name) for name in self._switches)
        self.ran = next(_RUNS)
        if key not in self._variants:
            if len(self._variants) >= _MOST_VARIANTS:
                self.forget()
            self._variants[key] = self._made(values)
            _KEPT.make_room(self)
        return self._variants[key]

    def _made(self, values: VariableValues) -> Compiled | None:
        try:
            return Compiled(Plan(self._schema, self._node, self._fragments, values), self._node)
        except UnsupportedError:
            return None

    @property
    def kept_fields(self) -> int:
        """How much its plans take so far, in fields."""
        plans = [compiled.plan for compiled in self._variants.values() if compiled]
        return sum(FIELDS_OF_A_PLAN + len(plan.fields) for plan in plans)

    def forget(self) -> None:
        """What is compiled is compiled again when it is needed."""
        self._variants.clear()

    async def _walked(self, variables: Mapping[str, Any], context: Any) -> ExecutionResult:
        """By graphql-core."""
        result = execute(
            self._schema,
            self._document,
            context_value=context,
            variable_values=dict(variables),
            operation_name=self._node.name.value if self._node.name else None,
            max_coercion_errors=_MOST_ERRORS,
            hide_suggestions=True,
        )
        return await result if isawaitable(result) else result


def _switches(document: DocumentNode) -> Iterator[str]:
    """The variables that fields are skipped or included by."""
    found: list[Node] = []

    class Arguments(Visitor):
        def enter_directive(self, node: Any, *_: Any) -> None:
            found.extend(argument.value for argument in node.arguments or ())

    visit(document, Arguments())
    return (node.name.value for node in found if isinstance(node, VariableNode))
