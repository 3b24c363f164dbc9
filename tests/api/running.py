"""Any mutation of a contract, run by its name with all ids and secrets that its payload has."""

from graphql import get_named_type, is_required_argument

HANDED_OUT = {"accessToken", "refreshToken", "token", "secret", "recoveryCodes"}
"""What payloads hand out that nobody else may have."""


def with_key(schema, name, input, key):
    argument = schema.mutation_type.fields[name].args.get("input")
    takes_key = argument is not None and "idempotencyKey" in get_named_type(argument.type).fields
    return {"idempotencyKey": key, **input} if takes_key else input


async def run(api, address, schema, name, input):
    """A mutation's payload, with everything in it that is not of a type of its own."""
    field = schema.mutation_type.fields[name]
    argument = field.args.get("input")
    what = selection(field.type)
    if argument is None:
        document, variables = f"mutation {{ {name} {what} }}", {}
    else:
        document, variables = f"mutation ($input: {argument.type}) {{ {name}(input: $input) {what} }}", {"input": input}
    answer = await api.answer(address, document, variables)
    assert "errors" not in answer, (name, answer["errors"])
    return answer["data"][name]


def selection(type_, depth=2):
    """`{ ... }` of the ids and tokens in a payload."""
    named = get_named_type(type_)
    if named.name == "UserError":
        return "{ code message path }"
    parts = [name for name in named.fields if name in HANDED_OUT | {"id", "number", "summaryToken"}]
    for name, field in named.fields.items() if depth else ():
        of = get_named_type(field.type)
        if hasattr(of, "fields") and not any(map(is_required_argument, field.args.values())):
            inner = selection(of, depth - 1)
            parts += [f"{name} {inner}"] if inner else []
    return f"{{ {' '.join(parts)} }}" if parts else ""
