"""An order stays as it was agreed on, whatever becomes of the catalog and the settings (K12, D31)."""

import json

from commerce_api.domain.permissions import Permission
from commerce_api.schema.node import global_id
from tests.api.test_orders import ORDER, place
from tests.buying import Shop, rows

ARCHIVE = "mutation ($input: ArchiveProductInput!) { archiveProduct(input: $input) { errors { code path } } }"
DELETE_VARIANT = "mutation ($input: DeleteVariantInput!) { deleteVariant(input: $input) { errors { code path } } }"
SET_PRICES = "mutation ($input: SetPricesInput!) { setPrices(input: $input) { errors { code path } } }"
DELETE_RATE = "mutation ($input: DeleteSettingInput!) { deleteTaxRate(input: $input) { errors { code path } } }"
DELETE_METHOD = (
    "mutation ($input: DeleteSettingInput!) { deleteShippingMethod(input: $input) { errors { code path } } }"
)
FOR_STAFF = """query ($number: String!) { order(number: $number) {
  state lines { name sku quantity unitPrice { amount } total { amount } }
  shipGroups { methodName address { line1 city country } } totals { total { amount } taxTotal { amount } }
} }"""


async def test_orders_stay_as_they_were_agreed_on(api, database):
    shop = await Shop.open(database)
    sizes = [{"option_values": ["Small"]}, {"option_values": ["Large"]}]
    variant_id = await shop.product("Kettle", price=1990, option_names=["Size"], variants=sizes)
    cart = await shop.cart((variant_id, 2))
    buyer = api.with_headers(x_cart_token=cart[1])
    number = (await place(api, cart))["order"]["number"]
    staff = api.allowed(
        *(Permission.MANAGE_CATALOG, Permission.MANAGE_PRICES, Permission.MANAGE_TAXES, Permission.MANAGE_SHIPPING),
        Permission.READ_ORDERS,
    )

    async def as_read():
        seen = await buyer.shop(ORDER, number=number), await staff.staff(FOR_STAFF, number=number)
        return json.dumps(seen)

    async def do(document, **input):
        ((payload),) = (await staff.staff(document, input=input)).values()
        assert payload == {"errors": []}, payload

    async def only(prefix, table):
        ((key,),) = await rows(database, f"SELECT id FROM {table}")
        return global_id(prefix, key)

    agreed = await as_read()
    product_id, price_list_id = await only("prd", "products"), await only("prl", "price_lists")
    of_variant = {"productId": product_id, "variantId": global_id("var", variant_id)}

    dearer = {"variantId": of_variant["variantId"], "tiers": [{"amount": "99.00"}]}
    await do(SET_PRICES, priceListId=price_list_id, currency="EUR", prices=[dearer])
    await do(DELETE_RATE, id=await only("txr", "tax_rates"))
    await do(DELETE_METHOD, id=await only("shm", "shipping_methods"))
    await do(DELETE_VARIANT, **of_variant)
    await do(ARCHIVE, productId=product_id)

    assert '"39.80"' in agreed
    assert await as_read() == agreed
