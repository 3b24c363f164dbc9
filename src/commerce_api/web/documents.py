"""From the text of a document to what can be run: parsed, validated, measured. Good documents are kept (LRU), and those that
were registered for ever (decision 0016). Both are found by their hash too.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
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
    get_named_type,
    is_scalar_type,
    parse,
    type_from_ast,
    validate,
)
from graphql.validation import recommended_rules, specified_rules
from graphql.validation.rules import overlapping_fields_can_be_merged

from commerce_api import compiled
from commerce_api.domain.permissions import Permission
from commerce_api.schema.errors import RequestError
from commerce_api.web import limits
from commerce_api.web.analysis import Need, Total, Walk, needs_of_value
from commerce_api.web.asked import Asked, hash_of
from commerce_api.web.guard import Rejected, within_limits
from commerce_api.web.tokens import without_tokens

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
        types: Mapping[str, Any] = {
            variable.variable.name.value: type_from_ast(schema, variable.type)
            for variable in node.variable_definitions or ()
        }
        self._needing = {name: type_ for name, type_ in types.items() if not is_scalar_type(get_named_type(type_))}
        """Variables whose value may need a permission."""
        walk = Walk(schema, document, {})
        walk.check_directives(node.directives)
        self._total = walk.operation(node)
        self._needs, self._sized_by = frozenset(walk.needs), sorted(walk.sized_by)
        self._only_public = walk.only_public
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
        if not self._needing:
            return self._needs
        more = (need for name, type_ in self._needing.items() for need in needs_of_value(variables.get(name), type_))
        return self._needs.union(more)

    def is_public(self, variables: Mapping[str, Any]) -> bool:
        """Whether all who do not say who they are get the same answer, and nothing in it is about anybody."""
        return (
            self.is_query
            and self._only_public
            and not self._total.alone
            and all(Permission.BROWSE_CATALOG in any_of for _, any_of in self.needs(variables))
        )


def _size(given: Any) -> int | None:
    """A page size, or the length of a list of ids."""
    if isinstance(given, list):
        return len(given)
    return given if isinstance(given, int) else None


class Document:
    def __init__(self, schema: GraphQLSchema, node: DocumentNode) -> None:
        self._schema, self._node = schema, node
        self.nodes = without_tokens(node)
        self._nodes = {
            definition.name.value if definition.name else "": definition
            for definition in node.definitions
            if isinstance(definition, OperationDefinitionNode)
        }
        self._operations: dict[str, Operation] = {}

    def check(self) -> None:
        """Raise what stands against running any of its operations for anybody, whatever the variables."""
        for name in self._nodes:
            within_limits(self.operation(name).total({}), cost=limits.STAFF_COST)

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


class NotHereError(Rejected):
    """A document was chosen by a hash or an id that is not known here: Apollo's clients then send its text with the hash."""

    def __init__(self) -> None:
        # Message and code are those that clients look for.
        super().__init__(RequestError("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound"))


class Documents:
    """A contract, and the documents that were found good for it. `only`: no others than registered ones are run."""

    def __init__(self, schema: GraphQLSchema, *, introspection: bool, only: bool = False) -> None:
        self.schema = schema
        self._rules = _RULES if introspection else (*_RULES, NoSchemaIntrospectionCustomRule)
        self._only = only
        self._registered_by_id: dict[str, Document] = {}
        self._registered_by_text: dict[str, Document] = {}
        self._kept: OrderedDict[str, Document] = OrderedDict()
        self._by_hash: dict[str, str] = {}
        self._length = self._size = 0

    def register(self, text: str, ids: Iterable[str]) -> None:
        """Have it here for ever, or raise what is wrong with it."""
        document = Document(self.schema, self._valid(text))
        document.check()
        self._registered_by_text[text] = document
        self._registered_by_id.update(dict.fromkeys((hash_of(text), *ids), document))

    def find(self, asked: Asked) -> Document | None:
        """The document if it is here, chosen by its text or else by its hash or id."""
        if asked.query is None:
            named = asked.document_id or ""
            return self._registered_by_id.get(named) or self._freshened(self._by_hash.get(named))
        return self._registered_by_text.get(asked.query) or self._freshened(asked.query)

    def read(self, text: str | None) -> Document:
        """One that is not here, from its text. Raises Rejected with all that is wrong."""
        if self._only:
            raise Rejected(_not_registered())
        if text is None:
            raise NotHereError
        document = Document(self.schema, self._valid(text))
        self._keep(text, document)
        return document

    def _freshened(self, text: str | None) -> Document | None:
        if text is None or text not in self._kept:
            return None
        self._kept.move_to_end(text)
        return self._kept[text]

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
        self._by_hash[hash_of(text)] = text
        self._length += len(text)
        self._size += document.nodes
        while self._is_too_much():
            gone, dropped = self._kept.popitem(last=False)
            del self._by_hash[hash_of(gone)]
            self._length -= len(gone)
            self._size -= dropped.nodes

    def _is_too_much(self) -> bool:
        return (
            len(self._kept) > limits.CACHED_DOCUMENTS
            or self._length > limits.CACHED_LENGTH
            or self._size > limits.CACHED_NODES
        )


def _not_registered() -> RequestError:
    return RequestError(
        "DOCUMENT_NOT_REGISTERED",
        "Only registered documents are answered here, and this is none of them. Add it to those that the server is started "
        "with (COMMERCE_DOCUMENTS), or ask by the hash or id of one that is there.",
    )


def _coded(error: GraphQLError, code: str) -> GraphQLError:
    error.extensions = {**(error.extensions or {}), "code": code}
    return error
