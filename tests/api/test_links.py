"""Lines lead to what the catalog has now, and orders to their customer and channel: no client follows ids by hand."""

from commerce_api.domain.permissions import Permission
from commerce_api.schema.node import global_id
from tests import given

CART = """query ($id: ID!) { cart(id: $id) { lines { sku variant { sku price { amount } product { title } } } } }"""
ORDER = """query ($number: String!) { order(number: $number) {
  channel { code } lines { sku variant { price { amount } product { title } } } } }"""
FOR_STAFF = """query ($number: String!) { order(number: $number) { channel { code } customer { email } } }"""


async def test_lines_of_a_cart_lead_to_their_variants_in_two_statements_more(api, shop, statements):
    variants = [await shop.product(title, price=1000) for title in ("Kettle", "Teapot", "Cup")]
    cart = await shop.cart(*((variant, 1) for variant in variants))
    buyer = api.with_headers(x_cart_token=cart[1])
    plain = CART.replace("variant { sku price { amount } product { title } }", "")
    await buyer.shop(plain, id=global_id("crt", cart[0]))

    await statements.of(buyer.shop(plain, id=global_id("crt", cart[0])))
    without = len(statements)
    found = await statements.of(buyer.shop(CART, id=global_id("crt", cart[0])))

    assert [line["variant"]["product"]["title"] for line in found["cart"]["lines"]] == ["Kettle", "Teapot", "Cup"]
    assert [line["variant"]["price"]["amount"] for line in found["cart"]["lines"]] == ["10.00"] * 3
    assert all(line["variant"]["sku"] == line["sku"] for line in found["cart"]["lines"])
    assert len(statements) - without == 2


async def test_a_line_whose_product_is_not_on_sale_any_more_leads_nowhere(api, shop, connection, clock):
    cart = await shop.cart((await shop.product("Kettle", price=1000), 1))
    buyer = api.with_headers(x_cart_token=cart[1])
    number = (await shop.place(clock, cart)).number
    before = (await buyer.shop(ORDER, number=number))["order"]

    await connection.execute("UPDATE products SET status = 'ARCHIVED'")
    after = (await buyer.shop(ORDER, number=number))["order"]

    assert before["channel"] == {"code": "eu"}
    assert before["lines"][0]["variant"] == {"price": {"amount": "10.00"}, "product": {"title": "Kettle"}}
    assert after["lines"] == [{"sku": before["lines"][0]["sku"], "variant": None}]


async def test_staff_follow_an_order_to_its_customer_if_they_may_find_customers(api, shop, connection, clock):
    ada = await given.customer(connection, channel_id=shop.channel_id)
    number = (await shop.place(clock, await shop.cart((await shop.product(), 1)))).number
    csr = api.allowed(Permission.READ_ORDERS, Permission.FIND_CUSTOMERS, Permission.READ_CUSTOMERS)

    guests = await csr.staff(FOR_STAFF, number=number)
    await connection.execute("UPDATE orders SET customer_id = $1", ada)

    assert guests["order"] == {"channel": {"code": "eu"}, "customer": None}
    assert (await csr.staff(FOR_STAFF, number=number))["order"]["customer"] == {"email": "a***@example.com"}
    codes = await api.allowed(Permission.READ_ORDERS).error_codes("/staff/graphql", FOR_STAFF, {"number": number})
    assert codes == ["FORBIDDEN"]
