"""A shop with everything that ordering takes, and carts that are ready for it."""

from datetime import timedelta

from commerce_api.adapters.ids import new_id, new_secret
from commerce_api.adapters.payments.sandbox import TEST_CARDS
from commerce_api.adapters.tokens import token_hash
from commerce_api.domain.actor import ANYBODY, Attribution
from commerce_api.domain.checkout import facts_of, summary_token
from commerce_api.domain.decision import Done
from commerce_api.operations.checkout import load as view_cart
from commerce_api.operations.execute import Once, execute
from commerce_api.operations.placing import PlaceOrder, load, place
from tests import given

BERLIN = {
    "first_name": "Ada",
    "last_name": "Byron",
    "company": "",
    "line1": "Torstraße 1",
    "line2": "",
    "city": "Berlin",
    "region": "",
    "postal_code": "10119",
    "country": "DE",
    "phone": "",
}


class Shop:
    """Sells in Germany with 19 % contained, ships for 4.90."""

    def __init__(self, database, channel_id, method_id):
        self.database, self.channel_id, self.method_id = database, channel_id, method_id

    @classmethod
    async def open(cls, database, **channel):
        async with database.connection() as connection:
            raw = connection.raw
            channel_id = await given.channel(raw, **channel)
            zone_id = await given.zone(raw, "germany", "DE")
            await given.tax_rate(raw, zone_id, 19)
            method_id = await given.shipping_method(raw, channel_id, zone_id, 490)
        return cls(database, channel_id, method_id)

    async def product(self, title="Kettle", **how):
        async with self.database.connection() as connection:
            return (await given.a_product(connection.raw, title, **how)).variant.id

    async def card(self, number="4242424242424242", brand="VISA"):
        """A token, as the vault gives it for one of the sandbox's numbers."""
        token = f"card_{new_secret()}"
        async with self.database.connection() as connection:
            values = {"token": token, "brand": brand, "last_four": number[-4:], "fingerprint": b"", "holder": ""}
            script = TEST_CARDS[number]
            values |= {"expiry_month": 12, "expiry_year": 2030, "script": script, "created_at": given.EARLIER}
            await given.insert(connection.raw, given.cards.vault_cards, **values)
        return token

    async def cart(self, *lines, cards=("4242424242424242",), amounts=(None,), ways=(), **changes):
        """A cart of (variant, quantity) that only has to be placed, paid by cards or in other `ways`. Its id and its token."""
        token = new_secret()
        cart = {
            "token_hash": token_hash(token),
            "channel_id": self.channel_id,
            "state": "ACTIVE",
            "currency": "EUR",
            "language": "en",
            "email": "ada@example.com",
            "billing_address": BERLIN,
            "terms_version": "2026-01",
            "created_at": given.EARLIER,
            "updated_at": given.EARLIER,
            "expires_at": given.EARLIER + timedelta(days=365),
        }
        tokens = [] if ways else [await self.card(number) for number in cards]
        amounts = () if ways else amounts
        async with self.database.connection() as connection:
            raw, buying = connection.raw, given.buying
            cart_id = await given.insert(raw, buying.carts, **{**cart, **changes})
            by = {"kind": "GUEST", "id": None}
            for variant_id, quantity in lines:
                line = {"variant_id": variant_id, "quantity": quantity, "added_by": by, "added_at": given.EARLIER}
                await given.insert(raw, buying.cart_lines, cart_id=cart_id, **line)
            group = {"id": cart_id, "position": 0, "address": BERLIN, "shipping_method_id": self.method_id}
            await given.insert(raw, buying.cart_ship_groups, cart_id=cart_id, **group)
            for position, (card, amount) in enumerate(zip(tokens, amounts, strict=True)):
                pay = {"position": position, "method": "CARD", "card_token": card, "amount": amount}
                await given.insert(raw, buying.cart_payment_instructions, cart_id=cart_id, **pay)
            for position, way in enumerate(ways, len(tokens)):
                pay = {"position": position, "method": way}
                await given.insert(raw, buying.cart_payment_instructions, cart_id=cart_id, **pay)
        return cart_id, token

    def by(self, clock, token):
        actor = type(ANYBODY)(kind=ANYBODY.kind, permissions=ANYBODY.permissions, cart_token_hash=token_hash(token))
        return Attribution(
            actor=actor, at=clock(), request_id=str(new_id()), channel_id=self.channel_id, ip="127.0.0.1"
        )

    async def summary_token(self, clock, cart_id, token):
        viewed = await execute(self.database, self.by(clock, token), view_cart, cart_id)
        return summary_token(facts_of(viewed.checkout))

    async def place(self, clock, cart, *, key=None, seen=None, **how):
        """Place a cart as its owner who has just seen the summary."""
        cart_id, token = cart
        seen = seen or await self.summary_token(clock, cart_id, token)
        command = PlaceOrder(cart_id=cart_id, summary_token=seen, **how)
        once = Once(key=key or str(new_id()), load=load)
        outcome = await execute(self.database, self.by(clock, token), place, command, once)
        return outcome.result if isinstance(outcome, Done) else outcome


async def rows(database, sql, *values):
    async with database.connection() as connection:
        return [tuple(row) for row in await connection.raw.fetch(sql, *values)]
