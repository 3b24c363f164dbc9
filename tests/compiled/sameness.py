"""What graphql-core answers, what the compiled executor answers, and whether that is the same."""

import asyncio
from collections.abc import Callable
from typing import Any

from graphql import DocumentNode, ExecutionResult, GraphQLSchema, OperationDefinitionNode
from graphql.execution import execute

from commerce_api.compiled import Operation


async def both(
    schema: GraphQLSchema, document: DocumentNode, variables: dict[str, Any], context: Callable[[], Any] = list
) -> tuple[ExecutionResult, ExecutionResult]:
    walked: Any = execute(schema, document, context_value=context(), variable_values=variables, hide_suggestions=True)
    if asyncio.iscoroutine(walked):
        walked = await walked
    node = next(each for each in document.definitions if isinstance(each, OperationDefinitionNode))
    return walked, await Operation(schema, document, node).run(variables, context())


def told(result: ExecutionResult) -> list[Any]:
    return [(error.path, error.message, [tuple(at) for at in error.locations or ()]) for error in result.errors or ()]


def nulled(result: ExecutionResult) -> dict[Any, list[Any]]:
    """Errors by where the null is that they made."""
    found: dict[Any, list[Any]] = {}
    for one in told(result):
        place: Any = result.data
        path = tuple(one[0] or ())
        depth = 0
        while place is not None and depth < len(path):
            place = place[path[depth]]
            depth += 1
        found.setdefault(path[:depth], []).append(one)
    return found


def assert_same(walked: ExecutionResult, compiled: ExecutionResult, *, in_order: bool) -> None:
    """Where fields are waited for, errors of graphql-core come in the order of the event loop, and of several that make the
    same null, which is told depends on it too: the data are the same, the nulls, and every error that makes its own null.
    """
    assert compiled.data == walked.data
    assert str(compiled.data) == str(walked.data), "the order of fields"
    if in_order:
        assert told(compiled) == told(walked)
        return
    ours, theirs = nulled(compiled), nulled(walked)
    assert ours.keys() == theirs.keys()
    for place, errors in theirs.items():
        if all(tuple(one[0] or ()) == place for one in errors):
            assert sorted(ours[place], key=str) == sorted(errors, key=str)
