"""Fields that one call resolves for all the objects of a level, where one call for each would cost more than what it brings."""

from collections.abc import Awaitable, Callable, Sequence
from inspect import Parameter, signature
from typing import Any, Final, TypeAlias, get_args

import strawberry

from commerce_api.compiled.columns import reading

Many: TypeAlias = Callable[..., Awaitable[Sequence[Any]]]
_KEY: Final = "for_many"


def for_many(*, description: str, columns: Sequence[str] | None = None, **options: Any) -> Callable[[Many], Any]:
    """A field of a strawberry type. Its resolver takes the objects, `info` and the arguments, and is annotated with the list of what
    the objects have, in their order; an exception in place of a value is the error of that object. `columns`: see `reading`.
    """
    metadata = {} if columns is None else reading(*columns)

    def field(many: Many) -> Any:
        return strawberry.field(_for_one(many), description=description, metadata=metadata | {_KEY: many}, **options)

    return field


def many_of(declared: Any) -> Many | None:
    """How a field of strawberry's is resolved for many objects, if it is."""
    many: Many | None = declared.metadata.get(_KEY)
    return many


def _for_one(many: Many) -> Any:
    """The resolver that strawberry and graphql-core know."""
    declared = signature(many)
    _, *others = declared.parameters.values()
    (of_each,) = get_args(declared.return_annotation)

    async def one(self: Any, **given: Any) -> Any:
        (found,) = await many([self], **given)
        return found

    one.__signature__ = declared.replace(  # type: ignore[attr-defined]
        parameters=[
            Parameter("self", Parameter.POSITIONAL_OR_KEYWORD),
            *(each.replace(kind=Parameter.KEYWORD_ONLY) for each in others),
        ],
        return_annotation=of_each,
    )
    one.__annotations__ = {each.name: each.annotation for each in others} | {"return": of_each}
    one.__name__, one.__qualname__, one.__module__ = many.__name__, many.__qualname__, many.__module__
    return one
