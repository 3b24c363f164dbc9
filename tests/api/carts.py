"""Documents and small steps that tests of carts share."""

from commerce_api.schema.node import global_id, key_of

ERRORS = """
errors {
  code message path
  ... on QuantityError { minimum maximum step }
  ... on ShipGroupQuantityError { lineId expected given }
  ... on StaleRevisionError { currentRevision }
}
warnings { code path ... on LineStockError { lineId requested available } }
"""
CART = """
id status currency totalQuantity revision
lines { id sku quantity unitPrice { amount } total { amount } purchasable inStock parentId }
"""
CREATE = f"mutation ($input: CreateCartInput!) {{ createCart(input: $input) {{ token cart {{ {CART} }} {ERRORS} }} }}"
READ = f"query ($id: ID) {{ cart(id: $id) {{ {CART} }} }}"


def change(name, input_type, fields=CART):
    return f"mutation ($input: {input_type}!) {{ {name}(input: $input) {{ cart {{ {fields} }} {ERRORS} }} }}"


class Shopper:
    """A guest with a cart, or a customer with one."""

    def __init__(self, api, cart, token=None):
        self.api = api.with_headers(x_cart_token=token) if token else api
        self.id, self.token, self.cart = cart["id"], token, cart

    async def do(self, mutation, input_type, fields=CART, /, **input):
        data = await self.api.shop(change(mutation, input_type, fields), input={"cartId": self.id, **input})
        return data[mutation]

    async def add(self, *lines, **input):
        return await self.do("addCartLines", "AddCartLinesInput", lines=list(lines), **input)

    async def read(self, fields=CART):
        data = await self.api.shop(f"query ($id: ID!) {{ cart(id: $id) {{ {fields} }} }}", id=self.id)
        return data["cart"]


async def shopper(api, *lines, **input):
    """Somebody who has begun a cart with these lines."""
    data = await api.shop(CREATE, input={"lines": list(lines), **input})
    payload = data["createCart"]
    assert payload["errors"] == [], payload["errors"]
    return Shopper(api, payload["cart"], payload["token"])


def var(id):
    return global_id("var", id)


def key(text):
    return key_of(text, text.split("_")[0])
