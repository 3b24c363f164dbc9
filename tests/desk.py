"""Staff at work: clients of members of staff who are in the database, and customers to serve."""

from commerce_api.schema.node import global_id
from tests import given
from tests.buying import BERLIN, rows

EVENTS = "SELECT type, actor->>'kind', actor->>'id', actor->>'onBehalfOf' FROM events ORDER BY position"


class Desk:
    def __init__(self, api, shop):
        self.api, self.shop = api, shop

    async def member(self, *permissions, email="grace@example.com", **narrowed):
        """The client of somebody with these permissions; its `staff_id` is theirs."""
        async with self.shop.database.connection() as connection:
            staff_id = await given.staff(connection.raw, *permissions, email=email, **narrowed)
            client = self.api.as_(await given.staff_token(connection.raw, staff_id))
        client.staff_id = staff_id
        return client

    async def clerk(self, email="grace@example.com", **narrowed):
        """Somebody who acts for customers."""
        return await self.member("ACT_FOR_CUSTOMERS", "READ_CARTS", "READ_ORDERS", email=email, **narrowed)

    async def customer(self, email="ada@example.com", *, addresses=(), card=None, **changes):
        """A customer with addresses as (document, default for shipping, default for the bill) and a kept card."""
        async with self.shop.database.connection() as connection:
            raw, identity = connection.raw, given.identity
            customer_id = await given.customer(raw, email, channel_id=self.shop.channel_id, **changes)
            for address, shipping, billing in addresses:
                defaults = {"default_shipping": shipping, "default_billing": billing}
                await given.insert(raw, identity.addresses, customer_id=customer_id, address=address, **defaults)
            if card:
                kept = {"card_token": card, "is_default": True, "created_at": given.EARLIER}
                await given.insert(raw, given.cards.payment_methods, customer_id=customer_id, **kept)
        return customer_id

    async def known(self, **changes):
        """A customer of whose account all is known that an order takes."""
        work = {**BERLIN, "line1": "Hauptstraße 2", "company": "Analytical Engines"}
        return await self.customer(
            addresses=[(BERLIN, True, False), (work, False, True)],
            card=await self.shop.card(),
            phone="+4930123456",
            **{"assistance_with_cards": True, **changes},
        )

    async def signed_in(self, customer_id):
        async with self.shop.database.connection() as connection:
            return self.api.as_(await given.customer_token(connection.raw, customer_id))

    async def events(self):
        return await rows(self.shop.database, EVENTS)


def cus(id):
    return global_id("cus", id)
