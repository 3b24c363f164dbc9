"""The rule of `domain.price_list` and its SQL say the same."""

from datetime import timedelta
from random import Random
from uuid import UUID

import pytest

from commerce_api.domain.price_list import Price, PriceList, price_for
from commerce_api.persistence.readers.prices import unit_prices
from commerce_api.persistence.sql import Connection
from commerce_api.persistence.tables import identity
from tests import given
from tests.conftest import NOON

HOURS = [None, *(NOON + timedelta(hours=hours) for hours in (-2, 0, 2))]


@pytest.mark.parametrize("seed", range(12))
async def test_prices_are_found_as_the_rule_says(connection, seed):
    random = Random(seed)  # noqa: S311 - picks examples
    channel_id = await given.channel(connection)
    groups = [await given.insert(connection, identity.customer_groups, code=c, name=c) for c in ("a", "b")]
    product = await given.a_product(connection, variants=[{"price": None}, {"price": None}])
    prices = {variant.id: [] for variant in product.variants}
    for number in range(5):
        values = {
            "customer_group_id": random.choice([None, *groups]),
            "priority": random.choice([0, 1]),
            "valid_from": random.choice(HOURS),
            "valid_until": random.choice(HOURS),
        }
        list_id = await given.price_list(connection, channel_id, code=str(number), **values)
        price_list = PriceList(id=list_id, code=str(number), name="", channel_id=channel_id, currency="EUR", **values)
        for variant_id, its_prices in prices.items():
            for min_quantity in random.sample([1, 5, 10], random.randint(0, 3)):
                amount = random.randint(0, 5)
                await given.price(connection, list_id, variant_id, amount, min_quantity=min_quantity)
                its_prices.append((price_list, Price(min_quantity=min_quantity, amount=amount)))
    mine = frozenset(random.sample(groups, random.randint(0, 2)))
    keys = [(variant_id, quantity) for variant_id in prices for quantity in (1, 5, 9, 10)]

    found = await unit_prices(
        Connection(connection), keys, channel_id=channel_id, currency="EUR", customer_group_ids=mine, at=NOON
    )

    expected = {key: price_for(key[1], prices[key[0]], groups=mine, at=NOON) for key in keys}
    assert found == {key: price for key, price in expected.items() if price is not None}


async def test_other_channels_and_currencies_have_no_say(connection):
    channel_id = await given.channel(connection)
    product = await given.a_product(connection, price=1000)

    async def ask(**changes):
        values = {"channel_id": channel_id, "currency": "EUR", "customer_group_ids": [], "at": NOON, **changes}
        found = await unit_prices(Connection(connection), [(product.variant.id, 1)], **values)
        return [price.amount for price in found.values()]

    assert await ask() == [1000]
    assert await ask(currency="USD") == []
    assert await ask(channel_id=UUID(int=1)) == []
