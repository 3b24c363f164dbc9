"""What is known of a market is never older than its rows."""

from datetime import UTC, datetime

import pytest

from commerce_api.persistence.readers import markets
from commerce_api.persistence.readers.outsets import outset
from commerce_api.persistence.touched import VERSIONED
from tests import given

AT = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
async def channel_id(connection):
    channel_id = await given.channel(connection)
    zone_id = await given.zone(connection, "home", "DE")
    await given.tax_rate(connection, zone_id, 19)
    await given.shipping_method(connection, channel_id, zone_id, 490)
    await given.custom_field(connection, "engraving", owner="ORDER")
    return channel_id


@pytest.fixture
def market(database, channel_id):
    async def read(*, at=AT, country="DE", anew=False):
        if anew:
            markets._kept.clear()
        async with database.connection() as connection:
            key = markets.MarketKey(channel_id, "EUR", "en", (country,))
            found = await outset(connection, key, customer_id=None, at=at, wanted=[])
        return found.channel, found.facts

    return read


CHANGES = (
    "UPDATE channels SET cart_days = cart_days + 1",
    "UPDATE channel_locations SET position = position + 1",
    "DELETE FROM channel_locations",
    "UPDATE custom_fields SET code = 'dedication'",
    "DELETE FROM custom_fields",
    "UPDATE zone_areas SET postal_prefix = '1'",
    "DELETE FROM zone_areas",
    "UPDATE tax_rates SET name = 'Other'",
    "DELETE FROM tax_rates",
    "UPDATE shipping_methods SET max_days = 9",
    "UPDATE shipping_methods SET active = false",
    "UPDATE shipping_rates SET amount = 510",
    "UPDATE shipping_rates SET currency = 'USD'",
    "DELETE FROM shipping_rates",
)


@pytest.mark.parametrize("change", CHANGES)
async def test_any_change_of_its_rows_is_seen_at_once_and_so_is_that_it_was_taken_back(connection, market, change):
    before = await market()
    whole = connection.transaction()

    await whole.start()
    await connection.execute(change)
    changed = await market()
    assert changed == await market(anew=True)
    await whole.rollback()

    assert await market() == before == await market(anew=True)
    assert changed != before or "channel_locations SET position" in change


async def test_rates_come_and_go_with_time(connection, market):
    await connection.execute("UPDATE tax_rates SET valid_from = $1, valid_until = $2", AT, AT.replace(month=2))

    found = [(await market(at=at))[1].rates != () for at in (AT.replace(year=2025), AT, AT.replace(month=2), AT)]

    assert found == [False, True, False, True]


async def test_of_the_same_rows_nothing_is_made_twice(market):
    (channel, facts), (again, facts_again) = await market(anew=True), await market()

    assert again is channel
    assert facts_again.methods is facts.methods


async def test_only_so_many_are_known(market):
    for number in range(markets._MOST + 3):
        await market(country=f"{chr(65 + number // 26)}{chr(65 + number % 26)}")

    assert len(markets._kept) == markets._MOST


async def test_each_table_that_a_market_is_read_from_tells_of_changes(connection):
    told = await connection.fetch(
        "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'another_market_version'"
    )

    assert {name for (name,) in told} == markets._MARKET.reads - {"market_version"} == VERSIONED
