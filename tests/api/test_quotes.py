"""Quotes from the first word to the order (S2-22, C.4)."""

import re
from datetime import timedelta
from uuid import UUID

import pytest

from commerce_api.schema.node import global_id
from tests.buying import rows
from tests.desk import cus
from tests.quoting import ADDRESS, NOON, QUOTE, SENT, UNTIL, Quoting

INSTANT = timedelta(microseconds=1)
LINES = "lines { name quantity unitPrice { amount } total { amount } } totals { total { amount } taxTotal { amount } }"


@pytest.fixture
async def quoting(api, database):
    return await Quoting.open(api, database)


async def test_a_buyer_asks_for_a_quote(quoting):
    cart_id, _ = await quoting.cart()

    payload = await quoting.shopper(
        quoting.buyer,
        "requestQuote",
        cartId=cart_id,
        comment="A better price?",
        fields=f"{QUOTE} currentVersion {{ version }} comments {{ nodes {{ text authorKind version }} }}",
    )

    quote = payload["quote"]
    assert (payload["errors"], payload["warnings"]) == ([], [])
    assert re.fullmatch(r"Q\d{6}-\d", quote["number"])
    assert {**quote, "id": None, "number": None} == {
        "id": None,
        "number": None,
        "state": "REQUESTED",
        "version": 0,
        "revision": 1,
        "currentVersion": None,
        "comments": {"nodes": [{"text": "A better price?", "authorKind": "CUSTOMER", "version": 0}]},
    }
    mine = await quoting.buyer.shop("{ me { quotes { totalCount nodes { id } } } }")
    assert mine["me"]["quotes"] == {"totalCount": 1, "nodes": [{"id": quote["id"]}]}
    assert await rows(quoting.database, "SELECT purpose, state FROM carts ORDER BY purpose") == [
        ("CART", "ACTIVE"),
        ("QUOTE", "ACTIVE"),
    ]


async def test_an_empty_cart_and_a_buyer_without_an_address_get_no_quote(quoting, api):
    (empty, _), (anonymous, token) = (
        await quoting.shop.cart(customer_id=quoting.ada),
        await quoting.shop.cart((quoting.kettle, 1), email=""),
    )
    guest = api.with_headers(x_cart_token=token)

    nothing = await quoting.shopper(quoting.buyer, "requestQuote", cartId=global_id("crt", empty))
    nobody = await quoting.shopper(guest, "requestQuote", cartId=global_id("crt", anonymous))
    foreign = await quoting.shopper(api, "requestQuote", cartId=global_id("crt", empty))

    assert nothing["errors"] == [{"code": "CART_EMPTY", "path": None}]
    assert nobody["errors"][0]["missing"] == [{"requirement": "EMAIL_OR_PHONE"}]
    assert foreign["errors"] == [{"code": "NOT_FOUND", "path": ["cartId"]}]
    assert await quoting.events() == []


async def test_the_whole_way_from_a_request_to_an_order(quoting, clock, work, services):
    quote_id = await quoting.requested()
    review = await quoting.staff(quoting.grace, "reviewQuote", quoteId=quote_id, comment="Regular customer")
    changed = await quoting.staff(
        quoting.grace,
        "applyToQuote",
        quoteId=quote_id,
        actions=[{"addLines": {"lines": [{"sku": (await _sku(quoting)), "quantity": 1}]}}],
        expectedRevision=review["quote"]["revision"],
    )
    sent = await quoting.staff(quoting.grace, "sendQuote", quoteId=quote_id, comment="With pleasure.", **SENT)
    await work()
    accepted = await quoting.shopper(quoting.buyer, "acceptQuote", quoteId=quote_id, version=1)
    await quoting.reprice(3980)
    ordered = await quoting.converted(quote_id, fields="id number state totals { total { amount } }")
    again = await quoting.converted(quote_id)

    states = [payload["quote"]["state"] for payload in (review, changed, sent, accepted)]
    assert states == ["IN_REVIEW", "DRAFT", "SENT", "ACCEPTED"]
    assert ordered["errors"] == []
    assert ordered["order"]["totals"] == {"total": {"amount": "64.60"}}
    ((chain,),) = await rows(quoting.database, "SELECT origin->'chain' FROM orders")
    assert [(each["kind"], global_id("quo", UUID(each["id"]))) for each in chain] == [("QUOTE", quote_id)]
    assert again["errors"] == [{"code": "QUOTE_ALREADY_CONVERTED", "path": None, "orderId": ordered["order"]["id"]}]
    assert await rows(quoting.database, "SELECT count(*) FROM orders") == [(1,)]
    seen = await quoting.read(quoting.buyer, quote_id, f"state order {{ id }} currentVersion {{ orderId {LINES} }}")
    assert (seen["state"], seen["order"]["id"]) == ("CONVERTED", ordered["order"]["id"])
    assert seen["currentVersion"] == {
        "orderId": ordered["order"]["id"],
        "lines": [
            {"name": "Kettle", "quantity": 3, "unitPrice": {"amount": "19.90"}, "total": {"amount": "59.70"}},
        ],
        "totals": {"total": {"amount": "64.60"}, "taxTotal": {"amount": "10.31"}},
    }
    assert await quoting.events() == [
        *("QuoteRequested", "QuoteCommented", "QuoteTakenUp", "QuoteCommented", "QuoteChanged", "QuoteSent"),
        *("QuoteCommented", "QuoteAccepted", "QuoteConverted", "QuoteSeen"),
    ]


async def _sku(quoting):
    ((sku,),) = await rows(quoting.database, "SELECT sku FROM variants WHERE id = $1", quoting.kettle)
    return sku


async def test_what_was_sent_reads_as_it_was_whatever_the_catalog_says(quoting):
    quote_id = await quoting.sent()
    version = f"versionAsSent(number: 1) {{ version validUntil terms {LINES} shipGroups {{ methodCode lines {{ quantity }} }} }}"
    before = await quoting.read(quoting.buyer, quote_id, version)
    await quoting.reprice(1)
    async with quoting.database.connection() as connection:
        await connection.raw.execute("UPDATE products SET title = 'Teapot'")

    assert await quoting.read(quoting.buyer, quote_id, version) == before
    assert before["versionAsSent"]["lines"][0]["name"] == "Kettle"
    assert await quoting.read(quoting.buyer, quote_id, "versionAsSent(number: 2) { version }") == {
        "versionAsSent": None
    }


async def test_all_that_stands_against_sending_is_told_at_once(quoting):
    made = (await quoting.staff(quoting.grace, "createQuote"))["quote"]

    unsaid = await quoting.staff(quoting.grace, "sendQuote", quoteId=made["id"])
    late = await quoting.staff(quoting.grace, "sendQuote", quoteId=made["id"], validUntil=NOON.isoformat())

    nothing = {"code": "READINESS_INCOMPLETE", "path": None, "missing": [{"requirement": "LINES"}]}
    assert unsaid["errors"] == [{"code": "QUOTE_VALIDITY_MISSING", "path": ["validUntil"]}, nothing]
    assert late["errors"] == [{"code": "QUOTE_VALIDITY_OVER", "path": ["validUntil"]}, nothing]
    assert (await quoting.read(quoting.grace, made["id"], "state version", staff=True)) == {
        "state": "DRAFT",
        "version": 0,
    }


async def test_a_quote_without_an_address_is_sent_and_whoever_sends_it_is_told_that_no_mail_goes(quoting, database):
    line = {"variantId": global_id("var", quoting.kettle), "quantity": 1}
    made = (await quoting.staff(quoting.grace, "createQuote", lines=[line]))["quote"]

    sent = await quoting.staff(quoting.grace, "sendQuote", quoteId=made["id"], **SENT)

    assert (sent["quote"]["state"], sent["errors"]) == ("SENT", [])
    assert sent["warnings"] == [{"code": "QUOTE_NOT_MAILED"}]
    assert await rows(database, "SELECT count(*) FROM outbox") == [(0,)]


async def test_the_mail_has_a_link_that_opens_the_quote_for_a_guest(quoting, api, work, services, clock):
    cart_id, _ = await quoting.cart(customer_id=None)
    made = await quoting.staff(quoting.grace, "createQuoteFromCart", cartId=cart_id)
    await quoting.staff(quoting.grace, "sendQuote", quoteId=made["quote"]["id"], comment="As promised.", **SENT)
    await work()
    token = await quoting.link(services)
    opened = (
        "query($token: String!) { quoteByToken(quoteToken: $token) { id state allowedActions { action allowed } } }"
    )

    read = (await api.shop(opened, token=token))["quoteByToken"]
    accepted = await quoting.shopper(api, "acceptQuote", quoteToken=token, version=1)
    details = {"quoteToken": token, "version": 1, **await quoting.paying()}
    ordered = await quoting.shopper(api, "convertQuote", fields="state lines { name }", **details)

    assert (read["id"], read["state"]) == (made["quote"]["id"], "SENT")
    assert read["allowedActions"] == [
        {"action": "ACCEPT", "allowed": True},
        {"action": "DECLINE", "allowed": True},
        {"action": "COUNTER", "allowed": True},
        {"action": "CONVERT", "allowed": False},
    ]
    assert accepted["quote"]["state"] == "ACCEPTED"
    assert ordered == {"order": {"state": "CONFIRMED", "lines": [{"name": "Kettle"}]}, "errors": [], "warnings": []}
    assert (await api.shop(opened, token="mail_x"))["quoteByToken"] is None
    assert await quoting.read(api, made["quote"]["id"], "id") is None
    wrong = await quoting.shopper(api, "declineQuote", quoteToken="mail_x")
    assert wrong["errors"] == [{"code": "QUOTE_LINK_INVALID", "path": ["quoteToken"]}]


@pytest.mark.parametrize(
    ("instant", "state", "codes"), [(-INSTANT, "SENT", []), (timedelta(), "EXPIRED", ["QUOTE_EXPIRED"])]
)
async def test_a_quote_is_good_until_just_before_its_end(quoting, clock, instant, state, codes):
    quote_id = await quoting.sent()
    clock.at = UNTIL + instant

    seen = await quoting.read(quoting.buyer, quote_id, "state")
    payload = await quoting.shopper(quoting.buyer, "acceptQuote", quoteId=quote_id, version=1)

    assert seen == {"state": state}
    assert [error["code"] for error in payload["errors"]] == codes


async def test_what_was_accepted_in_time_is_ordered_in_time(quoting, clock):
    quote_id = await quoting.accepted()
    clock.at = UNTIL

    late = await quoting.converted(quote_id)

    assert late["errors"] == [
        {"code": "QUOTE_EXPIRED", "path": None, "validUntil": UNTIL.isoformat().replace("+00:00", "Z")},
        {"code": "READINESS_INCOMPLETE", "path": None, "missing": [{"requirement": "PRICE_EXPIRED"}]},
    ]
    assert await rows(quoting.database, "SELECT count(*) FROM orders") == [(0,)]
    assert await rows(quoting.database, "SELECT sum(allocated) FROM stock_levels") == [(0,)]


async def test_what_has_expired_is_issued_again_at_the_prices_of_the_day(quoting, clock):
    quote_id = await quoting.sent()
    clock.at = UNTIL
    await quoting.reprice(2500)

    later = (UNTIL + timedelta(days=7)).isoformat()
    again = await quoting.staff(quoting.grace, "reissueQuote", quoteId=quote_id, validUntil=later)
    stale = await quoting.shopper(quoting.buyer, "acceptQuote", quoteId=quote_id, version=1)
    fresh = await quoting.shopper(quoting.buyer, "acceptQuote", quoteId=quote_id, version=2)

    assert (again["errors"], again["quote"]["version"]) == ([], 2)
    assert stale["errors"] == [{"code": "QUOTE_VERSION_STALE", "path": ["version"], "currentVersion": 2}]
    assert fresh["quote"]["state"] == "ACCEPTED"
    versions = await quoting.read(
        quoting.buyer, quote_id, "versions { nodes { version lines { unitPrice { amount } } } }"
    )
    assert [(each["version"], each["lines"][0]["unitPrice"]["amount"]) for each in versions["versions"]["nodes"]] == [
        (2, "25.00"),
        (1, "19.90"),
    ]


async def test_an_expired_quote_becomes_a_cart_at_the_prices_of_today_if_that_is_said(quoting, clock):
    quote_id = await quoting.sent()
    early = await quoting.shopper(quoting.buyer, "createCartFromQuote", fields="id", quoteId=quote_id, reprice=True)
    clock.at = UNTIL
    await quoting.reprice(2500)

    fields = "totalQuantity lines { unitPrice { amount } }"
    unsaid = await quoting.shopper(quoting.buyer, "createCartFromQuote", fields=fields, quoteId=quote_id, reprice=False)
    said = await quoting.shopper(quoting.buyer, "createCartFromQuote", fields=fields, quoteId=quote_id, reprice=True)

    assert [each["errors"][0]["code"] for each in (early, unsaid)] == ["QUOTE_STILL_HOLDS", "REPRICING_NOT_AGREED"]
    assert said["cart"] == {"totalQuantity": 2, "lines": [{"unitPrice": {"amount": "25.00"}}]}
    assert said["token"] is None


async def test_buyers_negotiate(quoting):
    quote_id = await quoting.sent()
    line = (await quoting.read(quoting.buyer, quote_id, "currentVersion { lines { lineId } }"))["currentVersion"][
        "lines"
    ][0]
    wish = {"lineId": line["lineId"], "quantity": 10, "wishedUnitPrice": {"amount": "15.00", "currencyCode": "EUR"}}

    countered = await quoting.shopper(
        quoting.buyer, "counterQuote", quoteId=quote_id, comment="Ten, for less?", wishes=[wish]
    )
    unlocked = await quoting.shopper(quoting.buyer, "acceptQuote", quoteId=quote_id, version=1)
    await quoting.staff(quoting.grace, "reviewQuote", quoteId=quote_id)
    update = {"lines": [{"lineId": line["lineId"], "change": {"quantity": 10}}]}
    await quoting.staff(quoting.grace, "applyToQuote", quoteId=quote_id, actions=[{"updateLines": update}])
    sent = await quoting.staff(quoting.grace, "sendQuote", quoteId=quote_id, **SENT)
    declined = await quoting.shopper(quoting.buyer, "declineQuote", quoteId=quote_id, reason="Still too dear.")

    assert countered["quote"]["state"] == "COUNTERED"
    assert unlocked["errors"] == [{"code": "QUOTE_NOT_SENT", "path": None}]
    assert (sent["quote"]["version"], declined["quote"]["state"]) == (2, "DECLINED")
    said = await quoting.read(
        quoting.buyer, quote_id, "comments { nodes { version text wishes { lineId quantity unitPrice { amount } } } }"
    )
    assert said["comments"]["nodes"] == [
        {
            "version": 1,
            "text": "Ten, for less?",
            "wishes": [{"lineId": line["lineId"], "quantity": 10, "unitPrice": {"amount": "15.00"}}],
        },
        {"version": 2, "text": "Still too dear.", "wishes": []},
    ]


async def test_what_is_withdrawn_cannot_be_accepted(quoting):
    quote_id = await quoting.sent()

    withdrawn = await quoting.staff(quoting.grace, "withdrawQuote", quoteId=quote_id, comment="A mistake of ours.")
    late = await quoting.shopper(quoting.buyer, "acceptQuote", quoteId=quote_id, version=1)

    assert withdrawn["quote"]["state"] == "WITHDRAWN"
    assert late["errors"] == [{"code": "QUOTE_NOT_SENT", "path": None}]


async def test_what_staff_say_among_themselves_stays_there(quoting):
    quote_id = await quoting.sent()
    before = await quoting.read(quoting.buyer, quote_id, "revision")
    fields = "comments { nodes { text } }"

    await quoting.staff(quoting.grace, "commentOnQuote", quoteId=quote_id, comment="Worth ten per cent.")
    await quoting.staff(
        quoting.grace, "commentOnQuote", quoteId=quote_id, comment="Any questions?", audience="CUSTOMER"
    )
    await quoting.shopper(quoting.buyer, "commentOnQuote", quoteId=quote_id, comment="What of the color?")

    seen = await quoting.read(quoting.buyer, quote_id, fields)
    known = await quoting.read(quoting.grace, quote_id, fields, staff=True)
    assert [each["text"] for each in seen["comments"]["nodes"]] == ["Any questions?", "What of the color?"]
    assert [each["text"] for each in known["comments"]["nodes"]] == [
        *("Worth ten per cent.", "Any questions?", "What of the color?")
    ]
    assert await quoting.read(quoting.buyer, quote_id, "revision") == before


async def test_what_staff_say_in_a_buyers_name_both_sides_read(quoting):
    quote_id = await quoting.sent()
    start = "mutation($input: StartAssistedSessionInput!) { startAssistedSession(input: $input) { token } }"
    session = {"customerId": cus(quoting.ada), "source": "PHONE", "reason": "Asks for another color"}
    begun = (await quoting.grace.staff(start, input=session))["startAssistedSession"]

    said = await quoting.shopper(
        quoting.api.as_(begun["token"]), "commentOnQuote", quoteId=quote_id, comment="What of the color?"
    )

    seen = await quoting.read(quoting.buyer, quote_id, "comments { nodes { text } }")
    assert said["errors"] == []
    assert seen["comments"]["nodes"] == [{"text": "What of the color?"}]


async def test_a_buyer_sees_what_they_asked_for_or_were_sent_and_nothing_of_how_it_was_written(quoting):
    drafted = await quoting.drafted()
    requested = await quoting.requested()
    await quoting.staff(quoting.grace, "reviewQuote", quoteId=requested)
    await quoting.staff(quoting.grace, "applyToQuote", quoteId=requested, actions=[{"setNote": {"note": "x"}}])

    mine = (await quoting.buyer.shop("{ me { quotes { nodes { id state } } } }"))["me"]["quotes"]["nodes"]
    known = await quoting.grace.staff("{ quotes { nodes { id state } } }")

    assert await quoting.read(quoting.buyer, drafted, "id") is None
    assert mine == [{"id": requested, "state": "IN_REVIEW"}]
    assert known["quotes"]["nodes"] == [{"id": requested, "state": "DRAFT"}, {"id": drafted, "state": "DRAFT"}]


async def test_a_draft_is_reached_through_its_quote_only(quoting):
    quote_id = await quoting.drafted()
    draft = (await quoting.read(quoting.grace, quote_id, "draft { id totals { total { amount } } }", staff=True))[
        "draft"
    ]

    direct = await quoting.grace.staff("query($id: ID!) { cart(id: $id) { id } }", id=draft["id"])

    assert draft["totals"] == {"total": {"amount": "44.70"}}
    assert direct == {"cart": None}


async def test_staff_accept_for_a_buyer_who_has_said_so(quoting):
    quote_id = await quoting.sent()
    accept = {"quoteId": quote_id, "version": 1}

    unproven = await quoting.staff(quoting.grace, "acceptQuote", **accept)
    proven = await quoting.staff(quoting.grace, "acceptQuote", evidence="Call of 9:14", **accept)
    paying = await quoting.paying()
    ordered = await quoting.staff(quoting.grace, "convertQuote", fields="id", **accept, **paying)

    assert unproven["errors"] == [{"code": "EVIDENCE_MISSING", "path": ["evidence"]}]
    assert (proven["errors"], proven["quote"]["state"]) == ([], "ACCEPTED")
    assert ordered["errors"] == []
    by_grace = [for_whom for _, kind, _, for_whom in await quoting.desk.events() if kind == "STAFF"]
    assert set(by_grace) == {str(quoting.ada)}


async def test_others_find_nothing(quoting, api):
    quote_id = await quoting.sent()
    eve = await quoting.desk.signed_in(await quoting.desk.customer("eve@example.com"))
    nothing = [{"code": "NOT_FOUND", "path": ["quoteId"]}]

    assert await quoting.read(eve, quote_id, "id") is None
    accepted = await quoting.shopper(eve, "acceptQuote", quoteId=quote_id, version=1)
    commented = await quoting.shopper(eve, "commentOnQuote", quoteId=quote_id, comment="Me too")
    converted = await quoting.converted(quote_id, eve)

    assert [each["errors"] for each in (accepted, commented, converted)] == [nothing] * 3
    assert await quoting.events() == ["QuoteCreated", "QuoteSent"]


async def test_each_does_what_they_may(quoting, api):
    quote_id = await quoting.drafted()
    reader = await quoting.desk.member("READ_QUOTES", email="read@example.com")
    elsewhere = await quoting.author(email="us@example.com", channel_ids=[])
    address = "/staff/graphql"
    send = "mutation($input: OfferQuoteInput!) { sendQuote(input: $input) { errors { code } } }"
    variables = {"input": {"quoteId": quote_id, **SENT}}

    assert await reader.error_codes(address, send, variables) == ["FORBIDDEN"]
    assert await elsewhere.error_codes(address, send, variables) == ["FORBIDDEN"]
    assert await quoting.read(reader, quote_id, "number", staff=True)
    helper = await quoting.desk.member("READ_QUOTES", "ACT_FOR_CUSTOMERS", email="act@example.com")
    forbidden = await quoting.staff(helper, "commentOnQuote", quoteId=quote_id, comment="x")
    assert forbidden["errors"] == []
    assert await quoting.events() == ["QuoteCreated", "QuoteCommented"]


async def test_nobody_writes_quotes_for_themselves(quoting):
    own = await quoting.desk.customer("grace@example.com")

    payload = await quoting.staff(quoting.grace, "createQuote", customerId=cus(own), lines=[])

    assert payload["errors"] == [{"code": "SELF_DEALING", "path": ["customerId"]}]


async def test_a_quote_of_nothing_is_filled_and_sent(quoting):
    made = await quoting.staff(
        quoting.grace, "createQuote", customerId=cus(quoting.ada), lines=[], fields=f"{QUOTE} email authorId requested"
    )
    quote_id = made["quote"]["id"]
    empty = await quoting.staff(quoting.grace, "sendQuote", quoteId=quote_id, **SENT)
    lines = {"lines": [{"variantId": global_id("var", quoting.kettle), "quantity": 4}]}
    await quoting.staff(quoting.grace, "applyToQuote", quoteId=quote_id, actions=[{"addLines": lines}])
    sent = await quoting.staff(quoting.grace, "sendQuote", quoteId=quote_id, terms="Net 30", **SENT)

    assert (made["quote"]["email"], made["quote"]["requested"]) == ("ada@example.com", False)
    assert made["quote"]["authorId"] == global_id("stf", quoting.grace.staff_id)
    assert empty["errors"][0]["missing"] == [{"requirement": "LINES"}]
    assert sent["quote"]["state"] == "SENT"
    await quoting.shopper(quoting.buyer, "acceptQuote", quoteId=quote_id, version=1)
    lacking = await quoting.converted(quote_id)
    assert [one["requirement"] for one in lacking["errors"][0]["missing"]] == ["SHIPPING_ADDRESS", "BILLING_ADDRESS"]
    where = {"addresses": {"shipping": ADDRESS, "billing": ADDRESS}}
    how = {"shippingMethod": {"shippingMethodId": global_id("shm", quoting.shop.method_id)}}
    ordered = await quoting.converted(quote_id, **where, **how)
    assert (ordered["errors"], ordered["order"]["totals"]) == ([], {"total": {"amount": "84.50"}})


async def test_a_quote_of_a_quote_begins_anew(quoting):
    quote_id = await quoting.sent()
    await quoting.reprice(2500)

    copy = await quoting.staff(
        quoting.grace,
        "createQuoteFromQuote",
        quoteId=quote_id,
        fields=f"{QUOTE} draft {{ lines {{ unitPrice {{ amount }} }} }}",
    )

    assert copy["quote"]["id"] != quote_id
    assert (copy["quote"]["state"], copy["quote"]["version"]) == ("DRAFT", 0)
    assert copy["quote"]["draft"] == {"lines": [{"unitPrice": {"amount": "25.00"}}]}


async def test_what_has_changed_since_is_said(quoting):
    quote_id = await quoting.drafted()
    await quoting.staff(quoting.grace, "applyToQuote", quoteId=quote_id, actions=[{"setNote": {"note": "x"}}])

    stale = await quoting.staff(quoting.grace, "sendQuote", quoteId=quote_id, expectedRevision=1, **SENT)
    past = await quoting.staff(quoting.grace, "sendQuote", quoteId=quote_id, validUntil=NOON.isoformat())
    endless = await quoting.staff(quoting.grace, "sendQuote", quoteId=quote_id)

    assert stale["errors"] == [{"code": "STALE_REVISION", "path": ["expectedRevision"], "currentRevision": 2}]
    assert past["errors"] == [{"code": "QUOTE_VALIDITY_OVER", "path": ["validUntil"]}]
    assert endless["errors"] == [{"code": "QUOTE_VALIDITY_MISSING", "path": ["validUntil"]}]
    assert await quoting.events() == ["QuoteCreated", "QuoteChanged"]


async def test_lists_of_quotes_are_chosen(quoting, clock):
    sent, drafted = await quoting.sent(), await quoting.drafted()
    hopper = await quoting.author(email="hopper@example.com")
    theirs = await quoting.drafted(hopper)
    query = "query($filter: QuoteFilterInput) { quotes(filter: $filter) { totalCount nodes { id } } }"

    async def found(**filter):
        page = (await quoting.grace.staff(query, filter=filter))["quotes"]
        assert page["totalCount"] == len(page["nodes"])
        return [node["id"] for node in page["nodes"]]

    assert await found() == [theirs, drafted, sent]
    assert await found(states=["SENT"]) == [sent]
    assert await found(states=[]) == []
    assert await found(authorId=global_id("stf", hopper.staff_id)) == [theirs]
    assert await found(customerId=cus(quoting.ada), states=["DRAFT"]) == [theirs, drafted]
    assert await found(expiresBefore=UNTIL.isoformat()) == []
    assert await found(expiresBefore=(UNTIL + INSTANT).isoformat()) == [sent]
    clock.at = UNTIL
    assert (await found(states=["EXPIRED"]), await found(states=["SENT"])) == ([sent], [])
    assert await found(expiresBefore=(UNTIL + INSTANT).isoformat()) == []


async def test_what_happened_is_told_to_each_as_far_as_it_is_their_business(quoting):
    quote_id = await quoting.requested()
    await quoting.staff(quoting.grace, "reviewQuote", quoteId=quote_id)
    await quoting.staff(quoting.grace, "sendQuote", quoteId=quote_id, **SENT)

    told = await quoting.read(quoting.buyer, quote_id, "history { nodes { type text actorKind } }")
    whole = await quoting.read(quoting.grace, quote_id, "history { nodes { sequence type } }", staff=True)

    assert told["history"]["nodes"] == [
        {"type": "QuoteRequested", "text": "You have asked for a quote.", "actorKind": "CUSTOMER"},
        {"type": "QuoteSent", "text": "We have sent you our quote.", "actorKind": "STAFF"},
    ]
    assert [(each["sequence"], each["type"]) for each in whole["history"]["nodes"]] == [
        *((1, "QuoteRequested"), (2, "QuoteCommented"), (3, "QuoteTakenUp"), (4, "QuoteSent"), (5, "QuoteSeen"))
    ]


@pytest.mark.parametrize(("price", "total"), [(990, "24.70"), (3980, "44.70")])
async def test_a_channel_may_ask_the_lower_of_two_prices(quoting, price, total):
    """What was quoted, or what the catalog says when it is ordered."""
    manager = await quoting.desk.member("MANAGE_CHANNELS", email="manager@example.com")
    shown = (await quoting.buyer.shop("{ channel { id code name } }"))["channel"]
    locations = await rows(quoting.database, "SELECT id FROM stock_locations")
    known = {
        "locationIds": [global_id("loc", id_) for (id_,) in locations],
        "currencies": ["EUR"],
        "languages": ["en"],
        "countries": ["DE"],
        "timeZone": "Europe/Berlin",
        "pricesIncludeTax": True,
        "termsVersion": "2026-01",
    }
    known |= {"id": shown["id"], "code": shown["code"], "name": shown["name"]}
    save = "mutation($input: SaveChannelInput!) { saveChannel(input: $input) { channel { quotePrices } errors { code path } } }"
    saved = (await manager.staff(save, input={**known, "quotePrices": "BEST_OF"}))["saveChannel"]
    quote_id = await quoting.accepted()
    await quoting.reprice(price)

    ordered = await quoting.converted(quote_id)

    assert saved == {"channel": {"quotePrices": "BEST_OF"}, "errors": []}
    assert ordered["errors"] == []
    assert ordered["order"]["totals"] == {"total": {"amount": total}}


@pytest.mark.parametrize(
    ("included", "quoted", "ordered"),
    [
        (True, {"total": "44.70", "taxTotal": "7.13"}, {"total": "44.70", "taxTotal": "7.76"}),
        (False, {"total": "53.19", "taxTotal": "8.49"}, {"total": "54.09", "taxTotal": "9.39"}),
    ],
)
async def test_tax_is_that_of_the_law_on_the_day_of_the_order(api, database, included, quoted, ordered):
    """Where it is contained in prices, these stay and what is left to the shop moves; where it is added, the total does (Q3)."""
    quoting = await Quoting.open(api, database, prices_include_tax=included)
    quote_id = await quoting.accepted()
    of_version = "currentVersion { totals { total { amount } taxTotal { amount } } }"
    before = await quoting.read(quoting.buyer, quote_id, of_version)
    await rows(database, "UPDATE tax_rates SET rate = 0.21 RETURNING 1")
    await quoting.reprice(3980)

    shown = {"expectedTotal": {"amount": quoted["total"], "currencyCode": "EUR"}}
    first = await quoting.converted(quote_id, fields=TAXED, **shown)
    order = (first if included else await quoting.converted(quote_id, fields=TAXED))["order"]

    assert (_amounts(before["currentVersion"]), _amounts(order)) == (quoted, ordered)
    assert [line["unitPrice"]["amount"] for line in order["lines"]] == ["19.90"]
    refused = {"code": "QUOTE_TOTAL_CHANGED", "path": ["expectedTotal"], "total": {"amount": ordered["total"]}}
    assert first["errors"] == ([] if included else [refused])
    after = await quoting.read(quoting.buyer, quote_id, of_version)
    assert after == before


TAXED = "totals { total { amount } taxTotal { amount } } lines { unitPrice { amount } }"


def _amounts(taxed):
    return {name: amount["amount"] for name, amount in taxed["totals"].items()}
