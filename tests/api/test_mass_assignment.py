"""Shoppers who send what only the server or staff may say are refused before anything is read or written (D25)."""

import pytest
from graphql import GraphQLInputObjectType

from commerce_api.contract import for_shop
from commerce_api.graphql import SHOP, STAFF
from tests.api.carts import shopper, var
from tests.buying import Shop, rows

ADD = "mutation ($input: AddCartLinesInput!) { addCartLines(input: $input) { cart { id } errors { code } } }"
WRITTEN = """
SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM outbox), (SELECT count(*) FROM cart_lines),
       (SELECT sum(revision)::int FROM carts), (SELECT count(*) FROM orders), (SELECT count(*) FROM idempotency_keys)
"""


@pytest.fixture
async def buyer(api, database):
    shop = await Shop.open(database)
    return await shopper(api, {"variantId": var(await shop.product("Kettle")), "quantity": 1})


async def refused(buyer, document, **variables):
    """The codes and the messages of the refusal."""
    answer = await buyer.api.answer("/graphql", document, variables)
    assert "data" not in answer
    return {(error["extensions"]["code"], error["message"]) for error in answer["errors"]}


@pytest.mark.parametrize(
    ("name", "value"),
    [("unitPrice", 1), ("price", {"amount": "0.01", "currencyCode": "EUR"}), ("discount", 100), ("seenUnitPrice", 1)],
)
async def test_a_line_with_a_price_of_ones_own_is_refused(buyer, database, name, value):
    before = await rows(database, WRITTEN)
    line = {"variantId": buyer.cart["lines"][0]["id"], "quantity": 1, name: value}

    codes = await refused(buyer, ADD, input={"cartId": buyer.id, "lines": [line]})

    assert [code for code, _ in codes] == ["BAD_USER_INPUT"]
    assert all(name in message for _, message in codes)
    assert await rows(database, WRITTEN) == before


@pytest.mark.parametrize("name", ["customerId", "channel", "taxExempt", "state", "revision", "permissions"])
async def test_a_cart_or_account_with_rights_of_ones_own_is_refused(buyer, database, name):
    before = await rows(database, WRITTEN)
    documents = [
        f'mutation {{ createCart(input: {{ {name}: "x" }}) {{ cart {{ id }} }} }}',
        f'mutation {{ setCartBuyer(input: {{ cartId: "{buyer.id}", email: "a@b.example", {name}: "x" }}) {{ cart {{ id }} }} }}',
        f'mutation {{ updateProfile(input: {{ firstName: "Eve", {name}: "x" }}) {{ customer {{ id }} }} }}',
    ]

    for document in documents:
        codes = await refused(buyer, document)
        assert [code for code, _ in codes] == ["GRAPHQL_VALIDATION_FAILED"]
        assert all(name in message for _, message in codes)

    assert await rows(database, WRITTEN) == before


async def test_no_mutation_of_staff_is_there_for_shoppers(buyer, database):
    before = await rows(database, WRITTEN)
    for_staff = sorted(STAFF.mutation_type.fields.keys() - SHOP.mutation_type.fields.keys())
    assert "setPrices" in for_staff

    for name in for_staff:
        assert [code for code, _ in await refused(buyer, f"mutation {{ {name} {{ __typename }} }}")] == [
            "GRAPHQL_VALIDATION_FAILED"
        ]

    assert await rows(database, WRITTEN) == before


def test_inputs_of_shoppers_have_no_field_that_only_staff_may_use():
    """An input that both contracts have is the same in both, but for the fields that say that they need a staff permission."""

    def inputs(schema, kept):
        types = (type_ for type_ in schema.type_map.values() if isinstance(type_, GraphQLInputObjectType))
        return {
            type_.name: {name: str(field.type) for name, field in type_.fields.items() if kept(field)}
            for type_ in types
        }

    for_shoppers, for_staff = inputs(SHOP, lambda _: True), inputs(STAFF, for_shop)
    assert for_shoppers == {name: for_staff[name] for name in for_shoppers}
    assert "customerId" in STAFF.type_map["CreateCartInput"].fields
    assert "customerId" not in for_shoppers["CreateCartInput"]
