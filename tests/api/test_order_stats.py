"""Orders counted and added up by where they came from (S2-04)."""

import pytest

from commerce_api.schema.node import global_id
from tests import given

STATS = """query($by: OrderStatsBy!, $placed: OrderStatsSpanInput!, $channels: [ID!]) {
  orderStats(groupBy: $by, placed: $placed, channelIds: $channels) { value agentName count totals { amount currencyCode } } }"""
MARCH = {"from": "2026-03-01T00:00:00Z", "until": "2026-04-01T00:00:00Z"}


@pytest.fixture
async def us(connection, shop):
    return await given.channel(connection, "us", is_default=False)


@pytest.fixture
async def orders(connection, shop, us):
    """Late on the first of March in Berlin, and the day after; one before. The second was placed by Clara."""
    clara = await given.staff(connection, "READ_ORDERS", name="Clara", email="clara@example.com")
    variant = await given.variant(connection, "POT")
    days = [given.EARLIER.replace(hour=22, minute=59), given.EARLIER.replace(hour=23), given.EARLIER.replace(month=2)]
    told = [
        {"channel_id": shop.channel_id, "total": 1000, "origin": {"source": "app", "channel": "APP"}},
        {
            "channel_id": shop.channel_id,
            "total": 250,
            "origin": {"source": "desk", "channel": "PHONE", "placed_by": "STAFF", "staff_id": clara},
        },
        {"channel_id": us, "total": 700, "currency": "USD", "state": "CANCELED", "origin": {"source": "app"}},
        {"channel_id": us, "total": 9},
    ]
    for number, (how, day) in enumerate(zip(told, [days[0], days[1], days[1], days[2]], strict=True)):
        channel_id = how.pop("channel_id")
        await given.bare_order(connection, channel_id, variant, number=f"E10000{number}-0", placed_at=day, **how)


def euros(amount):
    return {"amount": amount, "currencyCode": "EUR"}


def dollars(amount):
    return {"amount": amount, "currencyCode": "USD"}


@pytest.mark.parametrize(
    ("by", "groups"),
    [
        ("CHANNEL", [("eu", 2, [euros("12.50")]), ("us", 1, [dollars("7.00")])]),
        ("SOURCE", [("app", 2, [euros("10.00"), dollars("7.00")]), ("desk", 1, [euros("2.50")])]),
        ("STATE", [("CONFIRMED", 2, [euros("12.50")]), ("CANCELED", 1, [dollars("7.00")])]),
        ("DAY", [("2026-03-01", 1, [euros("10.00")]), ("2026-03-02", 2, [euros("2.50"), dollars("7.00")])]),
        (
            "ORDERING_CHANNEL",
            [("", 1, [dollars("7.00")]), ("APP", 1, [euros("10.00")]), ("PHONE", 1, [euros("2.50")])],
        ),
    ],
)
async def test_orders_are_counted_by_what_they_have_in_common(staff, orders, statements, by, groups):
    counted = await statements.of(staff.staff(STATS, by=by, placed=MARCH))

    assert [(each["value"], each["count"], each["totals"]) for each in counted["orderStats"]] == groups
    assert len([sql for sql in statements if "FROM orders" in sql]) == 1


async def test_agents_are_told_by_id_and_name(staff, orders, connection):
    clara = await connection.fetchval("SELECT id FROM staff WHERE name = 'Clara'")
    row = {"name": "Till", "prefix": "key", "permissions": [], "created_by": clara, "created_at": given.EARLIER}
    key = await given.insert(connection, given.identity.api_keys, secret_hash=b"s", **row)
    await connection.execute(
        "UPDATE orders SET origin = jsonb_build_object('placed_by', 'APP', 'staff_id', $1::text) WHERE number = 'E100002-0'",
        str(key),
    )
    counted = (await staff.staff(STATS, by="AGENT", placed=MARCH))["orderStats"]

    assert sorted((each["agentName"] or "", each["value"], each["count"]) for each in counted) == [
        ("", "", 1),
        ("Clara", global_id("stf", clara), 1),
        ("Till", global_id("key", key), 1),
    ]


async def test_they_are_counted_in_the_channels_that_are_asked_for_and_may_be_read(
    api, staff, orders, connection, us, shop
):
    eu, american = global_id("chn", shop.channel_id), global_id("chn", us)
    clerk = await given.staff(connection, "READ_ORDERS", email="clerk@example.com", channel_ids=[us])
    here = api.as_(await given.staff_token(connection, clerk))

    async def channels(caller, *ids):
        asked = {"by": "CHANNEL", "placed": MARCH, "channels": ids or None}
        return [group["value"] for group in (await caller.staff(STATS, **asked))["orderStats"]]

    assert await channels(staff, american) == ["us"]
    assert await channels(staff, eu, american) == ["eu", "us"]
    assert await channels(here) == ["us"]
    assert await channels(here, eu) == []


@pytest.mark.parametrize(
    ("placed", "channels"),
    [
        ({"from": "2026-03-01T00:00:00Z", "until": "2026-03-01T00:00:00Z"}, None),
        ({"from": "2026-03-01T00:00:00Z", "until": "2027-03-03T00:00:00Z"}, None),
        (MARCH, ["prd_1"]),
    ],
)
async def test_a_span_has_an_end_and_lasts_a_year_at_most(staff, placed, channels):
    asked = {"by": "DAY", "placed": placed, "channels": channels}

    assert await staff.error_codes("/staff/graphql", STATS, asked) == ["BAD_USER_INPUT"]


async def test_without_the_permission_nothing_is_counted(api, connection, shop):
    token = await given.staff_token(connection, await given.staff(connection, "READ_STOCK"))

    assert await api.as_(token).error_codes("/staff/graphql", STATS, {"by": "DAY", "placed": MARCH}) == ["FORBIDDEN"]
