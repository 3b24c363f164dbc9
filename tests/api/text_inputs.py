"""Every place of a schema where a client can put text, and inputs that hold a text there."""

from copy import deepcopy

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    Undefined,
    get_nullable_type,
)

TEXTS = {"String", "ID", "JSON"}
_PLAIN = {
    **dict.fromkeys(TEXTS, "x"),
    "Int": 1,
    "Float": 1.0,
    "Boolean": True,
    "Decimal": "1",
    "DateTime": "2026-01-01T00:00:00Z",
    "Date": "2026-01-01",
    "CurrencyCode": "EUR",
    "CountryCode": "DE",
    "LanguageCode": "de",
}


def places(type_, seen=()):
    """Paths to all texts in an input type, such as `("lines", 0, "attributes", 0, "value")`. Recursive types once."""
    type_ = get_nullable_type(type_)
    if isinstance(type_, GraphQLList):
        yield from ((0, *rest) for rest in places(type_.of_type, seen))
    elif isinstance(type_, GraphQLInputObjectType):
        for name, field in type_.fields.items() if type_.name not in seen else ():
            yield from ((name, *rest) for rest in places(field.type, (*seen, type_.name)))
    elif type_.name in TEXTS:
        yield ()


def with_text(type_, path, text):
    """As little as the type takes, with the text at the end of the path."""
    type_ = get_nullable_type(type_)
    if not path:
        return text
    step, *rest = path
    if step == 0:
        return [with_text(type_.of_type, rest, text)]
    others = {} if type_.is_one_of else _required(type_.fields)
    return {**others, step: with_text(type_.fields[step].type, rest, text)}


def arguments_with_text(field, path, text):
    """All arguments that a field needs, the text in one of them."""
    name, *rest = path
    return {**_required(field.args), name: with_text(field.args[name].type, rest, text)}


def _required(elements):
    return {
        name: _least(field.type)
        for name, field in elements.items()
        if isinstance(field.type, GraphQLNonNull) and field.default_value is Undefined
    }


def _least(type_):
    type_ = get_nullable_type(type_)
    match type_:
        case GraphQLList():
            return [_least(type_.of_type)]
        case GraphQLInputObjectType():
            first = next(iter(type_.fields.items())) if type_.is_one_of else None
            return {first[0]: _least(first[1].type)} if first else _required(type_.fields)
        case GraphQLEnumType():
            return next(iter(type_.values))
        case _:
            return deepcopy(_PLAIN[type_.name])
