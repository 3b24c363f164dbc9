"""Variants that are read with their products are those that are read by themselves."""

import pytest

from commerce_api.domain.permissions import Permission
from commerce_api.persistence.tables import catalog
from tests import given

SHOPPERS = """
  id sku barcode weight requiresShipping minQuantity maxQuantity quantityStep name
  price { amount currencyCode } compareAtPrice { amount } priceTiers { minQuantity price { amount } }
  availability { status quantityAvailable } options { name value } image { id url alt width height }
  attributes { code name ... on NumberAttribute { number } ... on ChoiceAttribute { choices } }
  product { id } successor { id }
"""
STAFFS = """
  revision taxable stockPolicy backorderLimit cost { amount currencyCode } availability { exactQuantity }
  media { id url alt } listedPrices { amount { amount } } originalTexts { optionValues }
"""


@pytest.fixture
async def channel_id(connection):
    return await given.channel(connection)


@pytest.fixture
async def products(connection, channel_id):
    """Variants that have all that variants may have, or nothing of it."""
    type_id = await given.insert(connection, catalog.product_types, code="default", name="Product")
    for place, (code, kind, choices) in enumerate([("care", "CHOICE", ["wash", "dry"]), ("height", "NUMBER", [])]):
        of = {"product_type_id": type_id, "kind": kind, "of_variant": True, "choices": choices, "position": place}
        await given.insert(connection, catalog.attributes, code=code, name=code.title(), **of)
    media_id = await given.insert(connection, catalog.media, url="/blue.png", width=3, height=4)
    mug = await given.a_product(connection, "Mug", handle="mug", variants=[{"sku": "MUG"}])
    whole = {
        "sku": "WHOLE",
        "barcode": "4006381333931",
        "weight": 800,
        "option_values": ["Red"],
        "max_quantity": 9,
        "attributes": {"height": 1.50, "care": ["dry"]},
        "cost": 250,
        "cost_currency": "EUR",
        "media_id": media_id,
        "successor_id": mug.variant.id,
        "stock_policy": "BACKORDER",
        "backorder_limit": 4,
    }
    variants = [{"sku": "FIRST"}, whole, {"sku": None, "stock": None}, {"sku": "FREE", "price": None}]
    kettle = await given.a_product(connection, "Kettle", handle="kettle", option_names=["Color"], variants=variants)
    list_id = await given.price_list(connection, channel_id, "EUR")
    tier = {"price_list_id": list_id, "variant_id": kettle.variants[1].id, "min_quantity": 5}
    await given.insert(connection, catalog.prices, **tier, amount=1500, compare_at=2500)
    await given.insert(connection, catalog.product_media, product_id=kettle.id, media_id=media_id, alt="Steel")
    return [mug, kettle]


@pytest.fixture
async def staff(api, connection, channel_id):
    return api.as_(await given.staff_token(connection, await given.staff(connection, *Permission)))


@pytest.fixture
def ask(api, staff):
    """Everything of some variants of all products. What is asked for `twice` is not read with the products."""

    async def of(who, some, *, twice):
        client = {"shopper": api.shop, "staff": staff.staff}[who]
        fields = SHOPPERS + (STAFFS if who == "staff" else "")
        again = "again: variants(first: 0) { id }" if twice else ""
        data = await client(f"{{ products(first: 2) {{ nodes {{ handle variants{some} {{ {fields} }} {again} }} }} }}")
        return {node["handle"]: node["variants"] for node in data["products"]["nodes"]}

    return of


@pytest.mark.parametrize(
    "some", ["(first: 4)", "(first: 2)", "(first: 2, skip: 1)", "(first: 0)", "(first: 9, skip: 9)"]
)
@pytest.mark.parametrize("who", ["shopper", "staff"])
@pytest.mark.usefixtures("products")
async def test_they_are_the_same(ask, statements, who, some):
    beside = await statements.of(ask(who, some, twice=False))
    of_variants = [sql for sql in statements if "unnest" in sql and "JOIN LATERAL (SELECT variants." in sql]
    apart = await statements.of(ask(who, some, twice=True))
    of_variants_apart = [sql for sql in statements if "unnest" in sql and "JOIN LATERAL (SELECT variants." in sql]

    assert beside == apart
    assert (len(of_variants), len(of_variants_apart)) == (0, 2)


@pytest.mark.usefixtures("products")
async def test_they_have_all_that_variants_have(ask):
    of_shoppers, of_staff = [await ask(who, "(first: 4)", twice=False) for who in ("shopper", "staff")]

    assert [variant["sku"] for variant in of_shoppers["kettle"]] == ["FIRST", "WHOLE", None]
    assert [variant["sku"] for variant in of_staff["kettle"]] == ["FIRST", "WHOLE", None, "FREE"]
    whole = of_staff["kettle"][1]
    assert [name for name, value in whole.items() if value in (None, [], "")] == ["compareAtPrice"]
    assert whole["attributes"] == [
        {"code": "care", "name": "Care", "choices": ["dry"]},
        {"code": "height", "name": "Height", "number": "1.5"},
    ]


@pytest.mark.usefixtures("products")
async def test_what_is_wrong_with_them_is_told_where_they_are_asked_for(api):
    answer = await api.answer("/graphql", "{ products(first: 9) { nodes { variants(first: 900) { id } } } }")

    assert {error["message"] for error in answer["errors"]} == {"`first` is between 0 and 100."}
    assert answer["errors"][0]["path"] == ["products", "nodes", 0, "variants"]


@pytest.mark.usefixtures("products")
async def test_variables_say_which(api):
    document = """query ($first: Int!, $skip: Int) {
      products(first: 9, sort: NAME) { nodes { variants(first: $first, skip: $skip) { sku } } }
    }"""

    one = await api.shop(document, first=1)
    next_one = await api.shop(document, first=1, skip=1)

    found = [
        [[variant["sku"] for variant in node["variants"]] for node in each["products"]["nodes"]]
        for each in (one, next_one)
    ]
    assert found == [[["FIRST"], ["MUG"]], [["WHOLE"], []]]
