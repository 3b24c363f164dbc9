"""Who took how much off, for which reasons, and what came of it, as counted by hand (D27)."""

import pytest

from commerce_api.operations.shipped import put_shipped
from commerce_api.schema.node import global_id
from tests import given
from tests.api.test_adjusting import ALL, TEN, deduct, desk_with, eur, wrap
from tests.api.test_blocks import resolve
from tests.buying import Shop
from tests.conftest import NOON

REPORT = """query($made: OverrideReportInput!) { overrideReport(made: $made) {
  agent { name } channel { code } reason count beyondLimit takenOff { amount currencyCode }
  outcomes { resolution resolvedBy { name } count } } }"""
MARCH = {"from": "2026-03-01T00:00:00Z", "until": "2026-04-01T00:00:00Z"}
BLOCKS = "query($id: ID!) { order(id: $id) { blocks { id cause { rule } } } }"


@pytest.fixture
async def shop(database):
    await put_shipped(database)
    return await Shop.open(database)


@pytest.fixture
async def carts(shop):
    kettle = await shop.product(price=1990, stock=99)
    return [await shop.cart((kettle, 2)) for _ in range(3)]


@pytest.fixture
async def boss(api, connection):
    held = ("READ_ORDERS", "RESOLVE_BLOCKS")
    staff_id = await given.staff(connection, *held, email="boss@example.com", name="Boss")
    return api.as_(await given.staff_token(connection, staff_id))


@pytest.fixture
async def told(api, connection, shop, carts, clock, boss):
    """Grace takes 9.90 off each of two kettles, all of the shipping and 1.00; Joan ten per cent of the price. A third order,
    with 5.00 off for another reason, is canceled.
    """
    grace = await desk_with(api, connection, carts[0], *ALL, limits=TEN)
    joan = await desk_with(api, connection, carts[1], *ALL, limits=TEN, name="Joan")
    free = await desk_with(api, connection, carts[2], *ALL, name="Fred")
    low, gone = grace.price(amount=eur("10.00")), grace.shipping(amount=eur("0.00"))
    await grace.apply(low, gone, wrap(reason="OTHER"), deduct(amount=eur("1.00")), acknowledge=["BELOW_OVERRIDE_LIMIT"])
    await joan.apply(joan.price(percentOff="10"))
    off = deduct(amount=eur("5.00"))
    await free.apply({"deduct": {**off["deduct"], "reason": "NEGOTIATED"}})
    orders = [await shop.place(clock, cart) for cart in carts]
    await connection.execute("UPDATE orders SET state = 'CANCELED' WHERE id = $1", orders[2].id)
    blocks = (await boss.staff(BLOCKS, id=global_id("ord", orders[0].id)))["order"]["blocks"]
    [price] = [block["id"] for block in blocks if block["cause"]["rule"] == "PRICE_OVERRIDE_LIMIT"]
    assert (await resolve(boss, price))["errors"] == []


def group(agent, count, beyond, amount, *outcomes, reason="GOODWILL"):
    return {
        "agent": {"name": agent},
        "channel": {"code": "eu"},
        "reason": reason,
        "count": count,
        "beyondLimit": beyond,
        "takenOff": eur(amount),
        "outcomes": [
            {"resolution": how, "resolvedBy": by and {"name": by}, "count": number} for how, by, number in outcomes
        ],
    }


async def test_the_report_is_what_one_counts_by_hand(boss, told):
    groups = (await boss.staff(REPORT, made=MARCH))["overrideReport"]

    assert groups == [
        group("Grace", 3, 2, "25.70", ("CLEARED", "Boss", 1), (None, None, 1)),
        group("Joan", 1, 0, "3.98"),
        group("Grace", 1, 0, "0.00", reason="OTHER"),
        group("Fred", 1, 0, "0.00", reason="NEGOTIATED"),
    ]


async def test_the_report_is_narrowed_and_costs_the_same_however_much_there_is(boss, told, connection, statements):
    grace = await connection.fetchval("SELECT id FROM staff WHERE name = 'Grace'")
    by = {"agentId": global_id("stf", grace), "reason": "GOODWILL"}

    found = (await statements.of(boss.staff(REPORT, made=MARCH | by)))["overrideReport"]
    few = len(statements)
    await statements.of(boss.staff(REPORT, made=MARCH))
    many = list(statements)
    channel = {"channelIds": ["chn_00000000000000000000000001"]}
    elsewhere = (await boss.staff(REPORT, made=MARCH | channel))["overrideReport"]
    before = {"from": "2026-02-01T00:00:00Z", "until": NOON.isoformat()}
    earlier = (await boss.staff(REPORT, made=before))["overrideReport"]

    assert [(each["agent"], each["count"]) for each in found] == [({"name": "Grace"}, 3)]
    assert (elsewhere, earlier) == ([], [])
    assert few == len(many) == 5


async def test_what_cannot_be_asked_is_refused(boss):
    wrong = {"from": MARCH["until"], "until": MARCH["from"], "agentId": "cus_1", "channelIds": ["x"]}

    errors = (await boss.answer("/staff/graphql", REPORT, {"made": wrong}))["errors"]

    assert [error["extensions"]["code"] for error in errors] == ["BAD_USER_INPUT"]


async def test_only_those_who_watch_over_it_read_the_report_each_of_their_channels(api, connection, shop, told):
    async def reader(name, *permissions, **how):
        staff_id = await given.staff(connection, *permissions, email=f"{name}@example.com", **how)
        return api.as_(await given.staff_token(connection, staff_id))

    clerk = await reader("clerk", *ALL)
    finance = await reader("finance", "READ_AUDIT_LOG")
    other = await given.channel(connection, "us", is_default=False)
    narrowed = await reader("narrow", "RESOLVE_BLOCKS", channel_ids=[other])

    assert set(await clerk.error_codes("/staff/graphql", REPORT, {"made": MARCH})) == {"FORBIDDEN"}
    assert len((await finance.staff(REPORT, made=MARCH))["overrideReport"]) == 4
    assert (await narrowed.staff(REPORT, made=MARCH))["overrideReport"] == []
