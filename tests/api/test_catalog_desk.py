"""What those who work on the catalog read of it: all that was written, as it was written."""

import pytest

from commerce_api.domain.permissions import Permission
from commerce_api.persistence.tables import catalog
from commerce_api.schema.node import global_id
from tests import given

DESK = """
query ($id: ID!) { catalogProduct(by: {id: $id}) {
  title productType { code } taxClass { code }
  originalTexts { language title optionNames } translations { language title optionNames descriptionHtml }
  relations { kind productId }
  variants {
    taxable stockPolicy backorderLimit cost { amount currencyCode } media { url }
    originalTexts { optionValues } translations { language optionValues }
    listedPrices { priceListId minQuantity amount { amount } compareAt { amount } }
  }
} }
"""


@pytest.fixture
async def channel_id(connection):
    return await given.channel(connection, languages=["de", "en"])


@pytest.fixture
def desk(api):
    return api.allowed(Permission.MANAGE_CATALOG, Permission.MANAGE_PRICES, Permission.READ_COSTS)


@pytest.fixture
async def kettle(connection, channel_id):
    draft = await given.a_product(connection, "Pot", status="DRAFT")
    variant = {"option_values": ["Red"], "taxable": False, "stock_policy": "BACKORDER", "backorder_limit": 3}
    costs = {"cost": 1250, "cost_currency": "EUR"}
    kettle = await given.a_product(connection, "Kettle", price=2000, option_names=["Color"], variants=[variant | costs])
    said = {"language": "de", "title": "Kessel", "option_names": ["Farbe"]}
    await given.insert(connection, catalog.product_translations, product_id=kettle.id, **said)
    await given.insert(
        connection,
        catalog.variant_translations,
        variant_id=kettle.variant.id,
        language="de",
        option_values=["Rot"],
    )
    await given.insert(
        connection,
        catalog.product_relations,
        product_id=kettle.id,
        related_product_id=draft.id,
        kind="SUBSTITUTE",
        position=0,
    )
    return kettle


async def test_a_product_is_read_as_it_was_written(desk, connection, kettle):
    sale = await given.price_list(connection, await connection.fetchval("SELECT id FROM channels"), code="sale")
    await given.price(connection, sale, kettle.variant.id, 1500)
    usual = await connection.fetchval("SELECT price_list_id FROM prices WHERE amount = 2000")

    product = (await desk.staff(DESK, id=global_id("prd", kettle.id)))["catalogProduct"]

    pot_id = await connection.fetchval("SELECT id FROM products WHERE title = 'Pot'")
    (variant,) = product.pop("variants")
    prices = {price["priceListId"]: price["amount"]["amount"] for price in variant.pop("listedPrices")}
    assert prices == {global_id("prl", usual): "20.00", global_id("prl", sale): "15.00"}
    assert product == {
        "title": "Kessel",
        "productType": {"code": "default"},
        "taxClass": {"code": "standard"},
        "originalTexts": {"language": None, "title": "Kettle", "optionNames": ["Color"]},
        "translations": [{"language": "de", "title": "Kessel", "optionNames": ["Farbe"], "descriptionHtml": ""}],
        "relations": [{"kind": "SUBSTITUTE", "productId": global_id("prd", pot_id)}],
    }
    assert variant == {
        "taxable": False,
        "stockPolicy": "BACKORDER",
        "backorderLimit": 3,
        "cost": {"amount": "12.50", "currencyCode": "EUR"},
        "media": None,
        "originalTexts": {"optionValues": ["Red"]},
        "translations": [{"language": "de", "optionValues": ["Rot"]}],
    }


@pytest.mark.parametrize(
    ("field", "permission"),
    [("productType { code }", "MANAGE_CATALOG"), ("variants { cost { amount } }", "READ_COSTS")],
)
async def test_costs_and_the_like_need_their_permission(api, kettle, field, permission):
    others = [each for each in Permission if each.value != permission]

    codes = await api.allowed(*others).error_codes(
        "/staff/graphql", f'{{ product(by: {{handle: "kettle"}}) {{ {field} }} }}'
    )

    assert codes == ["FORBIDDEN"]


async def test_shoppers_have_no_such_fields(api, kettle):
    codes = await api.error_codes("/graphql", '{ product(by: {handle: "kettle"}) { productType { code } } }')

    assert codes == ["GRAPHQL_VALIDATION_FAILED"]


PRICES = """
query ($id: ID!, $after: String) { node(id: $id) { ... on PriceList { prices(first: 2, after: $after) {
  totalCount pageInfo { hasNextPage endCursor } nodes { minQuantity amount { amount } sku }
} } } }
"""


async def test_all_prices_of_a_list_are_read_page_by_page(desk, connection, channel_id, statements):
    list_id = await given.price_list(connection, channel_id, code="list")
    for number in range(3):
        variants = [{"sku": f"CUP-{number}"}]
        cup = await given.a_product(connection, "Cup", price=None, status="DRAFT", variants=variants)
        await given.price(connection, list_id, cup.variant.id, 100 + number)
    id_ = global_id("prl", list_id)

    first = (await statements.of(desk.staff(PRICES, id=id_)))["node"]["prices"]
    spent = len(statements)
    then = (await desk.staff(PRICES, id=id_, after=first["pageInfo"]["endCursor"]))["node"]["prices"]

    amounts = [price["amount"]["amount"] for page in (first, then) for price in page["nodes"]]
    assert (first["totalCount"], spent) == (3, 4)
    assert sorted(amounts) == ["1.00", "1.01", "1.02"]
    skus = [price["sku"] for page in (first, then) for price in page["nodes"]]
    assert skus == ["CUP-0", "CUP-1", "CUP-2"]
    assert then["pageInfo"]["hasNextPage"] is False


async def test_arrangements_are_read_as_they_were_written(desk, connection, channel_id):
    said = {"de": {"name": "Küche", "description_html": "<p>Hier</p>"}}
    await given.a_category(connection, "Kitchen", position=7, translations=said)
    await given.a_collection(connection, "Gifts", translations=said)
    texts = "originalTexts { language name } translations { language name descriptionHtml }"

    data = await desk.staff(
        f'{{ category(by: {{handle: "kitchen"}}) {{ position {texts} }}'
        f' collection(by: {{handle: "gifts"}}) {{ {texts} }} }}'
    )

    german = [{"language": "de", "name": "Küche", "descriptionHtml": "<p>Hier</p>"}]
    assert data == {
        "category": {
            "position": 7,
            "originalTexts": {"language": None, "name": "Kitchen"},
            "translations": german,
        },
        "collection": {"originalTexts": {"language": None, "name": "Gifts"}, "translations": german},
    }


async def test_a_channel_is_read_as_it_was_set_up(api, connection, channel_id):
    fields = """timeZone rounding roundingLevel crossBorder orderPrefix capturePolicy cartDays checkoutMinutes
      paymentRetryDays active locationIds revision"""

    channel = (await api.allowed().staff(f"{{ channel {{ {fields} }} }}"))["channel"]

    row = await connection.fetchrow("SELECT *, 1 AS one FROM channels")
    location = await connection.fetchval("SELECT location_id FROM channel_locations")
    assert channel.pop("locationIds") == [global_id("loc", location)]
    assert list(channel.values()) == [
        row[name]
        for name in (
            *("time_zone", "rounding", "rounding_level", "cross_border", "order_prefix", "capture_policy"),
            *("cart_days", "checkout_minutes", "payment_retry_days", "active", "revision"),
        )
    ]
