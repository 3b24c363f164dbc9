"""What new carts are made of comes from memory where it is the same for all, and from the database else."""

from dataclasses import replace
from datetime import timedelta

import pytest

from commerce_api.domain.permissions import Permission
from commerce_api.persistence.cache import Cache
from commerce_api.persistence.tables import catalog, identity
from commerce_api.schema.node import global_id
from tests import given

NEW = """
mutation ($input: CreateCartInput!) {
  createCart(input: $input) {
    cart {
      expiresAt
      lines { sku title quantity unitPrice { amount currencyCode } tax { amount } inStock }
      totals { total { amount currencyCode } }
    }
    errors { code }
  }
}
"""
KETTLE = [{"sku": "KETTLE", "quantity": 1}]


@pytest.fixture
def cache(clock):
    cache = Cache(4_000_000)
    cache.foresee([], clock() + timedelta(days=1))
    return cache


@pytest.fixture
async def app(app, cache):
    return replace(app, cache=cache)


@pytest.fixture
async def kettle(connection):
    await given.channel(connection)
    zone_id = await given.zone(connection, "home", "DE")
    await given.tax_rate(connection, zone_id, 19)
    return await given.a_product(connection, "Kettle", variants=[{"sku": "KETTLE", "price": 1190}])


async def begun(api, lines=KETTLE, *, staff=False, **more):
    ask = api.staff if staff else api.shop
    payload = (await ask(NEW, input={"lines": lines, **more}))["createCart"]
    assert payload["errors"] == []
    return payload["cart"]


async def test_the_same_again_is_one_statement_which_writes(api, kettle, statements):
    for _ in range(2):  # the first reads the market, which is not kept with it
        first = await begun(api)

    again = await statements.of(begun(api))

    assert again == first
    assert len(statements) == 1
    assert "INSERT INTO carts" in statements[0]


@pytest.fixture
async def ada(connection, kettle):
    """A customer for whom a kettle costs 7.00."""
    [channel_id] = await connection.fetchrow("SELECT id FROM channels")
    group_id = await given.insert(connection, identity.customer_groups, code="trade", name="Trade")
    list_id = await given.price_list(connection, channel_id, code="trade", customer_group_id=group_id, priority=9)
    await given.price(connection, list_id, kettle.variant.id, 700)
    ada = await given.customer(connection, channel_id=channel_id)
    await given.insert(connection, identity.customer_group_members, customer_id=ada, group_id=group_id)
    return ada


async def test_who_has_terms_of_their_own_gets_these_and_nobody_else_does(api, connection, ada, cache):
    hers = api.as_(await given.customer_token(connection, ada))
    clerk = api.allowed(Permission.ACT_FOR_CUSTOMERS, Permission.READ_CUSTOMERS)
    paid = []

    for who, more in ((hers, {}), (api, {}), (hers, {}), (clerk, {"customerId": global_id("cus", ada)}), (api, {})) * 2:
        [line] = (await begun(who, staff=who is clerk, **more))["lines"]
        paid.append(line["unitPrice"]["amount"])

    assert paid == ["7.00", "11.90", "7.00", "7.00", "11.90"] * 2
    assert len(cache._entries) == 1


async def test_whatever_decides_what_it_costs_and_is_called_is_told_apart(api, kettle, connection, cache):
    [channel_id] = await connection.fetchrow("SELECT id FROM channels")
    euros, dollars = [await given.price_list(connection, channel_id, currency) for currency in ("EUR", "USD")]
    await given.price(connection, euros, kettle.variant.id, 900, min_quantity=3)
    await given.price(connection, dollars, kettle.variant.id, 1500)
    await given.insert(connection, catalog.product_translations, product_id=kettle.id, language="de", title="Kessel")
    german, three = api.with_headers(accept_language="de"), [{**KETTLE[0], "quantity": 3}]
    asked = ((api, KETTLE, {}), (api, three, {}), (api, KETTLE, {"currency": "USD"}), (german, KETTLE, {}))

    async def told(who, lines, more):
        [line] = (await begun(who, lines, **more))["lines"]
        return line["title"], line["unitPrice"]["amount"], line["unitPrice"]["currencyCode"]

    for _ in range(3):
        assert [await told(*each) for each in asked] == [
            ("Kettle", "11.90", "EUR"),
            ("Kettle", "9.00", "EUR"),
            ("Kettle", "15.00", "USD"),
            ("Kessel", "11.90", "EUR"),
        ]
    assert len(cache._entries) == 4


async def test_an_article_that_there_is_not_is_looked_for_again(api, kettle, connection, cache):
    for _ in range(2):
        answer = await api.shop(NEW, input={"lines": [{"sku": "MUG", "quantity": 1}]})
        assert answer["createCart"]["errors"] == [{"code": "VARIANT_NOT_FOUND"}]
    assert len(cache._entries) == 0

    await given.a_product(connection, "Mug", variants=[{"sku": "MUG", "price": 850}])

    assert (await begun(api, [{"sku": "MUG", "quantity": 1}]))["totals"]["total"]["amount"] == "8.50"
