"""What prices are held to: what goods cost the shop, and the lowest prices of lists, written by those who may see costs (S2-10)."""

import pytest

from commerce_api.domain.permissions import Permission
from commerce_api.schema.node import global_id
from tests import given
from tests.api.test_product_jobs import JOB, started, worker  # noqa: F401

SAVE = """mutation($input: SaveVariantsInput!) { saveVariants(input: $input) {
  product { revision variants { sku cost { amount currencyCode } } } errors { code path message } } }"""
SET = """mutation($input: SetPricesInput!) { setPrices(input: $input) {
  priceList { prices { nodes { minQuantity amount { amount } lowest { amount currencyCode } } } } errors { code path message } } }"""
LISTED = "query($id: ID!) { node(id: $id) { ... on ProductVariant { listedPrices { lowest { amount } } } } }"
CREATE = """mutation($input: CreateProductInput!) { createProduct(input: $input) {
  product { variants { cost { amount } } } errors { code path } } }"""
WORK = (Permission.MANAGE_CATALOG, Permission.MANAGE_PRICES)


def eur(amount):
    return {"amount": amount, "currencyCode": "EUR"}


@pytest.fixture
async def kettle(connection):
    channel_id = await given.channel(connection)
    kettle = await given.a_product(connection, "Kettle", variants=[{"sku": "K", "price": 1990}])
    list_id = await given.price_list(connection, channel_id)
    kettle.ids = {"prd": global_id("prd", kettle.id), "prl": global_id("prl", list_id)}
    kettle.ids["var"] = global_id("var", kettle.variant.id)
    return kettle


@pytest.fixture
def desk(api):
    return api.allowed(*WORK, Permission.READ_COSTS)


def of(kettle, **said):
    return {"productId": kettle.ids["prd"], "variants": [{"id": kettle.ids["var"], **said}]}


def tiers(kettle, *its):
    return {"priceListId": kettle.ids["prl"], "currency": "EUR", "prices": [{"sku": "K", "tiers": list(its)}]}


async def test_what_a_variant_costs_is_written_kept_and_taken_away(desk, kettle):
    seen = []
    for said in ({"cost": eur("12.50")}, {"barcode": "4006381333931"}, {"cost": None}):
        answer = (await desk.staff(SAVE, input=of(kettle, **said)))["saveVariants"]
        assert answer["errors"] == []
        seen += [variant["cost"] for variant in answer["product"]["variants"]]

    assert seen == [eur("12.50"), eur("12.50"), None]


async def test_a_new_product_can_say_what_it_costs(desk, kettle, connection):
    type_id, tax_id = await connection.fetchrow("SELECT product_type_id, tax_class_id FROM products")
    its = {"productTypeId": global_id("pty", type_id), "taxClassId": global_id("txc", tax_id)}

    answer = await desk.staff(CREATE, input={"title": "Pot", **its, "variants": [{"cost": eur("7.00")}]})

    assert answer["createProduct"] == {"product": {"variants": [{"cost": {"amount": "7.00"}}]}, "errors": []}


async def test_a_lowest_price_is_written_with_its_price_and_stays_until_something_else_is_said(desk, api, kettle):
    """Whoever may not see it sets prices without it, and takes none away."""
    pricing = api.allowed(Permission.MANAGE_PRICES)
    few, many = {"amount": "19.90"}, {"amount": "17.00", "minQuantity": 10}
    seen = []
    for client, its in [
        (desk, [{**few, "lowest": "15.00"}, many]),
        (pricing, [{"amount": "18.00"}, many]),
        (desk, [few, {**many, "lowest": "14.50"}]),
        (desk, [{**few, "lowest": None}, many]),
    ]:
        document = SET if client is desk else SET.replace("lowest { amount currencyCode }", "")
        assert (await client.staff(document, input=tiers(kettle, *its)))["setPrices"]["errors"] == []
        listed = (await desk.staff(LISTED, id=kettle.ids["var"]))["node"]["listedPrices"]
        seen.append([each["lowest"] and each["lowest"]["amount"] for each in listed])

    assert seen == [["15.00", None], ["15.00", None], ["15.00", "14.50"], [None, "14.50"]]


async def test_all_that_is_wrong_with_them_is_told_and_nothing_is_written(desk, kettle, connection):
    cost = (await desk.staff(SAVE, input=of(kettle, cost=eur("-1"), weight=-1)))["saveVariants"]
    wrong = [{"amount": "5", "lowest": "1.001"}, {"amount": "4", "minQuantity": 2, "lowest": "-1"}]
    lowest = [(await desk.staff(SET, input=tiers(kettle, each)))["setPrices"]["errors"] for each in wrong]

    assert [error["path"] for error in cost["errors"]] == [
        ["variants", "0", "weight"],
        ["variants", "0", "cost", "amount"],
    ]
    assert [[error["path"][3:] for error in errors] for errors in lowest] == [[["0", "lowest"]], [["0", "lowest"]]]
    assert await connection.fetchval("SELECT cost FROM variants") is None
    assert await connection.fetchrow("SELECT amount, lowest FROM prices") == (1990, None)


async def test_who_may_not_see_costs_can_neither_read_nor_write_them(api, kettle, connection):
    clerk = api.allowed(*(each for each in Permission if each is not Permission.READ_COSTS))
    blind = SAVE.replace("cost { amount currencyCode }", "")
    for document, input_ in [
        (blind, of(kettle, cost=eur("1.00"))),
        (blind, of(kettle, cost=None)),
        (SET.replace("lowest { amount currencyCode }", ""), tiers(kettle, {"amount": "1", "lowest": None})),
        (SET, tiers(kettle, {"amount": "1"})),
    ]:
        assert await clerk.error_codes("/staff/graphql", document, {"input": input_}) == ["FORBIDDEN"]

    assert await connection.fetchval("SELECT amount FROM prices") == 1990


@pytest.mark.parametrize(("held", "cost", "lowest"), [((Permission.READ_COSTS,), 600, 900), ((), 500, 800)])
async def test_a_file_changes_them_for_those_alone_who_may_see_them(
    api,
    http,
    kettle,
    worker,  # noqa: F811
    connection,
    held,
    cost,
    lowest,
):
    await connection.execute("UPDATE variants SET cost = 500, cost_currency = 'EUR'")
    await connection.execute("UPDATE prices SET lowest = 800")
    columns = "Handle,Variant SKU,Variant Price,Cost per item,Variant Lowest Price"
    file = f"{columns}\n{kettle.handle},K,21.00,6.00,9.00\n".encode()
    desk = api.allowed(Permission.MANAGE_CATALOG, *held)

    id_ = await started(desk, http, file)
    await worker.run_due()

    job = (await desk.staff(JOB.replace("first: 1", "first: 9"), id=id_))["job"]
    assert (job["counts"]["changed"], [each["code"] for each in job["problems"]["nodes"]]) == (
        1,
        [] if held else ["COLUMN_WITHHELD", "COLUMN_WITHHELD"],
    )
    assert await connection.fetchval("SELECT cost FROM variants") == cost
    assert await connection.fetchrow("SELECT amount, lowest FROM prices") == (2100, lowest)


async def test_shoppers_have_no_such_fields(api, kettle):
    for field in ("cost { amount }", "listedPrices { lowest { amount } }"):
        document = f'{{ product(by: {{handle: "kettle"}}) {{ variants {{ {field} }} }} }}'
        assert await api.error_codes("/graphql", document) == ["GRAPHQL_VALIDATION_FAILED"]
    assert await api.error_codes("/graphql", "{ cart { lines { lowest { amount } } } }") == [
        "GRAPHQL_VALIDATION_FAILED"
    ]
