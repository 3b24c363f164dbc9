"""An order stays as it was agreed on, whatever becomes of the catalog and the settings (K12, D31)."""

import json

from commerce_api.domain.permissions import Permission
from commerce_api.schema.node import global_id
from tests import given
from tests.api.test_orders import ORDER, place
from tests.buying import Shop, rows

ARCHIVE = "mutation ($input: ArchiveProductInput!) { archiveProduct(input: $input) { errors { code path } } }"
DELETE_VARIANT = "mutation ($input: DeleteVariantInput!) { deleteVariant(input: $input) { errors { code path } } }"
SET_PRICES = "mutation ($input: SetPricesInput!) { setPrices(input: $input) { errors { code path } } }"
DELETE_RATE = "mutation ($input: DeleteSettingInput!) { deleteTaxRate(input: $input) { errors { code path } } }"
DELETE_METHOD = (
    "mutation ($input: DeleteSettingInput!) { deleteShippingMethod(input: $input) { errors { code path } } }"
)
DELETE_LIST = "mutation ($input: DeleteInput!) { deletePriceList(input: $input) { errors { code path } } }"
END_LIST = "mutation ($input: UpdatePriceListInput!) { updatePriceList(input: $input) { errors { code path } } }"
DELETE_CLASS = "mutation ($input: DeleteSettingInput!) { deleteTaxClass(input: $input) { errors { code path } } }"
DISABLE = "mutation ($input: SetCustomerStatusInput!) { setCustomerStatus(input: $input) { errors { code path } } }"
FOR_STAFF = """query ($number: String!) { order(number: $number) {
  state lines { name sku quantity unitPrice { amount } total { amount } }
  shipGroups { methodName address { line1 city country } } totals { total { amount } taxTotal { amount } }
} }"""


class Desk:
    """Staff who change everything that an order was made of."""

    def __init__(self, api, database):
        self.database = database
        self.staff = api.allowed(
            *(Permission.MANAGE_CATALOG, Permission.MANAGE_PRICES, Permission.MANAGE_TAXES, Permission.MANAGE_SHIPPING),
            *(Permission.READ_ORDERS, Permission.READ_CUSTOMERS, Permission.DISABLE_CUSTOMERS),
        )

    async def do(self, document, **input):
        ((payload),) = (await self.staff.staff(document, input=input)).values()
        assert payload == {"errors": []}, payload

    async def only(self, prefix, table):
        ((key,),) = await rows(self.database, f"SELECT id FROM {table}")
        return global_id(prefix, key)

    async def delete_everything(self):
        product_id, price_list_id = await self.only("prd", "products"), await self.only("prl", "price_lists")
        class_id = await self.only("txc", "tax_classes")
        ((variant_id,),) = await rows(self.database, "SELECT variant_id FROM order_lines")
        variant = global_id("var", variant_id)
        dearer = {"variantId": variant, "tiers": [{"amount": "99.00"}]}
        await self.do(SET_PRICES, priceListId=price_list_id, currency="EUR", prices=[dearer])
        await self.do(END_LIST, id=price_list_id, validUntil="2026-03-02T11:00:00Z")
        await self.do(DELETE_LIST, id=price_list_id)
        await self.do(DELETE_RATE, id=await self.only("txr", "tax_rates"))
        await self.do(DELETE_METHOD, id=await self.only("shm", "shipping_methods"))
        await self.do(DELETE_VARIANT, productId=product_id, variantId=variant)
        await self.do(ARCHIVE, productId=product_id)
        async with self.database.connection() as connection:
            other = await given.insert(connection.raw, given.t.tax_classes, code="other", name="Other")
            await connection.raw.execute("UPDATE products SET tax_class_id = $1", other)
        await self.do(DELETE_CLASS, id=class_id)
        await self.do(DISABLE, id=await self.only("cus", "customers"), status="DISABLED", statusReason="Asked for it.")


async def test_orders_stay_as_they_were_agreed_on(api, connection, database):
    shop = await Shop.open(database)
    sizes = [{"option_values": ["Small"]}, {"option_values": ["Large"]}]
    variant_id = await shop.product("Kettle", price=1990, option_names=["Size"], variants=sizes)
    cart = await shop.cart((variant_id, 2))
    buyer, desk = api.with_headers(x_cart_token=cart[1]), Desk(api, database)
    number = (await place(api, cart))["order"]["number"]
    customer_id = await given.customer(connection, channel_id=shop.channel_id)
    await connection.execute("UPDATE orders SET customer_id = $1", customer_id)

    async def as_read():
        seen = await buyer.shop(ORDER, number=number), await desk.staff.staff(FOR_STAFF, number=number)
        return json.dumps(seen)

    agreed = await as_read()
    await desk.delete_everything()

    assert '"39.80"' in agreed
    assert await as_read() == agreed
