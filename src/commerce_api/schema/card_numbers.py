"""Card numbers that are sent where they do not belong are refused before anything else looks at the input (P1, D28).

Not by each input for itself, since ids, keys, codes and passwords are texts too, and so is what is added next.
"""

from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any, Final

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    get_nullable_type,
)

from commerce_api.compiled import before
from commerce_api.domain.intake import PanInPlainInput, has_card_number
from commerce_api.schema.errors import RequestError, present

_Path = tuple[str, ...]
_Refusal = Callable[[list[_Path]], Any]
_NUMBERS: Final = {"Int", "Float", "Boolean"}


def refuse_card_numbers(schema: GraphQLSchema) -> None:
    """Have every field look at its arguments. Mutations tell it among their errors, other fields at the top."""
    for type_ in schema.type_map.values():
        if isinstance(type_, GraphQLObjectType):
            for field in type_.fields.values():
                if any(_may_hold_text(argument.type) for argument in field.args.values()):
                    refusal = _payload_of(field) if type_ is schema.mutation_type else _refuse
                    before(field, _looking(refusal))


def _may_hold_text(type_: Any) -> bool:
    """Any input is taken to hold some."""
    named = get_named_type(type_)
    is_scalar = not isinstance(named, GraphQLEnumType | GraphQLInputObjectType)
    return isinstance(named, GraphQLInputObjectType) or (is_scalar and named.name not in _NUMBERS)


def _looking(refusal: _Refusal) -> Callable[[Any, Any, Mapping[str, Any]], Any]:
    def look(_: Any, __: Any, given: Mapping[str, Any]) -> Any:
        return refusal(list(_found(given, ()))) if _any_in(given) else None

    return look


def _any_in(given: Mapping[str, Any] | list[Any]) -> bool:
    """Whether there is one at all: nearly always there is none, and then no path is made."""
    for each in given.values() if isinstance(given, dict) else given:
        if isinstance(each, str):
            if has_card_number(each):
                return True
        elif each and isinstance(each, dict | list) and _any_in(each):
            return True
    return False


def _found(given: Any, path: _Path) -> Iterator[_Path]:
    if isinstance(given, str) and has_card_number(given):
        yield path
    elif isinstance(given, Mapping | list):
        for step, inner in given.items() if isinstance(given, Mapping) else enumerate(given):
            yield from _found(inner, (*path, str(step)))


def _refuse(found: list[_Path]) -> None:
    problem = PanInPlainInput(path=found[0])
    raise RequestError(problem.code(), problem.message, extensions={"argument": list(problem.path)})


def _payload_of(field: GraphQLField) -> _Refusal:
    """An answer of the mutation's type with nothing in it but errors, whose paths begin inside of `input`."""
    payload: Any = get_nullable_type(field.type)
    nothing = {
        one.extensions["strawberry-definition"].python_name: _nothing(one.type) for one in payload.fields.values()
    }

    def refused(found: list[_Path]) -> Any:
        errors = [present(PanInPlainInput(path=path[1:])) for path in found]
        return SimpleNamespace(**{**nothing, "errors": errors})

    return refused


def _nothing(type_: Any) -> Any:
    if not isinstance(type_, GraphQLNonNull):
        return None
    return [] if isinstance(type_.of_type, GraphQLList) else {"Boolean": False, "Int": 0}[type_.of_type.name]
