"""Orders are found by what is to be done with them, and by what was said of them and why they came (S2-03, S0-22)."""

from datetime import timedelta

import pytest

from commerce_api.operations.block_reasons import put_shipped_block_reasons
from commerce_api.schema.node import global_id
from tests import given
from tests.api.test_blocks import blocked, resolve
from tests.api.test_canceling import CANCEL
from tests.api.test_comments import REDACT, REVISE, comment
from tests.api.test_order_finding import FIND, text
from tests.api.test_order_searches import RUN, save
from tests.buying import Shop
from tests.quoting import Quoting

NAMES = ("emile", "emma", "dubosc")
HELD = ("READ_ORDERS", "BLOCK_ORDERS", "RESOLVE_BLOCKS", "COMMENT_ON_ORDERS", "ACT_FOR_CUSTOMERS", "CANCEL_ORDERS")


@pytest.fixture
async def shop(database, connection):
    await given.cancel_reasons(connection)
    await put_shipped_block_reasons(database)
    return await Shop.open(database)


@pytest.fixture
async def staff(api, connection, shop):
    return api.as_(await given.staff_token(connection, await given.staff(connection, *HELD)))


@pytest.fixture
async def boss(api, connection, shop):
    somebody = await given.staff(connection, *HELD, email="boss@example.com")
    return api.as_(await given.staff_token(connection, somebody))


@pytest.fixture
async def orders(shop, clock):
    """Placed one minute after the other, a kettle and two pots each; of the pots there are five."""
    kettle = await shop.product("Kettle", stock=99)
    pot = await shop.product("Pot", variants=[{"sku": "POT-7", "price": 900, "stock": 5, "stock_policy": "BACKORDER"}])
    placed = {}
    for name in NAMES:
        placed[name] = await shop.place(clock, await shop.cart((kettle, 1), (pot, 2), email=f"{name}@example.com"))
        clock.advance(timedelta(minutes=1))
    return placed


async def edges(staff, sort="BEST_MATCH", **find):
    return (await staff.staff(FIND, find=find, sort=sort))["orders"]["edges"]


async def found(staff, sort="BEST_MATCH", **find):
    return [edge["node"]["email"].partition("@")[0] for edge in await edges(staff, sort, **find)]


async def matched(staff, **find):
    """Why the one order was found, and what of it is highlighted."""
    (edge,) = await edges(staff, **find)
    return [
        (each["key"], each["value"], [each["value"][span["start"] : span["end"]] for span in each["spans"]])
        for each in edge["matched"]
    ]


async def test_what_is_held_up_is_a_queue(staff, boss, orders):
    fraud = await blocked(staff, orders["emma"], "FRAUD_SUSPECTED", comment="Odd address")
    await blocked(staff, orders["emma"])
    await blocked(staff, orders["dubosc"])

    assert await found(staff, blocked=True) == ["dubosc", "emma"]
    assert await found(staff, "OLDEST", blocked=True) == ["emma", "dubosc"]
    assert await found(staff, blocked=False) == ["emile"]
    assert await found(staff, blocked=False, states=["PENDING"]) == ["emile"]
    assert await found(staff, blockReasons=["FRAUD_SUSPECTED"]) == ["emma"]
    assert await found(staff, blockReasons=["FRAUD_SUSPECTED", "CUSTOMER_REQUEST"]) == ["dubosc", "emma"]
    assert await found(staff, blockReasons=[]) == []
    assert await found(staff, blocked=True, placed={"until": "2026-03-02T12:02:00Z"}) == ["emma"]
    assert await matched(staff, blocked=True, email=text("emma@example.com")) == [
        ("EMAIL", "emma@example.com", ["emma@example.com"]),
        ("BLOCK", "FRAUD_SUSPECTED, CUSTOMER_REQUEST", []),
    ]
    assert await matched(staff, blockReasons=["FRAUD_SUSPECTED"]) == [("BLOCK", "FRAUD_SUSPECTED", ["FRAUD_SUSPECTED"])]

    await resolve(boss, fraud)
    assert await found(staff, blockReasons=["FRAUD_SUSPECTED"]) == []
    assert await found(staff, blockReasons=["CUSTOMER_REQUEST"]) == ["dubosc", "emma"]

    await staff.staff(CANCEL, input={"orderId": global_id("ord", orders["dubosc"].id), "reasonCode": "OTHER"})
    assert await found(staff, blocked=True) == ["emma"]


async def test_a_queue_goes_on_where_its_page_ended_from_either_end(staff, orders):
    for order in orders.values():
        await blocked(staff, order)
    for sort in ("NEWEST", "OLDEST"):
        asked = {"find": {"blocked": True}, "sort": sort}
        whole = (await staff.staff(FIND, **asked))["orders"]
        first = (await staff.staff(FIND, **asked, first=1))["orders"]
        rest = (await staff.staff(FIND, **asked, first=9, after=first["pageInfo"]["endCursor"]))["orders"]

        assert len(whole["edges"]) == 3
        assert first["edges"] + rest["edges"] == whole["edges"]


async def test_a_queue_is_kept_as_a_search(staff, orders):
    await blocked(staff, orders["emma"])
    find = {"blocked": True, "blockReasons": ["CUSTOMER_REQUEST"], "priorities": ["NORMAL"], "hasBackorder": False}

    kept = (await save(staff, find=find, sort="OLDEST"))["orderSearch"]

    assert kept["find"] == find
    assert (await staff.staff(RUN, search=kept["id"]))["orders"] == {"nodes": [{"email": "emma@example.com"}]}


async def test_what_waits_for_goods_is_found_until_it_waits_no_more(staff, orders):
    assert await found(staff, hasBackorder=True) == ["dubosc"]
    assert await found(staff, hasBackorder=False) == ["emma", "emile"]
    assert await matched(staff, hasBackorder=True) == [("BACKORDER", "POT-7", [])]

    asked = {"orderId": global_id("ord", orders["dubosc"].id), "reasonCode": "OTHER"}
    assert (await staff.staff(CANCEL, input=asked))["cancelOrder"]["errors"] == []
    assert await found(staff, hasBackorder=True) == []


async def test_words_of_comments_find_orders(staff, orders, database):
    await comment(staff, orders["emile"], "Mr. Müller rang: the delicate kettle is late!\nCall him back.")
    made = (await comment(staff, orders["emma"], "Late, but fine.", emailCustomer=True))["comment"]["id"]

    assert await found(staff, comment=text("late")) == ["emma", "emile"]
    assert await found(staff, comment=text("muller call")) == ["emile"]
    assert await found(staff, comment=text("Mueller, a back", "EXACT")) == []
    assert await found(staff, comment=text("Mueller, back", "EXACT")) == ["emile"]
    assert await found(staff, comment=text("mul", "EXACT")) == []
    assert await found(staff, comment=text("late"), **{"not": {"comment": text("fine")}}) == ["emile"]
    shown = "Mr. Müller rang: the delicate kettle is late! Call him back."
    assert await matched(staff, comment=text("late mull")) == [("COMMENT", shown, ["Müll", "late"])]

    revision = {"commentId": made, "body": "Comes tomorrow."}
    assert (await staff.staff(REVISE, input=revision))["reviseOrderComment"]["errors"] == []
    assert await found(staff, comment=text("fine")) == []
    assert await found(staff, comment=text("tomorrow")) == ["emma"]


async def test_what_was_blanked_out_leaves_no_word_behind(api, connection, staff, orders, database):
    made = (await comment(staff, orders["emile"], "Something unspeakable."))["comment"]["id"]
    await comment(staff, orders["emile"], "Something else.")
    censor = await given.staff(connection, "READ_ORDERS", "REDACT_COMMENTS", email="censor@example.com")

    await api.as_(await given.staff_token(connection, censor)).staff(REDACT, input={"commentId": made})

    assert await found(staff, comment=text("unspeakable")) == []
    assert await found(staff, comment=text("something else")) == ["emile"]
    for table in ("order_keys", "order_key_texts"):
        assert await connection.fetchval(f"SELECT count(*) FROM {table} WHERE key LIKE '%unspeak%'") == 0


async def test_comments_are_looked_through_where_they_may_be_read(api, connection, staff, orders):
    us = await given.channel(connection, "us", is_default=False)
    for name in ("emile", "emma"):
        await comment(staff, orders[name], "Difficult customer.")
    await connection.execute("UPDATE orders SET channel_id = $1 WHERE id = $2", us, orders["emma"].id)
    clerk = await given.staff(connection, "READ_ORDERS", channel_ids=[us], email="us@example.com")

    assert await found(api.as_(await given.staff_token(connection, clerk)), comment=text("difficult")) == ["emma"]


async def test_an_order_is_found_by_the_quote_that_it_was_made_from(api, database, connection):
    await given.cancel_reasons(connection)
    quoting = await Quoting.open(api, database)
    staff = await quoting.desk.member("READ_ORDERS", "CANCEL_ORDERS", email="clerk@example.com")
    order = (await quoting.converted(await quoting.accepted()))["order"]
    number = await connection.fetchval("SELECT number FROM quotes")

    (edge,) = await edges(staff, quoteNumber=text(number.lower(), "EXACT"))
    assert edge["matched"][0]["key"] == "QUOTE_NUMBER"
    assert edge["matched"][0]["value"] == number
    assert await found(staff, quoteNumber=text(number[:3])) == ["ada"]
    await staff.staff(CANCEL, input={"orderId": order["id"], "reasonCode": "OTHER"})
    assert await found(staff, quoteNumber=text(number)) == ["ada"]


async def test_orders_are_found_by_priority_and_how_they_came(staff, orders, connection):
    for name, priority, channel in (("emile", "LOW", "PHONE"), ("emma", "URGENT", "CHAT"), ("dubosc", "NORMAL", "WEB")):
        sql = (
            "UPDATE orders SET priority = $1, origin = jsonb_set(origin, '{channel}', to_jsonb($2::text)) WHERE id = $3"
        )
        await connection.execute(sql, priority, channel, orders[name].id)

    assert await found(staff, priorities=["URGENT"]) == ["emma"]
    assert await found(staff, priorities=["URGENT", "LOW", "URGENT"]) == ["emma", "emile"]
    assert await found(staff, priorities=["NORMAL", "LOW"]) == ["dubosc", "emile"]
    assert await found(staff, orderedThrough=["PHONE"]) == ["emile"]
    assert await found(staff, "OLDEST", orderedThrough=["PHONE", "WEB"]) == ["emile", "dubosc"]
    assert await found(staff, orderedThrough=["PHONE"], priorities=["URGENT"]) == []


async def test_orders_are_found_by_the_account_that_is_bought_for(staff, orders, connection, shop):
    account = await given.insert(connection, given.identity.accounts, number="A-100", name="Moss & Fern")
    for name, of in (("emile", account), ("emma", None)):
        buyer = await given.customer(connection, f"{name}@moss.example", channel_id=shop.channel_id, account_id=of)
        await connection.execute("UPDATE orders SET customer_id = $1 WHERE id = $2", buyer, orders[name].id)

    assert await found(staff, accountNumber="A-100") == ["emile"]
    assert await found(staff, accountNumber="A-10") == []


async def test_orders_are_found_by_each_time_that_they_were_edited(staff, orders, connection):
    for number, day in ((2, "2026-03-03"), (3, "2026-03-05")):
        await connection.execute(
            "INSERT INTO order_versions (order_id, version, snapshot, total, actor, request_id, committed_at)"
            " SELECT order_id, $2, snapshot, total, actor, request_id, $3::text::timestamptz FROM order_versions"
            " WHERE order_id = $1 AND version = 1",
            orders["emma"].id,
            number,
            day,
        )

    assert await found(staff, edited={"from": "2026-03-03T00:00:00Z", "until": "2026-03-04T00:00:00Z"}) == ["emma"]
    assert await found(staff, edited={"from": "2026-03-04T00:00:00Z"}) == ["emma"]
    assert await found(staff, edited={"until": "2026-03-03T00:00:00Z"}) == []


async def test_finding_by_all_that_leads_to_an_order_costs_the_same_for_many(staff, orders, statements):
    for order in orders.values():
        await blocked(staff, order)
        await comment(staff, order, "Late again")

    async def cost(first):
        asked = {"blocked": True, "comment": text("late ag"), "blockReasons": ["CUSTOMER_REQUEST"]}
        await statements.of(staff.staff(FIND, find=asked, first=first))
        return len([sql for sql in statements if "events" not in sql])

    await cost(1)
    assert await cost(1) == await cost(3) == 4
