"""Quotes over HTTP: what tests of them share."""

from datetime import timedelta

from commerce_api.adapters.ids import new_id
from commerce_api.schema.node import global_id
from tests.api.mails import latest_text
from tests.buying import Shop, rows
from tests.conftest import NOON
from tests.desk import Desk

UNTIL = NOON + timedelta(days=14)
ADDRESS = {
    "firstName": "Ada",
    "lastName": "Byron",
    "line1": "Torstraße 1",
    "city": "Berlin",
    "postalCode": "10119",
    "country": "DE",
}
ERRORS = """errors {
  code path
  ... on QuoteExpiredError { validUntil }
  ... on QuoteVersionStaleError { currentVersion }
  ... on QuoteAlreadyConvertedError { orderId }
  ... on QuoteTotalChangedError { total { amount } }
  ... on ReadinessError { missing { requirement } }
  ... on QuoteUnitsNotOpenError { open }
  ... on StaleRevisionError { currentRevision }
}"""
QUOTE = "id number state version revision"
OF_STAFF = """... on QuoteContentChangedError { contentHash }
  ... on QuoteHoldsExhaustedError { variantId available }"""
TYPES = {
    **dict.fromkeys(("requestQuote", "createQuoteFromCart"), "QuoteOfCartInput"),
    **dict.fromkeys(("sendQuote", "reissueQuote"), "OfferQuoteInput"),
    **dict.fromkeys(
        ("reviewQuote", "withdrawQuote", "rejectQuoteApproval", "createQuoteFromQuote"), "QuoteCommentedInput"
    ),
}
SENT = {"validUntil": UNTIL.isoformat()}


def document(name, fields, more=""):
    kind = TYPES.get(name) or f"{name[0].upper()}{name[1:]}Input"
    result = {"convertQuote": "order", "createCartFromQuote": "token cart"}.get(name, "quote")
    errors = ERRORS.replace("code path", f"code path {more}")
    worse = "... on QuotePromiseWorseError { lineId waiting quoted }"
    warnings = f"warnings {{ code {worse if name == 'convertQuote' else ''} }}"
    return f"mutation($input: {kind}!) {{ {name}(input: $input) {{ {result} {{ {fields} }} {errors} {warnings} }} }}"


class Quoting:
    """A shop with a buyer and somebody who writes quotes."""

    def __init__(self, api, shop, desk):
        self.api, self.shop, self.desk, self.database = api, shop, desk, shop.database

    @classmethod
    async def open(cls, api, database, **channel):
        shop = await Shop.open(database, **channel)
        self = cls(api, shop, Desk(api, shop))
        self.kettle = await shop.product("Kettle", price=1990, stock=50)
        self.grace = await self.author()
        self.ada = await self.desk.customer(phone="+4930123456")
        self.buyer = await self.desk.signed_in(self.ada)
        return self

    async def author(self, *more, email="grace@example.com", **narrowed):
        permissions = ("AUTHOR_QUOTES", "ACT_FOR_CUSTOMERS", "READ_CARTS", *more)
        return await self.desk.member(*permissions, email=email, **narrowed)

    async def staff(self, client, name, /, *, fields=QUOTE, **input):
        return (await client.staff(document(name, fields, OF_STAFF), input=input))[name]

    async def shopper(self, client, name, /, *, fields=QUOTE, **input):
        return (await client.shop(document(name, fields), input=input))[name]

    async def cart(self, *, quantity=2, **changes):
        """Ada's, with kettles and all that shipping takes."""
        cart_id, token = await self.shop.cart((self.kettle, quantity), **{"customer_id": self.ada, **changes})
        return global_id("crt", cart_id), token

    async def requested(self, **changes):
        cart_id, _ = await self.cart(**changes)
        payload = await self.shopper(self.buyer, "requestQuote", cartId=cart_id, comment="A better price?")
        assert payload["errors"] == [], payload
        return payload["quote"]["id"]

    async def drafted(self, client=None, **changes):
        """Saved as a quote by whoever has filled Ada's cart."""
        cart_id, _ = await self.cart(**changes)
        payload = await self.staff(client or self.grace, "createQuoteFromCart", cartId=cart_id)
        assert payload["errors"] == [], payload
        return payload["quote"]["id"]

    async def sent(self, *, offer=(), author=None, **changes):
        quote_id = await self.drafted(**changes)
        payload = await self.staff(author or self.grace, "sendQuote", quoteId=quote_id, **{**SENT, **dict(offer)})
        assert (payload["errors"], payload["quote"]["state"]) == ([], "SENT"), payload
        return quote_id

    async def accepted(self, **changes):
        quote_id = await self.sent(**changes)
        payload = await self.shopper(self.buyer, "acceptQuote", quoteId=quote_id, version=1)
        assert (payload["errors"], payload["quote"]["state"]) == ([], "ACCEPTED"), payload
        return quote_id

    async def paying(self, **changes):
        """What is still open when a quote is ordered."""
        card = {"cardToken": await self.shop.card()}
        payment = {"instructions": [card]}
        return {"payment": payment, "terms": {"version": "2026-01"}, "idempotencyKey": str(new_id()), **changes}

    async def converted(self, quote_id, client=None, *, fields="id state totals { total { amount } }", **changes):
        said = {"quoteId": quote_id, "version": 1, **await self.paying(**changes)}
        return await self.shopper(client or self.buyer, "convertQuote", fields=fields, **said)

    async def read(self, client, quote_id, fields, *, staff=False):
        query = f"query($id: ID!) {{ quote(id: $id) {{ {fields} }} }}"
        data = await (client.staff if staff else client.shop)(query, id=quote_id)
        return data["quote"]

    async def lines(self, quote_id, client=None):
        """The ids of the lines of what was sent last."""
        seen = await self.read(client or self.buyer, quote_id, "currentVersion { lines { lineId } }")
        return [line["lineId"] for line in seen["currentVersion"]["lines"]]

    async def reprice(self, amount):
        async with self.database.connection() as connection:
            await connection.raw.execute("UPDATE prices SET amount = $1", amount)

    async def link(self, services, kind="QUOTE_SENT"):
        """The token in the last mail about a quote."""
        text = await latest_text(services, kind)
        (token,) = {word for word in text.split() if word.startswith("mail_")}
        return token

    async def events(self):
        found = await rows(self.database, "SELECT type FROM events WHERE entity = 'QUOTE' ORDER BY position")
        return [type_ for (type_,) in found]
