"""Card numbers are refused wherever text goes in, but at the vault (P1, D28)."""

from itertools import cycle

import pytest

from commerce_api.adapters.ids import new_id
from commerce_api.domain.actor import Actor, ActorKind
from commerce_api.domain.permissions import CUSTOMER, Permission
from commerce_api.graphql import SHOP, STAFF
from tests import given
from tests.api.test_secrets_at_rest import everything
from tests.api.text_inputs import arguments_with_text, places

NUMBER = "4242424242424242"
SPELLINGS = (
    *(NUMBER, "4242 4242 4242 4242", "4242-4242-4242-4242", "3782 822463 10005", f"Pay with {NUMBER}, please."),
    *(
        "4242\u00a04242\u00a04242\u00a04242",
        "4242\u20134242\u20134242\u20134242",
        "4242\u200b424242\u200b424242",
        "\uff14\uff12" * 8,
    ),
)
CONTRACTS = pytest.mark.parametrize(
    ("address", "schema"), [("/graphql", SHOP), ("/staff/graphql", STAFF)], ids=["shop", "staff"]
)


@pytest.fixture
async def callers(api, connection):
    await given.channel(connection)
    customer = Actor(kind=ActorKind.CUSTOMER, id=new_id(), permissions=CUSTOMER)
    return {"/graphql": api.acting(customer), "/staff/graphql": api.allowed(*Permission)}


def texts(type_):
    """Every place below a root type where a client can put text: the field, its name, the path from its arguments on."""
    for name, field in type_.fields.items():
        for argument, definition in field.args.items():
            yield from ((name, field, (argument, *rest)) for rest in places(definition.type))


def document(kind, name, field, given, answer):
    declared = ", ".join(f"${argument}: {field.args[argument].type}" for argument in given)
    handed = ", ".join(f"{argument}: ${argument}" for argument in given)
    return f"{kind} ({declared}) {{ {name}({handed}) {{ {answer} }} }}"


@CONTRACTS
async def test_no_mutation_takes_one_in_any_text(callers, connection, logged, address, schema):
    before, spellings, tried = await everything(connection), cycle(SPELLINGS), 0

    for name, field, path in texts(schema.mutation_type):
        variables = arguments_with_text(field, path, next(spellings))
        asked = document("mutation", name, field, variables, "errors { code path }")
        answer = await callers[address].answer(address, asked, variables)
        errors = [{"code": "PAN_IN_PLAIN_INPUT", "path": [str(step) for step in path[1:]]}]
        assert answer.get("data") == {name: {"errors": errors}}, (name, path, answer)
        tried += 1

    assert tried > 100
    assert await everything(connection) == before
    assert logged() == ""


@CONTRACTS
async def test_no_query_takes_one_in_any_text(callers, logged, address, schema):
    spellings, tried = cycle(SPELLINGS), 0

    for name, field, path in texts(schema.query_type):
        variables = arguments_with_text(field, path, next(spellings))
        answer = await callers[address].answer(
            address, document("query", name, field, variables, "__typename"), variables
        )
        [error] = answer["errors"]
        where = [str(step) for step in path]
        assert error["extensions"] == {"code": "PAN_IN_PLAIN_INPUT", "argument": where}, (name, path, answer)
        tried += 1

    assert tried > 30
    assert logged() == ""


async def test_it_makes_no_difference_how_the_text_comes(callers, http):
    literal = f'{{ products(search: "{NUMBER}") {{ nodes {{ title }} }} }}'
    asked = (literal, f'query ($text: String = "{NUMBER}") {{ products(search: $text) {{ nodes {{ title }} }} }}')
    inner = f'{{ categories {{ products(filter: {{ tags: ["{NUMBER}"] }}) {{ nodes {{ title }} }} }} }}'

    codes = [await callers["/graphql"].error_codes("/graphql", document) for document in asked]
    in_address = await http.get("/graphql", params={"query": literal})

    assert codes == [["PAN_IN_PLAIN_INPUT"]] * 2
    assert in_address.json()["errors"][0]["extensions"]["code"] == "PAN_IN_PLAIN_INPUT"
    assert NUMBER not in in_address.text
    assert (await callers["/graphql"].shop(inner))["categories"] == []


async def test_a_list_below_an_object_refuses_it_too(callers, connection):
    await given.a_category(connection, "Kitchen")
    inner = f'{{ categories {{ products(filter: {{ tags: ["{NUMBER}"] }}) {{ nodes {{ title }} }} }} }}'

    assert await callers["/graphql"].error_codes("/graphql", inner) == ["PAN_IN_PLAIN_INPUT"]


@pytest.mark.parametrize("header", ["x-request-id", "x-channel", "x-currency", "accept-language", "x-cart-token"])
async def test_no_header_is_repeated_or_kept_with_one(callers, http, connection, logged, header):
    create = {"query": "mutation { createCart(input: {}) { errors { code } } }"}

    answer = await http.post("/graphql", json=create, headers={header: NUMBER})

    assert NUMBER not in answer.text + str(answer.headers) + await everything(connection) + logged()


async def test_no_file_is_called_so(callers, http, connection):
    desk = callers["/staff/graphql"]

    answer = await http.post(f"/staff/files?name={NUMBER}.csv", content=b"Handle\n", headers=desk._headers)

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "PAN_IN_PLAIN_INPUT")
    assert await connection.fetchval("SELECT count(*) FROM files") == 0


@pytest.mark.parametrize(
    "text",
    [
        *(
            "4242424242424241",
            "1234567890123456789",
            "+4917612345678901",
            "4006381333931",
            "14006381333938",
            "4006381333924",
            "34006381334090",
        ),
        *("ord_01m80t3tvxet3bpdg5nbq7qn10", "01a201c8-e0e4-748d-ba4e-d64fea364771", f"card_{'a' * 43}", "E100001-7"),
    ],
)
async def test_other_numbers_go_through(callers, text):
    found = await callers["/graphql"].shop(
        "query ($text: String) { products(search: $text) { totalCount } }", text=text
    )

    assert found == {"products": {"totalCount": 0}}
