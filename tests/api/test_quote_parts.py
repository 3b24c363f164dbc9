"""Ordering quotes in parts (Q6), and holding stock for them (Q5)."""

import asyncio
from datetime import timedelta

import pytest

from commerce_api.schema.node import global_id
from tests.buying import rows
from tests.quoting import SENT, UNTIL, Quoting

PARTIAL = {"partial": True}
ORDER = "id totals { total { amount } shippingTotal { amount } } lines { quantity unitPrice { amount } }"
OPEN = "state openLines { lineId quantity } parts { nodes { orderId version units { lineId quantity } } } order { id }"
HELD = "SELECT sum(quantity) FROM reservations"


@pytest.fixture
async def quoting(api, database):
    return await Quoting.open(api, database, quote_hold_percent=50)


@pytest.fixture
async def holder(quoting):
    return await quoting.author("RESERVE_FOR_QUOTES", email="hopper@example.com")


def held(until=UNTIL, **more):
    return {"reserveUntil": until.isoformat(), **more}


async def accepted(quoting, author=None, *, quantity=5, **offer):
    quote_id = await quoting.sent(offer=offer, author=author, quantity=quantity)
    await quoting.shopper(quoting.buyer, "acceptQuote", quoteId=quote_id, version=1)
    return quote_id


async def test_each_part_is_an_order_and_together_they_are_the_quote(quoting):
    quote_id = await accepted(quoting, **PARTIAL)
    (line,) = await quoting.lines(quote_id)
    await quoting.reprice(3980)

    some = await quoting.converted(quote_id, fields=ORDER, lines=[{"lineId": line, "quantity": 2}])
    between = await quoting.read(quoting.buyer, quote_id, OPEN)
    beyond = await quoting.converted(quote_id, lines=[{"lineId": line, "quantity": 4}])
    rest = await quoting.converted(quote_id, fields=ORDER)
    over = await quoting.read(quoting.buyer, quote_id, OPEN)
    again = await quoting.converted(quote_id)

    assert [each["order"]["lines"] for each in (some, rest)] == [
        [{"quantity": 2, "unitPrice": {"amount": "19.90"}}],
        [{"quantity": 3, "unitPrice": {"amount": "19.90"}}],
    ]
    assert [each["order"]["totals"] for each in (some, rest)] == [
        {"total": {"amount": "41.76"}, "shippingTotal": {"amount": "1.96"}},
        {"total": {"amount": "62.64"}, "shippingTotal": {"amount": "2.94"}},
    ]
    first = {"orderId": some["order"]["id"], "version": 1, "units": [{"lineId": line, "quantity": 2}]}
    last = {"orderId": rest["order"]["id"], "version": 1, "units": [{"lineId": line, "quantity": 3}]}
    assert between == {
        "state": "ACCEPTED",
        "openLines": [{"lineId": line, "quantity": 3}],
        "parts": {"nodes": [first]},
        "order": None,
    }
    assert beyond["errors"] == [{"code": "QUOTE_UNITS_NOT_OPEN", "path": ["lines", "0", "quantity"], "open": 3}]
    assert over == {
        "state": "CONVERTED",
        "openLines": [],
        "parts": {"nodes": [first, last]},
        "order": {"id": rest["order"]["id"]},
    }
    assert again["errors"][0]["code"] == "QUOTE_ALREADY_CONVERTED"
    assert [type_ for type_ in await quoting.events() if "Converted" in type_] == [
        "QuotePartlyConverted",
        "QuoteConverted",
    ]
    assert await rows(quoting.database, "SELECT sum(allocated) FROM stock_levels") == [(5,)]


async def test_what_is_open_expires_with_the_quote(quoting, clock):
    quote_id = await accepted(quoting, **PARTIAL)
    (line,) = await quoting.lines(quote_id)
    await quoting.converted(quote_id, lines=[{"lineId": line, "quantity": 1}])
    clock.at = UNTIL

    late = await quoting.converted(quote_id)

    assert [error["code"] for error in late["errors"]] == ["QUOTE_EXPIRED", "READINESS_INCOMPLETE"]
    assert (await quoting.read(quoting.buyer, quote_id, "state"))["state"] == "EXPIRED"


async def test_what_is_left_is_offered_again_and_nothing_twice(quoting, clock):
    quote_id = await accepted(quoting, **PARTIAL)
    (line,) = await quoting.lines(quote_id)
    await quoting.converted(quote_id, lines=[{"lineId": line, "quantity": 2}])
    clock.at = UNTIL
    await quoting.reprice(2500)
    later = {"validUntil": (UNTIL + timedelta(days=7)).isoformat(), **PARTIAL}

    in_cart = await quoting.shopper(
        quoting.buyer, "createCartFromQuote", fields="totalQuantity", quoteId=quote_id, reprice=True
    )
    again = await quoting.staff(quoting.grace, "reissueQuote", quoteId=quote_id, **later)
    shown = await quoting.read(
        quoting.buyer, quote_id, "openLines { quantity } currentVersion { lines { quantity unitPrice { amount } } }"
    )
    await quoting.shopper(quoting.buyer, "acceptQuote", quoteId=quote_id, version=2)
    rest = await quoting.converted(quote_id, version=2)
    parts = await quoting.read(quoting.buyer, quote_id, "state parts { nodes { version units { quantity } } }")

    assert in_cart["cart"] == {"totalQuantity": 3}
    assert (again["errors"], again["quote"]["version"]) == ([], 2)
    assert shown == {
        "openLines": [{"quantity": 3}],
        "currentVersion": {"lines": [{"quantity": 3, "unitPrice": {"amount": "25.00"}}]},
    }
    assert rest["errors"] == []
    assert parts == {
        "state": "CONVERTED",
        "parts": {
            "nodes": [
                {"version": 1, "units": [{"quantity": 2}]},
                {"version": 2, "units": [{"quantity": 3}]},
            ]
        },
    }


async def test_a_quote_that_is_written_anew_is_what_its_draft_says(quoting, clock):
    quote_id = await accepted(quoting, **PARTIAL)
    (line,) = await quoting.lines(quote_id)
    await quoting.converted(quote_id, lines=[{"lineId": line, "quantity": 2}])
    clock.at = UNTIL
    later = {"validUntil": (UNTIL + timedelta(days=7)).isoformat()}
    await quoting.staff(quoting.grace, "reissueQuote", quoteId=quote_id, **later)
    await quoting.shopper(quoting.buyer, "counterQuote", quoteId=quote_id, comment="Nine, please.")
    await quoting.staff(quoting.grace, "reviewQuote", quoteId=quote_id)
    nine = {"updateLines": {"lines": [{"lineId": line, "change": {"quantity": 9}}]}}
    await quoting.staff(quoting.grace, "applyToQuote", quoteId=quote_id, actions=[nine])
    await quoting.staff(quoting.grace, "sendQuote", quoteId=quote_id, **later)
    await quoting.staff(quoting.grace, "reissueQuote", quoteId=quote_id, **later)

    seen = await quoting.read(quoting.buyer, quote_id, "currentVersion { version lines { quantity } }")

    assert seen["currentVersion"] == {"version": 4, "lines": [{"quantity": 9}]}


async def test_each_part_rounds_its_own_tax_and_shows_what_it_came_to(api, database):
    quoting = await Quoting.open(api, database, prices_include_tax=False)
    quote_id = await accepted(quoting, quantity=2, **PARTIAL)
    (line,) = await quoting.lines(quote_id)
    for _ in range(2):
        await quoting.converted(quote_id, lines=[{"lineId": line, "quantity": 1}])

    fields = "currentVersion { totals { total { amount } } } parts { nodes { total { amount } } }"
    seen = await quoting.read(quoting.buyer, quote_id, fields)

    assert seen["currentVersion"]["totals"]["total"]["amount"] == "53.19"
    assert [each["total"]["amount"] for each in seen["parts"]["nodes"]] == ["26.60", "26.60"]


async def test_a_quote_that_is_one_whole_is_not_divided(quoting):
    quote_id = await accepted(quoting)
    (line,) = await quoting.lines(quote_id)

    refused = await quoting.converted(quote_id, lines=[{"lineId": line, "quantity": 1}])
    empty = await quoting.converted(quote_id, lines=[])

    assert refused["errors"] == [{"code": "QUOTE_NOT_PARTIAL", "path": ["lines"]}]
    assert [(each["code"], each["path"]) for each in empty["errors"]] == [("INVALID_VALUE", ["lines"])]
    assert await rows(quoting.database, "SELECT count(*) FROM orders") == [(0,)]


async def test_twenty_at_once_never_get_more_than_was_quoted(committing_api, committing):
    quoting = await Quoting.open(committing_api, committing)
    quote_id = await accepted(quoting, **PARTIAL)
    (line,) = await quoting.lines(quote_id)

    async def convert():
        return await quoting.converted(quote_id, fields="id", lines=[{"lineId": line, "quantity": 1}])

    answers = await asyncio.gather(*(convert() for _ in range(20)))

    codes = {error["code"] for answer in answers for error in answer["errors"]}
    assert (sum(answer["order"] is not None for answer in answers), codes) == (5, {"QUOTE_ALREADY_CONVERTED"})
    assert await rows(committing, "SELECT sum(quantity) FROM order_lines") == [(5,)]
    assert (await quoting.read(quoting.buyer, quote_id, "state"))["state"] == "CONVERTED"


async def test_stock_is_held_until_it_is_ordered(quoting, holder):
    quote_id = await accepted(quoting, holder, **PARTIAL, **held())
    (line,) = await quoting.lines(quote_id)
    seen = await quoting.read(quoting.buyer, quote_id, "reserveUntil")
    sold = await quoting.shop.cart((quoting.kettle, 46))
    counts = [await rows(quoting.database, HELD)]

    await quoting.converted(quote_id, lines=[{"lineId": line, "quantity": 2}])
    counts.append(await rows(quoting.database, HELD))
    await quoting.converted(quote_id)

    assert seen["reserveUntil"] == UNTIL.isoformat().replace("+00:00", "Z")
    assert sold
    assert [count for ((count,),) in counts] == [5, 3]
    assert await rows(quoting.database, HELD) == [(None,)]
    assert (await quoting.read(quoting.buyer, quote_id, "reserveUntil"))["reserveUntil"] is None


@pytest.mark.parametrize("ending", ["declineQuote", "withdrawQuote", "reissueQuote", "time"])
async def test_stock_is_free_again_when_the_quote_is_over(quoting, holder, clock, ending):
    until = UNTIL - timedelta(days=1)
    quote_id = await quoting.sent(offer=held(until), author=holder)
    if ending == "time":
        clock.at = until
    elif ending == "declineQuote":
        await quoting.shopper(quoting.buyer, ending, quoteId=quote_id)
    else:
        await quoting.staff(quoting.grace, ending, quoteId=quote_id, **(SENT if ending == "reissueQuote" else {}))

    seen = await quoting.read(quoting.buyer, quote_id, "reserveUntil currentVersion { lines { lineId } }")
    free = "query($id: ID!) { node(id: $id) { ... on ProductVariant { availability { exactQuantity } } } }"
    counting = await quoting.desk.member("READ_STOCK", email="count@example.com")
    stock = await counting.staff(free, id=global_id("var", quoting.kettle))

    assert seen["reserveUntil"] is None
    assert stock["node"]["availability"]["exactQuantity"] == 50


async def test_what_cannot_be_held_is_not_sent(quoting, holder, api):
    quote_id = await quoting.drafted(quantity=20)
    await quoting.sent(offer=held(), author=holder, quantity=20)
    variant = global_id("var", quoting.kettle)

    beyond = await quoting.staff(holder, "sendQuote", quoteId=quote_id, **SENT, **held())
    long = await quoting.staff(holder, "sendQuote", quoteId=quote_id, **SENT, **held(UNTIL + timedelta(seconds=1)))
    send = "mutation($input: OfferQuoteInput!) { sendQuote(input: $input) { errors { code } } }"
    forbidden = await quoting.grace.error_codes(
        "/staff/graphql", send, {"input": {"quoteId": quote_id, **SENT, **held()}}
    )

    assert beyond["errors"] == [
        {"code": "QUOTE_HOLDS_EXHAUSTED", "path": ["lines", "0"], "variantId": variant, "available": 5}
    ]
    assert long["errors"] == [{"code": "QUOTE_HOLD_OUTLASTS", "path": ["reserveUntil"]}]
    assert forbidden == ["FORBIDDEN"]
    assert (await quoting.read(quoting.grace, quote_id, "state", staff=True))["state"] == "DRAFT"
    assert await rows(quoting.database, HELD) == [(20,)]


async def test_a_promise_that_became_worse_is_acknowledged(quoting):
    quote_id = await accepted(quoting)
    (line,) = await quoting.lines(quote_id)
    async with quoting.database.connection() as connection:
        await connection.raw.execute("UPDATE variants SET stock_policy = 'BACKORDER'")
        await connection.raw.execute("UPDATE stock_levels SET on_hand = 3")

    refused = await quoting.converted(quote_id)
    ordered = await quoting.converted(quote_id, acknowledge=["PROMISE_WORSE"], fields="lines { allocated backordered }")

    warning = {"code": "PROMISE_WORSE", "lineId": line, "waiting": 2, "quoted": 0}
    assert refused == {"order": None, "errors": [], "warnings": [warning]}
    assert ordered == {"order": {"lines": [{"allocated": 3, "backordered": 2}]}, "errors": [], "warnings": []}
    assert "CautionsOverruled" in await quoting.events()
