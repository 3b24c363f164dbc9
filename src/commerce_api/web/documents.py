"""From the text of a document to what can be run: parsed, validated, measured. Good documents are kept (LRU)."""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Final

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLSchema,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    OperationType,
    execute_sync,
    parse,
    type_from_ast,
    validate,
)
from graphql.validation import recommended_rules, specified_rules
from graphql.validation.rules import overlapping_fields_can_be_merged

from commerce_api import compiled
from commerce_api.schema.errors import RequestError
from commerce_api.web import limits
from commerce_api.web.analysis import Need, Total, Walk, needs_of_value
from commerce_api.web.guard import Rejected

# graphql-core reads the budget from its module and offers no argument for it.
overlapping_fields_can_be_merged.MAX_COMPLEXITY_BUDGET = limits.VALIDATION_BUDGET

_RULES: Final = (*specified_rules, *recommended_rules)
_REMEMBERED_TOTALS: Final = 50


class Operation:
    """One operation of a valid document."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, node: OperationDefinitionNode) -> None:
        self._schema, self._document, self._node = schema, document, node
        self.name = node.name.value if node.name else None
        self.is_query = node.operation is OperationType.QUERY
        self._variables: dict[str, Any] = {
            variable.variable.name.value: type_from_ast(schema, variable.type)
            for variable in node.variable_definitions or ()
        }
        walk = Walk(schema, document, {})
        walk.check_directives(node.directives)
        self._total = walk.operation(node)
        self._needs, self._sized_by = frozenset(walk.needs), sorted(walk.sized_by)
        self._totals: dict[Any, Total] = {}
        self.compiled = compiled.Operation(schema, document, node)

    def total(self, variables: Mapping[str, Any]) -> Total:
        """What it comes to; page sizes may stand in variables."""
        if not self._sized_by:
            return self._total
        sizes = tuple(_size(variables.get(name)) for name in self._sized_by)
        if sizes not in self._totals:
            if len(self._totals) >= _REMEMBERED_TOTALS:
                self._totals.clear()
            known = dict(zip(self._sized_by, sizes, strict=True))
            self._totals[sizes] = Walk(self._schema, self._document, known).operation(self._node)
        return self._totals[sizes]

    @property
    def is_introspection(self) -> bool:
        """Whether it asks about the schema only, so that nothing in it waits for anything."""
        return self._total.introspection > 0 and self._total.fields == 0

    def introspected(self, variables: dict[str, Any]) -> ExecutionResult:
        """The answer, for a thread beside: it takes long, and needs nothing of the request."""
        return execute_sync(
            self._schema,
            self._document,
            variable_values=variables,
            operation_name=self.name,
            hide_suggestions=True,
        )

    def needs(self, variables: Mapping[str, Any]) -> frozenset[Need]:
        """Every place that needs a permission."""
        more = (need for name, type_ in self._variables.items() for need in needs_of_value(variables.get(name), type_))
        return self._needs.union(more)


def _size(given: Any) -> int | None:
    """A page size, or the length of a list of ids."""
    if isinstance(given, list):
        return len(given)
    return given if isinstance(given, int) else None


class Document:
    def __init__(self, schema: GraphQLSchema, node: DocumentNode) -> None:
        self._schema, self._node = schema, node
        self._nodes = {
            definition.name.value if definition.name else "": definition
            for definition in node.definitions
            if isinstance(definition, OperationDefinitionNode)
        }
        self._operations: dict[str, Operation] = {}

    def operation(self, name: str | None) -> Operation:
        """The one of this name, or the only one."""
        if name is None and len(self._nodes) > 1:
            raise Rejected(_unresolved("There are several operations; say by `operationName` which one is meant."))
        key = next(iter(self._nodes)) if name is None else name
        if key not in self._nodes:
            raise Rejected(_unresolved("The document has no operation of this name."))
        if key not in self._operations:
            self._operations[key] = Operation(self._schema, self._node, self._nodes[key])
        return self._operations[key]


def _unresolved(message: str) -> RequestError:
    return RequestError("OPERATION_RESOLUTION_FAILURE", message)


class Documents:
    """A contract, and the documents that were found good for it."""

    def __init__(self, schema: GraphQLSchema, *, introspection: bool) -> None:
        self.schema = schema
        self._rules = _RULES if introspection else (*_RULES, NoSchemaIntrospectionCustomRule)
        self._kept: OrderedDict[str, Document] = OrderedDict()
        self._length = 0

    def __contains__(self, text: str) -> bool:
        return text in self._kept

    def read(self, text: str) -> Document:
        """Raises Rejected with all that is wrong."""
        if text in self._kept:
            self._kept.move_to_end(text)
            return self._kept[text]
        document = Document(self.schema, self._valid(text))
        self._keep(text, document)
        return document

    def _valid(self, text: str) -> DocumentNode:
        try:
            node = parse(
                text,
                max_lexical_tokens=limits.DOCUMENT_TOKENS,
                max_comments=limits.DOCUMENT_COMMENTS,
                max_source_length=limits.DOCUMENT_LENGTH,
            )
        except GraphQLError as error:
            raise Rejected(_coded(error, "GRAPHQL_PARSE_FAILED")) from None
        errors = validate(self.schema, node, self._rules, limits.VALIDATION_ERRORS, hide_suggestions=True)
        if errors:
            raise Rejected(*(_coded(error, "GRAPHQL_VALIDATION_FAILED") for error in errors))
        return node

    def _keep(self, text: str, document: Document) -> None:
        self._kept[text] = document
        self._length += len(text)
        while len(self._kept) > limits.CACHED_DOCUMENTS or self._length > limits.CACHED_LENGTH:
            gone, _ = self._kept.popitem(last=False)
            self._length -= len(gone)


def _coded(error: GraphQLError, code: str) -> GraphQLError:
    error.extensions = {**(error.extensions or {}), "code": code}
    return error
