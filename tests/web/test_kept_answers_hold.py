"""Whatever is written where, and asked wherever: what was kept is what the database says now."""

import asyncio
import random
from contextlib import AsyncExitStack
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from sqlalchemy import bindparam, update

from commerce_api.adapters.ids import new_id
from commerce_api.domain.permissions import Permission
from commerce_api.domain.stock import Slice, StockSource
from commerce_api.persistence.sql import Statement
from commerce_api.persistence.stores.stock import StockStore
from commerce_api.persistence.tables.channels import channels, shipping_rates, tax_rates
from commerce_api.persistence.unit_of_work import unit_of_work
from commerce_api.schema.node import global_id
from tests import buying, given
from tests.conftest import application
from tests.keeping import a_shop

QUESTIONS = [
    """{ products(first: 10, sort: NAME) { nodes { id handle title priceRange { min { amount } }
      variants { sku price { amount } availability { status quantityAvailable } } } } }""",
    "{ products(first: 10, sort: NAME, filter: {inStock: true}) { totalCount nodes { handle } } }",
    '{ products(search: "mug", first: 10) { nodes { title } facets { stock { inStock outOfStock } } } }',
    '{ product(by: {handle: "mug"}) { title categories { name } variants { sku } } }',
    '{ variant(by: {sku: "JUG"}) { price { amount } availability { quantityAvailable } product { title } } }',
    "{ categories { name } channel { name currencies } }",
]

NEW_CARTS = [
    """mutation ($input: CreateCartInput!) { createCart(input: $input) { errors { code message } warnings { code path } cart {
      expiresAt
      lines { sku title unitPrice { amount } tax { amount } inStock purchasable }
      shipGroups { shippingOptions { method { name } price { amount } } obstacle }
      totals { taxTotal { amount } total { amount } }
    } } }""",
    [[{"sku": "MUG", "quantity": 1}], [{"sku": "MUG", "quantity": 4}, {"sku": "JUG", "quantity": 2}]],
]
"""What carts that are begun are made of is kept, too."""

NAME_CHANNEL = Statement(update(channels).values(name=bindparam("name")))
SHIPPING = Statement(update(shipping_rates).values(amount=bindparam("amount")))
TAX = Statement(update(tax_rates).values(rate=bindparam("rate"), valid_from=bindparam("since")))
KINDS = ("rename", "price", "count", "buy", "reserve", "publish", "category", "channel", "tax", "shipping", "wait")


def steps():
    """Everything at each of both, in any order: where, what, of which product, how much."""
    todo = [(shop, kind) for shop in (0, 1) for kind in KINDS]
    random.shuffle(todo)
    return [(*each, random.choice(("mug", "jug")), random.randint(1, 9)) for each in todo]  # noqa: S311


class Desk:
    """Writes through one process."""

    def __init__(self, shop, place, clock):
        self._shop, self._place, self._clock = shop, place, clock
        self._staff = shop.api.allowed(*Permission)

    async def do(self, what, name, number):
        await getattr(self, f"_{what}")(getattr(self._place, name), number)

    async def _write(self, mutation, **input_):
        kind = f"{mutation[0].upper()}{mutation[1:]}Input!"
        document = f"mutation($input: {kind}) {{ {mutation}(input: $input) {{ errors {{ code message path }} }} }}"
        answer = await self._staff.staff(document, input=input_)
        assert answer[mutation]["errors"] == []

    async def _rename(self, product, number):
        await self._write(
            "updateProduct", productId=global_id("prd", product.id), title=f"{product.handle} mug {number}"
        )

    async def _price(self, product, number):
        prices = [{"sku": product.variant.sku, "tiers": [{"amount": f"{number}.00"}]}]
        await self._write("setPrices", priceListId=self._place.price_list, currency="EUR", prices=prices)

    async def _count(self, product, number):
        level = {"variantId": global_id("var", product.variant.id), "locationId": self._place.location}
        counted = {"reason": "COUNT", "idempotencyKey": str(new_id())}
        await self._write("adjustStock", **counted, adjustments=[{**level, "delta": number}])

    async def _buy(self, product, number):
        shop = buying.Shop(self._shop.app.database, self._place.channel_id, self._place.method_id)
        await shop.place(self._clock, await shop.cart((product.variant.id, number)))

    async def _reserve(self, product, number):
        """Kept for a checkout that ends after so many seconds."""
        shop = buying.Shop(self._shop.app.database, self._place.channel_id, self._place.method_id)
        cart_id, token = await shop.cart()
        part = Slice(
            line_id=cart_id,
            variant_id=product.variant.id,
            location_id=self._place.location_id,
            quantity=1,
            source=StockSource.ON_HAND,
        )
        async with unit_of_work(self._shop.app.database, shop.by(self._clock, token), new_id) as uow:
            until = self._clock() + timedelta(seconds=number)
            await StockStore(uow.connection, uow.by).reserve(cart_id, [(new_id(), part)], until)

    async def _publish(self, product, seconds):
        at = self._clock() + timedelta(seconds=seconds - 5)
        published = {"productId": global_id("prd", product.id), "channelId": global_id("chn", self._place.channel_id)}
        await self._write("publishProduct", **published, publishedFrom=at.isoformat())

    async def _category(self, _, number):
        await self._write("updateCategory", id=self._place.category, name=f"Kitchen {number}")

    async def _channel(self, _, number):
        async with self._shop.app.database.connection() as connection:
            await connection.execute(NAME_CHANNEL, name=f"Europe {number}")

    async def _tax(self, _, number):
        """Due since a while, or soon."""
        since = self._clock() + timedelta(seconds=number - 5)
        async with self._shop.app.database.connection() as connection:
            await connection.execute(TAX, rate=Decimal(number) / 100, since=since)

    async def _shipping(self, _, number):
        async with self._shop.app.database.connection() as connection:
            await connection.execute(SHIPPING, amount=number * 100)

    async def _wait(self, _, number):
        """Each looks ahead again meanwhile."""
        self._clock.advance(timedelta(seconds=number))


@pytest.fixture
async def place(committing):
    async with committing.connection() as connection:
        raw = connection.raw
        channel_id = await given.channel(raw)
        zone_id = await given.zone(raw, "germany", "DE")
        await given.tax_rate(raw, zone_id, 19)
        category_id = await given.a_category(raw, "Kitchen")
        mug, jug = [
            await given.a_product(
                raw, name, handle=name.lower(), variants=[{"sku": name.upper(), "stock": 3}], categories=[category_id]
            )
            for name in ("Mug", "Jug")
        ]
        location_id = await given.location(raw, channel_id)
        yield SimpleNamespace(
            mug=mug,
            jug=jug,
            channel_id=channel_id,
            method_id=await given.shipping_method(raw, channel_id, zone_id, 490),
            location_id=location_id,
            location=global_id("loc", location_id),
            category=global_id("cat", category_id),
            price_list=global_id("prl", await given.price_list(raw, channel_id)),
        )


@pytest.fixture
async def shops(place, settings, committing, dsn, clock, passwords, actors, contracts):
    """Two that keep answers, and one that does not."""
    app = application(settings, committing, clock, passwords, actors)
    async with AsyncExitStack() as stack:
        sizes = (4, 4, 0)
        yield [await stack.enter_async_context(a_shop(app, dsn, contracts, actors, megabytes=size)) for size in sizes]


async def answers_of(shop):
    """To all questions, by POST and by GET; and what new carts are told."""
    begin, articles = NEW_CARTS
    begun = [
        shop.http.post("/graphql", json={"query": begin, "variables": {"input": {"lines": lines}}})
        for lines in articles
    ]
    posted = [shop.http.post("/graphql", json={"query": question}) for question in QUESTIONS]
    got = [shop.http.get("/graphql", params={"query": question}) for question in QUESTIONS[:2]]
    answers = await asyncio.gather(*posted, *got, *begun)
    assert {answer.status_code for answer in answers} == {200}
    return [answer.json()["data"] for answer in answers]


async def test_what_is_kept_is_what_holds_at_this_moment(shops, place, clock):
    *keeping, plain = shops
    done = []
    for number, *what in steps():
        await asyncio.gather(*map(answers_of, keeping))
        writer, other = keeping[number], keeping[1 - number]
        done.append(what)
        await Desk(writer, place, clock).do(*what)
        if what[0] == "wait":
            await asyncio.gather(*(shop.looked() for shop in keeping))
        plain.app.channels.forget()  # which it knows for a second, or until it is told
        now = await answers_of(plain)
        assert await answers_of(writer) == now, f"where it was done: {done}"
        await other.caught_up()
        assert await answers_of(other) == now, f"elsewhere: {done}"
