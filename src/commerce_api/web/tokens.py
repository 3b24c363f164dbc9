"""Documents without the tokens that they were read from."""

from collections.abc import Iterator
from typing import Any, Final

from graphql import Node, Token, TokenKind

_NONE: Final = Token(TokenKind.SOF, 0, 0, 0, 0)


def without_tokens(document: Node) -> int:
    """How many nodes there are in it. The chain of tokens that each holds to takes nearly as much memory as they do, and nobody
    looks at it again: errors find their place by its number.
    """
    nodes = [document]
    for node in nodes:
        if node.loc:
            node.loc.start_token = node.loc.end_token = _NONE
        nodes.extend(_below(node))
    return len(nodes)


def _below(node: Node) -> Iterator[Node]:
    for key in node.keys:
        part: Any = getattr(node, key)
        yield from (each for each in (part if isinstance(part, list | tuple) else (part,)) if isinstance(each, Node))
