"""Global ids in the TypeID form: a short type prefix and a UUIDv7 in base 32, such as `ord_01jd...` (decision 4)."""

from collections.abc import Awaitable, Callable, Collection
from typing import Any, ClassVar, TypeAlias, cast
from uuid import UUID

import strawberry

from commerce_api.compiled import reading

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_VALUES = {letter: number for number, letter in enumerate(_ALPHABET)}
_PAIR = [a + b for a in _ALPHABET for b in _ALPHABET]
_LENGTH = 26


def global_id(prefix: str, key: UUID) -> str:
    """The id that clients see."""
    number = key.int
    high, middle, low = number >> 100, number >> 50 & 0x3FFFFFFFFFFFF, number & 0x3FFFFFFFFFFFF
    return (
        f"{prefix}_{_PAIR[high >> 20]}{_PAIR[high >> 10 & 1023]}{_PAIR[high & 1023]}"
        f"{_PAIR[middle >> 40]}{_PAIR[middle >> 30 & 1023]}{_PAIR[middle >> 20 & 1023]}{_PAIR[middle >> 10 & 1023]}{_PAIR[middle & 1023]}"
        f"{_PAIR[low >> 40]}{_PAIR[low >> 30 & 1023]}{_PAIR[low >> 20 & 1023]}{_PAIR[low >> 10 & 1023]}{_PAIR[low & 1023]}"
    )


def key_of(text: str, prefix: str) -> UUID | None:
    """The key inside a global id; None if it is malformed or of another type."""
    kind, _, code = text.rpartition("_")
    if kind != prefix or len(code) != _LENGTH or code[0] > "7":
        return None
    number = 0
    for letter in code:
        value = _VALUES.get(letter)
        if value is None:
            return None
        number = number << 5 | value
    return UUID(int=number)


@strawberry.interface(description="Anything with an id that `node(id:)` answers for.")
class Node:
    prefix: ClassVar[str]
    key: strawberry.Private[UUID]

    @strawberry.field(description="Opaque and stable; the prefix tells the type to people.", metadata=reading())
    def id(self) -> strawberry.ID:
        return cast("strawberry.ID", global_id(self.prefix, self.key))


NodeLoader: TypeAlias = Callable[[Any, UUID], Awaitable[Node | None]]
_LOADERS: dict[str, NodeLoader] = {}


def answers_for(prefix: str) -> Callable[[NodeLoader], NodeLoader]:
    """Declare the function `(context, key) -> node | None` that finds objects of a prefix; None is also for invisible ones."""

    def declare(load: NodeLoader) -> NodeLoader:
        _LOADERS[prefix] = load
        return load

    return declare


async def find_node(context: Any, text: str, types: Collection[str]) -> Node | None:
    """The object with this global id, if the actor may see it and the contract has its type."""
    prefix = text.rpartition("_")[0]
    key = key_of(text, prefix)
    load = _LOADERS.get(prefix)
    node = None if load is None or key is None else await load(context, key)
    return node if type(node).__name__ in types else None
