"""Fields that a shop has added, and an order that says something in them."""

from commerce_api.schema.node import global_id
from tests import given

SAID = """fields { __typename code name ... on TextAttribute { text } ... on NumberAttribute { number }
  ... on BooleanAttribute { boolean } ... on DateAttribute { date } ... on ChoiceAttribute { choices } }"""


def text(code, value):
    return {"code": code, "value": {"text": value}}


def codes(payload):
    return [(error["code"], error["path"]) for error in payload["errors"]]


async def an_order(shop, clock, connection):
    """An order with a number of the buyer's own and fields of each kind of visibility."""
    await given.custom_field(connection, commercial=True, names={"en": "Cost center", "de": "Kostenstelle"})
    await given.custom_field(connection, "score", shoppers="NONE")
    await given.custom_field(connection, "engraving", "ORDER_LINE", commercial=True)
    kettle = await shop.product(price=1190, stock=9)
    said = {"po_number": "PO-7", "gift": True, "tags": ["vip"], "fields": {"cost_center": "K7", "score": "9"}}
    cart = await shop.cart((kettle, 2), **said)
    await connection.execute("""UPDATE cart_lines SET fields = '{"engraving": "Ada"}'""")
    placed = await shop.place(clock, cart)
    await connection.execute("UPDATE orders SET state = 'CONFIRMED'")
    return global_id("ord", placed.id)


async def rows_of(connection, sql):
    return [tuple(row) if len(row) < 5 else row for row in await connection.fetch(sql)]
